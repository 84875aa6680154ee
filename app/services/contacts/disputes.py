"""What contacts say in writing about a debt: a dispute, or a request for the original creditor.

In time, either stops the account by itself, with a hold that names the contact (12 CFR 1006.38(c),
(d)(2)); what comes later somebody must place. When such a contact was otherwise, or never was, what
was told of it is corrected, and the hold stays: to release one is an act with its own authority.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from app.domain.contact.validation import SPEAK_FOR, stops_by_itself
from app.domain.contact.words import Saying
from app.domain.entries.contacts import said_in_writing, said_in_writing_key
from app.domain.entries.events import Event, EventType
from app.domain.persons.parties import PersonRole, side_of
from app.domain.values import replace
from app.domain.vocabulary import HoldKind
from app.services.accounts.hold import PlaceHold, place_by_rule
from app.services.contacts.validating import Speaker, day_of, speaker_of
from app.services.context import Context
from app.services.telling.tell import event, tell_of_many
from app.storage.accounts import accounts
from app.storage.contacts import many, validations
from app.storage.contacts.contacts import StoredContact
from app.storage.contacts.many import Writing
from app.storage.contacts.validations import StoredValidation
from app.storage.persons import persons

#: How many of an account's are looked at: nobody disputes one debt in writing so often.
_MOST: Final = 100
_REASONS: Final = {
    Saying.DISPUTE: "disputed in writing",
    Saying.ORIGINAL_CREDITOR: "asked in writing for the original creditor",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A contact that says something in writing, or did. `had`: as it was said before, None: new.

    `now`: as it stands, None of one that never was.
    """

    had: StoredContact | None = None
    now: StoredContact | None = None

    @property
    def about(self) -> list[UUID]:
        """The accounts it is or was about."""
        known = (one for one in (self.had, self.now) if one is not None)
        return sorted({account_id for one in known for account_id in one.account_ids})


async def follow_sayings(
    ctx: Context,
    said: Iterable[Said],
    told: Iterable[tuple[UUID, Event]],
    *,
    moved: Collection[UUID] = (),
) -> tuple[list[tuple[UUID, Event]], frozenset[UUID]]:
    """Keep and do what contacts of locked accounts say in writing, after what is to be told so far.

    `moved`: accounts whose last day to dispute is another since, so that what was late may be in
    time. Answers what is still to be told, and the accounts that are stopped: of these all is
    told, since the hold comes after it, and their books are others than were locked.
    """
    told, concerned = list(told), set(moved)
    for one in said:
        for account_id in one.about:
            was, now = (_told(ctx, each, account_id) for each in (one.had, one.now))
            if was is None and now is None:
                continue
            concerned.add(account_id)
            if was != now:
                told.append((account_id, _received(ctx, was, now, new=one.had is None)))
    stops = await _keep(ctx, concerned) if concerned else []
    stopped = frozenset(account_id for account_id, _ in stops)
    if stops:
        await tell_of_many(ctx, [one for one in told if one[0] in stopped])
        await place_by_rule(ctx, stops)
    return [one for one in told if one[0] not in stopped], stopped


def _told(
    ctx: Context, contact: StoredContact | None, account_id: UUID
) -> Mapping[str, object] | None:
    """What the feed is told of it; None: it says nothing of the account."""
    if contact is None or not contact.says or account_id not in contact.account_ids:
        return None
    return said_in_writing(contact.id, contact.says, day_of(ctx, contact.started_at))


def _received(
    ctx: Context,
    was: Mapping[str, object] | None,
    now: Mapping[str, object] | None,
    *,
    new: bool,
) -> Event:
    """It, or what was told of it corrected: to nothing, where it says nothing any more."""
    told = now or was or {}
    return replace(
        event(ctx, EventType.DISPUTE_RECEIVED, told),
        key=said_in_writing_key(told["contact_id"]),
        before=was,
        withdrawn=now is None,
        told_before=not new,
    )


async def _keep(ctx: Context, account_ids: Collection[UUID]) -> list[tuple[UUID, PlaceHold]]:
    """The first of each, as they stand now; what those in time are to stop the accounts by."""
    locked = await accounts.lock_many(ctx.tx, account_ids)
    found = await many.writings_of(ctx.tx, locked.keys(), most=_MOST)
    kept = await validations.read_many(ctx.tx, locked)
    named = {one.person_id for each in found.values() for one in each}
    people = await persons.today(ctx.tx, (one for one in named if one is not None))
    keep: list[StoredValidation] = []
    stops: list[tuple[UUID, PlaceHold]] = []
    for account_id, account in locked.items():
        spoke = list[Writing]()
        for one in found[account_id]:
            person = None if one.person_id is None else people.get(one.person_id)
            speaker = await speaker_of(ctx, account, person, one.at)
            if speaker is None or not _may_dispute(speaker):
                continue
            spoke.append(one)
            ends_on = account.validation_ends_on
            if stops_by_itself(day_of(ctx, one.at), ends_on, owed=speaker.is_owed):
                stops.append((account_id, _stop(ctx, one)))
        had = kept.get(account_id)
        now = _with_first(ctx, had or StoredValidation(account_id=account_id), spoke)
        if now != had and (had is not None or spoke):
            keep.append(now)
    await validations.keep(ctx.tx, ctx.tenant_id, keep)
    return stops


def _may_dispute(speaker: Speaker) -> bool:
    return side_of(speaker.role) is PersonRole.DEBTOR or speaker.role in SPEAK_FOR


def _with_first(
    ctx: Context, kept: StoredValidation, standing: Collection[Writing]
) -> StoredValidation:
    first = dict[Saying, tuple[UUID | None, date | None]]()
    for saying in Saying:
        one = next((each for each in standing if saying in each.says), None)
        first[saying] = (None, None) if one is None else (one.id, day_of(ctx, one.at))
    disputed, asked = first[Saying.DISPUTE], first[Saying.ORIGINAL_CREDITOR]
    return replace(
        kept,
        dispute_contact_id=disputed[0],
        disputed_on=disputed[1],
        original_creditor_contact_id=asked[0],
        original_creditor_requested_on=asked[1],
    )


def _stop(ctx: Context, one: Writing) -> PlaceHold:
    saying = Saying.DISPUTE if Saying.DISPUTE in one.says else Saying.ORIGINAL_CREDITOR
    return PlaceHold(
        kind=HoldKind.DISPUTE,
        starts_on=day_of(ctx, one.at),
        reason=_REASONS[saying],
        contact_id=one.id,
    )
