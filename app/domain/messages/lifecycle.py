"""A message from the asking to its end: what each fact makes of it.

Intent is once, delivery at least once and known when it was.
Reports come in any order, twice and early: only one of a higher rank moves a message. What
changes nothing is counted, not refused: it happened.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from app.domain.values import Value, replace

LEASE = timedelta(minutes=5)
#: How long a letter may lie at the printer's before somebody must say whether it was mailed.
AT_THE_PRINTER = timedelta(days=30)
#: The pauses before attempts two to six; after the sixth nothing is tried again.
PAUSES = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=6),
)  # fmt: skip
MAX_ATTEMPTS = len(PAUSES) + 1
NO_LONGER_TRUE = "NO_LONGER_TRUE"
GIVEN_UP = "GIVEN_UP"


class MessageStatus(StrEnum):
    SCHEDULED = "scheduled"
    QUEUED = "queued"
    SENDING = "sending"
    UNCERTAIN = "uncertain"
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    COMPLAINED = "complained"
    RETURNED = "returned"
    SUPPRESSED = "suppressed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


_WAITING = frozenset({MessageStatus.SCHEDULED, MessageStatus.QUEUED})
_RANKS: Mapping[MessageStatus, int] = {
    MessageStatus.QUEUED: 1,  # after an attempt: an answer may still come
    MessageStatus.SENDING: 1,
    MessageStatus.UNCERTAIN: 1,
    MessageStatus.SENT: 2,
    MessageStatus.DELIVERED: 3,
    MessageStatus.BOUNCED: 4,
    MessageStatus.FAILED: 4,
    MessageStatus.RETURNED: 4,
    MessageStatus.COMPLAINED: 5,
}
#: Somebody may have read what it says: what must be withdrawn where it is no longer true.
GONE = frozenset({
    MessageStatus.SENDING, MessageStatus.UNCERTAIN, MessageStatus.SENT, MessageStatus.DELIVERED,
    MessageStatus.COMPLAINED,
})  # fmt: skip
#: What counts toward limits on contacts: it went, or may have gone.
_COUNTS = GONE | {MessageStatus.BOUNCED, MessageStatus.RETURNED}


class Refusal(Value, kw_only=True):
    """The gate's no: its first reason by code, and when it ends, where it does."""

    code: str
    next_allowed_at: datetime | None = None


class Fact(Value, kw_only=True):
    at: datetime


class Asked(Fact, kw_only=True):
    """Somebody, or a rule, wants it sent. `refusal` None: the gate allows it now."""

    refusal: Refusal | None = None


class Claimed(Fact, kw_only=True):
    """A worker took it, asked once more whether it is true, and asked the gate anew."""

    refusal: Refusal | None = None
    still_true: bool = True


class Accepted(Fact, kw_only=True):
    """The provider took it."""


class Refused(Fact, kw_only=True):
    """The provider did not. Temporary: it is tried again.

    `unheard`: it gave no answer, so that it may have taken it; it knows it again by its key.
    """

    permanent: bool
    code: str
    unheard: bool = False


class LeaseExpired(Fact, kw_only=True):
    """A worker took it, and was not heard of again."""


class Reported(Fact, kw_only=True):
    """What the provider says became of it, at any time."""

    status: MessageStatus
    code: str | None = None


class Decided(Fact, kw_only=True):
    """What a person decides of one that may have gone."""

    resend: bool


class Cancelled(Fact, kw_only=True):
    pass


class Forbidden(Fact, kw_only=True):
    """A hold, restriction, revocation, suppression, erasure or closure that forbids it."""

    code: str


class Message(Value, kw_only=True):
    """How a message stands. `ignored`: facts that changed nothing.

    `unheard`: it waits for another attempt, and an earlier one may have gone. Such a message can
    be stopped, but nobody can say that it did not go.
    """

    provider_idempotent: bool
    expires_at: datetime | None = None
    max_wait: timedelta | None = None
    status: MessageStatus = MessageStatus.QUEUED
    reason: str | None = None
    attempts: int = 0
    unheard: bool = False
    not_before_at: datetime | None = None
    ignored: int = 0

    @property
    def counts_as_contact(self) -> bool:
        return counts_as_contact(self.status)

    @property
    def needs_decision(self) -> bool:
        """Whether only a report or a person can say what became of it."""
        return self.status is MessageStatus.UNCERTAIN


def counts_as_contact(status: MessageStatus) -> bool:
    """Whether a message that stands so is a contact: it went, or may have gone."""
    return status in _COUNTS


