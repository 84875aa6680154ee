"""Postings and a day's sweep on the databases that are named, beside each other in one run.

For what runs on servers of its own: one PostgreSQL, the same spread by tenant on one node, on
three. Each must be empty and is named by the address of its owner, who is a superuser; one with
the extension is spread first. Tenants are several, so that they lie apart. Rounds of all are
interleaved, and each figure stands beside the first one's, which is the measure.

Rates move with whatever else the machine does. The processor time of all PostgreSQL processes
does so less; it is read from /proc, so all servers must run on this machine.

    python -m benchmarks.spread ACCOUNTS SECONDS ROUNDS NAME=postgresql://postgres@… …
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

import asyncpg

from app.domain.vocabulary import Role
from app.schemas.edge.ids import encode
from app.services.collector import collect_rarely
from app.services.day_close.sweep import WORKERS, sweep
from app.services.tenancy.distribution import AT_ONCE, apart, side_by_side
from app.services.tenancy.tenants import TenantRecord, list_tenants
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.distribution import layout
from app.storage.distribution.distribute import distribute
from benchmarks.copying import FIRST, multiply
from benchmarks.load import (
    CONNECTIONS,
    FIRST_DUE_ON,
    INSTALLMENT,
    Place,
    open_one,
    serving_process,
    wrk,
)
from benchmarks.sweep import DAYS, expect_of, templates
from benchmarks.usage import POSTMASTER, process_seconds, server_seconds

TENANTS = 2
SLOTS = 12  # of accounts to be swept a twelfth is due on each day, and a twelfth misses
_NODES = "SELECT nodename, nodeport FROM pg_dist_node WHERE isactive"


@dataclass(slots=True, kw_only=True)
class Figure:
    """What the rounds of one database found, each a unit of work: rate, processor times in ms."""

    rates: list[float] = field(default_factory=list)
    postgres_ms: list[float] = field(default_factory=list)
    python_ms: list[float] = field(default_factory=list)

    def add(self, *, done: float, seconds: float, postgres_s: float, python_s: float) -> None:
        self.rates.append(done / seconds)
        self.postgres_ms.append(postgres_s / done * 1e3)
        self.python_ms.append(python_s / done * 1e3)

    def said(self, measure: "Figure") -> str:
        """Medians, and the median of each round's ratio to the measure's."""

        def ratio(name: str) -> float:
            mine, first = getattr(self, name), getattr(measure, name)
            return float(median(one / other for one, other in zip(mine, first, strict=True)))

        return (
            f"{median(self.rates):>7,.0f}/s ({ratio('rates'):.2f})"
            f"  PostgreSQL {median(self.postgres_ms):.2f} ms ({ratio('postgres_ms'):.2f})"
            f"  Python {median(self.python_ms):.2f} ms ({ratio('python_ms'):.2f})"
        )


@dataclass(slots=True, kw_only=True)
class Contender:
    """A database under test, its tenants, and the servers whose processor time counts."""

    name: str
    owner_url: str
    folder: Path
    owner: Database
    app: Database
    places: list[Place] = field(default_factory=list)
    postmasters: list[int] = field(default_factory=list)
    postings: Figure = field(default_factory=Figure)
    sweeps: Figure = field(default_factory=Figure)

    def postgres_s(self) -> float:
        """Processor time of all its servers so far."""
        return sum(map(server_seconds, self.postmasters))


# Making them ------------------------------------------------------------------------------


async def prepared(name: str, url: str, folder: Path, accounts: int, days: int) -> Contender:
    """A database spread where it can be, with tenants, accounts and plans."""
    begun = time.perf_counter()
    owner = Database(url, pool_size=1, statement_timeout_s=3600)
    async with owner.transaction() as tx:
        if await layout.engine_version(tx):
            await distribute(tx)
    await owner.dispose()  # who writes learns at the connection's start that tables are spread
    made = Contender(
        name=name,
        owner_url=url,
        folder=folder,
        owner=Database(url, pool_size=1, statement_timeout_s=3600),
        app=Database(_as_application(url), pool_size=WORKERS * AT_ONCE, statement_timeout_s=600),
    )
    for number in range(TENANTS):
        made.places.append(await _tenant(made, accounts // TENANTS, number, days))
    await _tidy(url)
    made.postmasters = await _postmasters(url)
    groups = await apart(made.app, await list_tenants(made.app))
    print(
        f"{name}: {TENANTS} tenants, {accounts:,} accounts for postings and as many to be swept,"
        f" on {len(groups)} of {len(made.postmasters)} servers,"
        f" {time.perf_counter() - begun:.0f} s",
        flush=True,
    )
    return made


def _as_application(url: str) -> str:
    return url.replace("//postgres@", f"//{migrate.APP_ROLE}@")


async def _tenant(made: Contender, accounts: int, number: int, days: int) -> Place:
    folder = made.folder / f"{made.name}-{number}"
    folder.mkdir()
    async with made.owner.transaction() as tx:
        tenant_id = await tenancy.create_tenant(
            tx, name=f"bench {uuid4()}", time_zone="UTC", sandbox=True
        )
        await tenancy.set_clock(tx, tenant_id, FIRST_DUE_ON)
        token = await tenancy.create_key(tx, tenant_id, name="b", role=Role.ADMIN, scopes=["*"])
    place = Place(
        folder=folder, socket_dir=folder, app_url=_as_application(made.owner_url),
        owner=made.owner, app=made.app, tenant_id=tenant_id, token=token,
    )  # fmt: skip
    first = FIRST + number * 10_000_000
    paid = [(await open_one(place, "TEMPLATE"), "TEMPLATE")]
    await multiply(made.owner, paid, accounts, first=first)
    swept = await templates(place, DAYS[:days], slots=SLOTS)
    await multiply(made.owner, swept, accounts, first=first + 5_000_000)
    accounts_file = "\n".join(encode("acc", _account(first + n)) for n in range(accounts))
    (folder / "accounts.txt").write_text(accounts_file + "\n", encoding="ascii")
    return place


async def _tidy(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM ANALYZE")
    await connection.execute("CHECKPOINT")
    await connection.close()


async def _postmasters(url: str) -> list[int]:
    """The first process of the server, and of those it spreads tables over."""
    connection = await asyncpg.connect(url)
    known = await connection.fetchval("SELECT to_regclass('pg_dist_node') IS NOT NULL")
    nodes = [tuple(row) for row in await connection.fetch(_NODES)] if known else []
    found = {await connection.fetchval(str(POSTMASTER))}
    for host, port in nodes:
        there = await asyncpg.connect(url, host=host, port=port)
        found.add(await there.fetchval(str(POSTMASTER)))
        await there.close()
    await connection.close()
    return sorted(found)


# Postings ---------------------------------------------------------------------------------


def _lua(made: Contender, run: str) -> str:
    """Payments, each of another tenant than the one before, with a reference and key of its own."""
    listed = "".join(
        f'load("{place.folder / "accounts.txt"}", "{place.token}")\n' for place in made.places
    )
    return f"""
