"""One message's way out: picked, claimed under the person's lock, handed over, recorded.

    picked = await pick(database, tenant, now=…, most=…)
    taken = await claim(database, tenant, message_id, now=…)   # commits before anything is sent
    answer = await transport.send(taken.carrier, taken.parcel)  # outside any transaction
    await record(database, tenant, taken, answer, now=…)

A worker that dies between the two leaves a lease of five minutes; then the message is queued again
where the carrier knows it again, and uncertain where nobody can know.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.domain.contact.words import Channel, Purpose
from app.domain.errors import DomainError
from app.domain.messages.carrying import CarrierKind
from app.domain.messages.lifecycle import (
    AT_THE_PRINTER,
    LEASE,
    MAX_ATTEMPTS,
    Accepted,
    Claimed,
    LeaseExpired,
    MessageStatus,
    Refusal,
    Refused,
    step,
)
from app.domain.persons.unsubscribe import headers, token
from app.domain.values import replace
from app.domain.vocabulary import Role
from app.services.contacts.decide import RELEASED, Overriding, decide_contact, read_decision
from app.services.contacts.facts import Facts, facts_of
from app.services.context import Context
from app.services.messages.carriers import carrier_for
from app.services.messages.choosing import Choice, Way, judged_at
from app.services.messages.contacting import record_sent
from app.services.messages.moving import fact_of, move
from app.services.messages.notices.preparing import prepare
from app.services.messages.reports import match_early
from app.services.messages.surroundings import inside, instant_in
from app.services.messages.transports import Answer, Carrier, Parcel
from app.services.messages.truth import is_still_true
from app.services.messages.wording import words_of
from app.services.persons.hashed import secret_of
from app.services.persons.persons import locked
from app.storage import tenancy
from app.storage.accounts import accounts
from app.storage.contacts import decisions
from app.storage.database.engine import Database
from app.storage.ids import new_id
from app.storage.messages import contents, facts, messages
from app.storage.messages.messages import StoredMessage
from app.storage.tenancy import TenantRecord

#: Longer than a claim can take; a worker that dies before it leaves the message for this long.
PICKED: Final = timedelta(minutes=1)
#: How soon one that has to wait for another of the same person is looked at again.
_A_MOMENT: Final = timedelta(seconds=5)
#: How soon a message is looked at again for which there is no way out.
_NO_CARRIER: Final = timedelta(minutes=5)
#: The same of a letter that somebody takes to the printer's: it waits for a batch.
_PRINTED: Final = timedelta(hours=6)
_RESERVED_MINUTES: Final = 6

__all__ = ["StoredMessage", "Taken", "claim", "pick", "record", "tenants_due"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A message that is the caller's to hand over until its lease ends."""

    message: StoredMessage
    carrier: Carrier
    parcel: Parcel


async def tenants_due(database: Database, *, now: datetime, most: int) -> list[TenantRecord]:
    """Tenants whose messages are due by their own clocks, the longest waiting first."""
    async with database.transaction() as tx:
        known = {one.tenant_id: one for one in await tenancy.list_tenants(tx)}
        by = max([now, *(instant_in(one, now) for one in known.values())])
        due = await messages.due_tenants(tx, by=by, most=most)
    return [known[one] for one in due if one in known]


async def pick(database: Database, tenant: TenantRecord, *, now: datetime, most: int) -> list[UUID]:
    """Messages that are due, which no other worker looks at for a minute."""
    async with inside(database, tenant, now) as ctx:
        at = ctx.instant
        return await messages.pick(ctx.tx, at=at, until=at + PICKED, most=most)


async def claim(
    database: Database,
    tenant: TenantRecord,
    message_id: UUID,
    *,
    now: datetime,
    shown: Callable[[UUID], str],
    public_url: str | None = None,
) -> Taken | None:
    """The message, leased, the gate asked anew. None: it does not go now, and says why.

    `shown`: its id as the outside knows it, the same at every attempt. `public_url`: where this
    service is reached by all, for the link that takes e-mail back.
    """
    async with inside(database, tenant, now) as ctx:
        seen = await messages.read(ctx.tx, message_id)
        if seen is None:
            return None
        await accounts.lock(ctx.tx, seen.account_id)
        await locked(ctx, seen.person_id)
        message = await messages.read(ctx.tx, message_id, lock=True)
        if message is None:
            return None
        if message.status == MessageStatus.SENDING.value:
            await _lease_over(ctx, message)
            return None
        if message.status not in messages.WAITING:
            return None
        taken = await _claimed(ctx, message, shown)
        return taken if taken is None else await _with_headers(ctx, taken, public_url)


