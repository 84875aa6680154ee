"""What the gate sees at one instant: local times, the days they are, what may be exempt."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from app.domain.contact.gate.hours import zone
from app.domain.contact.known import Asked, Consent, Contact, History, Known, Restriction
from app.domain.contact.law.purposes import EXEMPT, EXEMPT_IN_REPLY
from app.domain.contact.words import (
    Channel,
    Code,
    ConsentKind,
    Direction,
    Label,
    Outcome,
    Purpose,
)
from app.domain.values import replace

_REPLY_WITHIN = timedelta(hours=24)
_MORE_CALLS_DAYS = 7


@dataclass(frozen=True, slots=True)
class Look:
    """The question at one instant."""

    asked: Asked
    known: Known
    locals: tuple[tuple[str, datetime], ...]
    is_reply: bool
    #: What counts toward limits, by how they count, and since when it was looked for: found once
    #: for all instants that are looked at.
    toward: dict[object, tuple[datetime, History]] = field(default_factory=dict)

    def since(self, earliest: datetime) -> tuple[Contact, ...]:
        """The contacts of this person after that instant, up to now, oldest first."""
        return self.known.contacts.between(earliest, self.at)

    @property
    def at(self) -> datetime:
        return self.asked.at

    @property
    def first_day(self) -> date:
        """The earliest day it is, wherever the person may be; with no zone the day in UTC."""
        return min((local.date() for _, local in self.locals), default=self.at.date())

    @property
    def last_day(self) -> date:
        return max((local.date() for _, local in self.locals), default=self.at.date())

    @property
    def zones(self) -> tuple[str, ...]:
        return self.known.zones or ("UTC",)

    @property
    def purpose(self) -> Purpose:
        """What it is for; an answer to nothing is collection."""
        if self.asked.purpose is Purpose.REPLY and not self.is_reply:
            return Purpose.COLLECTION
        return self.asked.purpose

    @property
    def label(self) -> Label | None:
        """Where it reaches the person."""
        point = self.known.point
        return self.asked.place or (point.label if point else None)

    def exempts(self, code: Code) -> bool:
        """Whether the purpose passes this reason."""
        if code in EXEMPT.get(self.purpose, ()):
            return True
        return self.is_reply and code in EXEMPT_IN_REPLY.get(self.purpose, ())

    def binds(self, restriction: Restriction) -> bool:
        """Whether the restriction is in force now and about this account."""
        accounts = restriction.account_ids
        if accounts is not None and self.known.debt.account_id not in accounts:
            return False
        if restriction.from_at is not None and self.at < restriction.from_at:
            return False
        return restriction.until_at is None or self.at < restriction.until_at

    def holds(self, consent: Consent) -> bool:
        """Whether the consent stands now and covers this account and channel."""
        accounts, channels = consent.account_ids, consent.channels
        if accounts is not None and self.known.debt.account_id not in accounts:
            return False
        if channels is not None and self.asked.channel not in channels:
            return False
        if consent.at > self.at or (
            consent.revoked_at is not None and consent.revoked_at <= self.at
        ):
            return False
        return consent.expires_on is None or self.last_day <= consent.expires_on

    def has(self, kind: ConsentKind) -> bool:
        """Whether a consent of this kind stands."""
        return any(one.kind is kind and self.holds(one) for one in self.known.consents)

    @property
    def may_call_more(self) -> bool:
        """Whether the person asked for calls about this account, and they are not used up.

        At most seven days, the day given is the first; the first conversation we make ends it
        (comment 14(b)(3)(i)-2).
        """
        return any(
            one.kind is ConsentKind.MORE_CALLS and self.holds(one) and self._unused(one)
            for one in self.known.consents
        )

    def _unused(self, consent: Consent) -> bool:
        days = timedelta(days=min(consent.days, _MORE_CALLS_DAYS) - 1)
        for name in self.zones:
            where = zone(name)
            if self.at.astimezone(where).date() > consent.at.astimezone(where).date() + days:
                return False
        account = self.known.debt.account_id
        return not any(
            one.channel is Channel.CALL
            and one.direction is Direction.OUT
            and one.outcome is Outcome.CONVERSATION
            and account in one.account_ids
            for one in self.since(consent.at)
        )


def _is_revoked(consent: Consent, at: datetime) -> bool:
    return consent.revoked_at is not None and consent.revoked_at <= at


def look(asked: Asked, known: Known) -> Look:
    """The question as it stands at its instant."""
    at = asked.at.astimezone(UTC)
    return Look(
        asked=asked,
        known=known,
        locals=_locals(at, known),
        is_reply=_answers(asked, known),
    )


def later(now: Look, at: datetime) -> Look:
    """The same question at another instant."""
    asked = replace(now.asked, at=at)
    return Look(
        asked=asked,
        known=now.known,
        locals=_locals(at, now.known),
        is_reply=_answers(asked, now.known),
        toward=now.toward,
    )


def _locals(at: datetime, known: Known) -> tuple[tuple[str, datetime], ...]:
    return tuple((name, at.astimezone(zone(name))) for name in known.zones)


def _answers(asked: Asked, known: Known) -> bool:
    """Whether it answers a contact of the person: same channel, 24 hours, and the first answer.

    A call answers only where the person asked for one (comment 6(b)(1)-2).
    """
    if asked.in_reply_to is None:
        return False
    made = known.contacts.contacts
    said = next((one for one in made if one.id == asked.in_reply_to), None)
    if said is None or not _is_from(said, asked):
        return False
    if any(_is_answer(one, said) for one in made):
        return False
    if asked.channel is not Channel.CALL:
        return True
    kinds = (ConsentKind.MORE_CALLS, ConsentKind.INCONVENIENT_TIME)
    account = known.debt.account_id
    return any(
        one.kind in kinds
        and one.at <= asked.at
        and not _is_revoked(one, asked.at)
        and (one.account_ids is None or account in one.account_ids)
        for one in known.consents
    )


def _is_from(said: Contact, asked: Asked) -> bool:
    age = asked.at - said.at
    return (
        said.direction is Direction.IN
        and said.channel is asked.channel
        and timedelta(0) <= age <= _REPLY_WITHIN
    )


def _is_answer(one: Contact, said: Contact) -> bool:
    return one.direction is Direction.OUT and one.in_reply_to == said.id
