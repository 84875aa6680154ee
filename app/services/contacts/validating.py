"""The validation notice: what makes it due, and what an account's contacts say became of it.

The first communication with the consumer begins the days in which the notice must go; the notice
that went and did not come back begins those in which the debt may be disputed (12 CFR 1006.34).
Both are contacts. What they come to is kept beside the account and worked out anew when one of
them is recorded, corrected or voided, before any verdict asks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact import known
from app.domain.contact.gate.gate import notice_roles
from app.domain.contact.policies import ContactPolicy
from app.domain.contact.validation import begins, due_by, period_of, provides
from app.domain.contact.words import PartyRole, Purpose
from app.domain.entries.events import Event, EventType
from app.domain.values import replace
from app.services.contact_policies import contact_policy_of, contact_policy_on
from app.services.context import Context
from app.services.holidays import calendar
from app.services.persons.parties import part_of
from app.services.telling.tell import event
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import contacts, many, validations
from app.storage.contacts.contacts import StoredContact
from app.storage.contacts.validations import StoredValidation
from app.storage.persons import persons
from app.storage.persons.persons import StoredPerson

__all__ = [
    "CALENDAR", "Followed", "Speaker", "StoredValidation", "day_of", "follow_contact",
    "follow_new", "owing_notices", "speaker_of",
]  # fmt: skip

#: Whose holidays do not count while a notice is under way.
CALENDAR: Final = "US-6103A"
#: Contacts read of each account at first, and at most: nobody was written to so often before the
#: first answer.
_FIRST: Final = 20
_MOST: Final = 2_000
_NOTICES: Final = 20
_NOTICE: Final = str(Purpose.VALIDATION_NOTICE)


class Speaker(NamedTuple):
    """Whom a contact was with, and those to whom a notice is owed by the policy of its time."""

    role: PartyRole
    owed_to: frozenset[PartyRole]

    @property
    def is_owed(self) -> bool:
        """Whether a notice of this debt is owed to anybody."""
        return bool(self.owed_to)


class Followed(NamedTuple):
    """What is to be told of accounts, and those whose last day to dispute is another now."""

    told: list[tuple[UUID, Event]]
    moved: set[UUID]


async def follow_contact(
    ctx: Context, contact: StoredContact, account_ids: Iterable[UUID]
) -> Followed:
    """`follow_new`, of one contact that was corrected or voided, as it is stored by now."""
    now = await contacts.read(ctx.tx, contact.id) or contact
    followed, _ = await _follow(ctx, {account_id: [now] for account_id in account_ids})
    return followed


async def follow_new(
    ctx: Context, made: Iterable[tuple[StoredContact, known.Contact]]
) -> Followed:  # fmt: skip
    """Keep what new contacts change about the locked accounts they are about.

    One that begins and provides nothing changes nothing. Each as stored and as the rules read it.
    Of those moved, the ones of which something was said in writing: nobody else's hold depends on
    the day, and nothing more is read for them.
    """
    changed: dict[UUID, list[StoredContact]] = {}
    for one, read in made:
        if one.purpose == _NOTICE or begins(read):
            for account_id in one.account_ids:
                changed.setdefault(account_id, []).append(one)
    followed, kept = await _follow(ctx, changed)
    return Followed(followed.told, {one for one in followed.moved if _is_disputed(kept.get(one))})


def _is_disputed(kept: StoredValidation | None) -> bool:
    if kept is None:
        return False
    return kept.disputed_on is not None or kept.original_creditor_requested_on is not None


async def _follow(
    ctx: Context, changed: Mapping[UUID, Sequence[StoredContact]]
) -> tuple[Followed, Mapping[UUID, StoredValidation]]:
    """By account the contacts that are new or are said otherwise; and what was kept before."""
    kept = await validations.read_many(ctx.tx, changed)
    mattering = {
        account_id: [one for one in made if _matters(kept.get(account_id), one)]
        for account_id, made in sorted(changed.items())
    }
    mattering = {account_id: made for account_id, made in mattering.items() if made}
    if not mattering:
        return Followed([], set()), kept
    seen = await _Seen.of(ctx, kept, mattering)
    keep: list[StoredValidation] = []
    told: list[tuple[UUID, Event]] = []
    moved: set[UUID] = set()
    for account_id, made in mattering.items():
        had = kept.get(account_id, StoredValidation(account_id=account_id))
        now = await _now(ctx, seen, account_id, made)
        if now.ends_on != had.ends_on:
            now = replace(now, ended_on=None)
            moved.add(account_id)
        if account_id not in kept or now != had:
            keep.append(now)
        if now.notice_contact_id != had.notice_contact_id:
            told.append((account_id, _told(ctx, had, now)))
    await validations.keep(ctx.tx, ctx.tenant_id, keep)
    ended = {id_ for id_, one in kept.items() if one.ends_on is not None}
    ends_on = [(one.account_id, one.ends_on) for one in keep]
    ends_on = [one for one in ends_on if one[1] is not None or one[0] in ended]
    await accounts.set_validation_ends(ctx.tx, ends_on)
    return Followed(told, moved), kept


def _matters(had: StoredValidation | None, contact: StoredContact) -> bool:
    if had is None or contact.purpose == _NOTICE or contact.id == had.notice_contact_id:
        return True
    if had.initial_at is None or contact.id == had.initial_contact_id:
        return True
    return contact.started_at < had.initial_at


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is asked of several accounts, read at once: their first contacts, notices, people."""

    kept: Mapping[UUID, StoredValidation]
    accounts: Mapping[UUID, StoredAccount]
    earliest: Mapping[UUID, Sequence[known.Contact]]
    notices: Mapping[UUID, Sequence[known.Contact]]
    people: Mapping[UUID, StoredPerson]

    @classmethod
    async def of(
        cls,
        ctx: Context,
        kept: Mapping[UUID, StoredValidation],
        mattering: Mapping[UUID, Sequence[StoredContact]],
    ) -> "_Seen":
        anew = [id_ for id_, made in mattering.items() if _anew(kept.get(id_), made)]
        earliest = await many.earliest_of(ctx.tx, anew, most=_FIRST)
        notices = await many.notices_of(ctx.tx, mattering, most=_NOTICES)
        read = [one for each in (*earliest.values(), *notices.values()) for one in each]
        named = {one.person_id for one in read if begins(one) or one.purpose == _NOTICE}
        named |= {one.person_id for made in mattering.values() for one in made}
        return cls(
            kept=kept,
            accounts=await accounts.lock_many(ctx.tx, mattering),
            earliest=earliest,
            notices=notices,
            people=await persons.today(ctx.tx, (one for one in named if one is not None)),
        )


