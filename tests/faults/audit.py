"""What is stored in the end, held against what was acknowledged: lost, doubled, checks that fail.

Facts are counted of every account and kind; payments, charges and plans in their other tables
too, so that a fact without its posting, its event or its row is found as well.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

import asyncpg
import httpx

from app.schemas.edge.ids import decode
from tests.faults.lives import Book
from tests.faults.place import Place

CHECKERS = 8
#: What else a fact leaves behind, once.
_WITH_A_FACT = {
    "placement": ("account", "event account.created"),
    "payment": ("payment", "posting payment", "event payment.posted"),
    "reversal": ("event payment.reversed",),
    "charge": ("posting charge", "event charge.added"),
    "plan_opened": ("plan", "event plan.created"),
    "settlement_offered": ("settlement", "event settlement.offered"),
    "settlement_accepted": ("plan", "event settlement.accepted", "event plan.created"),
    "plan_cancelled": ("event plan.cancelled",),
}
_STORED = """
    SELECT account_id, 'fact ' || kind AS what, count(*) FROM fact
        WHERE account_id = ANY($1) GROUP BY 1, 2
    UNION ALL SELECT account_id, 'posting ' || kind, count(*) FROM posting
        WHERE account_id = ANY($1) AND kind IN ('payment', 'charge') GROUP BY 1, 2
    UNION ALL SELECT account_id, 'event ' || type, count(*) FROM event
        WHERE account_id = ANY($1) AND type = ANY($2) AND corrects IS NULL GROUP BY 1, 2
    UNION ALL SELECT id, 'account', 1 FROM account WHERE id = ANY($1)
    UNION ALL SELECT account_id, 'payment', count(*) FROM payment
        WHERE account_id = ANY($1) GROUP BY 1
    UNION ALL SELECT account_id, 'plan', count(*) FROM plan
        WHERE account_id = ANY($1) GROUP BY 1
    UNION ALL SELECT account_id, 'settlement', count(*) FROM settlement
        WHERE account_id = ANY($1) GROUP BY 1
"""
_EVENTS = sorted(
    what.removeprefix("event ")
    for others in _WITH_A_FACT.values()
    for what in others
    if what.startswith("event ")
)
_REFERENCES = "SELECT reference FROM payment WHERE account_id = ANY($1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found."""

    lost: int
    doubled: int
    checked: int
    bad: int
    said: tuple[str, ...]  # of what is wrong, the first few


async def audit(place: Place, book: Book) -> Audit:
    """Count what is there; nothing may be on its way any more."""
    expected = Counter[tuple[UUID, str]]()
    accounts = sorted({account for account, _ in book.facts})
    for (account, kind), count in book.facts.items():
        for what in (f"fact {kind}", *_WITH_A_FACT.get(kind, ())):
            expected[decode("acc", account), what] += count
    ids = [decode("acc", account) for account in accounts]
    admin = await place.postgres.connect()
    try:
        stored = await _stored(admin, ids)
        references = Counter(row[0] for row in await admin.fetch(_REFERENCES, ids))
    finally:
        await admin.close()
    missing, surplus = expected - stored, stored - expected
    missing_references = book.references - references.keys()
    surplus_references = references - Counter(book.references)
    bad = await _failing(place, accounts)
    said = [
        *(f"lost: {what} of {account}" for account, what in missing),
        *(f"doubled: {what} of {account}" for account, what in surplus),
        *(f"lost: {reference}" for reference in missing_references),
        *(f"doubled or never sent: {reference}" for reference in surplus_references),
        *bad,
    ]
    return Audit(
        lost=max(missing.total(), len(missing_references)),
        doubled=max(surplus.total(), surplus_references.total()) + book.changed,
        checked=len(accounts),
        bad=len(bad),
        said=tuple(said[:10]),
    )


async def _stored(admin: asyncpg.Connection, ids: list[UUID]) -> Counter[tuple[UUID, str]]:
    rows = await admin.fetch(_STORED, ids, _EVENTS)
    return Counter({(row[0], row[1]): row[2] for row in rows})


async def _failing(place: Place, accounts: list[str]) -> list[str]:
    """A line for every account whose self-check is not at peace, after any number of tries."""
    gate = asyncio.Semaphore(CHECKERS)
    async with httpx.AsyncClient(
        base_url=place.servers[0].base,
        headers={"Authorization": f"Bearer {place.token}"},
        timeout=60,
        trust_env=False,
        verify=False,
    ) as client:

        async def one(account: str) -> str | None:
            async with gate:
                for _ in range(60):
                    try:
                        answer = await client.get(f"/v1/accounts/{account}/self-check")
                    except httpx.HTTPError:
                        answer = httpx.Response(503)
                    if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                        break
                    await asyncio.sleep(1)
            if answer.is_success and answer.json()["ok"]:
                return None
            return f"self-check of {account}: {answer.status_code} {answer.text[:300]}"

        found = await asyncio.gather(*(one(account) for account in accounts))
    return [line for line in found if line]
