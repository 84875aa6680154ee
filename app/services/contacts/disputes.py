"""What contacts say in writing about a debt: a dispute, or a request for the original creditor.

In time, either stops the account by itself, with a hold that names the contact (12 CFR 1006.38(c),
(d)(2)); what comes later somebody must place. When such a contact was otherwise, or never was, what
was told of it is corrected, and the hold stays: to release one is an act with its own authority.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from app.domain.contact.validation import SPEAK_FOR, stops_by_itself
from app.domain.contact.words import Saying
from app.domain.entries.contacts import said_in_writing, said_in_writing_key
from app.domain.entries.events import EventType
from app.domain.persons.parties import PersonRole, side_of
from app.domain.values import replace
from app.domain.vocabulary import HoldKind
from app.services.accounts.hold import PlaceHold, place_by_rule
from app.services.contacts.validating import Speaker, day_of, speaker_of
from app.services.context import Context
from app.services.telling.tell import event, tell_of
from app.storage.accounts import accounts
from app.storage.contacts import contacts, validations
from app.storage.contacts.contacts import FindContacts, StoredContact
from app.storage.contacts.validations import StoredValidation

#: How many of an account's are looked at: nobody disputes one debt in writing so often.
_MOST: Final = 100
_REASONS: Final = {
    Saying.DISPUTE: "disputed in writing",
    Saying.ORIGINAL_CREDITOR: "asked in writing for the original creditor",
}


async def follow_sayings(
    ctx: Context,
    about: Iterable[UUID],
    *,
    had: StoredContact | None = None,
    now: StoredContact | None = None,
    moved: Collection[UUID] = (),
) -> None:
    """Keep, tell and do what a contact of locked accounts says in writing.

    `had`: as it was said before; `now`: as it stands, None of one that never was. `moved`:
    accounts whose last day to dispute is another since, so that what was late may be in time.
    """
    for account_id in sorted(set(about)):
        was, told = (_told(ctx, one, account_id) for one in (had, now))
        if was is None and told is None and account_id not in moved:
            continue
        if was != told:
            await _tell(ctx, account_id, was, told, new=had is None)
        await _keep(ctx, account_id)


def _told(
    ctx: Context, contact: StoredContact | None, account_id: UUID
) -> Mapping[str, object] | None:
    """What the feed is told of it; None: it says nothing of the account."""
    if contact is None or not contact.says or account_id not in contact.account_ids:
        return None
    return said_in_writing(contact.id, contact.says, day_of(ctx, contact.started_at))


async def _tell(
    ctx: Context,
    account_id: UUID,
    was: Mapping[str, object] | None,
    now: Mapping[str, object] | None,
    *,
    new: bool,
) -> None:
    """Tell it, or correct what was told: to nothing, where it says nothing any more."""
    told = now or was or {}
    received = replace(
        event(ctx, EventType.DISPUTE_RECEIVED, told),
        key=said_in_writing_key(told["contact_id"]),
        before=was,
        withdrawn=now is None,
        told_before=not new,
    )
    await tell_of(ctx, account_id, received)


async def _keep(ctx: Context, account_id: UUID) -> None:
    """The first of each, as they stand now; and stop the account by those in time."""
    account = await accounts.lock(ctx.tx, account_id)
    asked = FindContacts(account_id=account_id, says=True)
    found = await contacts.find(ctx.tx, asked, limit=_MOST, oldest_first=True)
    if account is None:
        return
    spoke = list[tuple[StoredContact, Speaker]]()
    for one in found:
        speaker = await speaker_of(ctx, account, one) if one.voided_on is None else None
        if speaker is not None and _may_dispute(speaker):
            spoke.append((one, speaker))
    kept = await validations.read(ctx.tx, account_id)
    now = _with_first(ctx, kept or StoredValidation(account_id=account_id), [c for c, _ in spoke])
    if now != kept and (kept is not None or spoke):
        await validations.keep(ctx.tx, ctx.tenant_id, now)
    for one, speaker in spoke:
        received_on = day_of(ctx, one.started_at)
        if stops_by_itself(received_on, account.validation_ends_on, owed=speaker.is_owed):
            await _stop(ctx, account_id, one)


def _may_dispute(speaker: Speaker) -> bool:
    return side_of(speaker.role) is PersonRole.DEBTOR or speaker.role in SPEAK_FOR


def _with_first(
    ctx: Context, kept: StoredValidation, standing: Collection[StoredContact]
) -> StoredValidation:
    first = dict[Saying, tuple[UUID | None, date | None]]()
    for saying in Saying:
        one = next((each for each in standing if saying in each.says), None)
        first[saying] = (None, None) if one is None else (one.id, day_of(ctx, one.started_at))
    disputed, asked = first[Saying.DISPUTE], first[Saying.ORIGINAL_CREDITOR]
    return replace(
        kept,
        dispute_contact_id=disputed[0],
        disputed_on=disputed[1],
        original_creditor_contact_id=asked[0],
        original_creditor_requested_on=asked[1],
    )


async def _stop(ctx: Context, account_id: UUID, contact: StoredContact) -> None:
    saying = Saying.DISPUTE if Saying.DISPUTE in contact.says else Saying.ORIGINAL_CREDITOR
    command = PlaceHold(
        kind=HoldKind.DISPUTE,
        starts_on=day_of(ctx, contact.started_at),
        reason=_REASONS[saying],
        contact_id=contact.id,
    )
    await place_by_rule(ctx, account_id, command)