async def _with_headers(ctx: Context, taken: Taken, public_url: str | None) -> Taken:
    """An e-mail with the link that takes e-mail back."""
    point_id = taken.message.point_id
    if public_url is None or point_id is None or taken.message.channel != Channel.EMAIL:
        return taken
    known = token(ctx.tenant_id, point_id, await secret_of(ctx))
    said = headers(f"{public_url.rstrip('/')}/u/{known}")
    return replace(taken, parcel=replace(taken.parcel, headers=said))


async def claim_letter(
    ctx: Context, message_id: UUID, shown: Callable[[UUID], str]
) -> Taken | None:
    """A letter taken to be printed, as `claim` takes one to be sent; its account is locked."""
    message = await messages.read(ctx.tx, message_id, lock=True)
    if message is None or message.status != MessageStatus.QUEUED.value:
        return None
    return await _claimed(ctx, message, shown, printing=True)


async def accept_letter(ctx: Context, message: StoredMessage, at: datetime) -> StoredMessage:
    """A locked letter that was posted at that instant; one that ended since stays as it is."""
    return await _accepted(ctx, message, Answer(accepted=True), at)


async def refuse_letter(ctx: Context, message: StoredMessage, code: str) -> StoredMessage:
    """A letter that was taken and cannot be printed: it failed, and no contact was made."""
    refused = Refused(at=ctx.instant, permanent=True, code=code)
    moved = await move(ctx, message, "refused", refused, {"code": code, "permanent": True})
    await _give_back(ctx, moved)
    return moved


async def _lease_over(ctx: Context, message: StoredMessage) -> None:
    """Nothing was recorded in time: sent again where that is safe, else nobody can know."""
    if message.leased_until is None or message.leased_until > ctx.instant:
        await messages.look_again(ctx.tx, message.id, message.leased_until or ctx.instant)
        return
    if not _safe_again(message):
        message = await _not_again(ctx, message)
    await move(ctx, message, "lease_expired", LeaseExpired(at=ctx.instant))


async def _claimed(
    ctx: Context,
    message: StoredMessage,
    shown: Callable[[UUID], str],
    *,
    printing: bool = False,
) -> Taken | None:
    at = ctx.instant
    if message.expires_at is not None and at >= message.expires_at:
        await move(ctx, message, "claimed", Claimed(at=at))
        return None
    if message.channel != Channel.LETTER and await messages.in_flight(
        ctx.tx, person_id=message.person_id
    ):
        await messages.look_again(ctx.tx, message.id, at + _A_MOMENT)
        return None
    found = await facts_of(ctx, message.account_id, message.person_id, at)
    if not await is_still_true(ctx, found, message):
        await move(ctx, message, "claimed", Claimed(at=at, still_true=False))
        return None
    if message.content_hash is None:
        message = await prepare(ctx, message, found)
        if message.status != MessageStatus.QUEUED.value:
            return None
    carrier = await carrier_for(ctx, message.channel)
    if carrier is None or (carrier.kind == CarrierKind.PRINT and not printing):
        await messages.look_again(ctx.tx, message.id, at + (_PRINTED if carrier else _NO_CARRIER))
        return None
    return await _decided(ctx, message, found, carrier, shown)


async def _decided(
    ctx: Context,
    message: StoredMessage,
    found: Facts,
    carrier: Carrier,
    shown: Callable[[UUID], str],
) -> Taken | None:
    """The gate anew, with a decision that reserves; then it is on its way."""
    await _give_back(ctx, message)
    refusal, decision_id = await _gate(ctx, message, found)
    claimed = Claimed(at=ctx.instant, refusal=refusal)
    body = {"decision_id": str(decision_id), "carrier": carrier.name}
    goes = replace(message, provider_idempotent=carrier.idempotent)
    if step(goes.standing(), claimed).status is not MessageStatus.SENDING:
        await move(ctx, message, "claimed", claimed, body, decision_id=decision_id)
        return None
    message = await _said_anew(ctx, message, found)
    content = await contents.read(ctx.tx, message.id)
    if content is None or content.text is None or content.sent_to is None:
        await move(ctx, message, "claimed", Claimed(at=ctx.instant, still_true=False))
        return None
    until = ctx.instant + (AT_THE_PRINTER if carrier.kind == CarrierKind.PRINT else LEASE)
    message = await move(
        ctx, message, "claimed", claimed, body,
        decision_id=decision_id, provider=carrier.name, provider_idempotent=carrier.idempotent,
        lease_id=new_id(), leased_until=until, next_at=until,
    )  # fmt: skip
    parcel = Parcel(
        id=shown(message.id), tenant_id=ctx.tenant_id, channel=message.channel,
        to=content.sent_to, subject=content.subject, text=content.text, html=content.html,
    )  # fmt: skip
    return Taken(message=message, carrier=carrier, parcel=parcel)


async def _give_back(ctx: Context, message: StoredMessage) -> None:
    """What was reserved for it before, so that it does not stand against itself."""
    if message.decision_id is None:
        return
    stored = await read_decision(ctx, message.decision_id)
    if stored.allowed and stored.ended_because is None:
        await decisions.end(ctx.tx, stored.id, RELEASED, ctx.instant, reason="decided anew")


