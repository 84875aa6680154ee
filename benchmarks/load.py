"""What the speed benchmarks share: an installation, accounts in it, a server, and load on it.

The database is the embedded PostgreSQL with its durable defaults, in a folder that is gone
afterwards. One account with its plan goes through the services; the others are copies of its
rows with ids of their own (`account_id(n)`), so 100,000 are there within a minute or two.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from statistics import mean
from uuid import UUID

from app.domain.money import Amounts
from app.domain.vocabulary import Product, Role
from app.schemas.edge.ids import encode
from app.services.accounts.place import OpenAccount, open_account
from app.services.context import Context
from app.services.plans.open import OpenPlan, open_plan
from app.services.plans.terms import read_terms
from app.services.work import begin, finish
from app.storage import tenancy
from app.storage.accounts.persons import PersonDetails
from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.embedded import embedded
from benchmarks.copying import FIRST, multiply

ROOT = Path(__file__).resolve().parents[1]
PLACED_ON, FIRST_DUE_ON = date(2026, 1, 2), date(2026, 2, 1)
INSTALLMENT, INSTALLMENTS = 100_00, 12
CONNECTIONS = 16


@dataclass(slots=True, kw_only=True)
class Place:
    """A fresh installation: its server, its one tenant, and a key that may do everything."""

    folder: Path
    socket_dir: Path
    app_url: str
    owner: Database
    app: Database
    tenant_id: UUID
    token: str

    @asynccontextmanager
    async def context(self, on: date, database: Database | None = None) -> AsyncIterator[Context]:
        """One transaction in the tenant on that business date."""
        async with (database or self.app).transaction() as tx:
            await tenancy.enter_tenant(tx, self.tenant_id)
            yield Context(
                tx=tx, tenant_id=self.tenant_id, role=Role.ADMIN, sandbox=True, policy_epoch=1,
                business_date=on,
            )  # fmt: skip

    @property
    def environment(self) -> Mapping[str, str]:
        return {
            **os.environ,
            "ACCORD_DATABASE_URL": self.app_url,
            "ACCORD_POOL_SIZE": str(CONNECTIONS),
            "ACCORD_SCHEDULER": "false",
        }


@asynccontextmanager
async def place() -> AsyncIterator[Place]:
    """An installation with one sandbox tenant, its clock on the first due date."""
    with (
        tempfile.TemporaryDirectory(prefix="accord-bench-") as folder,
        embedded.start(Path(folder) / "data") as server,
    ):
        owner_url = server.url("postgres", embedded.SUPERUSER)
        app_url = server.url("postgres", migrate.APP_ROLE)
        await migrate.upgrade(owner_url)
        owner = Database(owner_url, pool_size=1, statement_timeout_s=3600)
        app = Database(app_url, pool_size=2, statement_timeout_s=600)
        try:
            async with owner.transaction() as tx:
                tenant_id = await tenancy.create_tenant(
                    tx, name="bench", time_zone="UTC", sandbox=True
                )
                await tenancy.set_clock(tx, tenant_id, FIRST_DUE_ON)
                token = await tenancy.create_key(
                    tx, tenant_id, name="bench", role=Role.ADMIN, scopes=["*"]
                )
            yield Place(
                folder=Path(folder), socket_dir=server.socket_dir, app_url=app_url, owner=owner,
                app=app, tenant_id=tenant_id, token=token,
            )  # fmt: skip
        finally:
            await app.dispose()
            await owner.dispose()


# Accounts ---------------------------------------------------------------------------------


async def open_one(
    at: Place,
    reference: str,
    *,
    installment_minor: int = INSTALLMENT,
    policy: str = "unlimited",
    first_due_on: date = FIRST_DUE_ON,
    closed_on: date = FIRST_DUE_ON,
    debtor: PersonDetails | None = None,
) -> UUID:
    """An account with a plan of twelve installments, its days closed up to `closed_on`."""
    async with at.context(PLACED_ON) as ctx:
        placed = await open_account(
            ctx,
            OpenAccount(
                reference=reference,
                currency="USD",
                product=Product.INVOICE,
                opened_on=PLACED_ON,
                balance=Amounts(principal_minor=installment_minor * INSTALLMENTS),
                policy=policy,
                debtor=debtor,
            ),
        )
        account = placed.reading.account.id
        sent = {
            "installment_count": INSTALLMENTS,
            "frequency": {"every": 1, "unit": "month"},
            "first_due_on": first_due_on.isoformat(),
        }
        await open_plan(ctx, OpenPlan(account_id=account, terms=read_terms(sent)))
    async with at.context(closed_on) as ctx:
        await finish(ctx, [await begin(ctx, account)])
    return account


async def copies(at: Place, count: int) -> None:
    """`count` accounts like one that went through the services, numbered from `FIRST`."""
    await multiply(at.owner, [(await open_one(at, "TEMPLATE"), "TEMPLATE")], count)
    tidy(at)


def tidy(at: Place) -> None:
    """Let the planner and the visibility map know: what is here came all at once."""
    said = ["-c", "VACUUM ANALYZE", "-c", "CHECKPOINT"]
    subprocess.run(  # noqa: S603 - PostgreSQL's own client
        ["psql", *login(at, embedded.SUPERUSER), "--quiet", *said],  # noqa: S607
        check=True,
    )


def account_id(number: int) -> UUID:
    """The id of the account of this number, from 0 on."""
    return UUID(f"00000001-0000-7000-8000-{FIRST + number}")


# The server and its load ------------------------------------------------------------------


@contextmanager
def serving(at: Place) -> Iterator[int]:
    """`accord serve`, one process, on a port of its own; its log goes to a file."""
    with serving_process(at) as (port, _):
        yield port


@contextmanager
def serving_process(at: Place) -> Iterator[tuple[int, int]]:
    """The same, and beside the port the process: for whoever counts what it uses."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    with (at.folder / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "app.cli", "serve", "--port", str(port)],
            cwd=ROOT, env=dict(at.environment), stdout=log, stderr=log,
        )  # fmt: skip
        try:
            wait_for(port, server)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(30)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            HTTPConnection("127.0.0.1", port, timeout=1).request("GET", "/healthz")
        except OSError:
            if server.poll() is not None:
                raise SystemExit("the server ended") from None
            time.sleep(0.1)
        else:
            return
    raise SystemExit("the server does not answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a round of wrk found."""

    rate: float
    p50_ms: float
    p99_ms: float


def wrk(url: str, script: str, folder: Path, *, seconds: float, connections: int) -> Load:
    """One round of load by wrk; every answer must be a 2xx."""
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".lua", encoding="utf-8") as file:
        file.write(script + _DONE)
        file.flush()
        run = subprocess.run(  # noqa: S603 - the load's own program
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "-s", file.name, url],  # noqa: S607
            check=True, capture_output=True, text=True,
        )  # fmt: skip
    found = re.search(r"FOUND (\d+) (\d+) (\d+) (\d+) (\d+)", run.stdout)
    if found is None:
        raise SystemExit(run.stdout + run.stderr)
    requests, micros, failed, p50, p99 = map(int, found.groups())
    if failed:
        raise SystemExit(f"{failed} of {requests} requests were not answered with a 2xx")
    return Load(rate=requests / micros * 1e6, p50_ms=p50 / 1000, p99_ms=p99 / 1000)