def _anew(kept: StoredValidation | None, made: Sequence[StoredContact]) -> bool:
    """Whether all of an account's contacts are looked through for the first."""
    return kept is None or any(one.id == kept.initial_contact_id for one in made)


async def _now(
    ctx: Context, seen: _Seen, account_id: UUID, made: Sequence[StoredContact]
) -> StoredValidation:
    """All of an account's contacts are looked through once, and when the first is none any more."""
    had = seen.kept.get(account_id)
    account = seen.accounts[account_id]
    now = await _begun(ctx, seen, account, made)
    same = had is not None and now.initial_contact_id == had.initial_contact_id
    untold = had is not None and had.notice_contact_id is None
    if same and untold and not any(one.purpose == _NOTICE for one in made):
        return now
    return await _provided(ctx, seen, account, now)


async def _begun(
    ctx: Context, seen: _Seen, account: StoredAccount, made: Sequence[StoredContact]
) -> StoredValidation:
    """With the first communication as it is now; one of these may be it, or may have been."""
    kept = seen.kept.get(account.id)
    if kept is None or _anew(kept, made):
        initial = await _initial(ctx, seen, account)
        none = replace(
            kept or StoredValidation(account_id=account.id),
            initial_contact_id=None, initial_at=None, initial_on=None,
        )  # fmt: skip
        return _with_initial(ctx, none, initial)
    for one in sorted(made, key=lambda one: one.started_at):
        earlier = kept.initial_at is None or one.started_at < kept.initial_at
        if earlier and one.voided_on is None and await _may_begin(ctx, seen, account, one.known()):
            return _with_initial(ctx, kept, one.known())
    return kept


def _with_initial(
    ctx: Context, found: StoredValidation, initial: known.Contact | None
) -> StoredValidation:
    if initial is None:
        return found
    return replace(
        found,
        initial_contact_id=initial.id,
        initial_at=initial.at,
        initial_on=day_of(ctx, initial.at),
    )


