"""The ledger's side of the money that reports tell: what its rows come to, by account.

The ledger says what came, went back and was given up, and when; no row of it says for which
installment, promise or person. Where a report tells a part by those, its side is all that the
ledger has, less what of it the fold says that the report leaves out.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from app.domain.entries.postings import PostingKind
from app.domain.overview.definitions.beginnings import cash_of, points_by
from app.domain.overview.definitions.exceptions import OF_THE_BALANCE
from app.domain.overview.definitions.losses import given_up
from app.domain.overview.ledger import CAME, WENT_BACK, Side, Told
from app.domain.overview.table import BEGINNING
from app.domain.reports.cohorts import Cash
from app.domain.reports.targets import TargetMetric
from app.domain.vocabulary import PaymentKind

REPAID = (PaymentKind.REPAYMENT,)
BESIDE = (PaymentKind.GOODWILL, PaymentKind.MERCHANT_REFUND)
_LOSSES = (PostingKind.ADJUSTMENT, PostingKind.FORGIVENESS, PostingKind.WRITE_OFF)
_ALWAYS = date.min


# --- Money that came -----------------------------------------------------------------------------


def net_of(*money: PaymentKind) -> Side:
    """Net money of the span."""

    def side(told: Told) -> int:
        begins = told.question.begins
        return told.ledger.cash_minor(by=told.by, begins=begins, ends=told.ends, money=money)

    return side


def recovered(told: Told) -> int:
    """Net repayments from the day of the charge-off on, where that lies in the span."""
    on = told.seen.at.state.charged_off_on
    if on is None or not told.question.begins <= on <= told.question.ends:
        return 0
    return told.ledger.cash_minor(by=told.by, begins=on, money=REPAID)


def came_on_plans(told: Told) -> int:
    """Net repayments of the span, less what plans did not take of them."""
    folded = _folded(told, REPAID, told.question.begins, told.ends)
    return net_of(*REPAID)(told) - (folded - told.shown_minor("actual_minor"))


def received(told: Told) -> int:
    """Net repayments, less those that counted for no promise of the span."""
    booked = told.ledger.cash_minor(by=told.by, money=REPAID)
    folded = _folded(told, REPAID, _ALWAYS, told.by)
    return booked - (folded - told.shown_minor("received_minor"))


def paid(column: str, *, ever: bool = True) -> Side:
    """What came, less what of it is not this column's; `ever`: not only in the span."""

    def side(told: Told) -> int:
        begins, ends = (_ALWAYS, told.by) if ever else (told.question.begins, told.ends)
        booked = told.ledger.cash_minor(by=told.by, begins=begins, ends=ends, kinds=CAME)
        return booked - (_folded_in(told, begins, ends) - told.shown_minor(column))

    return side


def reached(told: Told) -> int:
    """Of each target of money the net repayments of its days, less what of them was others'."""
    side = told.shown_minor("actual_minor")
    for target in (aim.target for aim in told.seen.aims):
        if target.metric is TargetMetric.COLLECTED and target.currency == told.seen.currency:
            begins, ends = target.from_on, min(target.to_on, told.by)
            side += told.ledger.cash_minor(by=told.by, begins=begins, ends=ends, money=REPAID)
            side -= _folded(told, REPAID, begins, ends)
    return side


def _folded(told: Told, money: Iterable[PaymentKind], begins: date, ends: date) -> int:
    """Net money of some days as facts have it."""
    return _between(cash_of(told.seen, *money), begins, ends)


def _folded_in(told: Told, begins: date, ends: date) -> int:
    """Payments of some days as facts have them, whatever went back since."""
    fold = told.seen.at.fold
    days = ((fold.effective.get(id_), body) for id_, body in fold.payments.items())
    return sum(body.amount_minor for on, body in days if on is not None and begins <= on <= ends)


def _between(cash: Iterable[Cash], begins: date, ends: date) -> int:
    return sum(one.minor for one in cash if begins <= one.on <= ends)


# --- Money that was given up ---------------------------------------------------------------------


def waived(told: Told) -> int:
    """What adjustments of the span took away."""
    return _lost(told, told.question.begins, told.ends, PostingKind.ADJUSTMENT)


def forgiven(told: Told) -> int:
    """What stands forgiven of the span."""
    return _lost(told, told.question.begins, told.ends, PostingKind.FORGIVENESS)


