"""Messages as stored: how each stands by its facts, found, taken by workers, moved on."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, bindparam, or_, select, text, tuple_, update
from sqlalchemy.types import DateTime, Integer

from app.domain.messages.lifecycle import GONE, MessageStatus
from app.domain.messages.lifecycle import Message as Standing
from app.storage.database.engine import Transaction
from app.storage.tables import Message, table
from app.storage.tables.people.persons import is_one_of

_MESSAGE = table(Message)
_DUE = text("SELECT * FROM accord_messages_due(:by, :most)").bindparams(
    bindparam("by", type_=DateTime(timezone=True)), bindparam("most", type_=Integer)
)
#: One value, however many there are: a statement with a thousand parameters costs more than a row.
_ADD = text("""
    INSERT INTO message SELECT * FROM jsonb_populate_recordset(NULL::message, CAST(:rows AS jsonb))
    ON CONFLICT DO NOTHING RETURNING id
""")
WAITING = (MessageStatus.SCHEDULED.value, MessageStatus.QUEUED.value)
_WAITS = and_(_MESSAGE.c.next_at.is_not(None), _MESSAGE.c.status.in_(WAITING))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A message as it stands."""

    id: UUID
    account_id: UUID
    person_id: UUID
    point_id: UUID | None
    channel: str
    purpose: str
    template_key: str | None
    template_version: int | None
    letter_id: UUID | None
    locale: str | None
    variables: Mapping[str, str]
    notice: str | None
    subject: str | None
    subject_id: UUID | None
    about_on: date | None
    reference: str | None
    asked_hash: bytes
    automatic: bool
    in_reply_to: UUID | None
    overriding: Mapping[str, Any] | None
    status: str
    reason: str | None
    not_before_at: datetime | None
    expires_at: datetime | None
    max_wait_days: int | None
    attempts: int
    unheard: bool
    next_at: datetime | None
    lease_id: UUID | None
    leased_until: datetime | None
    provider: str | None
    provider_idempotent: bool
    provider_message_id: str | None
    content_hash: bytes | None
    decision_id: UUID | None
    contact_id: UUID | None
    sequence: int
    asked_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    origin: str | None
    arises: str | None = None

    def standing(self) -> Standing:
        """As the domain's facts are folded onto it."""
        return Standing(
            provider_idempotent=self.provider_idempotent,
            expires_at=self.expires_at,
            max_wait=None if self.max_wait_days is None else timedelta(days=self.max_wait_days),
            status=MessageStatus(self.status),
            reason=self.reason,
            attempts=self.attempts,
            unheard=self.unheard,
            not_before_at=self.not_before_at,
        )


_NAMES = tuple(one.name for one in fields(StoredMessage))
_COLUMNS = tuple(_MESSAGE.c[name] for name in _NAMES)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMessages:
    """Which messages a list shows; None: whichever. `key`: a template's, or a notice's."""

    account_id: UUID | None = None
    person_id: UUID | None = None
    status: str | None = None
    channel: str | None = None
    key: str | None = None
    from_at: datetime | None = None
    to_at: datetime | None = None


async def due_tenants(tx: Transaction, *, by: datetime, most: int) -> tuple[UUID, ...]:
    """The tenants that have something to look at, the longest due first. Enters none."""
    rows = await tx.execute(_DUE, {"by": by, "most": most})
    return tuple(row.tenant_id for row in rows)


