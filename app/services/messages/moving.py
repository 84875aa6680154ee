"""One more fact of a locked message: kept, folded onto it, told where it ends or leaves."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final

from app.domain.entries.events import Event, EventType
from app.domain.messages.lifecycle import Fact, Message, MessageStatus, step
from app.services.context import Context
from app.services.messages.contacting import record_uncertain
from app.services.telling.tell import event, tell_of
from app.storage.messages import facts, messages
from app.storage.messages.facts import StoredFact
from app.storage.messages.messages import StoredMessage

Follow = Callable[[Context, StoredMessage], Awaitable[StoredMessage]]
_TOLD: Final[Mapping[MessageStatus, EventType]] = {
    MessageStatus.SENT: EventType.MESSAGE_SENT,
    MessageStatus.DELIVERED: EventType.MESSAGE_DELIVERED,
    MessageStatus.BOUNCED: EventType.MESSAGE_UNDELIVERABLE,
    MessageStatus.FAILED: EventType.MESSAGE_UNDELIVERABLE,
    MessageStatus.RETURNED: EventType.MESSAGE_UNDELIVERABLE,
    MessageStatus.COMPLAINED: EventType.MESSAGE_UNDELIVERABLE,
    MessageStatus.UNCERTAIN: EventType.MESSAGE_UNCERTAIN,
    MessageStatus.SUPPRESSED: EventType.MESSAGE_SUPPRESSED,
    MessageStatus.CANCELLED: EventType.MESSAGE_CANCELLED,
    MessageStatus.EXPIRED: EventType.MESSAGE_EXPIRED,
}


def told(ctx: Context, kind: EventType, message: StoredMessage) -> Event:
    """A message as events tell it: ids and codes, no words and no address."""
    data = {
        "message_id": message.id,
        "person_id": message.person_id,
        "channel": message.channel,
        "purpose": message.purpose,
        "template_key": message.template_key,
        "notice": message.notice,
        "status": message.status,
        "reason": message.reason,
        "contact_id": message.contact_id,
    }
    return event(ctx, kind, data)


def news_of(ctx: Context, message: StoredMessage) -> tuple[Event, ...]:
    """What is told of where it stands; nothing while it waits or is on its way."""
    kind = _TOLD.get(MessageStatus(message.status))
    return () if kind is None else (told(ctx, kind, message),)


def columns_of(standing: Message, at: datetime) -> dict[str, Any]:
    """A standing as it is stored. `at`: from when on a worker looks at it, if it is queued."""
    waits = standing.status in {MessageStatus.SCHEDULED, MessageStatus.QUEUED}
    return {
        "status": standing.status.value,
        "reason": standing.reason,
        "attempts": standing.attempts,
        "unheard": standing.unheard,
        "not_before_at": standing.not_before_at,
        "next_at": (standing.not_before_at or at) if waits else None,
        "lease_id": None,
        "leased_until": None,
    }


def fact_of(
    ctx: Context,
    message: StoredMessage,
    kind: str,
    body: Mapping[str, Any],
    *,
    at: datetime | None = None,
    after: int = 0,
) -> StoredFact:
    """A fact after a message's last. `at`: when it was so, if not now."""
    return StoredFact(
        message_id=message.id,
        sequence=message.sequence + after + 1,
        kind=kind,
        body=body,
        at=at or ctx.instant,
        recorded_at=ctx.instant,
        business_date=ctx.business_date,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )


async def move(
    ctx: Context,
    message: StoredMessage,
    kind: str,
    fact: Fact,
    body: Mapping[str, Any] | None = None,
    *,
    then: Follow | None = None,
    **columns: object,
) -> StoredMessage:
    """Enter a fact of a message whose account is locked, and tell what it made of it.

    `columns`: what else it changes. `then`: what follows from its new standing, before it is told,
    like the contact it is; the contact of one that may have gone is recorded here. A fact that
    changes nothing is kept all the same.
    """
    before = message.standing()
    after = step(before, fact)
    stored = fact_of(ctx, message, kind, body or {}, at=fact.at)
    await facts.append(ctx.tx, ctx.tenant_id, [stored])
    values: dict[str, Any] = {"sequence": message.sequence + 1, **columns}
    if after.ignored == before.ignored and after != before:
        values = {**columns_of(after, ctx.instant), **values}
    moved = await messages.change(ctx.tx, message.id, values)
    if then is not None:
        moved = await then(ctx, moved)
    elif moved.status != message.status:
        moved = await record_uncertain(ctx, moved)
    if moved.status != message.status and (news := news_of(ctx, moved)):
        await tell_of(ctx, moved.account_id, *news)
    return moved