def _lost(told: Told, begins: date, ends: date, *kinds: PostingKind) -> int:
    """What rows took away; what was forgiven as the fold says, by how far the ledger is from it.

    Forgiveness that falls with a chargeback on its day, and stands again when that is won, counts
    from its first day in a row of its own: by rows alone, days between would have it twice.
    """
    others = [kind for kind in kinds if kind is not PostingKind.FORGIVENESS]
    lost = -told.ledger.raised_minor(others, by=told.by, begins=begins, ends=ends)
    if PostingKind.FORGIVENESS in kinds:
        lost += _between(_forgiven(told), begins, ends) + told.once(_forgiven_apart)
    return lost


def _forgiven(told: Told) -> Sequence[Cash]:
    """What stands forgiven as facts have it."""
    return [
        Cash(on=one.satisfied_on, minor=one.forgiven.total_minor)
        for one in told.seen.at.state.settlements
        if one.satisfied_on is not None
    ]


def _forgiven_apart(told: Told) -> int:
    """How far the ledger and the facts are apart in all that is forgiven."""
    rows = told.ledger.raised_minor((PostingKind.FORGIVENESS,), by=date.max)
    if told.ledger.closed_on == told.by:
        return -rows - _between(_forgiven(told), _ALWAYS, told.by)
    if not rows and not told.seen.at.state.settlements:
        return 0
    return -rows - told.ledger.closed_forgiven_minor()


# --- What is owed --------------------------------------------------------------------------------


def scheduled(told: Told) -> int:
    """What the account owes, less what of it is on no open installment; and interest to come."""
    shown = told.shown_minor("scheduled_minor")
    return shown + _apart(told) if shown else 0


def waiting(told: Told) -> int:
    """Each case of a whole balance, by the ledger; other cases are of no row of it."""
    place = told.question.by.index("exception")
    cases = sum(one.key[place] in OF_THE_BALANCE for one in told.entries)
    shown = told.shown_minor("minor")
    return shown + cases * _apart(told) if cases else shown


def _apart(told: Told) -> int:
    """How far the ledger and what is said to be owed are apart."""
    owed = told.ledger.owed_minor
    if told.question.booked or told.ledger.closed_on == told.by:
        return owed - told.seen.at.balance.total_minor
    return owed - told.ledger.closed_minor()


# --- Points of cohorts ---------------------------------------------------------------------------

Figures = Mapping[str, int]


def batch_points(told: Told) -> Mapping[str, Figures]:
    """By month since the placement, as rows of it say when that was."""
    rows = [one for one in told.ledger.rows if one.kind == PostingKind.PLACEMENT]
    placed_on = min((one.on for one in rows), default=date.max)
    if not told.question.begins <= placed_on <= told.question.ends:
        return {}
    placed, found = sum(one.minor for one in rows), dict[str, Figures]()
    for age, ends in points_by(placed_on, told.by):
        last = _ALWAYS if age == BEGINNING else ends
        came, back = (
            told.ledger.cash_minor(by=told.by, ends=last, money=REPAID, kinds=kinds)
            for kinds in (CAME, WENT_BACK)
        )
        found[age] = {
            "placed_minor": placed,
            "gross_minor": came,
            "returned_minor": -back,
            "net_minor": came + back,
            "beside_minor": told.ledger.cash_minor(by=told.by, ends=last, money=BESIDE),
        }
    return found


def batch_entries(told: Told) -> Sequence[Figures]:
    """The same of each entry, in their order."""
    found, place = told.once(batch_points), told.question.by.index("age")
    return [found.get(str(one.key[place]), {}) for one in told.entries]


def of_batch(column: str) -> Side:
    """A column of all points together."""
    return lambda told: sum(one[column] for one in told.once(batch_points).values())


def plan_entries(told: Told) -> Sequence[Figures]:
    """Of each plan and point: what was paid and given up by then, less what was others'."""
    opened = {plan.id: plan.opened_on for plan in told.seen.at.state.plans}
    cash, lost = cash_of(told.seen, *PaymentKind), given_up(told.seen)
    place, known = told.question.by.index("age"), dict[UUID, dict[str, date]]()
    found = list[Figures]()
    for one in told.entries:
        paid_minor, lost_minor = one.adds["paid_minor"], one.adds["written_down_minor"]
        age = str(one.key[place])
        if age != BEGINNING:
            days = known.setdefault(one.id, dict(points_by(opened[one.id], told.by)))
            booked = told.ledger.cash_minor(by=told.by, ends=days[age])
            paid_minor += booked - _between(cash, _ALWAYS, days[age])
            booked = _lost(told, _ALWAYS, days[age], *_LOSSES)
            lost_minor += booked - _between(lost, _ALWAYS, days[age])
        found.append({"paid_minor": paid_minor, "written_down_minor": lost_minor})
    return found


def of_plans(column: str) -> Side:
    """A column of all points together."""
    return lambda told: sum(one[column] for one in told.once(plan_entries))
