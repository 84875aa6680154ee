"""A day close that makes a reminder of each account beside one that makes none, in one run.

Three crowds of as many accounts have an installment due on three days that follow each other. The
first day is for the caches, the second closes without a contact policy, the third with one that
reminds on the due date; each judges every account of its crowd. What decides is processor time,
which others on the machine do not move.

    python -m benchmarks.notices [ACCOUNTS]
"""

import asyncio
import resource
import sys
import time
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text

from app.domain.values import replace
from app.services.contacts.policies import save_contact_policy
from app.services.day_close.sweep import sweep
from app.services.messages.notices.noticing import make_notices, notice_page
from app.storage.accounts.persons import PersonDetails, PersonRole
from benchmarks.copying import multiply
from benchmarks.load import Place, open_one, place, tidy
from benchmarks.usage import usage

AIM = 1.5
WARM, FIRST, SECOND = (date(2026, 1, 17 + n) for n in range(3))
WANTED = {
    "effective_from": SECOND.isoformat(),
    "notices": [
        {"key": "due_reminder", "when": "before_due", "days": 0, "at": "10:00",
         "template": "due_reminder"}
    ],
}  # fmt: skip


async def crowd(at: Place, accounts: int) -> None:
    """So many accounts due on each of the two days, each somebody's."""
    templates: list[tuple[UUID, str]] = []
    for day in (WARM, FIRST, SECOND):
        made = await open_one(
            at, f"DUE-{day}", policy="default", first_due_on=day,
            closed_on=WARM - timedelta(days=1),
            debtor=PersonDetails(role=PersonRole.DEBTOR, reference=f"D-{day}", name="Jane"),
        )  # fmt: skip
        templates.append((made, f"DUE-{day}"))
    await multiply(at.owner, templates, 3 * accounts)
    tidy(at)


def peak_mb() -> float:
    """What this process has held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What closing a day took: by the clock, and of processors, which others do not move."""

    judged: int
    seconds: float
    cpu_s: float


async def close(at: Place, day: date) -> Day:
    """Close it, with whatever notices the contact policy wants."""
    begun, own, theirs = time.perf_counter(), time.process_time(), (await usage(at)).postgres_s
    report = await sweep(
        at.app, at.tenant_id, business_date=day, then=make_notices, beside=notice_page
    )
    seconds, own_s = time.perf_counter() - begun, time.process_time() - own
    cpu_s = own_s + (await usage(at)).postgres_s - theirs
    return Day(judged=report.changed, seconds=seconds, cpu_s=cpu_s)


async def main(accounts: int) -> bool:
    async with place() as at:
        await crowd(at, accounts)
        await close(at, WARM)
        without = await close(at, FIRST)
        before_mb = peak_mb()
        async with at.context(SECOND) as ctx:
            named = replace(ctx, actor="bench")
            await save_contact_policy(named, "default", WANTED, None)
        with_them = await close(at, SECOND)
        async with at.owner.transaction() as tx:
            made = (await tx.execute(text("SELECT count(*) FROM message"))).scalar_one()
    ratio, of_cpu = with_them.seconds / without.seconds, with_them.cpu_s / without.cpu_s
    for name, one, more in (("without", without, 0), ("with", with_them, made)):
        print(
            f"{name + ':':<8} {one.judged:,} accounts, {more:,} reminders, {one.seconds:.1f} s, "
            f"{one.cpu_s:.1f} s of processors"
        )
    print(f"ratio:   {ratio:.2f}, of processor time {of_cpu:.2f} (aim {AIM})")
    print(f"memory:  peak {before_mb:.0f} MB, then {peak_mb():.0f} MB")
    return of_cpu <= AIM


if __name__ == "__main__":
    told = int(sys.argv[1]) if sys.argv[1:] else 100_000
    sys.exit(0 if asyncio.run(main(told)) else 1)