async def pick(tx: Transaction, *, at: datetime, until: datetime, most: int) -> list[UUID]:
    """Messages that are due, which no other worker looks at until `until`."""
    mine = (
        select(_MESSAGE.c.id)
        .where(_MESSAGE.c.next_at <= at)
        .order_by(_MESSAGE.c.next_at, _MESSAGE.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    picked = update(_MESSAGE).where(_MESSAGE.c.id.in_(mine.scalar_subquery()))
    rows = await tx.execute(picked.values(next_at=until).returning(_MESSAGE.c.id))
    return sorted(row.id for row in rows)


async def add_many(
    tx: Transaction, tenant_id: UUID, messages: Sequence[StoredMessage]
) -> list[UUID]:
    """Store them; answers those that are new: a key or a reference is there once for ever."""
    if not messages:
        return []
    rows = [
        {"tenant_id": tenant_id, **{name: getattr(one, name) for name in _NAMES}}
        for one in messages
    ]
    said = orjson.dumps(rows, default=_as_text).decode()
    return [row.id for row in await tx.execute(_ADD, {"rows": said})]


def _as_text(value: object) -> str:
    return f"\\x{value.hex()}" if isinstance(value, bytes) else str(value)


async def read(tx: Transaction, message_id: UUID, *, lock: bool = False) -> StoredMessage | None:
    """One message."""
    query = select(*_COLUMNS).where(_MESSAGE.c.id == message_id)
    row = (await tx.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return StoredMessage(**row) if row else None


async def by_reference(tx: Transaction, reference: str) -> StoredMessage | None:
    """The message the client calls so."""
    query = select(*_COLUMNS).where(_MESSAGE.c.reference == reference)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredMessage(**row) if row else None


async def by_provider_id(
    tx: Transaction, provider: str, provider_message_id: str
) -> StoredMessage | None:
    """The message a provider calls so; of several the newest."""
    query = select(*_COLUMNS).where(
        _MESSAGE.c.provider == provider, _MESSAGE.c.provider_message_id == provider_message_id
    )
    newest = query.order_by(_MESSAGE.c.asked_at.desc()).limit(1)
    row = (await tx.execute(newest)).mappings().one_or_none()
    return StoredMessage(**row) if row else None


async def gone(
    tx: Transaction,
    account_ids: Collection[UUID],
    subject_ids: Collection[UUID],
    arises: Collection[str],
) -> list[StoredMessage]:
    """Notices about these subjects that were sent, or may have been; the latest about first."""
    query = select(*_COLUMNS).where(
        _MESSAGE.c.account_id.in_(sorted(account_ids)),
        _MESSAGE.c.subject_id.in_(sorted(subject_ids)),
        _MESSAGE.c.arises.in_(sorted(arises)),
        _MESSAGE.c.status.in_(sorted(one.value for one in GONE)),
    )
    rows = await tx.execute(query.order_by(_MESSAGE.c.about_on.desc(), _MESSAGE.c.id))
    return [StoredMessage(**row) for row in rows.mappings()]


async def in_flight(
    tx: Transaction, *, person_id: UUID | None = None, account_id: UUID | None = None
) -> list[UUID]:
    """Those that are being sent now."""
    query = select(_MESSAGE.c.id).where(
        _MESSAGE.c.next_at.is_not(None), _MESSAGE.c.status == MessageStatus.SENDING.value
    )
    if person_id is not None:
        query = query.where(is_one_of(_MESSAGE.c.person_id, person_id))
    if account_id is not None:
        query = query.where(_MESSAGE.c.account_id == account_id)
    return [row.id for row in await tx.execute(query.order_by(_MESSAGE.c.id))]


async def accounts_waiting(tx: Transaction, person_id: UUID) -> list[UUID]:
    """The accounts that a person's scheduled and queued messages are about, by id."""
    query = select(_MESSAGE.c.account_id).where(_WAITS, is_one_of(_MESSAGE.c.person_id, person_id))
    return sorted({row.account_id for row in await tx.execute(query)})


async def waiting_about(tx: Transaction, account_ids: Iterable[UUID]) -> list[UUID]:
    """Those of the accounts about which something is scheduled or queued, by id."""
    query = select(_MESSAGE.c.account_id).where(_WAITS, _MESSAGE.c.account_id.in_(account_ids))
    return sorted({row.account_id for row in await tx.execute(query)})


async def waiting(tx: Transaction, account_id: UUID) -> list[StoredMessage]:
    """Those about an account that are scheduled or queued, locked, oldest first."""
    query = select(*_COLUMNS).where(_WAITS, _MESSAGE.c.account_id == account_id)
    rows = await tx.execute(query.order_by(_MESSAGE.c.id).with_for_update())
    return [StoredMessage(**row) for row in rows.mappings()]


async def days_bounced(
    tx: Transaction, person_id: UUID, point_id: UUID, *, since: datetime
) -> set[date]:
    """The days on which messages to a point that bounced were asked for."""
    query = select(_MESSAGE.c.asked_at).where(
        _MESSAGE.c.person_id == person_id,
        _MESSAGE.c.point_id == point_id,
        _MESSAGE.c.status == MessageStatus.BOUNCED.value,
        _MESSAGE.c.asked_at >= since,
    )
    return {row.asked_at.date() for row in await tx.execute(query)}


async def find(
    tx: Transaction,
    asked: FindMessages,
    *,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> list[StoredMessage]:
    """Messages, the latest asked for first."""
    query = select(*_COLUMNS)
    if asked.person_id is not None:
        query = query.where(is_one_of(_MESSAGE.c.person_id, asked.person_id))
    for name in ("account_id", "status", "channel"):
        value = getattr(asked, name)
        if value is not None:
            query = query.where(_MESSAGE.c[name] == value)
    if asked.key is not None:
        query = query.where(
            or_(_MESSAGE.c.template_key == asked.key, _MESSAGE.c.notice == asked.key)
        )
    if asked.from_at is not None:
        query = query.where(_MESSAGE.c.asked_at >= asked.from_at)
    if asked.to_at is not None:
        query = query.where(_MESSAGE.c.asked_at < asked.to_at)
    if after is not None:
        query = query.where(tuple_(_MESSAGE.c.asked_at, _MESSAGE.c.id) < after)
    rows = await tx.execute(
        query.order_by(_MESSAGE.c.asked_at.desc(), _MESSAGE.c.id.desc()).limit(limit)
    )
    return [StoredMessage(**row) for row in rows.mappings()]


async def change(tx: Transaction, message_id: UUID, values: Mapping[str, Any]) -> StoredMessage:
    """Set these columns of a locked message."""
    changed = update(_MESSAGE).where(_MESSAGE.c.id == message_id).values(**values)
    return StoredMessage(**(await tx.execute(changed.returning(*_COLUMNS))).mappings().one())


async def look_again(tx: Transaction, message_id: UUID, at: datetime) -> None:
    """When a worker looks at it again, where it still waits for one."""
    await tx.execute(
        update(_MESSAGE)
        .where(_MESSAGE.c.id == message_id, _MESSAGE.c.next_at.is_not(None))
        .values(next_at=at)
    )