def fold(message: Message, facts: Iterable[Fact]) -> Message:
    """How it stands after these facts, in their order of entry."""
    for fact in facts:
        message = step(message, fact)
    return message


def step(message: Message, fact: Fact) -> Message:
    """How it stands after one more fact."""
    return _STEPS[type(fact)](message, fact)


def _ignored(message: Message) -> Message:
    return replace(message, ignored=message.ignored + 1)


def _asked(message: Message, fact: Asked) -> Message:
    if fact.refusal is None:
        return replace(message, status=MessageStatus.QUEUED)
    return _held_back(message, fact.refusal, fact.at)


def _held_back(message: Message, refusal: Refusal, at: datetime) -> Message:
    """Scheduled where the refusal ends in time, else suppressed."""
    until = refusal.next_allowed_at
    in_time = (
        until is not None
        and (message.expires_at is None or until < message.expires_at)
        and (message.max_wait is None or until <= at + message.max_wait)
    )
    if in_time:
        return replace(message, status=MessageStatus.SCHEDULED, not_before_at=until)
    return _suppressed(message, refusal.code)


def _suppressed(message: Message, code: str) -> Message:
    return _stopped(message, MessageStatus.SUPPRESSED, code)


def _stopped(message: Message, status: MessageStatus, reason: str | None) -> Message:
    """It goes no more: so it ended, or, where an attempt may have gone, only a report can say."""
    status = MessageStatus.UNCERTAIN if message.unheard else status
    return replace(message, status=status, reason=reason, unheard=False, not_before_at=None)


def _claimed(message: Message, fact: Claimed) -> Message:
    if message.status not in _WAITING:
        return _ignored(message)
    if message.expires_at is not None and fact.at >= message.expires_at:
        return _stopped(message, MessageStatus.EXPIRED, message.reason)
    if not fact.still_true:
        return _suppressed(message, NO_LONGER_TRUE)
    if fact.refusal is not None:
        return _held_back(message, fact.refusal, fact.at)
    return replace(
        message, status=MessageStatus.SENDING, attempts=message.attempts + 1, not_before_at=None
    )


def _accepted(message: Message, fact: Accepted) -> Message:
    return _reported(message, Reported(at=fact.at, status=MessageStatus.SENT))


def _refused(message: Message, fact: Refused) -> Message:
    if message.status is not MessageStatus.SENDING:
        return _ignored(message)
    message = replace(message, unheard=message.unheard or fact.unheard)
    if fact.permanent:  # a provider that took it would have known it again
        return replace(message, status=MessageStatus.FAILED, reason=fact.code, unheard=False)
    if message.attempts >= MAX_ATTEMPTS:
        return _stopped(message, MessageStatus.FAILED, fact.code)
    again_at = fact.at + PAUSES[message.attempts - 1]
    return replace(message, status=MessageStatus.QUEUED, not_before_at=again_at)


def _lease_expired(message: Message, _: LeaseExpired) -> Message:
    """Sent once more where the provider knows it again; else nobody can know whether it went."""
    if message.status is not MessageStatus.SENDING:
        return _ignored(message)
    if message.provider_idempotent:
        return replace(message, status=MessageStatus.QUEUED, unheard=True)
    return replace(message, status=MessageStatus.UNCERTAIN, unheard=False)


def _reported(message: Message, fact: Reported) -> Message:
    rank = _RANKS.get(message.status, None) if message.attempts else None
    if rank is None or _RANKS.get(fact.status, 0) <= rank:
        return _ignored(message)
    return replace(message, status=fact.status, reason=fact.code, unheard=False, not_before_at=None)


def _decided(message: Message, fact: Decided) -> Message:
    if message.status is not MessageStatus.UNCERTAIN:
        return _ignored(message)
    if fact.resend:
        return replace(message, status=MessageStatus.QUEUED)
    return replace(message, status=MessageStatus.FAILED, reason=GIVEN_UP)


def _cancelled(message: Message, _: Cancelled) -> Message:
    if message.status not in _WAITING:
        return _ignored(message)
    return _stopped(message, MessageStatus.CANCELLED, message.reason)


def _forbidden(message: Message, fact: Forbidden) -> Message:
    """What waits goes no more; what is on its way goes, and is told so."""
    return _suppressed(message, fact.code) if message.status in _WAITING else message


_STEPS: Mapping[type[Fact], Callable[[Message, Any], Message]] = {
    Asked: _asked,
    Claimed: _claimed,
    Accepted: _accepted,
    Refused: _refused,
    LeaseExpired: _lease_expired,
    Reported: _reported,
    Decided: _decided,
    Cancelled: _cancelled,
    Forbidden: _forbidden,
}
