"""Preparing a notice: where it goes, from when on, and its words, before anybody claims it."""

from datetime import datetime, time
from typing import Final

from app.domain.contact.words import Purpose
from app.domain.errors import DomainError
from app.domain.messages.lifecycle import (
    NO_LONGER_TRUE,
    Asked,
    Forbidden,
    MessageStatus,
    Refusal,
    step,
)
from app.domain.messages.notices import OF_EVENTS, When
from app.domain.messages.opening import opens_at
from app.domain.refusals.letters import LetterUnfit
from app.domain.refusals.templates import NoWording
from app.domain.values import replace
from app.services.contacts.facts import Facts
from app.services.contacts.policies import wanted_notices
from app.services.context import Context
from app.services.messages.ask import content_of, stored_as
from app.services.messages.choosing import Way, choose
from app.services.messages.moving import columns_of, fact_of, move
from app.services.messages.wording import words_of
from app.storage.messages import contents, facts, messages
from app.storage.messages.messages import StoredMessage

#: When a notice may leave, where its rule is no longer in the policy.
_AT: Final = time(10)


async def prepare(ctx: Context, message: StoredMessage, found: Facts) -> StoredMessage:
    """The locked message with its way and words: scheduled, queued, or suppressed."""
    try:
        words = await words_of(ctx, found, message)
    except DomainError as wrong:
        code = _unfit(wrong)
        forbidden = Forbidden(at=ctx.instant, code=code)
        return await move(ctx, message, "forbidden", forbidden, {"code": code})
    at = await _opens_at(ctx, message, found)
    way = Way(purpose=Purpose(words.purpose), automatic=True)
    choice = choose(found, way, at, channels=words.channels)
    standing = step(message.standing(), Asked(at=at, refusal=choice.refusal))
    if standing.status is MessageStatus.SUPPRESSED:
        code = standing.reason or ""
        forbidden = Forbidden(at=ctx.instant, code=code)
        return await move(ctx, message, "forbidden", forbidden, {"code": code})
    if standing.status is MessageStatus.QUEUED and at > ctx.instant:
        later = Refusal(code="NOT_BEFORE", next_allowed_at=at)
        standing = step(message.standing(), Asked(at=ctx.instant, refusal=later))
    ready = stored_as(message, words, choice)
    await contents.put(ctx.tx, ctx.tenant_id, content_of(ctx, ready, words, choice))
    body = {"content_hash": words.content_hash.hex(), "locale": words.locale}
    await facts.append(ctx.tx, ctx.tenant_id, [fact_of(ctx, message, "prepared", body)])
    ready = replace(ready, sequence=message.sequence + 1)
    names = ("channel", "purpose", "template_version", "locale", "point_id", "content_hash",
             "sequence")  # fmt: skip
    values = {name: getattr(ready, name) for name in names}
    return await messages.change(
        ctx.tx, message.id, {**values, **columns_of(standing, ctx.instant)}
    )


def _unfit(wrong: DomainError) -> str:
    """Why there are no words: of a settlement that went on, its letter says what was."""
    if isinstance(wrong, LetterUnfit):
        return NO_LONGER_TRUE
    return "NO_WORDING" if isinstance(wrong, NoWording) else "TEMPLATE_UNFIT"


async def _opens_at(ctx: Context, message: StoredMessage, found: Facts) -> datetime:
    """From when on it may leave: at its rule's hour, of the day it was made for or of any later."""
    account = found.reading.account
    wanted = await wanted_notices(ctx, account.policy_name, account.creditor_reference)
    at = next((one.at for one in wanted if one.rule.key == message.notice), _AT)
    of_event = message.arises is not None and When(message.arises) in OF_EVENTS
    not_before_on = None if of_event else message.asked_at.date()
    return opens_at(ctx.instant, at, found.zones, not_before_on=not_before_on)
