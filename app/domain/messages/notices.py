"""Which notices about installments a day makes, each once.

A missed day is caught up inside the notice's interval and never after it. What a notice is about
is its key: a moved due date is another date, a second sweep the same.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from enum import StrEnum

from app.domain.values import Value

_DAY = timedelta(days=1)
MISSED_LASTS_DAYS = 7

NoticeKey = tuple[str, str, date]


class When(StrEnum):
    """What a notice arises from: a date of an installment, or something that happened."""

    BEFORE_DUE = "before_due"
    AFTER_MISSED = "after_missed"
    PLAN_AGREED = "plan_agreed"
    PLAN_CHANGED = "plan_changed"
    PLAN_BROKEN = "plan_broken"
    PROMISE_BROKEN = "promise_broken"
    PAYMENT_POSTED = "payment_posted"
    SETTLEMENT_OFFERED = "settlement_offered"
    SETTLEMENT_ACCEPTED = "settlement_accepted"
    SETTLEMENT_SATISFIED = "settlement_satisfied"
    BEFORE_PROMISE = "before_promise"
    BEFORE_EXPIRY = "before_expiry"
    EACH_MONTH = "each_month"
    FIRST_COMMUNICATION = "first_communication"
    PLACED = "placed"


#: Those of a date of an installment: the day close makes them.
OF_INSTALLMENTS = frozenset({When.BEFORE_DUE, When.AFTER_MISSED})
#: Those of a date that an event gave: of a promise, of an offer. It is noted when it is told.
OF_NOTED_DAYS = frozenset({When.BEFORE_PROMISE, When.BEFORE_EXPIRY})
#: What begins a debt's validation notice: the day close makes it, once there are its figures.
OF_VALIDATION = frozenset({When.FIRST_COMMUNICATION, When.PLACED})
#: Those of something that happened: whoever follows the events makes them.
OF_EVENTS = frozenset(When) - OF_INSTALLMENTS - OF_NOTED_DAYS - OF_VALIDATION - {When.EACH_MONTH}
#: Those for which the events are followed: to make them, or to note the day they count from.
FOLLOWED = OF_EVENTS | OF_NOTED_DAYS | {When.PLACED}
#: The last day of a month that every month has.
LAST_DAY_OF_EVERY_MONTH = 28
#: How many days after its day of the month a statement may still leave.
STATEMENT_LASTS_DAYS = 10


class NoticeRule(Value, kw_only=True):
    """A policy's notice: what it is called, and so many days before or after what."""

    key: str
    when: When
    days: int


class Installment(Value, kw_only=True):
    """An installment as far as notices ask. `missed_on`: None while it is not missed."""

    id: str
    due_on: date
    outstanding_minor: int
    missed_on: date | None = None


class Notice(Value, kw_only=True):
    """One to be made. `for_on`: the day it was for, had no day been missed."""

    key: NoticeKey
    for_on: date
    amount_minor: int


def notices_of(
    business_date: date,
    rules: Sequence[NoticeRule],
    installments: Sequence[Installment],
    *,
    reminds: bool,
    already: Collection[NoticeKey],
) -> list[Notice]:
    """What this day makes, in the order of the rules and of the due dates.

    `reminds`: the plan is active and not paused; else nothing is made. `already`: the keys of all
    that were ever made, whatever became of them.
    """
    if not reminds:
        return []
    made = (
        notice
        for rule in rules
        for one in sorted(installments, key=lambda one: one.due_on)
        for notice in _of(rule, one, business_date)
    )
    return [one for one in made if one.key not in already]


def statement_due(day: int, today: date) -> date | None:
    """The day of this month, or of the last, of which a statement is to be made; None: of none."""
    this = today.replace(day=day)
    last = (today.replace(day=1) - _DAY).replace(day=day)
    found = this if this <= today else last
    return found if today < found + STATEMENT_LASTS_DAYS * _DAY else None


def statement_period(about_on: date) -> tuple[date, date]:
    """The first and the last day of a statement made on that day: a month, to the day before."""
    before = (about_on.replace(day=1) - _DAY).replace(day=about_on.day)
    return before, about_on - _DAY


def _of(rule: NoticeRule, one: Installment, today: date) -> Iterator[Notice]:
    if one.outstanding_minor <= 0:
        return
    if rule.when is When.BEFORE_DUE:
        about_on, last = one.due_on, one.due_on
        for_on = one.due_on - rule.days * _DAY
    elif one.missed_on is not None:
        about_on = one.missed_on
        for_on = one.missed_on + rule.days * _DAY
        last = for_on + (MISSED_LASTS_DAYS - 1) * _DAY
    else:
        return
    if for_on <= today <= last:
        key = (rule.key, one.id, about_on)
        yield Notice(key=key, for_on=for_on, amount_minor=one.outstanding_minor)


def may_concern(rule: NoticeRule, due_on: date, missed_on: date | None, today: date) -> bool:
    """Whether an installment of these days can be one that the day tells of, whatever is open.

    Cheaper than `notices_of` by far, for those who have many: of a plan it is one or none.
    """
    if rule.when is When.BEFORE_DUE:
        return today <= due_on <= today + rule.days * _DAY
    return missed_on is not None and missed_on <= today


def still_true(rule: NoticeRule, one: Installment, about_on: date, *, reminds: bool) -> bool:
    """Whether the notice may still be sent: asked again when a worker claims it."""
    dated = one.due_on if rule.when is When.BEFORE_DUE else one.missed_on
    return reminds and one.outstanding_minor > 0 and dated == about_on
