"""A day close that makes a reminder of each account beside one that makes none, in one run.

Three crowds of as many accounts have an installment due on three days that follow each other. The
first day is for the caches, the second closes without a contact policy, the third with one that
reminds on the due date; each judges every account of its crowd.

    python -m benchmarks.notices [ACCOUNTS]
"""

import asyncio
import resource
import sys
import time
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import text

from app.domain.values import replace
from app.services.contacts.policies import save_contact_policy
from app.services.day_close.sweep import sweep
from app.services.messages.noticing import make_notices, notice_page
from app.storage.accounts.persons import PersonDetails, PersonRole
from benchmarks.copying import multiply
from benchmarks.load import Place, open_one, place, tidy

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


async def close(at: Place, day: date) -> tuple[float, int]:
    """How long the day took, and how many accounts it judged."""
    begun = time.perf_counter()
    report = await sweep(
        at.app, at.tenant_id, business_date=day, then=make_notices, beside=notice_page
    )
    return time.perf_counter() - begun, report.changed


async def main(accounts: int) -> bool:
    async with place() as at:
        await crowd(at, accounts)
        await close(at, WARM)
        without, judged = await close(at, FIRST)
        before_mb = peak_mb()
        async with at.context(SECOND) as ctx:
            named = replace(ctx, actor="bench")
            await save_contact_policy(named, "default", WANTED, None)
        with_them, judged_too = await close(at, SECOND)
        async with at.owner.transaction() as tx:
            made = (await tx.execute(text("SELECT count(*) FROM message"))).scalar_one()
    ratio = with_them / without
    print(f"without: {judged:,} accounts, {without:.1f} s")
    print(f"with:    {judged_too:,} accounts, {made:,} reminders, {with_them:.1f} s")
    print(f"ratio:   {ratio:.2f} (aim {AIM}); peak {before_mb:.0f} MB, then {peak_mb():.0f} MB")
    return ratio <= AIM


if __name__ == "__main__":
    told = int(sys.argv[1]) if sys.argv[1:] else 100_000
    sys.exit(0 if asyncio.run(main(told)) else 1)
