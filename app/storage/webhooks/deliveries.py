"""Deliveries: made of the feed, taken with a lease, settled, listed, and sent again.

Whoever changes them holds their endpoint's lock, so that what waits for what is always right.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.types import Uuid

from app.domain.values import replace
from app.domain.webhooks.attempts import UNFINISHED, Answer, Judged, Status
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import THE_TENANT, of_tenant
from app.storage.ids import new_id
from app.storage.tables import WebhookAttempt, WebhookDelivery, table

_DELIVERY, _ATTEMPT = table(WebhookDelivery), table(WebhookAttempt)
_STANDS = _DELIVERY.c.status.in_(UNFINISHED)
_MAKE = upsert(_DELIVERY).values(tenant_id=THE_TENANT).on_conflict_do_nothing()
#: Of each account's unfinished deliveries the first one goes, the others wait. They are found
#: first, whatever a planner without statistics thinks.
_RELEASE = of_tenant("""
    WITH head AS MATERIALIZED (
        SELECT found.tenant_id, found.id
        FROM unnest(CAST(:accounts AS uuid[])) AS a(account_id), LATERAL (
            SELECT h.tenant_id, h.id FROM webhook_delivery AS h
            WHERE h.tenant_id = :the_tenant AND h.webhook_id = :webhook_id
                AND h.account_id = a.account_id
                AND h.status IN ('pending', 'retrying')
            ORDER BY h.sequence LIMIT 1) AS found)
    UPDATE webhook_delivery AS d SET waits = false FROM head
    WHERE d.tenant_id = :the_tenant AND d.tenant_id = head.tenant_id AND d.id = head.id AND d.waits
""").bindparams(bindparam("accounts", type_=ARRAY(Uuid)), bindparam("webhook_id", type_=Uuid))
_ALIGN = of_tenant("""
    WITH s AS MATERIALIZED (
        SELECT tenant_id, id,
            :ordered AND sequence <> min(sequence) OVER (PARTITION BY account_id) AS waits
        FROM webhook_delivery
        WHERE tenant_id = :the_tenant AND webhook_id = :webhook_id AND account_id IS NOT NULL
            AND status IN ('pending', 'retrying'))
    UPDATE webhook_delivery AS d SET waits = s.waits
    FROM s
    WHERE d.tenant_id = :the_tenant AND d.tenant_id = s.tenant_id AND d.id = s.id
        AND d.waits <> s.waits
""").bindparams(bindparam("webhook_id", type_=Uuid))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredDelivery:
    """One event to one endpoint, as it stands.

    `account_id` is where the event lies in the feed: of what has no account, the thing it is about.
    """

    id: UUID
    webhook_id: UUID
    event_id: UUID
    type: str
    account_id: UUID | None
    sequence: int | None
    occurred_at: datetime
    body: Mapping[str, Any] | None
    status: str
    tries: int
    attempts: int
    next_at: datetime | None
    lease_id: UUID | None
    replay_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredAttempt:
    """One request and what came of it."""

    delivery_id: UUID
    number: int
    at: datetime
    status: int | None
    ms: int
    error: str | None
    response_bytes: int
    response_start: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A delivery to be made. Of what is no account's event, `body` is what is told."""

    event_id: UUID
    type: str
    occurred_at: datetime
    account_id: UUID | None = None
    sequence: int | None = None
    body: Mapping[str, Any] | None = None
    status: Status = Status.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which of an endpoint's deliveries: all that is said narrows."""

    statuses: Collection[Status] = ()
    types: Collection[str] = ()
    event_id: UUID | None = None
    replay_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    after_id: UUID | None = None
    """Made after this delivery: later in the feed."""
    tried: bool = False
    """Only those that failed at least once since they were begun."""
    finished_since: datetime | None = None


_COLUMNS = tuple(_DELIVERY.c[name] for name in StoredDelivery.__dataclass_fields__)
_TRIED = tuple(_ATTEMPT.c[name] for name in StoredAttempt.__dataclass_fields__)


async def make(
    tx: Transaction, webhook_id: UUID, many: Sequence[Made], *, ordered: bool, at: datetime
) -> None:
    """New deliveries, due now; an event the endpoint has a delivery of already gets no second."""
    for own in (False, True):  # what has a body is no account's: two shapes of a row
        rows = [_row(webhook_id, one, at, ordered) for one in many if (one.body is not None) is own]
        if rows:
            await tx.execute(_MAKE, rows)
    if ordered:
        await release(tx, webhook_id, {one.account_id for one in many if one.account_id})