async def _gate(ctx: Context, message: StoredMessage, found: Facts) -> tuple[Refusal | None, UUID]:
    way = Way(
        purpose=Purpose(message.purpose),
        automatic=message.automatic,
        in_reply_to=message.in_reply_to,
    )
    asked = way.asked(Channel(message.channel), ctx.instant)
    point = next((one for one in found.points if one.point.id == message.point_id), None)
    early = judged_at(found, asked, point).refusal if message.automatic else None
    made = await decide_contact(
        replace(ctx, role=Role(message.role)),
        message.account_id,
        asked,
        person_id=message.person_id,
        point_id=message.point_id,
        reserve_minutes=_RESERVED_MINUTES,
        overriding=_overriding(message),
    )
    refusal = Choice(asked=asked, judged=made.judged).refusal or early
    if refusal is early and early is not None and made.stored.allowed:
        await decisions.end(ctx.tx, made.stored.id, RELEASED, ctx.instant, reason="too late today")
    return refusal, made.stored.id


def _overriding(message: StoredMessage) -> Overriding | None:
    said = message.overriding
    if said is None:
        return None
    return Overriding(codes=frozenset(said["codes"]), reason=said["reason"], note=said["note"])


async def _said_anew(ctx: Context, message: StoredMessage, found: Facts) -> StoredMessage:
    """Before its first attempt the words are those of today; after it, those that were sent."""
    if message.attempts:
        return message
    try:
        words = await words_of(ctx, found, message)
    except DomainError:
        return message  # what was said when it was asked for stands
    if words.content_hash == message.content_hash:
        return message
    had = await contents.read(ctx.tx, message.id)
    if had is None:
        return message
    said = replace(
        had, subject=words.subject, text=words.text, html=words.html, stored_at=ctx.instant
    )
    await contents.put(ctx.tx, ctx.tenant_id, said)
    body = {"content_hash": words.content_hash.hex(), "locale": words.locale}
    await facts.append(ctx.tx, ctx.tenant_id, [fact_of(ctx, message, "prepared", body)])
    return await messages.change(
        ctx.tx,
        message.id,
        {"content_hash": words.content_hash, "sequence": message.sequence + 1},
    )


async def record(
    database: Database,
    tenant: TenantRecord,
    taken: Taken,
    answer: Answer,
    *,
    sent_at: datetime,
    now: datetime,
) -> StoredMessage | None:
    """What came of it. `sent_at`: when it was handed over. None: it is no longer there."""
    async with inside(database, tenant, now) as ctx:
        await accounts.lock(ctx.tx, taken.message.account_id)
        await locked(ctx, taken.message.person_id)
        message = await messages.read(ctx.tx, taken.message.id, lock=True)
        if message is None:
            return None
        at = min(instant_in(tenant, sent_at), ctx.instant)
        if answer.accepted:
            return await _accepted(ctx, message, answer, at)
        if message.lease_id != taken.message.lease_id:
            return message  # it was given up for lost meanwhile
        if answer.uncertain and not _safe_again(message):
            lost = LeaseExpired(at=at)
            message = await _not_again(ctx, message)
            code = _code(answer)
            return await move(ctx, message, "lease_expired", lost, code)
        refused = Refused(
            at=at, permanent=answer.permanent, code=answer.code or "REFUSED",
            unheard=answer.uncertain,
        )  # fmt: skip
        body = {**_code(answer), "unheard": True} if answer.uncertain else _code(answer)
        moved = await move(ctx, message, "refused", refused, body)
        if not moved.unheard:
            await _give_back(ctx, moved)
        return moved


async def _accepted(
    ctx: Context, message: StoredMessage, answer: Answer, at: datetime
) -> StoredMessage:
    async def contact(within: Context, moved: StoredMessage) -> StoredMessage:
        return await record_sent(within, moved, at)

    known_as = answer.provider_message_id or message.provider_message_id
    moved = await move(
        ctx, message, "accepted", Accepted(at=at), {"provider_message_id": known_as},
        then=contact, provider_message_id=known_as,
    )  # fmt: skip
    return await match_early(ctx, moved)


def _safe_again(message: StoredMessage) -> bool:
    """Whether one that may have been taken can be handed over once more without harm."""
    return message.provider_idempotent and message.attempts < MAX_ATTEMPTS


async def _not_again(ctx: Context, message: StoredMessage) -> StoredMessage:
    """From the last attempt on nobody asks a carrier again, even one that would know it."""
    if not message.provider_idempotent:
        return message
    return await messages.change(ctx.tx, message.id, {"provider_idempotent": False})


def _code(answer: Answer) -> dict[str, object]:
    return {"code": answer.code, "permanent": answer.permanent}
