"""When the validation notice is due, when the time to dispute ends, and what disputes in time.

12 CFR 1006.34: the notice goes with the first communication or within five days of it; receipt may
be assumed on the fifth day after sending that is no Saturday, Sunday or legal public holiday of
5 USC 6103(a); the period ends thirty calendar days later.
"""

from datetime import date, timedelta
from enum import StrEnum

from app.domain.contact.effects import effects
from app.domain.contact.known import Contact
from app.domain.contact.words import Channel, Direction, Outcome, PartyRole, Purpose
from app.domain.schedule.dates import Holidays, is_business_day
from app.domain.values import Value

NOTICE_WITHIN_DAYS = 5
RECEIPT_DAYS = 5
PERIOD_DAYS = 30
_DAY = timedelta(days=1)
#: For how many days after it was due a notice made by rule may still leave.
NOTICE_LASTS_DAYS = 30
_WRITTEN = frozenset({Channel.LETTER, Channel.EMAIL, Channel.SMS, Channel.CHAT})
#: Who may dispute the debt for a consumer.
SPEAK_FOR = frozenset({
    PartyRole.ATTORNEY, PartyRole.DEBT_ADVISER, PartyRole.AUTHORIZED_THIRD_PARTY,
})  # fmt: skip
#: A formal pleading is no communication that begins it, and a location call says no word of a debt.
_BEGINS_NOTHING = frozenset({Purpose.LEGAL_PROCESS, Purpose.LOCATION_INFORMATION})


class Period(Value, kw_only=True):
    """When the notice is taken to have arrived, and the last day to dispute."""

    assumed_received_on: date
    ends_on: date


def due_by(initial_communication_on: date) -> date:
    """The last day on which the notice is in time."""
    return initial_communication_on + NOTICE_WITHIN_DAYS * _DAY


def beginnings(today: date, *, after_days: int) -> tuple[date, date]:
    """The first and the last day from which a notice by rule may be made today.

    It is made so many days after the first communication, or after a placement whose policy asks
    for it, and caught up until it lapses.
    """
    return today - (NOTICE_WITHIN_DAYS + NOTICE_LASTS_DAYS - 1) * _DAY, today - after_days * _DAY


def lapses_on(begun_on: date) -> date:
    """The first day on which a notice by rule may not leave any more."""
    return due_by(begun_on) + NOTICE_LASTS_DAYS * _DAY


def period(sent_on: date, holidays: Holidays) -> Period:
    """The period that a notice sent on this day begins. `holidays`: of 5 USC 6103(a).

    A notice that came back begins none: ask for the one sent after it (comment 34(b)(5)-2).
    """
    day, counted = sent_on, 0
    while counted < RECEIPT_DAYS:
        day += _DAY
        if is_business_day(day, holidays):
            counted += 1
    return Period(assumed_received_on=day, ends_on=day + PERIOD_DAYS * _DAY)


def period_of_oral_notice(told_on: date) -> Period:
    """The period where the notice was given in the first conversation itself."""
    return Period(assumed_received_on=told_on, ends_on=told_on + PERIOD_DAYS * _DAY)


def begins(contact: Contact) -> bool:
    """Whether a contact with the consumer may be the first communication (1006.34(b)(2))."""
    return contact.purpose not in _BEGINS_NOTHING and effects(contact).communication


def provides(contact: Contact, *, initial: bool) -> bool:
    """Whether a contact provided the notice: it went out, and is not known to have come back.

    Told by voice only in the first communication itself. `initial`: it is that.
    """
    if contact.purpose is not Purpose.VALIDATION_NOTICE or contact.direction is not Direction.OUT:
        return False
    if contact.channel is Channel.CALL:
        return initial and contact.outcome is Outcome.CONVERSATION
    return effects(contact).communication


def period_of(contact: Contact, on: date, holidays: Holidays) -> Period:
    """The period that a contact which provided the notice on this day begins."""
    spoken = contact.channel is Channel.CALL
    return period_of_oral_notice(on) if spoken else period(on, holidays)


def in_writing(channel: Channel, direction: Direction) -> bool:
    """Whether a contact came in writing, which a dispute must to stop anything (1006.38)."""
    return direction is Direction.IN and channel in _WRITTEN


def stops_by_itself(received_on: date, ends_on: date | None, *, owed: bool) -> bool:
    """Whether what came in writing that day stops collection without anybody's word.

    By the last day to dispute, which counts whole. While that is not known, where a notice is
    owed: the time to dispute has not run out before it began.
    """
    return owed if ends_on is None else received_on <= ends_on


class ItemizationReference(StrEnum):
    """The dates from which a debt may be itemized (12 CFR 1006.34(b)(3)): one for a debt."""

    LAST_STATEMENT = "last_statement"
    CHARGE_OFF = "charge_off"
    LAST_PAYMENT = "last_payment"
    TRANSACTION = "transaction"
    JUDGMENT = "judgment"


def sums_up(
    amount_minor: int, *, interest_minor: int, fees_minor: int, payments_minor: int,
    credits_minor: int, current_minor: int,
) -> bool:  # fmt: skip
    """Whether the figures of a notice explain today's balance, which they must (1006.34(c)(2))."""
    return amount_minor + interest_minor + fees_minor - payments_minor - credits_minor == (
        current_minor
    )
