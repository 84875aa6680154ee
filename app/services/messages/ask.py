"""Asking for a message: the gate first, then the words, and it waits for a worker.

A refusal that has an end schedules it, one that has none is answered with all its reasons, and
the decision is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from app.domain.contact.words import Channel, Purpose
from app.domain.entries.events import EventType
from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.messages.lifecycle import Asked, Message, MessageStatus, Refusal, step
from app.domain.refusals.commands import ReferenceTaken
from app.domain.refusals.messages import ContactRefused
from app.domain.values import replace
from app.services.contacts.decide import Overriding, decide_contact, reason_told
from app.services.contacts.facts import Facts, facts_of
from app.services.context import Context
from app.services.messages.choosing import Choice, Way, choose
from app.services.messages.moving import columns_of, fact_of, told
from app.services.messages.wording import Words, words_of
from app.services.persons.persons import locked, named_actor
from app.services.persons.points import PointView
from app.services.references import content_hash
from app.services.telling.tell import tell_of
from app.storage.accounts import accounts
from app.storage.ids import new_id
from app.storage.messages import contents, facts, messages
from app.storage.messages.contents import StoredContent
from app.storage.messages.messages import StoredMessage
from app.storage.persons import persons

__all__ = ["AskMessage", "Overriding", "ask_for", "content_of", "stored_as"]

#: How long it may wait for a refusal to end, until a contact policy says otherwise.
MAX_WAIT_DAYS: Final = 3
_NOT_YET: Final = "NOT_BEFORE"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskMessage:
    """A message somebody wants sent. `variables`: the caller's own values for its words."""

    account_id: UUID
    person_id: UUID | None = None
    template_key: str | None = None
    letter_id: UUID | None = None
    channel: Channel | None = None
    point_id: UUID | None = None
    locale: str | None = None
    purpose: Purpose | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    not_before_at: datetime | None = None
    expires_at: datetime | None = None
    in_reply_to: UUID | None = None
    reference: str | None = None
    override: Overriding | None = None


async def ask_for(ctx: Context, command: AskMessage) -> tuple[StoredMessage, bool] | ContactRefused:
    """The message, and whether it is new; or why it is refused, with the kept decision.

    The same reference with the same content answers the message there is. Raises `NotFound`,
    `InvalidInput`, `ReferenceTaken`, `NotOverridable`, `OutsideAuthority`.
    """
    named_actor(ctx)
    _check(ctx, command)
    said = content_hash(*[getattr(command, one.name) for one in fields(command)])
    if command.reference is not None:
        had = await messages.by_reference(ctx.tx, command.reference)
        if had is not None:
            return _the_same(had, said), False
    account = await accounts.lock(ctx.tx, command.account_id)
    if account is None:
        raise NotFound(resource="account", key=str(command.account_id))
    whose = command.person_id or account.debtor_id
    if whose is None:
        raise NotFound(resource="person", key="")
    await locked(ctx, whose)
    at = max(ctx.instant, command.not_before_at or ctx.instant)
    found = await facts_of(ctx, command.account_id, whose, at)
    message = _asked(ctx, command, found, said)
    words = await words_of(ctx, found, message)
    choice = _chosen(found, command, words, at)
    decided = await _standing(ctx, command, message, choice)
    if isinstance(decided, ContactRefused):
        return decided
    standing, decision_id = decided
    message = replace(
        stored_as(message, words, choice), decision_id=decision_id, **columns_of(standing, at)
    )
    if not await messages.add_many(ctx.tx, ctx.tenant_id, [message]):
        return await _lost(ctx, command, said)
    await contents.put(ctx.tx, ctx.tenant_id, content_of(ctx, message, words, choice))
    await facts.append(ctx.tx, ctx.tenant_id, _first_facts(ctx, message))
    await tell_of(ctx, message.account_id, told(ctx, EventType.MESSAGE_CREATED, message))
    return message, True


async def ask_many(
    ctx: Context, commands: Sequence[AskMessage]
) -> list[tuple[StoredMessage, bool] | DomainError]:
    """`ask_for` of each, with every account locked first, then the persons: one order for all."""
    known = await accounts.lock_many(ctx.tx, {one.account_id for one in commands})
    theirs = {one.debtor_id for one in known.values()} | {one.person_id for one in commands}
    for person_id in sorted(one for one in theirs if one is not None):
        await persons.read(ctx.tx, person_id, lock=True)
    return [await _asked_for(ctx, one) for one in commands]


async def _asked_for(ctx: Context, command: AskMessage) -> tuple[StoredMessage, bool] | DomainError:
    try:
        return await ask_for(ctx, command)
    except DomainError as refusal:
        return refusal


def _check(ctx: Context, command: AskMessage) -> None:
    if (command.template_key is None) == (command.letter_id is None):
        raise InvalidInput.at("/template_key", "either template_key or letter_id must be given")
    if command.expires_at is not None:
        earliest = max(ctx.instant, command.not_before_at or ctx.instant)
        if command.expires_at <= earliest:
            limit = f"must lie after {earliest:%Y-%m-%dT%H:%M:%SZ}"
            raise InvalidInput.at("/expires_at", limit)


def _the_same(had: StoredMessage, said: bytes) -> StoredMessage:
    if had.asked_hash != said:
        raise ReferenceTaken(
            resource="message", reference=had.reference or "", existing_message_id=had.id
        )
    return had