def _row(webhook_id: UUID, one: Made, at: datetime, ordered: bool) -> dict[str, object]:
    stands = one.status in UNFINISHED
    own = {"body": one.body} if one.body is not None else {}
    return own | {
        "id": new_id(),
        "webhook_id": webhook_id,
        "event_id": one.event_id,
        "type": one.type,
        "account_id": one.account_id,
        "sequence": one.sequence,
        "occurred_at": one.occurred_at,
        "status": one.status.value,
        "tries": 0,
        "attempts": 0,
        "waits": ordered and stands and one.account_id is not None,
        "next_at": at if stands else None,
        "finished_at": None if stands else at,
    }


async def release(tx: Transaction, webhook_id: UUID, accounts: Collection[UUID]) -> None:
    """Let the first unfinished delivery of each of these accounts go."""
    if accounts:
        values = {"webhook_id": webhook_id, "accounts": sorted(accounts)}
        await tx.execute(_RELEASE, values)


async def align(tx: Transaction, webhook_id: UUID, *, ordered: bool) -> None:
    """Say anew who waits, of all that stands: after earlier ones came back, or another ordering."""
    await tx.execute(_ALIGN, {"webhook_id": webhook_id, "ordered": ordered})


async def under_way(tx: Transaction, webhook_id: UUID, *, at: datetime) -> int:
    """How many are being sent now."""
    leased = and_(_DELIVERY.c.webhook_id == webhook_id, _STANDS, _DELIVERY.c.leased_until > at)
    query = select(func.count()).select_from(_DELIVERY).where(leased, ~_DELIVERY.c.waits)
    return int((await tx.execute(query)).scalar_one())


async def take(
    tx: Transaction, webhook_id: UUID, *, at: datetime, until: datetime, most: int
) -> tuple[StoredDelivery, ...]:
    """Up to `most` that are due and nobody's, leased to the caller."""
    free = or_(_DELIVERY.c.leased_until.is_(None), _DELIVERY.c.leased_until <= at)
    mine = (
        select(_DELIVERY.c.id)
        .where(_DELIVERY.c.webhook_id == webhook_id, _STANDS, ~_DELIVERY.c.waits)
        .where(_DELIVERY.c.next_at <= at, free)
        .order_by(_DELIVERY.c.next_at, _DELIVERY.c.id)
        .limit(most)
    )
    leased = update(_DELIVERY).where(_DELIVERY.c.id.in_(mine))
    leased = leased.values(lease_id=new_id(), leased_until=until)
    rows = (await tx.execute(leased.returning(*_COLUMNS))).mappings()
    return tuple(StoredDelivery(**row) for row in rows)


async def settle(
    tx: Transaction, delivery: StoredDelivery, judged: Judged, *, at: datetime
) -> bool:
    """Where it stands after an attempt of ours. False: the lease is no longer ours, so nothing."""
    finished = judged.status not in UNFINISHED
    mine = and_(_DELIVERY.c.id == delivery.id, _DELIVERY.c.lease_id == delivery.lease_id)
    settled = await tx.execute(
        update(_DELIVERY)
        .where(mine)
        .values(
            status=judged.status,
            tries=_DELIVERY.c.tries + 1,
            attempts=_DELIVERY.c.attempts + 1,
            next_at=judged.next_at,
            finished_at=at if finished else None,
            lease_id=None,
            leased_until=None,
        )
    )
    return settled.rowcount == 1


async def note_attempt(
    tx: Transaction, delivery_id: UUID, *, number: int, at: datetime, answer: Answer
) -> None:
    """Keep what one request brought."""
    await tx.execute(
        insert(_ATTEMPT).values(
            tenant_id=func.accord_tenant_id(),
            delivery_id=delivery_id,
            number=number,
            at=at,
            status=answer.status,
            ms=answer.ms,
            error=answer.error,
            response_bytes=answer.response_bytes,
            response_start=answer.response_start,
        )
    )


async def keep_sent(
    tx: Transaction, webhook_id: UUID, made: Made, status: Status, answer: Answer, *, at: datetime
) -> None:
    """A delivery that was sent once, by hand, and is over."""
    row = _row(webhook_id, replace(made, status=status), at, ordered=False)
    await tx.execute(_MAKE, [{**row, "tries": 1, "attempts": 1}])
    await note_attempt(tx, cast("UUID", row["id"]), number=1, at=at, answer=answer)


