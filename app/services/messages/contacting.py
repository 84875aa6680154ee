"""A message that went is a contact: recorded when it left, put right when it is heard of."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from app.domain.contact.outcomes import problem
from app.domain.contact.words import Channel, Direction, Outcome, Purpose
from app.domain.messages.lifecycle import MessageStatus, counts_as_contact
from app.services.contacts.correct import correct_contact
from app.services.contacts.record import RecordContact, record_contact
from app.services.context import Context
from app.storage.contacts import decisions
from app.storage.messages import messages
from app.storage.messages.messages import StoredMessage

_OUTCOMES: Final[Mapping[MessageStatus, Outcome]] = {
    MessageStatus.UNCERTAIN: Outcome.UNCERTAIN,
    MessageStatus.SENT: Outcome.SENT,
    MessageStatus.DELIVERED: Outcome.DELIVERED,
    MessageStatus.BOUNCED: Outcome.BOUNCED,
    MessageStatus.FAILED: Outcome.FAILED,
    MessageStatus.COMPLAINED: Outcome.COMPLAINED,
    MessageStatus.RETURNED: Outcome.RETURNED,
}


def outcome_of(message: StoredMessage) -> Outcome | None:
    """What came of it, in the words of its channel; None while nobody knows."""
    outcome = _OUTCOMES.get(MessageStatus(message.status))
    if message.channel == Channel.LETTER and outcome is not None:
        came_back = outcome in {Outcome.BOUNCED, Outcome.RETURNED}
        return Outcome.RETURNED if came_back else Outcome.MAILED
    if outcome is Outcome.RETURNED:
        return Outcome.BOUNCED
    return outcome


async def record_sent(ctx: Context, message: StoredMessage, at: datetime) -> StoredMessage:
    """The contact of a message that was taken, begun when it was handed over.

    Of one that is no contact, as it stands now, there is none.
    """
    return await _record(ctx, message, at)


async def record_uncertain(ctx: Context, message: StoredMessage) -> StoredMessage:
    """The contact of one that may have gone: it counts as made. Of any other: nothing."""
    if message.status != MessageStatus.UNCERTAIN.value:
        return message
    return await _record(ctx, message, ctx.instant)


async def put_right(ctx: Context, message: StoredMessage) -> None:
    """Say of its contact what is known now."""
    outcome = outcome_of(message)
    if message.contact_id is None or outcome is None:
        return
    if problem(Channel(message.channel), Direction.OUT, outcome) is None:
        await correct_contact(
            ctx, message.contact_id, {"outcome": str(outcome)}, f"the message is {message.status}"
        )


async def _record(ctx: Context, message: StoredMessage, at: datetime) -> StoredMessage:
    outcome = outcome_of(message)
    if outcome is None:
        return message
    if message.contact_id is not None:
        await put_right(ctx, message)
        return message
    if not counts_as_contact(MessageStatus(message.status)):
        return message
    command = RecordContact(
        account_ids=(message.account_id,),
        channel=Channel(message.channel),
        direction=Direction.OUT,
        started_at=at,
        purpose=Purpose(message.purpose),
        person_id=message.person_id,
        point_id=message.point_id,
        outcome=outcome,
        decision_id=await _standing_decision(ctx, message),
        in_reply_to=message.in_reply_to,
        language=message.locale,
        more={"message_id": str(message.id)},
    )
    view, _ = await record_contact(ctx, command)
    return await messages.change(ctx.tx, message.id, {"contact_id": view.contact.id})


async def _standing_decision(ctx: Context, message: StoredMessage) -> UUID | None:
    """The decision it was claimed with, where no contact has named it yet."""
    if message.decision_id is None:
        return None
    stored = await decisions.read(ctx.tx, message.decision_id)
    free = stored is not None and stored.allowed and stored.ended_because is None
    return message.decision_id if free else None
