"""What people did about accounts besides their facts: events, contacts, refusals of the gate."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, literal, or_, select

from app.storage import tables
from app.storage.database.engine import Transaction

_EVENT = tables.table(tables.Event).c
_CONTACT = tables.table(tables.Contact).c
_ABOUT = tables.table(tables.ContactAccount).c
_SAID = tables.table(tables.ContactFact).c
_QUOTE = tables.table(tables.Quote).c
_PLAN = tables.table(tables.Plan).c
_WORK = tables.table(tables.WorkFact).c
_STRAY = tables.table(tables.StrayFact).c
_SHEET = tables.table(tables.DryRun).c
_DECISION = tables.table(tables.ContactDecision).c
_AMENDMENT = tables.table(tables.Amendment).c


class EventRow(NamedTuple):
    account_id: UUID
    id: UUID
    type: str
    on: date
    at: datetime
    plan_id: UUID | None
    data: Any
    actor: str | None


class ContactRow(NamedTuple):
    account_id: UUID
    id: UUID
    channel: str
    on: date
    actor: str | None


class QuoteRow(NamedTuple):
    account_id: UUID
    id: UUID
    made_at: datetime
    ends_at: datetime
    amount_minor: int
    supersedes: UUID | None
    plan_id: UUID | None


class RefusalRow(NamedTuple):
    """A contact that the gate refused. `answer`: with its reasons."""

    account_id: UUID
    id: UUID
    at: datetime
    answer: Any
    actor: str | None


class WorkedRow(NamedTuple):
    """An item that was worked: of an account, or (None) of a message about none."""

    account_id: UUID | None
    id: UUID
    on: date
    actor: str | None


class DecidedRow(NamedTuple):
    """A spreadsheet that somebody decided on for somebody else."""

    id: UUID
    asked_at: datetime
    at: datetime
    actor: str | None


def _one_of(column: ColumnElement[UUID], ids: Iterable[UUID]) -> ColumnElement[bool]:
    return column == any_(literal(list(ids), ARRAY(Uuid)))


async def events(
    tx: Transaction, account_ids: Iterable[UUID], types: Collection[str], *, until: date
) -> list[EventRow]:
    """Events of these types by the end of a business date, of each account in their order."""
    one = _EVENT
    query = (
        select(
            one.account_id, one.id, one.type, one.business_date, one.occurred_at, one.plan_id,
            one.data, one.actor,
        )
        .where(
            _one_of(one.account_id, account_ids), one.type.in_(types), one.business_date <= until
        )
        .order_by(one.account_id, one.sequence)
    )  # fmt: skip
    return [EventRow(*row) for row in await tx.execute(query)]


async def contacts(
    tx: Transaction, account_ids: Iterable[UUID], *, known_on: date
) -> list[ContactRow]:
    """Contacts recorded by that day and not voided by then, each with the first of its accounts."""
    query = (
        select(_ABOUT.account_id, _CONTACT.id, _CONTACT.channel, _SAID.business_date,
               _CONTACT.actor)
        .select_from(tables.table(tables.ContactAccount))
        .join(tables.table(tables.Contact), (_CONTACT.id == _ABOUT.contact_id)
              & (_CONTACT.account_ids[1] == _ABOUT.account_id))
        .join(tables.table(tables.ContactFact),
              (_SAID.contact_id == _CONTACT.id) & (_SAID.sequence == 1))
        .where(
            _one_of(_ABOUT.account_id, account_ids),
            _SAID.business_date <= known_on,
            or_(_CONTACT.voided_on.is_(None), _CONTACT.voided_on > known_on),
        )
        .order_by(_CONTACT.id)
    )  # fmt: skip
    return [ContactRow(*row) for row in await tx.execute(query)]


async def quotes(tx: Transaction, account_ids: Iterable[UUID]) -> list[QuoteRow]:
    """Every quote of these accounts, with the plan that was opened on it."""
    one, plan = _QUOTE, _PLAN
    opened = (
        select(plan.id)
        .where(plan.account_id == one.account_id, plan.quote_id == one.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(one.account_id, one.id, one.created_at, one.expires_at, one.amount_minor,
               one.supersedes, opened)
        .where(_one_of(one.account_id, account_ids))
        .order_by(one.account_id, one.id)
    )  # fmt: skip
    return [QuoteRow(*row) for row in await tx.execute(query)]


async def refusals(tx: Transaction, account_ids: Iterable[UUID]) -> list[RefusalRow]:
    """What the gate refused of these accounts."""
    one = _DECISION
    query = (
        select(one.account_id, one.id, one.decided_at, one.answer, one.actor)
        .where(_one_of(one.account_id, account_ids), ~one.allowed)
        .order_by(one.id)
    )
    return [RefusalRow(*row) for row in await tx.execute(query)]


async def proposers(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, str | None]:
    """Who asked for each change that had to be approved, by the id of the fact it becomes."""
    one = _AMENDMENT
    query = select(one.id, one.actor).where(_one_of(one.account_id, account_ids))
    return {row.id: row.actor for row in await tx.execute(query)}


async def worked(
    tx: Transaction, account_ids: Iterable[UUID], *, known_on: date
) -> list[WorkedRow]:
    """Items of these accounts that were worked by the end of that day."""
    one = _WORK
    query = (
        select(one.account_id, one.id, one.business_date, one.actor)
        .where(
            _one_of(one.account_id, account_ids), one.kind == "completed",
            one.business_date <= known_on,
        )
        .order_by(one.id)
    )  # fmt: skip
    return [WorkedRow(*row) for row in await tx.execute(query)]


async def worked_strays(
    tx: Transaction, *, since: date, until: date, limit: int
) -> list[WorkedRow]:
    """Messages about no account that were worked on these days."""
    one = _STRAY
    query = (
        select(one.id, one.business_date, one.actor)
        .where(one.kind == "completed", one.business_date.between(since, until))
        .order_by(one.business_date, one.id)
        .limit(limit)
    )
    return [WorkedRow(None, *row) for row in await tx.execute(query)]


async def sheets_decided(
    tx: Transaction, *, since: datetime, before: datetime, limit: int
) -> list[DecidedRow]:
    """Spreadsheets that were decided on from an instant until another."""
    one = _SHEET
    query = (
        select(one.id, one.asked_at, one.decided_at, one.decided_actor)
        .where(one.decided_at >= since, one.decided_at < before)
        .order_by(one.decided_at, one.id)
        .limit(limit)
    )
    return [DecidedRow(*row) for row in await tx.execute(query)]
