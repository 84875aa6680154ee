"""Days before which somebody is reminded; accounts that are owed a statement or a first notice."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, exists, literal, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import Date

from app.domain.contact.words import Purpose
from app.storage.database.engine import Transaction
from app.storage.messages.notices import Candidate
from app.storage.tables import Account, Itemization, Message, NoticeDay, Validation, table

_ACCOUNT, _DAY, _MESSAGE = table(Account), table(NoticeDay), table(Message)
_VALIDATION, _ITEMIZATION = table(Validation), table(Itemization)
_OWING = ("open", "charged_off")
_NOTICE = str(Purpose.VALIDATION_NOTICE)
_WHOSE = (_ACCOUNT.c.policy_name, _ACCOUNT.c.creditor_reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDay:
    """A day of a promise or an offer of an account."""

    account_id: UUID
    arises: str
    subject_id: UUID
    about_on: date


async def note(tx: Transaction, tenant_id: UUID, days: Iterable[StoredDay]) -> None:
    """Note them; what is noted already stays so."""
    rows = [{**asdict(one), "tenant_id": tenant_id} for one in days]
    if rows:
        await tx.execute(insert(_DAY).on_conflict_do_nothing(), rows)


async def between(
    tx: Transaction,
    notice: str,
    arises: str,
    *,
    since: date,
    through: date,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Candidate]:
    """Those within the days of which that notice was never made, by day."""
    made = exists().where(
        _MESSAGE.c.tenant_id == _DAY.c.tenant_id,
        _MESSAGE.c.notice == notice,
        _MESSAGE.c.subject_id == _DAY.c.subject_id,
        _MESSAGE.c.about_on == _DAY.c.about_on,
    )
    whose = and_(_ACCOUNT.c.tenant_id == _DAY.c.tenant_id, _ACCOUNT.c.id == _DAY.c.account_id)
    query = (
        select(
            _DAY.c.about_on.label("on"), _DAY.c.subject_id.label("id"), _DAY.c.account_id, *_WHOSE
        )
        .join(_ACCOUNT, whose)
        .where(
            _DAY.c.arises == arises,
            _DAY.c.about_on.between(since, through),
            ~made,
            _ACCOUNT.c.debtor_id.is_not(None),
        )
    )
    if after is not None:
        query = query.where(tuple_(_DAY.c.about_on, _DAY.c.subject_id) > after)
    rows = await tx.execute(query.order_by(_DAY.c.about_on, _DAY.c.subject_id).limit(limit))
    return [Candidate(**row) for row in rows.mappings()]


async def owing(
    tx: Transaction, notice: str, about_on: date, *, after: UUID | None, limit: int
) -> list[Candidate]:
    """Somebody's accounts of before that day with something owed and no such notice, by id."""
    made = exists().where(
        _MESSAGE.c.tenant_id == _ACCOUNT.c.tenant_id,
        _MESSAGE.c.notice == notice,
        _MESSAGE.c.subject_id == _ACCOUNT.c.id,
        _MESSAGE.c.about_on == about_on,
    )
    query = select(
        literal(about_on, Date).label("on"),
        _ACCOUNT.c.id,
        _ACCOUNT.c.id.label("account_id"),
        *_WHOSE,
    ).where(
        _ACCOUNT.c.status.in_(_OWING),
        _ACCOUNT.c.debtor_id.is_not(None),
        _ACCOUNT.c.opened_on < about_on,
        ~made,
    )
    if after is not None:
        query = query.where(_ACCOUNT.c.id > after)
    rows = await tx.execute(query.order_by(_ACCOUNT.c.id).limit(limit))
    return [Candidate(**row) for row in rows.mappings()]


async def unvalidated(
    tx: Transaction,
    notice: str,
    *,
    placed: str | None = None,
    since: date,
    through: date,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Candidate]:
    """Accounts first spoken of in the days and told of no rights, that owe and can be itemized.

    `placed`: what days of placements are noted by; then those placed in the days. One for whom a
    notice waits already, by whichever rule or hand, is left out.
    """
    of, begun_on = (_DAY, _DAY.c.about_on) if placed else (_VALIDATION, _VALIDATION.c.initial_on)
    made = exists().where(
        _MESSAGE.c.tenant_id == of.c.tenant_id,
        _MESSAGE.c.notice == notice,
        _MESSAGE.c.subject_id == of.c.account_id,
        _MESSAGE.c.about_on == begun_on,
    )
    waits = exists().where(
        _MESSAGE.c.tenant_id == of.c.tenant_id,
        _MESSAGE.c.account_id == of.c.account_id,
        _MESSAGE.c.purpose == _NOTICE,
        _MESSAGE.c.next_at.is_not(None),
    )
    itemized = exists().where(
        _ITEMIZATION.c.tenant_id == of.c.tenant_id,
        _ITEMIZATION.c.account_id == of.c.account_id,
    )
    whose = and_(_ACCOUNT.c.tenant_id == of.c.tenant_id, _ACCOUNT.c.id == of.c.account_id)
    query = (
        select(begun_on.label("on"), of.c.account_id.label("id"), of.c.account_id, *_WHOSE)
        .join(_ACCOUNT, whose)
        .where(
            _DAY.c.arises == placed if placed else _VALIDATION.c.sent_on.is_(None),
            begun_on.between(since, through),
            itemized,
            ~made,
            ~waits,
            _ACCOUNT.c.status.in_(_OWING),
            _ACCOUNT.c.debtor_id.is_not(None),
            _ACCOUNT.c.validation_ends_on.is_(None),
        )
    )
    key = (begun_on, of.c.account_id)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    rows = await tx.execute(query.order_by(*key).limit(limit))
    return [Candidate(**row) for row in rows.mappings()]