async def find(tx: Transaction, delivery_id: UUID) -> StoredDelivery | None:
    query = select(*_COLUMNS).where(_DELIVERY.c.id == delivery_id)
    row = (await tx.execute(query)).mappings().first()
    return StoredDelivery(**row) if row else None


async def of_event(tx: Transaction, webhook_id: UUID, event_id: UUID) -> StoredDelivery | None:
    """What the endpoint was sent of an event."""
    mine = and_(_DELIVERY.c.webhook_id == webhook_id, _DELIVERY.c.event_id == event_id)
    row = (await tx.execute(select(*_COLUMNS).where(mine))).mappings().first()
    return StoredDelivery(**row) if row else None


async def listed(
    tx: Transaction, webhook_id: UUID, asked: Asked, *, before: UUID | None, limit: int
) -> tuple[StoredDelivery, ...]:
    """An endpoint's deliveries, newest first, before one."""
    query = select(*_COLUMNS).where(_asked(webhook_id, asked))
    if before is not None:
        query = query.where(_DELIVERY.c.id < before)
    query = query.order_by(_DELIVERY.c.id.desc()).limit(limit)
    return tuple(StoredDelivery(**row) for row in (await tx.execute(query)).mappings())


async def attempts_of(
    tx: Transaction, delivery_ids: Collection[UUID]
) -> Mapping[UUID, Sequence[StoredAttempt]]:
    """Each delivery's attempts, oldest first."""
    query = select(*_TRIED).where(_ATTEMPT.c.delivery_id.in_(delivery_ids))
    found: dict[UUID, list[StoredAttempt]] = {one: [] for one in delivery_ids}
    for row in (await tx.execute(query.order_by(_ATTEMPT.c.number))).mappings():
        found[row["delivery_id"]].append(StoredAttempt(**row))
    return found


async def how_many(tx: Transaction, webhook_id: UUID, asked: Asked, *, most: int) -> int:
    """How many there are; beyond `most` nobody counts."""
    found = select(literal(1)).where(_asked(webhook_id, asked)).limit(most + 1).subquery()
    return int((await tx.execute(select(func.count()).select_from(found))).scalar_one())


async def send_again(
    tx: Transaction,
    webhook_id: UUID,
    asked: Asked,
    *,
    at: datetime,
    replay_id: UUID | None = None,
) -> int:
    """Make them due now, their tries begun anew; those under way stay as they are. How many."""
    mine = and_(_asked(webhook_id, asked), _DELIVERY.c.lease_id.is_(None))
    again = update(_DELIVERY).where(mine)
    again = again.values(
        status=case((_STANDS, _DELIVERY.c.status), else_=Status.PENDING.value),
        tries=0,
        next_at=at,
        finished_at=None,
        replay_id=replay_id or _DELIVERY.c.replay_id,
    )
    return (await tx.execute(again)).rowcount


async def skip_all(tx: Transaction, webhook_id: UUID, *, at: datetime) -> None:
    """Nobody wants what stands: it is passed over, what is under way too."""
    await tx.execute(
        update(_DELIVERY)
        .where(_DELIVERY.c.webhook_id == webhook_id, _STANDS)
        .values(
            status=Status.SKIPPED.value,
            next_at=None,
            finished_at=at,
            lease_id=None,
            leased_until=None,
        )
    )


def _asked(webhook_id: UUID, asked: Asked) -> ColumnElement[bool]:
    """The condition for what was asked: all that is said narrows."""
    column = _DELIVERY.c
    said: tuple[tuple[object, Callable[[Any], ColumnElement[bool]]], ...] = (
        (sorted(asked.statuses) or None, column.status.in_),
        (sorted(asked.types) or None, column.type.in_),
        (asked.event_id, column.event_id.__eq__),
        (asked.replay_id, column.replay_id.__eq__),
        (asked.since, column.occurred_at.__ge__),
        (asked.until, column.occurred_at.__lt__),
        (asked.after_id, column.id.__gt__),
        (asked.finished_since, column.finished_at.__ge__),
        (0 if asked.tried else None, column.tries.__gt__),
    )
    narrowed = [condition(value) for value, condition in said if value is not None]
    return and_(column.webhook_id == webhook_id, *narrowed)
