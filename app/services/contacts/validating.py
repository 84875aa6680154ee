"""The validation notice: what makes it due, and what an account's contacts say became of it.

The first communication with the consumer begins the days in which the notice must go; the notice
that went and did not come back begins those in which the debt may be disputed (12 CFR 1006.34).
Both are contacts. What they come to is kept beside the account and worked out anew when one of
them is recorded, corrected or voided, before any verdict asks.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact import known
from app.domain.contact.gate import notice_roles
from app.domain.contact.policies import ContactPolicy
from app.domain.contact.validation import begins, due_by, period_of, provides
from app.domain.contact.words import PartyRole, Purpose
from app.domain.entries.events import Event, EventType
from app.domain.values import replace
from app.services.contact_policies import contact_policy_of, contact_policy_on
from app.services.context import Context
from app.services.holidays import calendar
from app.services.persons.parties import part_of
from app.services.telling.tell import event, tell_of
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import contacts, validations
from app.storage.contacts.contacts import FindContacts, StoredContact
from app.storage.contacts.validations import StoredValidation
from app.storage.persons import persons
from app.storage.persons.persons import StoredPerson

__all__ = [
    "CALENDAR", "Speaker", "StoredValidation", "day_of", "follow_contact", "owing_notices",
    "speaker_of",
]  # fmt: skip

#: Whose holidays do not count while a notice is under way.
CALENDAR: Final = "US-6103A"
#: Contacts read at once, and in all: nobody was written to so often before the first answer.
_PAGE: Final = 100
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


async def follow_contact(
    ctx: Context, contact: StoredContact, account_ids: Iterable[UUID], *, new: bool = False
) -> set[UUID]:
    """Keep what a contact changes about the locked accounts it is or was about.

    `new`: it was recorded just now, so that one which begins and provides nothing changes nothing.
    Answers those whose last day to dispute is another now.
    """
    moved = set[UUID]()
    if not new:
        contact = await contacts.read(ctx.tx, contact.id) or contact
    elif not begins(contact.known()) and contact.purpose != Purpose.VALIDATION_NOTICE:
        return moved
    for account_id in sorted(set(account_ids)):
        had = await validations.read(ctx.tx, account_id)
        if had is not None and not _matters(had, contact):
            continue
        account = await accounts.lock(ctx.tx, account_id)
        if account is not None and await _keep(ctx, account, had, contact):
            moved.add(account_id)
    return moved


def _matters(had: StoredValidation, contact: StoredContact) -> bool:
    if contact.purpose == Purpose.VALIDATION_NOTICE or contact.id == had.notice_contact_id:
        return True
    if had.initial_at is None or contact.id == had.initial_contact_id:
        return True
    return contact.started_at < had.initial_at


async def _keep(
    ctx: Context, account: StoredAccount, kept: StoredValidation | None, contact: StoredContact
) -> bool:
    """All of an account's contacts are looked through once, and when the first is none any more.

    Whether the last day to dispute is another now.
    """
    had = kept or StoredValidation(account_id=account.id)
    now = await _begun(ctx, account, kept, contact)
    others = kept is not None and now.initial_contact_id == had.initial_contact_id
    if not (others and had.notice_contact_id is None and contact.purpose != _NOTICE):
        now = await _provided(ctx, account, now)
    if kept is not None and now == had:
        return False
    await validations.keep(ctx.tx, ctx.tenant_id, now)
    if now.ends_on is not None or had.ends_on is not None:
        await accounts.set_validation_end(ctx.tx, account.id, now.ends_on)
    if now.notice_contact_id != had.notice_contact_id:
        await tell_of(ctx, account.id, _told(ctx, had, now))
    return now.ends_on != had.ends_on


async def _begun(
    ctx: Context, account: StoredAccount, kept: StoredValidation | None, contact: StoredContact
) -> StoredValidation:
    """With the first communication as it is now; the contact may be it, or may have been."""
    if kept is None or contact.id == kept.initial_contact_id:
        initial = await _initial(ctx, account)
        none = replace(
            kept or StoredValidation(account_id=account.id),
            initial_contact_id=None, initial_at=None, initial_on=None,
        )  # fmt: skip
        return _with_initial(ctx, none, initial)
    earlier = kept.initial_at is None or contact.started_at < kept.initial_at
    if earlier and await _may_begin(ctx, account, contact):
        return _with_initial(ctx, kept, contact)
    return kept


def _with_initial(
    ctx: Context, found: StoredValidation, initial: StoredContact | None
) -> StoredValidation:
    if initial is None:
        return found
    return replace(
        found,
        initial_contact_id=initial.id,
        initial_at=initial.started_at,
        initial_on=day_of(ctx, initial.started_at),
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
    ctx: Context, account: StoredAccount, found: StoredValidation
) -> StoredValidation:
    """With the latest notice that went and did not come back, or with none."""
    asked = FindContacts(account_id=account.id, purpose=_NOTICE)
    for one in await contacts.find(ctx.tx, asked, limit=_NOTICES):
        is_initial = found.initial_contact_id == one.id
        if one.voided_on is not None or not provides(one.known(), initial=is_initial):
            continue
        if not await _with_consumer(ctx, account, one):
            continue
        sent_on = day_of(ctx, one.started_at)
        begun = period_of(one.known(), sent_on, calendar(CALENDAR))
        return replace(
            found,
            notice_contact_id=one.id,
            sent_on=sent_on,
            received_on=begun.assumed_received_on,
            ends_on=begun.ends_on,
        )
    return replace(found, notice_contact_id=None, sent_on=None, received_on=None, ends_on=None)


async def _initial(ctx: Context, account: StoredAccount) -> StoredContact | None:
    """The first communication with the consumer; the look ends at the most that are read."""
    asked, after = FindContacts(account_id=account.id), None
    for _ in range(_MOST // _PAGE):
        found = await contacts.find(ctx.tx, asked, after=after, limit=_PAGE, oldest_first=True)
        for one in found:
            if await _may_begin(ctx, account, one):
                return one
        if len(found) < _PAGE:
            break
        after = (found[-1].started_at, found[-1].id)
    return None


async def _may_begin(ctx: Context, account: StoredAccount, one: StoredContact) -> bool:
    """Whether it is a communication with the consumer about this account."""
    if one.voided_on is not None or account.id not in one.account_ids or not begins(one.known()):
        return False
    return await _with_consumer(ctx, account, one)


async def _with_consumer(ctx: Context, account: StoredAccount, one: StoredContact) -> bool:
    """Whether a notice was owed to whom it was with, by the policy in force at the time."""
    speaker = await speaker_of(ctx, account, one)
    return speaker is not None and speaker.role in speaker.owed_to


async def speaker_of(ctx: Context, account: StoredAccount, one: StoredContact) -> Speaker | None:
    """What whom a contact was with is to the account; None: nobody knows, or nothing."""
    person = await persons.read(ctx.tx, one.person_id) if one.person_id is not None else None
    if person is None:
        return None
    part = await part_of(ctx, account, person, day_of(ctx, one.started_at))
    if part is None:
        return None
    policy = await contact_policy_of(
        ctx, account.policy_name, account.creditor_reference, one.started_at
    )
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
