"""Contacts as stored: what is said of each now, and every fact that made it so."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    ColumnElement,
    DateTime,
    Uuid,
    bindparam,
    func,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from app.domain.contact.known import Contact as Known
from app.domain.contact.words import Channel, Direction, Label, Outcome, Purpose
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.tables import Contact, ContactAccount, ContactFact, table
from app.storage.tables.people.persons import is_one_of

_CONTACT, _ACCOUNT, _FACT = table(Contact), table(ContactAccount), table(ContactFact)
#: How many of a person's are looked at together; nobody is contacted so often in a window.
MOST_AT_ONCE = 2_000
_FEW = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredContact:
    """A contact as it is said to have been."""

    id: UUID
    reference: str | None
    person_id: UUID | None
    point_id: UUID | None
    account_ids: tuple[UUID, ...]
    channel: str
    direction: str
    purpose: str
    started_at: datetime
    duration_seconds: int | None
    outcome: str | None
    label: str | None
    right_party: bool | None
    with_consent_id: UUID | None
    decision_id: UUID | None
    in_reply_to: UUID | None
    limited_content: bool
    disposition: str | None
    language: str | None
    summary: str | None
    more: Mapping[str, Any]
    outside: tuple[Mapping[str, Any], ...]
    corrections: int
    voided_on: date | None
    content_hash: bytes
    actor: str | None
    origin: str | None
    entered_at: datetime
    needs_reading: bool = False
    read_at: datetime | None = None
    read_actor: str | None = None
    says: tuple[str, ...] = ()
    links: Mapping[str, str] | None = None  # a promise, a plan, a quote: by field, the id
    judged_by: Mapping[str, Any] | None = None  # the policy, and the zones the person may be in

    def known(self) -> Known:
        """As the gate reads it."""
        return Known(
            id=self.id,
            at=self.started_at,
            channel=Channel(self.channel),
            direction=Direction(self.direction),
            person_id=self.person_id,
            outcome=None if self.outcome is None else Outcome(self.outcome),
            account_ids=frozenset(self.account_ids),
            label=None if self.label is None else Label(self.label),
            purpose=Purpose(self.purpose),
            with_consent=self.with_consent_id is not None,
            in_reply_to=self.in_reply_to,
            limited_content=self.limited_content,
            needs_reading=self.needs_reading,
            read_at=self.read_at,
        )


_NAMES = tuple(one.name for one in fields(StoredContact))
_COLUMNS = tuple(_CONTACT.c[name] for name in _NAMES)
_LISTS = ("account_ids", "outside", "says")
_OF_PERSON = Prepared(
    select(*_COLUMNS)
    .where(
        is_one_of(_CONTACT.c.person_id, bindparam("person_id", type_=Uuid())),
        _CONTACT.c.started_at >= bindparam("since", type_=DateTime(timezone=True)),
        or_(bindparam("voided", type_=Boolean()), _CONTACT.c.voided_on.is_(None)),
    )
    .order_by(_CONTACT.c.started_at.desc())
    .limit(MOST_AT_ONCE)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindContacts:
    """Which contacts a list shows; None: whichever."""

    account_id: UUID | None = None
    person_id: UUID | None = None
    channel: str | None = None
    direction: str | None = None
    outcome: str | None = None
    actor: str | None = None
    purpose: str | None = None
    outside: bool | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None
    entered_after: datetime | None = None


async def link(
    tx: Transaction, tenant_id: UUID, contact_id: UUID, account_ids: Iterable[UUID]
) -> None:
    """Say that it is about these accounts, too."""
    rows = [
        {"tenant_id": tenant_id, "account_id": one, "contact_id": contact_id}
        for one in sorted(account_ids)
    ]
    if rows:
        await tx.execute(upsert(_ACCOUNT).on_conflict_do_nothing(), rows)


async def read(tx: Transaction, contact_id: UUID, *, lock: bool = False) -> StoredContact | None:
    """One contact."""
    query = select(*_COLUMNS).where(_CONTACT.c.id == contact_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return record(row) if row else None


async def by_reference(tx: Transaction, reference: str) -> StoredContact | None:
    """The contact the client calls so."""
    query = select(*_COLUMNS).where(_CONTACT.c.reference == reference)
    row = (await tx.execute(query)).mappings().one_or_none()
    return record(row) if row else None


async def read_many(tx: Transaction, contact_ids: Collection[UUID]) -> dict[UUID, StoredContact]:
    """Several contacts, by id."""
    query = select(*_COLUMNS).where(_CONTACT.c.id.in_(contact_ids))
    return {row["id"]: record(row) for row in (await tx.execute(query)).mappings()}


async def of_person(
    tx: Transaction, person_id: UUID, *, since: datetime, voided: bool = False
) -> list[StoredContact]:
    """A person's since an instant, in the order they were entered; bounded by `MOST_AT_ONCE`."""
    rows = await _OF_PERSON.rows(tx, person_id=person_id, since=since, voided=voided)
    found = [record(row) for row in rows]
    return sorted(found, key=lambda one: (one.entered_at, one.id))


