"""What is kept beside the facts of accounts, as reports ask: to whom each was given, what it moved.

And the rows of the ledger that the money of a report is held against.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from app.domain.facts.fact import Fact
from app.domain.money import Component
from app.domain.overview.definitions.catalog import Definition
from app.domain.overview.ledger import LedgerRow, Told
from app.domain.overview.question import Question
from app.domain.overview.seen import Given, Moved
from app.domain.overview.table import Entry
from app.domain.values import replace
from app.services.context import Context
from app.storage.accounts.accounts import StoredAccount
from app.storage.reports import accounts, ledger, postings

#: By column and currency, what the ledger says that a report comes to.
Sides = dict[str, dict[str, int]]


async def ledger_rows(
    ctx: Context, definition: Definition, asked: Question, stored: Sequence[StoredAccount]
) -> Mapping[UUID, Sequence[LedgerRow]]:
    """The ledger's rows of accounts where a report is held against them, by its last day known."""
    return await rows_until(ctx, stored, asked.known_on) if definition.sides else {}


async def rows_until(
    ctx: Context, stored: Sequence[StoredAccount], known_on: date
) -> Mapping[UUID, Sequence[LedgerRow]]:
    """The ledger's rows of accounts that were booked by a day."""
    return await ledger.rows_of(ctx.tx, through_of(stored), until=known_on)


def through_of(stored: Iterable[StoredAccount]) -> dict[UUID, int]:
    """The last row of the ledger that each account had when it was read."""
    return {one.id: one.posting_sequence for one in stored}


def add_sides(sides: Sides, definition: Definition, told: Told) -> None:
    """Add what the ledger says of an account."""
    for column, side in definition.sides:
        add_to(sides.setdefault(column, {}), {told.seen.currency: side(told)})


def add_of_nobody(sides: Sides, definition: Definition, entries: Iterable[Entry]) -> None:
    """Add what a report tells of no account: the ledger has only rows of accounts."""
    for one in entries:
        for column, _ in definition.sides:
            if one.currency is not None and (minor := one.adds.get(column)):
                add_to(sides.setdefault(column, {}), {one.currency: minor})


def add_columns(sides: Sides, more: Mapping[str, Mapping[str, int]]) -> None:
    """Add what the ledger says of further accounts."""
    for column, sums in more.items():
        add_to(sides.setdefault(column, {}), sums)


def add_to(sums: dict[str, int], more: Mapping[str, int]) -> None:
    """Add sums by currency."""
    for currency, minor in more.items():
        sums[currency] = sums.get(currency, 0) + minor


async def given_of(
    ctx: Context, ids: Sequence[UUID], *, known_on: date
) -> Mapping[UUID, Sequence[Given]]:
    """To whom each account was given by then, in order."""
    given: dict[UUID, list[Given]] = {}
    for owner in await accounts.assigned(ctx.tx, ids, known_on=known_on):
        one = Given(on=owner.on, actor=owner.actor, team=owner.team)
        given.setdefault(owner.account_id, []).append(one)
    return given


async def moved_of(
    ctx: Context, asked: Question, stored: Sequence[StoredAccount]
) -> dict[UUID, list[Moved]]:
    """What the ledger says was moved in the span of each account, and what was there before."""
    rows = await postings.moved(
        ctx.tx, through_of(stored), from_on=asked.begins, to_on=asked.ends, known_on=asked.known_on,
        booked=asked.booked,
    )  # fmt: skip
    found: dict[UUID, list[Moved]] = {}
    for row in rows:
        found.setdefault(row.account_id, []).extend(
            Moved(kind=row.kind, month=row.month, component=one.value, minor=row.amounts[one])
            for one in Component
            if row.amounts[one]
        )
    return found


def by_authors(
    account: StoredAccount, facts: Sequence[Fact], asked_by: Mapping[UUID, str | None]
) -> Sequence[Fact]:
    """The facts that its row knows of, by who made them.

    What was entered since the row was read is in no figure of it. The fact of a change that was
    approved was entered by whoever approved, who is no author: it is by who asked for it.
    """
    read = [fact for fact in facts if fact.sequence <= account.fact_sequence]
    if not asked_by:
        return read
    return [
        replace(fact, actor=asked_by[fact.id]) if fact.id in asked_by else fact for fact in read
    ]
