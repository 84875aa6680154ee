"""Where faults happen: a PostgreSQL, servers and a proxy of this run's own, each by its process id.

Everything lies in one temporary folder. PostgreSQL is the embedded one with its durable
settings, since a fault that loses what was answered is what we look for.
"""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Self

import asyncpg
import httpx

from app.domain.vocabulary import Role
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.embedded import embedded

ROOT = Path(__file__).parents[2]
PATIENCE_S = 180  # a loaded machine takes a minute to start a server
MAX_CONNECTIONS = 64  # of PostgreSQL: few, so that they are soon all taken
POOL_SIZE = 20
LOGIN, OWNER, DATABASE = "accord_app", "postgres", "postgres"


class Postgres:
    """The cluster: stopped and started while the servers stay."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self._share = embedded.start(data_dir)
        self._cluster = embedded._Cluster(data_dir / "postgres")
        self.socket_dir = self._share.socket_dir

    def url(self, user: str) -> str:
        return self._share.url(DATABASE, user)

    async def connect(self, user: str = OWNER) -> asyncpg.Connection:
        return await asyncpg.connect(
            host=str(self.socket_dir), user=user, database=DATABASE, timeout=PATIENCE_S
        )

    async def run(self, statement: str) -> None:
        admin = await self.connect()
        try:
            await admin.execute(statement)
        finally:
            await admin.close()

    async def stop(self, mode: str) -> None:
        await asyncio.to_thread(self._cluster._pg_ctl, "stop", f"--mode={mode}")

    async def start(self) -> None:
        await asyncio.to_thread(self._cluster.ensure_running, durable=True)

    def kill(self) -> None:
        """SIGKILL for the postmaster alone, as an out-of-memory killer would."""
        os.kill(int((self._cluster.path / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

    def leave(self) -> None:
        self._share.stop()


class Server:
    """`accord serve` in a process; `settings` say which database it is on."""

    def __init__(self, folder: Path, name: str, settings: dict[str, str]) -> None:
        self.port = _free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"{name}.log"
        self._settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start it and do not wait."""
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                accord("serve", "--port", str(self.port)),
                cwd=ROOT, env=environment(**self._settings), stdout=log, stderr=log,
            )  # fmt: skip

    async def ready(self) -> None:
        until = time.monotonic() + PATIENCE_S
        async with httpx.AsyncClient(trust_env=False, verify=False) as client:
            while self.process and self.process.poll() is None and time.monotonic() < until:
                with contextlib.suppress(httpx.HTTPError):
                    if (await client.get(f"{self.base}/readyz", timeout=5)).is_success:
                        return
                await asyncio.sleep(0.1)
        raise RuntimeError(f"{self.base} does not start:\n{self._log.read_text()[-2000:]}")

    def signal(self, number: int) -> None:
        if self.process is None:
            raise RuntimeError("It has not been started.")
        self.process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self.process = None


class Proxy:
    """Between a server and PostgreSQL. `swallow` makes all connections there are silent for good.

    Nobody closes them and nobody answers, as behind a firewall that forgot them; new ones work.
    """

    def __init__(self, socket_dir: Path) -> None:
        self._behind = str(socket_dir / ".s.PGSQL.5432")
        self._generation = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def swallow(self) -> None:
        self._generation += 1

    async def _serve(self, ours: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        born = self._generation
        theirs, there = await asyncio.open_unix_connection(self._behind)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(ours, there, born))
                both.create_task(self._pass_on(theirs, back, born))
        finally:
            for writer in (there, back):
                writer.close()

    async def _pass_on(
        self, source: asyncio.StreamReader, target: asyncio.StreamWriter, born: int
    ) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await source.read(65536):
                if born == self._generation:
                    target.write(data)
                    await target.drain()
        if born == self._generation:
            target.close()


def accord(*words: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *words]


def environment(**settings: str) -> dict[str, str]:
    """What a command of ours sees: nothing of the caller's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    quiet = {
        "ACCORD_SCHEDULER": "false",
        "ACCORD_LOG_LEVEL": "warning",
        "ACCORD_WEBHOOKS_ALLOWED_NETWORKS": "127.0.0.0/8",  # where receivers are
    }
    return {**kept, **quiet, "ACCORD_POOL_SIZE": str(POOL_SIZE), **settings}


class Place:
    """One run's database, tenant, key and servers."""

    def __init__(self, folder: Path, postgres: Postgres, proxy: Proxy) -> None:
        self.folder, self.postgres, self.proxy = folder, postgres, proxy
        self.token = ""
        self.servers: list[Server] = []
        direct = {"ACCORD_DATABASE_URL": postgres.url(LOGIN)}
        through = f"postgresql://{LOGIN}@127.0.0.1:{proxy.port}/{DATABASE}"
        own = {"ACCORD_DATA_DIR": str(postgres.data_dir)}
        self._known = {
            "direct": Server(folder, "server", direct),
            "second": Server(folder, "second", direct),
            "proxied": Server(folder, "proxied", {"ACCORD_DATABASE_URL": through}),
            "embedded": Server(folder, "embedded", own),
        }

    async def serve(self, *names: str) -> None:
        """Let exactly these servers run, and be ready."""
        wanted = [self._known[name] for name in names]
        for server in self._known.values():
            if server not in wanted:
                await asyncio.to_thread(server.end)
        for server in wanted:
            if server.process is None or server.process.poll() is not None:
                server.begin()
        for server in wanted:
            await server.ready()
        self.servers = wanted

    def end(self) -> None:
        for server in self._known.values():
            server.end()


@contextlib.asynccontextmanager
async def place() -> AsyncIterator[Place]:
    """A migrated database with one sandbox tenant and an admin key; gone afterwards."""
    with _folder() as folder:
        postgres = Postgres(folder / "data")
        try:
            await postgres.run(f"ALTER SYSTEM SET max_connections = {MAX_CONNECTIONS}")
            await postgres.stop("fast")
            await postgres.start()
            async with Proxy(postgres.socket_dir) as proxy:
                made = Place(folder, postgres, proxy)
                try:
                    made.token = await _tenant(postgres.url(OWNER))
                    yield made
                finally:
                    made.end()
        finally:
            postgres.leave()


async def _tenant(owner_url: str) -> str:
    """A sandbox on a migrated database; answers an admin key."""
    await migrate.upgrade(owner_url)
    owner = Database(owner_url, pool_size=1)
    try:
        async with owner.transaction() as tx:
            tenant = await tenancy.create_tenant(tx, name="faults", time_zone="UTC", sandbox=True)
            return await tenancy.create_key(
                tx, tenant, name="faults", role=Role.ADMIN, scopes=["*"]
            )
    finally:
        await owner.dispose()


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="accord-faults-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database may run as another user
        yield folder


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return found.getsockname()[1]


class Workers:
    """Two processes of a module, told the same, by their ids."""

    def __init__(self, module: str, *said: str) -> None:
        self._command = [sys.executable, "-m", module, *said]
        self._running = [self._begin() for _ in range(2)]
        self.kills = 0

    def _begin(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, cwd=ROOT, env=environment())

    async def kill(self) -> None:
        """Kill one, as an out-of-memory killer would, and begin another."""
        number = self.kills % len(self._running)
        self._running[number].kill()
        await asyncio.to_thread(self._running[number].wait)
        self._running[number] = self._begin()
        self.kills += 1

    def end(self) -> None:
        for one in self._running:
            one.kill()
            one.wait()