async def _lost(ctx: Context, command: AskMessage, said: bytes) -> tuple[StoredMessage, bool]:
    """Somebody else asked for it under this reference a moment ago."""
    had = await messages.by_reference(ctx.tx, command.reference or "")
    if had is None:
        raise NotFound(resource="message", key=command.reference or "")
    return _the_same(had, said), False


def _asked(ctx: Context, command: AskMessage, found: Facts, said: bytes) -> StoredMessage:
    """The message before anybody decided anything of it."""
    override = command.override
    return StoredMessage(
        id=new_id(), account_id=command.account_id, person_id=found.person.id,
        point_id=command.point_id, channel=str(command.channel or Channel.EMAIL),
        purpose=str(command.purpose or ""), template_key=command.template_key,
        template_version=None, letter_id=command.letter_id, locale=command.locale,
        variables=dict(command.variables), notice=None, subject=None, subject_id=None,
        about_on=None, reference=command.reference, asked_hash=said, automatic=False,
        in_reply_to=command.in_reply_to, overriding=_kept(override),
        status=MessageStatus.QUEUED.value,
        reason=None, not_before_at=None, expires_at=command.expires_at,
        max_wait_days=MAX_WAIT_DAYS, attempts=0, unheard=False, next_at=None, lease_id=None,
        leased_until=None, provider=None, provider_idempotent=False, provider_message_id=None,
        content_hash=None, decision_id=None, contact_id=None, sequence=0, asked_at=ctx.instant,
        actor=ctx.actor, role=str(ctx.role), key_id=ctx.key_id, origin=ctx.origin,
    )  # fmt: skip


def _kept(override: Overriding | None) -> dict[str, Any] | None:
    if override is None:
        return None
    codes = sorted(map(str, override.codes))
    return {"codes": codes, "reason": override.reason, "note": override.note}


def _chosen(found: Facts, command: AskMessage, words: Words, at: datetime) -> Choice:
    channels: Sequence[Channel] = words.channels
    if command.channel is not None:
        if command.channel not in channels:
            fitting = ", ".join(channels)
            raise InvalidInput.at("/channel", f"should be one the words fit: {fitting}")
        channels = (command.channel,)
    way = Way(purpose=words.purpose, automatic=False, in_reply_to=command.in_reply_to)
    return choose(found, way, at, channels=channels, point_id=command.point_id)


async def _standing(
    ctx: Context, command: AskMessage, message: StoredMessage, choice: Choice
) -> tuple[Message, UUID | None] | ContactRefused:
    """How it stands once it was asked for; a refusal's decision is kept."""
    refusal, decision_id, reasons = choice.refusal, None, choice.judged.decision.reasons
    at = choice.asked.at
    if refusal is not None or command.override is not None:
        point = choice.judged.point
        made = await decide_contact(
            ctx,
            command.account_id,
            choice.asked,
            person_id=message.person_id,
            point_id=None if point is None else point.point.id,
            reserve_minutes=1,
            overriding=command.override,
        )
        decision_id, reasons = made.stored.id, made.judged.decision.reasons
        refusal = Choice(asked=choice.asked, judged=made.judged).refusal
    standing = step(message.standing(), Asked(at=at, refusal=refusal))
    suppressed = standing.status is MessageStatus.SUPPRESSED
    if suppressed and refusal is not None and decision_id is not None:
        return ContactRefused(
            reasons=tuple(
                {
                    **reason_told(one),
                    "account_id": str(command.account_id),
                    "message": one.message,
                }
                for one in reasons
            ),
            next_allowed_at=refusal.next_allowed_at,
            decision_id=decision_id,
        )
    if standing.status is MessageStatus.QUEUED and at > ctx.instant:
        later = Asked(at=at, refusal=Refusal(code=_NOT_YET, next_allowed_at=at))
        standing = step(replace(message.standing(), max_wait=timedelta()), later)
    return standing, decision_id


def stored_as(message: StoredMessage, words: Words, choice: Choice) -> StoredMessage:
    """With its words and the way it goes."""
    point = choice.judged.point
    return replace(
        message,
        channel=str(choice.asked.channel),
        purpose=str(words.purpose),
        template_version=words.version,
        locale=words.locale,
        point_id=None if point is None else point.point.id,
        content_hash=words.content_hash,
        sequence=2,
    )


def content_of(ctx: Context, message: StoredMessage, words: Words, choice: Choice) -> StoredContent:
    """What is kept of what it says and where it goes."""
    return StoredContent(
        message_id=message.id,
        sent_to=_address(choice.judged.point),
        subject=words.subject,
        text=words.text,
        html=words.html,
        stored_at=ctx.instant,
    )


def _address(view: PointView | None) -> str | None:
    if view is None:
        return None
    postal = view.point.postal
    if not postal:
        return view.point.normalized or view.point.value
    place = " ".join(
        str(postal[name]) for name in ("city", "region", "postal_code") if postal.get(name)
    )
    lines = [*postal.get("lines", ()), place, postal.get("country") or ""]
    return "\n".join(str(one) for one in lines if one)


def _first_facts(ctx: Context, message: StoredMessage) -> list[facts.StoredFact]:
    fresh = replace(message, sequence=0)
    asked = {"status": message.status, "decision_id": _text(message.decision_id)}
    prepared = {"content_hash": (message.content_hash or b"").hex(), "locale": message.locale}
    return [
        fact_of(ctx, fresh, "asked", asked),
        fact_of(ctx, fresh, "prepared", prepared, after=1),
    ]


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
