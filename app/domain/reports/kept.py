"""What was promised, due and begun, and what of it was kept.

What cannot be judged yet stands beside, in no rate.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from app.domain.reports.shares import WHOLE_BPS, share_bps
from app.domain.values import Value

_DAY = timedelta(days=1)
_FPD_DAYS = 30


class Receipt(Value, kw_only=True):
    """Money of a day, known since another, and perhaps returned."""

    on: date
    minor: int
    entered_on: date | None = None
    returned_on: date | None = None


class Promise(Value, kw_only=True):
    """A promise. `threshold_bps`: how much of it keeps it."""

    made_on: date | None
    amount_minor: int
    due_on: date
    grace_days: int
    threshold_bps: int
    receipts: tuple[Receipt, ...] = ()


class KeptPromises(Value, kw_only=True):
    kept: int
    partial: int
    broken: int
    open: int
    promised_minor: int  # of the judged
    received_minor: int  # of the judged, each up to what it promised

    @property
    def judged(self) -> int:
        return self.kept + self.partial + self.broken

    @property
    def kept_bps(self) -> int | None:
        return share_bps(self.kept, self.judged)

    @property
    def kept_amount_bps(self) -> int | None:
        return share_bps(self.received_minor, self.promised_minor)


def kept_promises(
    promises: Iterable[Promise], *, from_on: date, to_on: date, as_of: date, known_on: date
) -> KeptPromises:
    """Of the promises due in the span, how they stand on `as_of` as was known on `known_on`."""
    found = {"kept": 0, "partial": 0, "broken": 0, "open": 0}
    promised = received = 0
    for one in promises:
        if not from_on <= one.due_on <= to_on:
            continue
        got = _received(one, as_of, known_on)
        standing = _standing(one, got, as_of)
        found[standing] += 1
        if standing != "open":
            promised += one.amount_minor
            received += min(got, one.amount_minor)
    return KeptPromises(**found, promised_minor=promised, received_minor=received)


def _received(one: Promise, as_of: date, known_on: date) -> int:
    last = min(one.due_on + one.grace_days * _DAY, as_of)
    return sum(
        receipt.minor
        for receipt in one.receipts
        if (one.made_on or receipt.on) <= receipt.on <= last
        and (receipt.entered_on is None or receipt.entered_on <= known_on)
        and (receipt.returned_on is None or receipt.returned_on > known_on)
    )


def _standing(one: Promise, received: int, as_of: date) -> str:
    if received * WHOLE_BPS >= one.amount_minor * one.threshold_bps:
        return "kept"
    if as_of <= one.due_on + one.grace_days * _DAY:
        return "open"
    return "partial" if received > 0 else "broken"


class Due(Value, kw_only=True):
    """An installment. `voided_on`: the day a change took it out."""

    due_on: date
    amount_minor: int
    grace_days: int
    paid: tuple[Receipt, ...] = ()
    voided_on: date | None = None
    plan_active: bool = True


class KeptInstallments(Value, kw_only=True):
    kept: int
    late: int
    missed: int
    waiting: int
    due_minor: int  # of the judged
    paid_in_time_minor: int

    @property
    def judged(self) -> int:
        return self.kept + self.late + self.missed

    @property
    def kept_bps(self) -> int | None:
        return share_bps(self.kept, self.judged)

    @property
    def kept_amount_bps(self) -> int | None:
        return share_bps(self.paid_in_time_minor, self.due_minor)


def kept_installments(
    installments: Iterable[Due], *, from_on: date, to_on: date, as_of: date
) -> KeptInstallments:
    """Of what was due in the span: paid by its grace, later, not, or not to be judged yet."""
    found = {"kept": 0, "late": 0, "missed": 0, "waiting": 0}
    due = in_time = 0
    for one in installments:
        void = one.voided_on is not None and one.voided_on < one.due_on
        if not from_on <= one.due_on <= to_on or one.amount_minor <= 0 or void:
            continue
        if not one.plan_active:
            continue
        last = one.due_on + one.grace_days * _DAY
        early = _paid_by(one.paid, min(last, as_of))
        if early >= one.amount_minor:
            standing = "kept"
        elif as_of <= last:
            standing = "waiting"
        else:
            full = _paid_by(one.paid, as_of) >= one.amount_minor
            standing = "late" if full else "missed"
        found[standing] += 1
        if standing != "waiting":
            due += one.amount_minor
            in_time += min(early, one.amount_minor)
    return KeptInstallments(**found, due_minor=due, paid_in_time_minor=in_time)


def _paid_by(paid: Sequence[Receipt], on: date) -> int:
    return sum(one.minor for one in paid if one.on <= on)


class FirstRow(Value, kw_only=True):
    due_on: date
    amount_minor: int
    paid_on: date | None = None  # in full


class Opened(Value, kw_only=True):
    """A plan and its installments, a down payment included, in the order of their days."""

    opened_on: date
    grace_days: int
    installments: tuple[FirstRow, ...]


class FirstPaymentDefaults(Value, kw_only=True):
    plans: int
    immature: int
    missed_first: int
    judged_30: int
    missed_30: int

    @property
    def fpd_bps(self) -> int | None:
        return share_bps(self.missed_first, self.plans - self.immature)

    @property
    def fpd30_bps(self) -> int | None:
        return share_bps(self.missed_30, self.judged_30)


def first_payment_defaults(
    plans: Iterable[Opened], *, from_on: date, to_on: date, as_of: date
) -> FirstPaymentDefaults:
    """Of the plans opened in the span, whose first payment was not made in full in time.

    An emptied installment is none. Judged from the day after its grace, and after day thirty.
    """
    opened = [one for one in plans if from_on <= one.opened_on <= to_on]
    firsts = [(one, _first(one)) for one in opened]
    ripe = [
        (row, row.due_on + one.grace_days * _DAY)
        for one, row in firsts
        if row is not None and as_of > row.due_on + one.grace_days * _DAY
    ]
    ripe_30 = [
        (row, row.due_on + _FPD_DAYS * _DAY)
        for _, row in firsts
        if row is not None and as_of > row.due_on + _FPD_DAYS * _DAY
    ]
    return FirstPaymentDefaults(
        plans=len(opened),
        immature=len(opened) - len(ripe),
        missed_first=sum(_missed(row, last) for row, last in ripe),
        judged_30=len(ripe_30),
        missed_30=sum(_missed(row, last) for row, last in ripe_30),
    )


def _first(plan: Opened) -> FirstRow | None:
    return next((row for row in plan.installments if row.amount_minor > 0), None)


def _missed(row: FirstRow, last: date) -> bool:
    return row.paid_on is None or row.paid_on > last
