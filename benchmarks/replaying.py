"""What the replays share: a database of their own, `accord import` as a user runs it, a report.

The database is the embedded PostgreSQL with its durable defaults, in a folder that is gone
afterwards. Imports are separate processes, so the peak memory printed is theirs alone.
"""

import csv
import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from app.domain.vocabulary import Role
from app.services.books.ledger import self_checks
from app.services.context import Context
from app.storage import tenancy
from app.storage.database import migrate
from app.storage.database.engine import Database
from app.storage.embedded import embedded

ROOT = Path(__file__).resolve().parents[1]
TENANT = "replay"
PAGE = 500
MEGABYTE = 1024  # of the kilobytes that getrusage counts on Linux


@dataclass(slots=True)
class Replay:
    """A fresh installation with one sandbox tenant, and what was imported into it so far."""

    folder: Path
    owner: Database
    app: Database
    tenant_id: UUID
    business_date: date
    environment: Mapping[str, str]
    rows: int = 0
    seconds: float = 0
    failures: int = 0
    lines: list[str] = field(default_factory=list)

    def bring_in(self, kind: str, rows: Iterable[Mapping[str, object]], *options: str) -> None:
        """Write the rows to a CSV file and import it with `accord import`."""
        path = self.folder / f"{kind}.csv"
        count = write(path, rows)
        begun = time.perf_counter()
        command = [sys.executable, "-m", "app.cli", "import", kind, str(path), "--tenant", TENANT]
        done = subprocess.run(  # noqa: S603 - our own program
            [*command, "--amounts", "decimal", "--page-size", str(PAGE), *options],
            cwd=ROOT, env=dict(self.environment), check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"accord import {kind} ended with {done.returncode}")
        taken = time.perf_counter() - begun
        self.rows += count
        self.seconds += taken
        self.say(f"{kind}: {count:,} rows in {taken:.1f} s, {count / taken:,.0f} rows/s")

    def say(self, line: str) -> None:
        print(line, flush=True)
        self.lines.append(line)

    def compare(self, what: str, pairs: Iterable[tuple[str, object, object]]) -> None:
        """Count and show where what Accord says differs from the data: (name, data, Accord)."""
        compared = mismatches = 0
        for name, expected, actual in pairs:
            compared += 1
            if expected != actual:
                mismatches += 1
                if mismatches <= 10:  # noqa: PLR2004 - enough to see what they have in common
                    self.say(f"  {name}: the data says {expected}, Accord {actual}")
        self.failures += mismatches + (compared == 0)
        self.say(f"{what}: {compared:,} compared, {mismatches:,} mismatches")

    @asynccontextmanager
    async def context(self) -> AsyncIterator[Context]:
        """One transaction in the tenant, on the replay's business date."""
        async with self.app.transaction() as tx:
            await tenancy.enter_tenant(tx, self.tenant_id)
            yield Context(
                tx=tx, tenant_id=self.tenant_id, role=Role.ADMIN, sandbox=True, policy_epoch=1,
                business_date=self.business_date,
            )  # fmt: skip

    async def check_conservation(self, account_ids: Sequence[UUID]) -> None:
        """The self-check of every account: all facts folded again, held against every table."""
        begun = time.perf_counter()
        failed: list[str] = []
        checked = 0
        for start in range(0, len(account_ids), PAGE):
            async with self.context() as ctx:
                for one in await self_checks(ctx, account_ids[start : start + PAGE]):
                    checked += 1
                    failed += [f"{one.account_id} {i}" for i in one.identities if not i.ok]
        self.failures += len(failed) + (checked != len(account_ids))
        for line in failed[:10]:
            self.say(f"  {line}")
        taken = time.perf_counter() - begun
        self.say(
            f"self-check: {checked:,} accounts, {len(failed):,} identities broken ({taken:.0f} s)"
        )

    def finish(self) -> None:
        """The last lines; exit code 1 where anything differed."""
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / MEGABYTE
        self.say(
            f"imported {self.rows:,} rows in {self.seconds:.0f} s: "
            f"{self.rows / self.seconds:,.0f} rows/s, peak memory of an import {peak:.0f} MB"
        )
        self.say("0 mismatches" if not self.failures else f"{self.failures} FAILURES")
        if self.failures:
            raise SystemExit(1)


@asynccontextmanager
async def replay(business_date: date) -> AsyncIterator[Replay]:
    """A database for one replay, its tenant's clock set after the data."""
    with (
        tempfile.TemporaryDirectory(prefix="accord-replay-") as folder,
        embedded.start(Path(folder) / "data") as server,
    ):
        owner_url = server.url("postgres", embedded.SUPERUSER)
        app_url = server.url("postgres", migrate.APP_ROLE)
        await migrate.upgrade(owner_url)
        owner = Database(owner_url, pool_size=1, statement_timeout_s=600)
        app = Database(app_url, pool_size=2, statement_timeout_s=600)
        try:
            async with owner.transaction() as tx:
                tenant_id = await tenancy.create_tenant(
                    tx, name=TENANT, time_zone="UTC", sandbox=True
                )
                await tenancy.set_clock(tx, tenant_id, business_date)
            yield Replay(
                folder=Path(folder),
                owner=owner,
                app=app,
                tenant_id=tenant_id,
                business_date=business_date,
                environment={
                    **os.environ,
                    "ACCORD_DATABASE_URL": app_url,
                    "ACCORD_ADMIN_DATABASE_URL": owner_url,
                    "ACCORD_SCHEDULER": "false",
                },
            )
        finally:
            await app.dispose()
            await owner.dispose()


def folder_of(argument: str, name: str) -> Path:
    """The data of this name: the folder itself, or the one it lies in."""
    inside = Path(argument) / name
    return inside if inside.is_dir() else Path(argument)


def read(path: Path) -> Iterator[dict[str, str]]:
    """A CSV file's rows, gzip or plain."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def write(path: Path, rows: Iterable[Mapping[str, object]]) -> int:
    """Write rows of equal fields to a CSV file; answers how many there were."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer: csv.DictWriter[str] | None = None
        for row in rows:
            if writer is None:
                writer = csv.DictWriter(file, row.keys())
                writer.writeheader()
            writer.writerow(row)
            count += 1
    return count


def minor(amount: str | Decimal) -> int:
    """Hundredths. The data has at most two decimals; anything finer ends the replay."""
    cents = Decimal(amount) * 100
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} is finer than a cent")
    return int(cents)
