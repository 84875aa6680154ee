"""`accord serve`: the server, on a port that is free, until it is told to stop.

SIGTERM, Ctrl-C and a closed terminal end it alike: no new connections, the running requests
finish, the pool closes, and the embedded PostgreSQL stops if nobody else uses it.
"""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from ipaddress import ip_address
from types import FrameType
from typing import Annotated, cast

import typer
import uvicorn

from app.cli.connections import Connections, LimitedProtocol, allowed_connections
from app.cli.console import explained, say, the_installation
from app.config import Settings
from app.main import app as application
from app.routers.edge.waiting import end_waiting
from app.services.tenancy.installation import Installation
from app.services.tenancy.readiness import readiness
from app.services.tenancy.tenants import NotPossible
from app.storage.database.engine import Database

_ATTEMPTS = 100
_PORTS = 65535
_KEEP_ALIVE_S = 75  # longer than proxies keep theirs: who closes first must not be us


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="Default: ACCORD_HOST or 127.0.0.1.")] = None,
    port: Annotated[
        int | None,
        typer.Option(
            min=0, max=_PORTS, help="Default: ACCORD_PORT; else 8000, or the next free one."
        ),
    ] = None,
    fd: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Start the server, with a PostgreSQL of its own unless ACCORD_DATABASE_URL names one."""
    with explained():
        settings = Settings()
        with (
            _ending_on_signals(),
            _socket(fd, host or settings.host, port, settings) as listening,
            the_installation(settings, creates=True) as place,
        ):
            asyncio.run(_prepared(place))
            os.environ["ACCORD_DATABASE_URL"] = place.app_url  # what the application starts on
            _run(listening, settings)


def wanted_port(port: int | None, settings: Settings) -> tuple[int, bool]:
    """The port, and whether somebody chose it: only the default one may move on."""
    chosen = port is not None or "port" in settings.model_fields_set
    return settings.port if port is None else port, chosen


def listen(host: str, port: int, chosen: bool = False) -> socket.socket:
    """A socket on this port; where it is taken and nobody chose it, on the next free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    attempts = 1 if chosen else _ATTEMPTS
    for candidate in range(port, min(port + attempts, _PORTS + 1)):
        try:
            found = socket.create_server((host, candidate), family=family)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        if candidate != port:
            say(f"Port {port} is taken; this is {candidate}.")
        return found
    if chosen:
        raise NotPossible(f"Port {port} is taken. Name another, or none: then a free one is found.")
    raise NotPossible(f"No free port from {port} on.")


def address(listening: socket.socket) -> str:
    """Where a browser on this machine finds it."""
    host, port = listening.getsockname()[:2]
    if ip_address(host).is_unspecified:
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class _Server(uvicorn.Server):
    """Says where it is once it is there, and ends connections that last too long."""

    async def on_tick(self, counter: int) -> bool:
        now = asyncio.get_running_loop().time()
        for one in list(self.server_state.connections):
            if isinstance(one, LimitedProtocol):
                one.expire(now)
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        end_waiting()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listening in sockets or []:
            say(f"Accord is at {address(listening)}/docs (Ctrl-C ends it)")


def _connections(settings: Settings) -> Connections:
    most, files = allowed_connections(settings.max_connections, pool_size=settings.pool_size)
    if most < settings.max_connections:
        say(
            f"This process may open {files} files, so {most} connections are taken at once and"
            f" not {settings.max_connections}: raise nofile or lower ACCORD_MAX_CONNECTIONS."
        )
    return Connections(most)


def _run(listening: socket.socket, settings: Settings) -> None:
    server = _Server(
        uvicorn.Config(
            application,
            loop="uvloop",
            http=cast("type[asyncio.Protocol]", _connections(settings).protocol()),
            ws="none",
            lifespan="on",
            log_config=None,  # the application's own, set when it starts
            access_log=False,
            server_header=False,
            timeout_keep_alive=_KEEP_ALIVE_S,
            timeout_graceful_shutdown=settings.shutdown_seconds,
        )
    )
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.SIG_IGN)  # the server has its own; afterwards we only stop
    server.run(sockets=[listening])


async def _prepared(place: Installation) -> None:
    """Our own database is migrated; of another we only say what it lacks."""
    if place.embedded:
        await place.migrate()
        return
    database = Database(place.app_url, pool_size=1)
    try:
        if (state := await readiness(database)) != "ok":
            say(f"Not ready: {state}. /readyz says when it is; `accord migrate` migrates.")
    finally:
        await database.dispose()


def _socket(
    fd: int | None, host: str, port: int | None, settings: Settings
) -> AbstractContextManager[socket.socket]:
    return listen(host, *wanted_port(port, settings)) if fd is None else _inherited(fd)


@contextmanager
def _inherited(fd: int) -> Iterator[socket.socket]:
    """The socket a parent process opened for us."""
    with socket.socket(fileno=fd) as listening:
        yield listening


@contextmanager
def _ending_on_signals() -> Iterator[None]:
    """Until the server takes the signals over, the first one unwinds what was started."""
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGHUP)}
    signal.signal(signal.SIGTERM, _end)
    if before[signal.SIGHUP] is signal.SIG_DFL:  # not under nohup
        signal.signal(signal.SIGHUP, lambda *_: signal.raise_signal(signal.SIGTERM))
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