local tenants, sent = {{}}, 0
local function load(path, token)
  local accounts = {{}}
  for line in io.lines(path) do accounts[#accounts + 1] = line end
  tenants[#tenants + 1] = {{accounts, token}}
end
{listed}
request = function()
  sent = sent + 1
  local tenant = tenants[sent % #tenants + 1]
  local account = tenant[1][math.floor(sent / #tenants) * 7919 % #tenant[1] + 1]
  local headers = {{ ["Authorization"] = "Bearer " .. tenant[2],
    ["Content-Type"] = "application/json", ["Idempotency-Key"] = "{run}-" .. sent }}
  local body = '{{"account_id":"' .. account ..
    '","reference":"{run}-' .. sent ..
    '","amount_minor":{INSTALLMENT},"currency":"USD","method":"ach"}}'
  return wrk.format("POST", "/v1/payments", headers, body)
end
"""


async def post(made: Sequence[Contender], seconds: float, rounds: int) -> None:
    """Rounds of load, each database in its turn; the first of each is for the caches."""
    async with AsyncExitStack() as ending:
        serving = [ending.enter_context(serving_process(one.places[0])) for one in made]
        for number in range(rounds + 1):
            for one, (port, process) in zip(made, serving, strict=True):
                used, python = one.postgres_s(), process_seconds(process)
                load = wrk(
                    f"http://127.0.0.1:{port}/v1/payments",
                    _lua(one, f"r{number}"),
                    one.folder,
                    seconds=seconds,
                    connections=CONNECTIONS,
                )
                if number:
                    one.postings.add(
                        done=load.rate * seconds,
                        seconds=seconds,
                        postgres_s=one.postgres_s() - used,
                        python_s=process_seconds(process) - python,
                    )


# The sweep --------------------------------------------------------------------------------


async def sweep_all(made: Contender, day_number: int, accounts: int, *, kept: bool) -> None:
    """A day's sweep of every tenant, those on other servers at the same time."""
    mine = {place.tenant_id for place in made.places}
    tenants = [one for one in await list_tenants(made.app) if one.tenant_id in mine]
    groups, day = await apart(made.app, tenants), DAYS[day_number]
    done = 0

    async def one(tenant: TenantRecord) -> None:
        nonlocal done
        report = await sweep(made.app, tenant.tenant_id, business_date=on)
        done += report.examined

    on = day - timedelta(days=1)
    await side_by_side(groups, one)  # what the days between bring is not timed
    done, on = 0, day
    used, python, begun = made.postgres_s(), time.process_time(), time.perf_counter()
    await side_by_side(groups, one)
    seconds = time.perf_counter() - begun
    expect_of(done, accounts // TENANTS // SLOTS, times=TENANTS)
    if kept:
        made.sweeps.add(
            done=done,
            seconds=seconds,
            postgres_s=made.postgres_s() - used,
            python_s=time.process_time() - python,
        )


async def main() -> None:
    accounts, seconds, rounds = map(int, sys.argv[1:4])
    named = [one.split("=", 1) for one in sys.argv[4:]]
    days = min(rounds + 1, len(DAYS))
    collect_rarely()
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as folder:
        for _, url in named:
            await migrate.upgrade(url)
        made = await asyncio.gather(
            *(prepared(name, url, Path(folder), accounts, days) for name, url in named)
        )
        await post(made, seconds, rounds)
        for number in range(days):
            for one in made:
                await sweep_all(one, number, accounts, kept=number > 0)
        for what in ("postings", "sweeps"):
            for one in made:
                print(f"{what:<9} {one.name:<12} {getattr(one, what).said(getattr(made[0], what))}")
        for one in made:
            await one.app.dispose()
            await one.owner.dispose()


def _account(number: int) -> UUID:
    return UUID(f"00000001-0000-7000-8000-{number}")


if __name__ == "__main__":
    asyncio.run(main())