def _told(ctx: Context, had: StoredValidation, now: StoredValidation) -> Event:
    """A notice that went, or that the one which had gone was none."""
    if now.notice_contact_id is None:
        due_by_on = None if now.initial_on is None else due_by(now.initial_on)
        gone = {"contact_id": had.notice_contact_id, "due_by_on": due_by_on}
        return event(ctx, EventType.VALIDATION_RESTARTED, gone)
    sent = {
        "contact_id": now.notice_contact_id,
        "sent_on": now.sent_on,
        "assumed_received_on": now.received_on,
        "ends_on": now.ends_on,
    }
    return event(ctx, EventType.VALIDATION_SENT, sent)


async def _provided(
    ctx: Context, seen: _Seen, account: StoredAccount, found: StoredValidation
) -> StoredValidation:
    """With the latest notice that went and did not come back, or with none."""
    for one in seen.notices[account.id]:
        is_initial = found.initial_contact_id == one.id
        if not provides(one, initial=is_initial):
            continue
        if not await _with_consumer(ctx, seen, account, one):
            continue
        sent_on = day_of(ctx, one.at)
        begun = period_of(one, sent_on, calendar(CALENDAR))
        return replace(
            found,
            notice_contact_id=one.id,
            sent_on=sent_on,
            received_on=begun.assumed_received_on,
            ends_on=begun.ends_on,
        )
    return replace(found, notice_contact_id=None, sent_on=None, received_on=None, ends_on=None)


async def _initial(ctx: Context, seen: _Seen, account: StoredAccount) -> known.Contact | None:
    """The first communication with the consumer; the look ends at the most that are read."""
    found = seen.earliest[account.id]
    for one in found:
        if await _may_begin(ctx, seen, account, one):
            return one
    if len(found) < _FIRST:
        return None
    (found,) = (await many.earliest_of(ctx.tx, [account.id], most=_MOST)).values()
    named = {one.person_id for one in found if one.person_id is not None and begins(one)}
    seen = replace(seen, people=await persons.today(ctx.tx, named))
    for one in found:
        if await _may_begin(ctx, seen, account, one):
            return one
    return None


async def _may_begin(
    ctx: Context, seen: _Seen, account: StoredAccount, one: known.Contact
) -> bool:  # fmt: skip
    """Whether it is a communication with the consumer about this account."""
    if account.id not in one.account_ids or not begins(one):
        return False
    return await _with_consumer(ctx, seen, account, one)


async def _with_consumer(
    ctx: Context, seen: _Seen, account: StoredAccount, one: known.Contact
) -> bool:
    """Whether a notice was owed to whom it was with, by the policy in force at the time."""
    person = None if one.person_id is None else seen.people.get(one.person_id)
    speaker = await speaker_of(ctx, account, person, one.at)
    return speaker is not None and speaker.role in speaker.owed_to


async def speaker_of(
    ctx: Context, account: StoredAccount, person: StoredPerson | None, at: datetime
) -> Speaker | None:
    """What whom a contact was with is to the account; None: nobody knows, or nothing."""
    if person is None:
        return None
    part = await part_of(ctx, account, person, day_of(ctx, at))
    if part is None:
        return None
    policy = await contact_policy_of(ctx, account.policy_name, account.creditor_reference, at)
    return Speaker(part.role, _owed_to(account, person, policy))


def _owed_to(
    account: StoredAccount, person: StoredPerson, policy: ContactPolicy
) -> frozenset[PartyRole]:
    """Those of whom a first communication with somebody makes a notice due, by where they are."""
    country, _, within = (person.region or "").partition("-")
    debt = known.Debt(
        account_id=account.id,
        country=country or None,
        regions=frozenset({person.region} if person.region and within else ()),
    )
    return notice_roles(debt, policy.gate)


async def owing_notices(
    ctx: Context, among: Mapping[UUID, StoredAccount]
) -> dict[UUID, StoredAccount]:
    """Those of several accounts whose debtor is owed a notice by the policy of the day."""
    debtors = {one.debtor_id for one in among.values() if one.debtor_id is not None}
    people = await persons.read_many(ctx.tx, debtors)
    owing = dict[UUID, StoredAccount]()
    for account in among.values():
        person = None if account.debtor_id is None else people.get(account.debtor_id)
        policy = await contact_policy_on(
            ctx, account.policy_name, account.creditor_reference, ctx.business_date
        )
        if person is not None and PartyRole.DEBTOR in _owed_to(account, person, policy):
            owing[account.id] = account
    return owing


def day_of(ctx: Context, at: datetime) -> date:
    """The tenant's day on which an instant falls."""
    return at.astimezone(ZoneInfo(ctx.time_zone)).date()
