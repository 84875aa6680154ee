"""What is known of a person, a debt and what was said and done, when the gate is asked.

Facts as values: the storage reads them, the gate judges them. Instants are aware and in UTC, days
are calendar days, ids are those of the rows.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from app.domain.contact.words import (
    BasisKind,
    Channel,
    ConsentKind,
    Direction,
    Label,
    Outcome,
    PartyRole,
    PointKind,
    Purpose,
    RestrictionKind,
    Validity,
)
from app.domain.values import Value
from app.domain.vocabulary import HoldKind


class Hold(Value, kw_only=True):
    """Days from the first to the last, both included; None: no end is known."""

    kind: HoldKind
    starts_on: date
    ends_on: date | None = None


class Debt(Value, kw_only=True):
    """The account a contact is about."""

    account_id: UUID
    country: str | None = None  # ISO 3166-1; None: unknown, and no country's rules are left out
    regions: frozenset[str] = frozenset()  # ISO 3166-2, all that are known of the person
    localities: frozenset[str] = frozenset()
    consumer: bool = True
    paid_or_settled: bool = False
    days_past_due: int | None = None
    holds: tuple[Hold, ...] = ()
    initial_communication_on: date | None = None
    initial_contact_id: UUID | None = None  # which contact that was, where it is known
    validation_notice_sent_on: date | None = None
    validation_ends_on: date | None = None


class Party(Value, kw_only=True):
    """The person, and what they have to do with the account."""

    person_id: UUID
    role: PartyRole = PartyRole.DEBTOR
    deceased: bool = False
    asked_before: int = 0  # how often this person was asked where the debtor is


class PointBasis(Value, kw_only=True):
    """One reason why a value may be used; `on`: its day, or its latest renewal."""

    kind: BasisKind
    on: date
    withdrawn: bool = False
    opt_out_until_on: date | None = None  # of a creditor's notice
    consent_id: UUID | None = None  # of what was agreed to


class Point(Value, kw_only=True):
    """A number, an address, a mailbox."""

    id: UUID
    kind: PointKind
    label: Label = Label.OTHER
    validity: Validity = Validity.UNVERIFIED
    suppressed: bool = False
    employer_provided: bool = False
    bases: tuple[PointBasis, ...] = ()
    number_checked_on: date | None = None


class Contact(Value, kw_only=True):
    """One contact that was made, or is reserved. `account_ids`: the debts it was about."""

    id: UUID
    at: datetime
    channel: Channel
    direction: Direction
    person_id: UUID | None
    outcome: Outcome | None = None
    account_ids: frozenset[UUID] = frozenset()
    label: Label | None = None
    purpose: Purpose = Purpose.COLLECTION
    with_consent: bool = False
    in_reply_to: UUID | None = None
    limited_content: bool = False
    hard: bool = True  # of a bounce: the address does not exist
    needs_reading: bool = False
    read_at: datetime | None = None


class Window(Value, kw_only=True):
    """Local times of some weekdays; where `from_` is later than `to` it passes midnight.

    The weekday is that of its beginning. No zone: wherever the person may be.
    """

    days: frozenset[int] | None = None
    from_: time | None = None
    to: time | None = None
    time_zone: str | None = None


class Restriction(Value, kw_only=True):
    """What stands against contacts; None means all accounts, channels, points."""

    kind: RestrictionKind
    account_ids: frozenset[UUID] | None = None
    channel: Channel | None = None
    point_id: UUID | None = None
    place: Label | None = None
    window: Window | None = None
    from_at: datetime | None = None
    until_at: datetime | None = None
    since_on: date | None = None
    extended: bool = False
    attorney_consents: bool = False
    attorney_silent_since_on: date | None = None


class Consent(Value, kw_only=True):
    """What the person agreed to; None means all accounts, channels."""

    kind: ConsentKind
    at: datetime
    account_ids: frozenset[UUID] | None = None
    channels: frozenset[Channel] | None = None
    written: bool = False
    days: int = 7  # of more calls
    expires_on: date | None = None  # its day counts
    revoked_at: datetime | None = None


class Wording(Value, kw_only=True):
    """What the text of a message says, as far as rules ask."""

    opt_out_notice: bool = False
    deadline_on: date | None = None


class Asked(Value, kw_only=True):
    """The contact somebody would make."""

    at: datetime
    channel: Channel
    purpose: Purpose = Purpose.COLLECTION
    automatic: bool = False  # nobody is there to read or think
    place: Label | None = None
    in_reply_to: UUID | None = None
    wording: Wording | None = None  # None: it says nothing that rules want said
    voicemail_elements: frozenset[str] | None = None  # of a message meant as limited content
    initial_communication: bool = False
    asked_again: bool = False  # location: the person asked for the call, or was believed wrong
    revocation_at: datetime | None = None
    confirmations_sent: int = 0


class History(Value, kw_only=True):
    """Contacts with one person, oldest first, and when each began: made by `history`.

    A window of it is found by its ends, so that what lies before costs nothing.
    """

    contacts: tuple[Contact, ...] = ()
    instants: tuple[datetime, ...] = ()

    def between(self, after: datetime, until: datetime) -> tuple[Contact, ...]:
        """Those that began after one instant, up to another."""
        instants = self.instants
        return self.contacts[bisect_right(instants, after) : bisect_right(instants, until)]

    def after(self, at: datetime) -> tuple[Contact, ...]:
        """Those that began after an instant."""
        return self.contacts[bisect_right(self.instants, at) :]

    def before(self, at: datetime) -> "History":
        """Those that began before an instant."""
        return self.first(bisect_left(self.instants, at))

    def first(self, many: int) -> "History":
        """The oldest so many."""
        return History(contacts=self.contacts[:many], instants=self.instants[:many])


def history(contacts: Iterable[Contact], person_id: UUID) -> History:
    """What was made with this person; of equal instants as given."""
    theirs = (one for one in contacts if one.person_id == person_id)
    return history_of(sorted(theirs, key=lambda one: one.at))


def history_of(ordered: Iterable[Contact]) -> History:
    """Of contacts that are theirs and in order."""
    contacts = tuple(ordered)
    return History(contacts=contacts, instants=tuple([one.at for one in contacts]))


class Known(Value, kw_only=True):
    """All that the gate looks at. `contacts`: those of this person, whichever the account."""

    debt: Debt
    party: Party
    point: Point | None
    zones: tuple[str, ...]
    contacts: History = History()
    restrictions: tuple[Restriction, ...] = ()
    consents: tuple[Consent, ...] = ()
