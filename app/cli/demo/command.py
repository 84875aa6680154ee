"""`accord demo`: the story, played over HTTP against a server of its own.

The server is a child process on a port that is free; it goes with us, however we go. Each demo
is a tenant of its own, so a second one finds nothing of the first.
"""

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import httpx
import typer

from app.cli.console import as_owner, explained, out, say, the_installation
from app.cli.demo.receiver import NETWORKS, receiving
from app.cli.demo.settlement_story import Settled
from app.cli.demo.story import BEGINS_ON, tell
from app.cli.demo.teller import StoryBroken, Teller
from app.cli.serve import address, listen, wanted_port
from app.config import Settings
from app.domain.vocabulary import Role
from app.services.tenancy.installation import Installation
from app.services.tenancy.tenants import create_key, create_tenant

_PATIENCE_S = 60
_LOG_LINES = 15
#: The demo's server sends webhooks itself, to the demo's receiver.
_SENDING = {"ACCORD_WORKERS": "true", "ACCORD_WEBHOOKS_ALLOWED_NETWORKS": NETWORKS}


def demo(
    *,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Default: ACCORD_PORT or 8000; 8000 may move on."),
    ] = None,
    stay: Annotated[bool, typer.Option(help="Leave the server running at the end.")] = True,
) -> None:
    """Play the story of one debt through the HTTP API, on a server that then stays."""
    with explained(), _unwinding():
        settings = Settings()
        run = secrets.token_hex(3)
        with (
            the_installation(settings, creates=True) as place,
            listen("127.0.0.1", *wanted_port(port, settings)) as listening,
        ):
            say("Starting the database and the server …")
            key = asyncio.run(_sandbox(place, name=f"demo-{run}"))
            base, log = address(listening), settings.data_dir / "demo-server.log"
            with _server(listening, log) as server:
                _wait_until_ready(server, base, log)
                story = _play(base, key, run)
                if stay:
                    _farewell(base, key, story)
                    _stay(server, log)


async def _sandbox(place: Installation, *, name: str) -> str:
    """A sandbox tenant of this demo's own, and a key that may do everything in it."""
    async with as_owner(place) as database:
        tenant = await create_tenant(
            database,
            name=name,
            time_zone="America/Chicago",
            sandbox=True,
            clock=date.fromisoformat(BEGINS_ON),
        )
        return await create_key(
            database, tenant.tenant_id, name="demo", role=Role.ADMIN, scopes=["*"]
        )


def _play(base: str, key: str, run: str) -> Settled:
    headers = {"Authorization": f"Bearer {key}", "Accord-Actor": "demo"}
    with (
        httpx.Client(base_url=base, headers=headers, timeout=30, trust_env=False) as client,
        receiving() as receiver,
    ):
        try:
            return tell(Teller(client), receiver, run=run)
        except (StoryBroken, httpx.HTTPError) as error:
            say(f"\nThe story stops here. {error}")
            raise typer.Exit(1) from error


def _farewell(base: str, key: str, story: Settled) -> None:
    """Where to look next, and how to end it."""
    curl = f'  curl -H "Authorization: Bearer $ACCORD_KEY" {base}/v1'
    for line in (
        "",
        f"The API, with every operation to try:  {base}/docs  (Authorize with the key below)",
        "The account, its settlement's plan and letter, and its ledger:",
        "",
        f"  export ACCORD_KEY={key}",
        f"{curl}/accounts/{story.account_id}",
        f"{curl}/plans/{story.plan_id}",
        f"{curl}/settlement-offers/{story.settlement_id}/letter",
        f"{curl}/accounts/{story.account_id}/ledger",
        "",
        "The server keeps running. Ctrl-C ends it; the data stays.",
    ):
        out.print(line, markup=False)


def _stay(server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until somebody ends the server; where it ends by itself, show its log and fail."""
    try:
        server.wait()
    except KeyboardInterrupt:
        say("\nEnding the server …")
        return
    _died(log)


@contextlib.contextmanager
def _server(listening: socket.socket, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The server on this socket, in a process that ends with the block."""
    command = [sys.executable, "-m", "app.cli", "serve", "--fd", str(listening.fileno())]
    log.parent.mkdir(parents=True, exist_ok=True)  # with a server elsewhere it is not there yet
    with log.open("wb") as output:
        child = subprocess.Popen(  # noqa: S603 - ourselves, no shell
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listening.fileno()],
            env={**os.environ, **_SENDING},
            start_new_session=True,  # Ctrl-C is for us; we then end it in order
        )
    listening.close()  # ours; with the child the port is gone
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], base: str, log: Path) -> None:
    until = time.monotonic() + _PATIENCE_S
    with httpx.Client(base_url=base, timeout=_PATIENCE_S, trust_env=False) as client:
        while server.poll() is None and time.monotonic() < until:
            with contextlib.suppress(httpx.HTTPError):
                if client.get("/readyz").is_success:
                    return
            time.sleep(0.1)
    _died(log)


def _died(log: Path) -> NoReturn:
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-_LOG_LINES:])
    say(f"The server is not there. Its log, {log}, ends:\n{tail}")
    raise typer.Exit(1)


@contextlib.contextmanager
def _unwinding() -> Iterator[None]:
    """SIGTERM and a closed terminal end us as Ctrl-C does: by unwinding."""
    names = (signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.signal(name, _interrupt) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