def wrk_each(
    loads: Sequence[tuple[str, str]], folder: Path, *, seconds: float, connections: int
) -> Load:
    """One round on several processes at once: what each URL gets by its script, all as one.

    The connections are divided between them. The rate is that of all; of their medians it is the
    mean, of their 99th percentiles the longest.
    """
    share = connections // len(loads)

    def one(load: tuple[str, str]) -> Load:
        url, script = load
        return wrk(url, script, folder, seconds=seconds, connections=share)

    with ThreadPoolExecutor(len(loads)) as pool:
        found = list(pool.map(one, loads))
    return Load(
        rate=sum(one.rate for one in found),
        p50_ms=mean(one.p50_ms for one in found),
        p99_ms=max(one.p99_ms for one in found),
    )


_DONE = """
done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("FOUND %d %d %d %d %d\\n", summary.requests, summary.duration,
    e.status + e.connect + e.read + e.timeout, latency:percentile(50), latency:percentile(99)))
end
"""


def posting_lua(at: Place, count: int, run: str) -> str:
    """Payments of one installment each, for one account after the other, each with its own key.

    `run` makes the references of this run unlike those of any other.
    """
    path = at.folder / "accounts.txt"
    lines = (encode("acc", account_id(n)) for n in range(count))
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return f"""
local accounts, sent = {{}}, {int(run, 36) * 7919 % count}
for line in io.lines("{path}") do accounts[#accounts + 1] = line end
request = function()
  sent = sent + 1
  local headers = {{ ["Authorization"] = "Bearer {at.token}",
    ["Content-Type"] = "application/json", ["Idempotency-Key"] = "{run}-" .. sent }}
  local body = '{{"account_id":"' .. accounts[sent % #accounts + 1] ..
    '","reference":"{run}-' .. sent ..
    '","amount_minor":{INSTALLMENT},"currency":"USD","method":"ach"}}'
  return wrk.format("POST", "/v1/payments", headers, body)
end
"""


def login(at: Place, user: str) -> list[str]:
    """How PostgreSQL's own programs find the database."""
    return ["--host", str(at.socket_dir), "--port", "5432", "--username", user, "postgres"]
