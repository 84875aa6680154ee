"""Where nothing fits what a person can pay: the smallest changes that would help, and by whom.

In order: what the caller can do alone (start earlier, pay more often), what a role may allow (the
caller's, too, beyond what is suggested), how much is short of what is suggested. Where none of the
first three exists, a token payment for half a year, then a hold: nobody is pressed for money that
is not there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.domain.limits import LimitBreach
from app.domain.options.affordability import cap_per_period
from app.domain.options.fitting import Ask, Option, OptionName, least_minor, soonest
from app.domain.schedule.build import Schedule
from app.domain.schedule.interest import PER_YEAR
from app.domain.schedule.terms import Frequency, Terms, Unit
from app.domain.values import replace
from app.domain.vocabulary import Role

MONTHLY = Frequency(every=1, unit=Unit.MONTH)
#: Token payments are looked at again twice a year [I].
_REVIEWS_IN_YEAR = 2
#: How far before the last day allowed an earlier start is sought: holidays and half months.
_DAYS_TO_SEEK = 16
_LONGER = {"max_count", "max_term_months"}


class ChangeKind(StrEnum):
    """What would have to give."""

    EARLIER_START = "earlier_start"
    MORE_OFTEN = "more_often"
    LONGER_TERM = "longer_term"
    OTHER_LIMITS = "other_limits"
    HIGHER_INSTALLMENT = "higher_installment"
    TOKEN_PAYMENT = "token_payment"  # of good will  # noqa: S105  # nosec B105
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change, who may make it, and what it comes to.

    `overrides` are the caller's own limits that its terms pass. `needed_minor` is the largest
    payment of the least that is suggested to the caller, and `short_minor` what the person lacks of
    it; both None where they do not matter, or the caller may agree to no amount at all.
    """

    kind: ChangeKind
    role: Role
    message: str
    terms: Terms | None = None
    schedule: Schedule | None = None
    overrides: tuple[LimitBreach, ...] = ()
    needed_minor: int | None = None
    short_minor: int | None = None


def nearest(ask: Ask) -> tuple[Change, ...]:
    """The changes nearest to an offer for this question, the smallest first."""
    fitting = (*_alone(ask), *_by_a_role(ask))
    needed = _needed_minor(ask)
    lacking = () if needed is None or not ask.affordable_minor else (_lacking(ask, needed),)
    return (*fitting, *lacking) if fitting else (*lacking, *_forbearing(ask, needed))


def _alone(ask: Ask) -> Iterator[Change]:
    """What the caller can change alone: an earlier first date, or more and smaller payments."""
    days = ask.own_limits.max_days_to_first
    if days is not None and (ask.due_on[0] - ask.opens_on).days > days:
        last = ask.opens_on + timedelta(days)
        tries = (max(ask.opens_on, last - timedelta(back)) for back in range(_DAYS_TO_SEEK))
        found = next(filter(None, (soonest(replace(ask, first_due_on=day)) for day in tries)), None)
        if found is not None:
            first = found.schedule.installments[0].due_on
            yield _offered(ask, ChangeKind.EARLIER_START, f"Pay first by {first}", found)
    monthly = cap_per_period(ask.affordable_minor, given=ask.frequency, wanted=MONTHLY)
    if monthly < ask.affordable_minor:
        found = soonest(replace(ask, frequency=MONTHLY, affordable_minor=monthly))
        if found is not None:
            yield _offered(ask, ChangeKind.MORE_OFTEN, "Pay every month", found)


def _by_a_role(ask: Ask) -> Iterator[Change]:
    """What the lowest role may agree to that may agree to something, suggested or not."""
    for role in Role:
        found = soonest(replace(ask, role=role, suggests=False))
        if found is not None:
            passed = {breach.rule for breach in ask.beyond(found.schedule)}
            kind = ChangeKind.LONGER_TERM if passed & _LONGER else ChangeKind.OTHER_LIMITS
            yield _offered(ask, kind, f"The {role} may agree", found, role=role)
            return


def _offered(
    ask: Ask, kind: ChangeKind, message: str, option: Option, *, role: Role | None = None
) -> Change:
    schedule = option.schedule
    return Change(
        kind=kind,
        role=role or ask.role,
        message=(
            f"{message}: {len(schedule.installments)} payments of at most "
            f"{option.highest_minor}, the last on {schedule.last_due_on}."
        ),
        terms=option.terms,
        schedule=schedule,
        overrides=ask.against(schedule),
    )


def _needed_minor(ask: Ask) -> int | None:
    """The largest payment in the least this role may agree to, whoever can pay it."""
    anyone = replace(ask, affordable_minor=ask.balance_minor)
    least = least_minor(anyone)
    if least is None:
        return None
    return anyone.option(OptionName.LOWEST, anyone.terms(least)).highest_minor


def _lacking(ask: Ask, needed: int) -> Change:
    short = needed - ask.affordable_minor
    return Change(
        kind=ChangeKind.HIGHER_INSTALLMENT,
        role=ask.role,
        message=f"The least to suggest as {ask.role} is {needed}: {short} more than affordable.",
        needed_minor=needed,
        short_minor=short,
    )


def _forbearing(ask: Ask, needed: int | None) -> Iterator[Change]:
    short = None if needed is None else needed - ask.affordable_minor
    token = _token(ask)
    if token is not None:
        yield replace(token, needed_minor=needed, short_minor=short)
    yield Change(
        kind=ChangeKind.HOLD,
        role=ask.role,
        message=f"A hardship hold: {ask.affordable_minor} can be paid, and no role may agree.",
        needed_minor=needed,
        short_minor=short,
    )


def _token(ask: Ask) -> Change | None:
    """Half a year of what can be paid, or of the least amount a role may take; then a review.

    A plan over that part of the balance only. The caller is asked first, then the least role.
    """
    half_a_year = max(1, PER_YEAR[ask.frequency.unit] // ask.frequency.every // _REVIEWS_IN_YEAR)
    for role in sorted(Role, key=lambda each: each is not ask.role):
        theirs = replace(ask, role=role)
        amount = ask.affordable_minor or theirs.own_limits.min_installment_minor or ask.whole_minor
        count = min(half_a_year, ask.balance_minor // amount, theirs.longest, len(theirs.due_on))
        if not count:
            continue
        terms = Terms(
            amount_minor=amount * count,
            installment_minor=amount,
            frequency=ask.frequency,
            first_due_on=ask.first_due_on,
            business_days=ask.business_days,
        )
        schedule = ask.build(terms)
        if not theirs.against(schedule):
            return Change(
                kind=ChangeKind.TOKEN_PAYMENT,
                role=role,
                message=f"A token of {amount}, {count} times to {schedule.last_due_on}; review.",
                terms=terms,
                schedule=schedule,
                overrides=ask.against(schedule),
            )
    return None
