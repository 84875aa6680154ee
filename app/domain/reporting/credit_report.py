"""What a credit report would carry of an account: Metro 2's base segment, from plain facts.

Account status, payment rating, special comment, balance, what of it is past due, and the date of
first delinquency with the last day it may be reported. Codes as compiled in the cases under
`tests/cases/metro2_status_cases.json`; the licensed guide (CRRG) was not read, so a furnisher
checks them against it [M].

The date of first delinquency is that of the delinquency that immediately preceded collection or
charge-off (FCRA 623(a)(5), 15 USC 1681s-2(a)(5)); no plan, payment or re-age moves it. While the
account is reported current after a re-age it is left out (zero-filled), and kept [I].
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.domain.account.plan import Installment, Plan
from app.domain.schedule.dates import months_later
from app.domain.standing.classification import obsolete_after
from app.domain.vocabulary import InstallmentKind

CURRENT, COLLECTION, CHARGED_OFF = "11", "93", "97"
PAID, PAID_COLLECTION, PAID_CHARGE_OFF = "13", "62", "64"
#: Paying under a partial payment agreement; paid in full for less than the full balance.
PARTIAL_AGREEMENT, SETTLED_FOR_LESS = "AC", "AU"

_AGREED = (InstallmentKind.INSTALLMENT, InstallmentKind.DOWN_PAYMENT)

#: Account status and payment rating from so many days past due.
_BANDS = (
    (180, "84", "6"),
    (150, "83", "5"),
    (120, "82", "4"),
    (90, "80", "3"),
    (60, "78", "2"),
    (30, "71", "1"),
    (0, CURRENT, "0"),
)


class ScheduledBy(StrEnum):
    """Where the contract's monthly payment is known from."""

    CYCLE = "cycle"
    PLAN = "plan"
    PAST_DUE = "past_due"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """What is known of an account. Once it owes nothing, lateness is that just before.

    `past_due_days`: by the contract as reported, without grace. `scheduled_payment_minor`: what
    the contract asks for in a month; None: nobody told us. `plan_payment_minor`: what the live
    plan asks for in a month; None: there is none.
    """

    balance_minor: int
    past_due_minor: int = 0
    past_due_days: int = 0
    first_delinquency_on: date | None = None
    charged_off: bool = False
    collection: bool = False
    settled: bool = False
    plan_payment_minor: int | None = None
    scheduled_payment_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditReport:
    """The fields, by Metro 2's names where it has one. None: the field stays empty."""

    account_status: str
    payment_rating: str | None
    special_comment: str | None
    balance_minor: int
    past_due_minor: int
    first_delinquency_on: date | None
    obsolete_after_on: date | None


def credit_report(known: ReportFacts) -> CreditReport:
    """The fields for these facts."""
    status = _account_status(known)
    rating = _rating(known) if status == PAID else None
    began = known.first_delinquency_on if _delinquent(status, rating) else None
    owed = known.balance_minor > 0
    return CreditReport(
        account_status=status,
        payment_rating=rating,
        special_comment=_special_comment(known),
        balance_minor=known.balance_minor,
        past_due_minor=known.past_due_minor if owed and status != CURRENT else 0,
        first_delinquency_on=began,
        obsolete_after_on=obsolete_after(began) if began else None,
    )


def _account_status(known: ReportFacts) -> str:
    owed = known.balance_minor > 0
    if known.charged_off:
        return CHARGED_OFF if owed else PAID_CHARGE_OFF
    if known.collection:
        return COLLECTION if owed else PAID_COLLECTION
    return _band(known.past_due_days)[0] if owed else PAID


def _rating(known: ReportFacts) -> str:
    """How the account stood when it was paid; only status 13 of ours asks for it [M].

    Those that were charged off or in collection have statuses of their own.
    """
    return _band(known.past_due_days)[1]


def _band(days: int) -> tuple[str, str]:
    """The status and the rating of so many days past due; below 30 an account is current."""
    return next((status, rating) for least, status, rating in _BANDS if days >= least)


def _delinquent(status: str, rating: str | None) -> bool:
    """Whether a date of first delinquency belongs to the status: not while it is current."""
    return status != CURRENT and rating != "0"


def _special_comment(known: ReportFacts) -> str | None:
    """One comment at most, as the format has one field.

    Accord knows no reason codes of modifications, disasters or counseling (CO, AW, B and their
    like), so it never says them.
    """
    if known.balance_minor <= 0:
        return SETTLED_FOR_LESS if known.settled else None
    plan, scheduled = known.plan_payment_minor, known.scheduled_payment_minor
    less = plan is not None and scheduled is not None and plan < scheduled
    return PARTIAL_AGREEMENT if less else None


def monthly_payment(plan: Plan, *, on: date) -> int:
    """What a plan asks for in a month: the one that begins with its next due date.

    A last installment is often smaller than the others; so the month from the due date before
    is looked at too, and the larger of the two counts. What charges added does not.
    """
    agreed = [
        (installment.due_on, minor)
        for installment in plan.installments
        if installment.kind in _AGREED
        and installment.voided_on is None
        and (minor := _agreed_minor(installment))
    ]
    if not agreed:
        return 0
    ahead = next((n for n, (due_on, _) in enumerate(agreed) if due_on >= on), len(agreed) - 1)
    return max(
        sum(minor for due_on, minor in agreed if start <= due_on < months_later(start, 1))
        for start in {agreed[ahead][0], agreed[max(0, ahead - 1)][0]}
    )


def _agreed_minor(installment: Installment) -> int:
    """Principal and interest of an installment; with interest to come, what it is to be."""
    return max(
        installment.level_minor, installment.due.principal_minor + installment.due.interest_minor
    )