async def locating(
    tx: Transaction, person_id: UUID, account_id: UUID, *, before: datetime
) -> list[StoredContact]:
    """When a person was asked, before an instant, where an account's debtor is; the latest few."""
    query = select(*_COLUMNS).where(
        is_one_of(_CONTACT.c.person_id, person_id),
        _CONTACT.c.started_at < before,
        _CONTACT.c.purpose == str(Purpose.LOCATION_INFORMATION),
        _CONTACT.c.account_ids.contains([account_id]),
        _CONTACT.c.voided_on.is_(None),
    )
    rows = await tx.execute(query.order_by(_CONTACT.c.started_at.desc()).limit(_FEW))
    return [record(row) for row in rows.mappings()]


async def find(
    tx: Transaction,
    asked: FindContacts,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[StoredContact]:
    """Contacts, the latest first; with `entered_after`, as they were entered."""
    query = select(*_COLUMNS).where(*_asked(asked))
    entered = asked.entered_after is not None
    order: tuple[ColumnElement[Any], ...] = (
        _CONTACT.c.entered_at if entered else _CONTACT.c.started_at, _CONTACT.c.id
    )  # fmt: skip
    key = tuple_(*order)
    if after is not None:
        query = query.where(key > after if entered else key < after)
    if not entered:
        order = tuple(one.desc() for one in order)
    rows = await tx.execute(query.order_by(*order).limit(limit))
    return [record(row) for row in rows.mappings()]


def _asked(asked: FindContacts) -> Iterator[ColumnElement[bool]]:
    """The conditions of a list."""
    if asked.account_id is not None:
        about = select(_ACCOUNT.c.contact_id).where(_ACCOUNT.c.account_id == asked.account_id)
        yield _CONTACT.c.id.in_(about)
        yield _CONTACT.c.account_ids.contains([asked.account_id])
    if asked.person_id is not None:
        yield is_one_of(_CONTACT.c.person_id, asked.person_id)
    for name in ("channel", "direction", "outcome", "actor", "purpose"):
        value = getattr(asked, name)
        if value is not None:
            yield _CONTACT.c[name] == value
    if asked.outside is not None:
        is_outside = func.jsonb_array_length(_CONTACT.c.outside) > 0
        yield is_outside if asked.outside else ~is_outside
    yield from _spans(asked)


def _spans(asked: FindContacts) -> Iterator[ColumnElement[bool]]:
    """When it began, and when it was taken down."""
    if asked.from_at is not None:
        yield _CONTACT.c.started_at >= asked.from_at
    if asked.to_at is not None:
        yield _CONTACT.c.started_at < asked.to_at
    if asked.entered_after is not None:
        yield _CONTACT.c.entered_at > asked.entered_after


async def amend(tx: Transaction, contact_id: UUID, values: Mapping[str, Any]) -> StoredContact:
    """Set these columns of a locked contact."""
    said = {name: null() if value is None else value for name, value in values.items()}
    change = update(_CONTACT).where(_CONTACT.c.id == contact_id).values(**said)
    return record((await tx.execute(change.returning(*_COLUMNS))).mappings().one())


def record(row: Mapping[Any, Any]) -> StoredContact:
    values = {name: row[name] for name in _NAMES}
    values |= {name: tuple(values[name]) for name in _LISTS}
    return StoredContact(**values)
