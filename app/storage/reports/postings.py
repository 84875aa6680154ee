"""What the ledger sums to: by account, by currency, and by what moved it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Select,
    Uuid,
    and_,
    any_,
    case,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
)

from app.domain.money import Amounts, Component
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.reports.accounts import NARROWING

_ACCOUNT = tables.table(tables.Account)
_WORK = tables.table(tables.AccountWork)
_POSTING = tables.table(tables.Posting)
_SUMS = [
    func.sum(_POSTING.c[f"{one}_minor"]).label(f"{one}_minor")
    for one in (*Component, "unapplied")
]  # fmt: skip

_MONTH = "YYYY-MM"

#: Where an account has each of `LASTING`.
_OF: dict[str, ColumnElement[Any]] = {
    **NARROWING,
    "placement_batch": func.coalesce(_WORK.c.batch, func.to_char(_WORK.c.placed_on, _MONTH)),
}  # fmt: skip


#: By account, its last row that counts.
Through = Mapping[UUID, int]


class Posted(NamedTuple):
    """What an account's rows come to. `unapplied_minor`: what is there, as a positive amount."""

    balance: Amounts
    unapplied_minor: int


class MovedRow(NamedTuple):
    """Of one account, kind and month (None: before the span): how much."""

    account_id: UUID
    kind: str | None
    month: str | None
    amounts: Amounts


def _mine(account_ids: Iterable[UUID]) -> ColumnElement[bool]:
    return _POSTING.c.account_id == any_(literal(list(account_ids), ARRAY(Uuid)))


def _read(through: Through) -> tuple[ColumnElement[bool], ...]:
    """Rows of these accounts up to the last that each had when it was read itself.

    What is posted meanwhile would be in some figures of a report and not in others.
    """
    read = (
        func.unnest(
            literal(list(through), ARRAY(Uuid)),
            literal(list(through.values()), ARRAY(BigInteger)),
        )
        .table_valued("account_id", "sequence", name="read")
        .render_derived()
    )
    return _POSTING.c.account_id == read.c.account_id, _POSTING.c.sequence <= read.c.sequence


def _amounts(row: Any) -> Amounts:  # noqa: ANN401 - a row of _SUMS
    return Amounts(**{f"{one}_minor": int(getattr(row, f"{one}_minor")) for one in Component})


async def posted(tx: Transaction, through: Through, *, until: date) -> dict[UUID, Posted]:
    """By account, what was booked by the end of a business date."""
    query = (
        select(_POSTING.c.account_id, *_SUMS)
        .where(*_read(through), _POSTING.c.business_date <= until)
        .group_by(_POSTING.c.account_id)
    )
    return {
        row.account_id: Posted(_amounts(row), -int(row.unapplied_minor))
        for row in await tx.execute(query)
    }


async def receivable(
    tx: Transaction, through: Through, *, until: date, effective_until: date | None
) -> dict[str, int]:
    """By currency, what was booked as owed by the end of a business date: asked on its own.

    Of those rows, where `effective_until` is said, those that count by then.
    """
    counts = [] if effective_until is None else [_POSTING.c.effective_on <= effective_until]
    total = func.sum(_POSTING.c.amount_minor - _POSTING.c.unapplied_minor).label("minor")
    query = (
        select(_ACCOUNT.c.currency, total)
        .join_from(
            _POSTING,
            _ACCOUNT,
            and_(
                _ACCOUNT.c.tenant_id == _POSTING.c.tenant_id,
                _ACCOUNT.c.id == _POSTING.c.account_id,
            ),
        )
        .where(*_read(through), _POSTING.c.business_date <= until, *counts)
        .group_by(_ACCOUNT.c.currency)
    )
    return {row.currency: int(row.minor) for row in await tx.execute(query)}


async def moved(
    tx: Transaction, through: Through, *, from_on: date, to_on: date,
    known_on: date, booked: bool,
) -> tuple[MovedRow, ...]:  # fmt: skip
    """What the span moved by kind and month, and what was there before it.

    Booked: by business date. Otherwise by effective date, of what was known.
    """
    query = _moved(_read(through), from_on, to_on, known_on, booked=booked)
    return tuple(
        MovedRow(row.account_id, row.moved_kind, row.month, _amounts(row))
        for row in await tx.execute(query)
    )


class Movers(NamedTuple):
    """Of how many accounts what was booked is: of each component, and of any."""

    key: tuple[str | None, ...]
    components: Mapping[str, int]
    any: int


async def movers(
    tx: Transaction, account_ids: Sequence[UUID], *, from_on: date, to_on: date,
    groups: Sequence[str], filters: Mapping[str, str],
) -> tuple[Movers, ...]:  # fmt: skip
    """By groups of `LASTING`: how many of these accounts `moved` tells an amount of, as booked."""
    mine = (_mine(account_ids),)
    found = _moved(mine, from_on, to_on, to_on, booked=True).subquery()
    whose = func.count(distinct(found.c.account_id))
    some = {one: found.c[f"{one}_minor"] != 0 for one in Component}
    columns = [_OF[name] for name in groups]
    query = (
        select(*columns, *(whose.filter(one) for one in some.values()),
               whose.filter(or_(*some.values())))
        .join_from(found, _ACCOUNT, _ACCOUNT.c.id == found.c.account_id)
        .join(_WORK, and_(_WORK.c.tenant_id == _ACCOUNT.c.tenant_id,
                          _WORK.c.account_id == _ACCOUNT.c.id))
        .where(*(_OF[name] == value for name, value in filters.items()))
        .group_by(*columns)
    )  # fmt: skip
    size = len(groups)
    return tuple(
        Movers(tuple(row[:size]), dict(zip(some, row[size:-1], strict=True)), row[-1])
        for row in await tx.execute(query)
    )


def _moved(
    mine: Sequence[ColumnElement[bool]], from_on: date, to_on: date, known_on: date, *, booked: bool
) -> Select[Any]:
    day = _POSTING.c.business_date if booked else _POSTING.c.effective_on
    kind: Any = case((day < from_on, null()), else_=_POSTING.c.kind).label("moved_kind")
    month: Any = case((day < from_on, null()), else_=func.to_char(day, _MONTH)).label("month")
    return (
        select(_POSTING.c.account_id, kind, month, *_SUMS)
        .where(*mine, day <= to_on, _POSTING.c.business_date <= known_on)
        .group_by(_POSTING.c.account_id, kind, month)
    )
