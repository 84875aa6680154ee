"""Re-ages of all accounts in a span of days, and what became of them: for the examiner's report."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, func, literal, or_, select, tuple_

from app.domain.entries.events import EventType
from app.domain.facts.changes import AccountReAge, ReAge
from app.domain.facts.kinds import RE_AGES, FactKind
from app.storage import tables
from app.storage.database.documents import RevisedSchedule, revised_from_json
from app.storage.database.engine import Transaction
from app.storage.database.types import fact_body_from_values

_ACCOUNT = tables.table(tables.Account)
_EVENT = tables.table(tables.Event)
_FACT = tables.table(tables.Fact)
_INSTALLMENT = tables.table(tables.Installment)
_REVISION = tables.table(tables.Revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredGrant:
    """A re-age as entered; `schedule` is its revision's, None for an account's own."""

    id: UUID
    account_id: UUID
    currency: str
    plan_id: UUID | None
    effective_on: date
    business_date: date
    actor: str | None
    body: ReAge | AccountReAge
    schedule: RevisedSchedule | None
    undone_on: date | None
    missed_on: date | None  # the first installment missed after it
    reported_since_on: date | None  # as it stands now


def _entered(since: date, until: date) -> ColumnElement[bool]:
    re_ages = or_(*(_FACT.c.kind == kind for kind in RE_AGES))
    return and_(re_ages, _FACT.c.business_date.between(since, until))


async def number(tx: Transaction, *, since: date, until: date, limit: int) -> int:
    """How many re-ages were entered on these business dates, counted to a limit."""
    found = select(literal(1)).where(_entered(since, until)).limit(limit).subquery()
    return int((await tx.execute(select(func.count()).select_from(found))).scalar_one())


async def granted(
    tx: Transaction, *, since: date, until: date, after: tuple[date, UUID] | None = None,
    limit: int | None = None,
) -> tuple[StoredGrant, ...]:  # fmt: skip
    """Every re-age entered on these business dates, in the order they were entered.

    `limit`: no more than so many, those `after` one by its business date and id.
    """
    undo = _FACT.alias("undo")
    undone_on = (
        select(func.min(undo.c.business_date))
        .where(
            undo.c.account_id == _FACT.c.account_id,
            undo.c.kind == FactKind.REVISION_UNDO,
            undo.c.body["undoes"].astext == cast(_FACT.c.id, Text),
        )
        .scalar_subquery()
    )
    missed_on = (
        select(func.min(_INSTALLMENT.c.missed_on))
        .where(
            _INSTALLMENT.c.account_id == _FACT.c.account_id,
            _INSTALLMENT.c.missed_on > _FACT.c.effective_on,
        )
        .scalar_subquery()
    )
    query = (
        select(
            _FACT.c.id,
            _FACT.c.account_id,
            _ACCOUNT.c.currency,
            _REVISION.c.plan_id,
            _FACT.c.effective_on,
            _FACT.c.business_date,
            _FACT.c.actor,
            _FACT.c.body,
            _REVISION.c.schedule,
            undone_on.label("undone_on"),
            missed_on.label("missed_on"),
            _ACCOUNT.c.reported_since_on,
        )
        .join(_ACCOUNT, _ACCOUNT.c.id == _FACT.c.account_id)
        .outerjoin(
            _REVISION,
            and_(
                _REVISION.c.tenant_id == _FACT.c.tenant_id,
                _REVISION.c.account_id == _FACT.c.account_id,
                _REVISION.c.fact_id == _FACT.c.id,
            ),
        )
        .where(_entered(since, until))
        .order_by(_FACT.c.business_date, _FACT.c.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(_FACT.c.business_date, _FACT.c.id) > after)
    return tuple(_granted(row) for row in (await tx.execute(query)).mappings())


def _granted(row: Mapping[Any, Any]) -> StoredGrant:
    body = fact_body_from_values(row["body"])
    if not isinstance(body, ReAge | AccountReAge):
        raise ValueError(f"{row['id']} is no re-age")  # noqa: TRY004 - a bug, not a type asked for
    schedule = row["schedule"] and revised_from_json(row["schedule"], row["id"])
    return StoredGrant(**{**row, "body": body, "schedule": schedule})


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """When a re-age was flagged, and the returned payment it had stood on."""

    on: date
    payment_id: UUID


async def flags(
    tx: Transaction, *, account_id: UUID | None = None, since: date = date.min
) -> Mapping[UUID, Flag]:
    """The re-ages granted from a business date on that were flagged, by id: the first time of each.

    The event that flags a re-age corrects the one that granted it, and has its business date. So
    the day is the event's `flagged_on`; older events have none, and only that date is known.
    """
    query = (
        select(_EVENT.c.payment_id, _EVENT.c.business_date, _EVENT.c.data)
        .where(
            _EVENT.c.type == EventType.RE_AGE_GRANTED,
            _EVENT.c.corrects.is_not(None),
            _EVENT.c.business_date >= since,
            _EVENT.c.data["after"].has_key("flagged"),
        )
        .order_by(_EVENT.c.account_id, _EVENT.c.sequence)
    )
    if account_id is not None:
        query = query.where(_EVENT.c.account_id == account_id)
    found: dict[UUID, Flag] = {}
    for row in await tx.execute(query):
        after = row.data["after"]
        named = after.get("flagged_on")
        on = date.fromisoformat(named) if named else row.business_date
        found.setdefault(UUID(after["re_age_id"]), Flag(on=on, payment_id=row.payment_id))
    return found


async def refused(tx: Transaction, *, since: date, until: date) -> tuple[Mapping[str, Any], ...]:
    """What was told of every re-age refused on these business dates."""
    query = select(_EVENT.c.data).where(
        _EVENT.c.type == EventType.RE_AGE_REFUSED, _EVENT.c.business_date.between(since, until)
    )
    return tuple(row.data for row in await tx.execute(query))
