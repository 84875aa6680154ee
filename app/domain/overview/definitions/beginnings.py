"""What became of those who began together: plans by month of opening, accounts by placement.

The denominator never shrinks, and a point is told once every member of the cohort has reached it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from uuid import UUID

from app.domain.account.plan import Plan, PlanStatus
from app.domain.account.verdicts import VerdictType
from app.domain.facts.accounts import Placement
from app.domain.facts.changes import AccountReAge, ReAge
from app.domain.facts.fact import Fact, facts_of, is_change
from app.domain.facts.payments import Chargeback, Refund
from app.domain.facts.plans import PlanApproved, PlanOpened
from app.domain.overview.definitions.agreements import NOT_ACTIVE, agreed_minor, broke
from app.domain.overview.definitions.cures import ending
from app.domain.overview.definitions.losses import written_down
from app.domain.overview.question import MOST_MONTHS, Question
from app.domain.overview.seen import Looked, Seen
from app.domain.overview.table import (
    BEGINNING,
    Cell,
    Column,
    Entry,
    Type,
    count,
    money,
    share,
)
from app.domain.replay.replay import fold, in_force
from app.domain.reports.cohorts import Cash, Observed, recovered_minor, survival_bps
from app.domain.schedule.dates import months_later
from app.domain.vocabulary import CURRENT, PaymentKind

#: The points of a cohort, in order; month 0 is its beginning, which is counted and not shown.
AGES = tuple(str(month) for month in range(MOST_MONTHS + 1))


def points_by(began_on: date, as_of: date) -> Iterator[tuple[str, date]]:
    """Month 0 and each that is over, with its last day: clipped, 31 January, 28 February."""
    yield BEGINNING, began_on
    for month in range(1, MOST_MONTHS + 1):
        ends = months_later(began_on, month)
        if ends > as_of:
            return
        yield str(month), ends


VINTAGES = (
    count("plans", "Plans of the cohort"),
    money("agreed_minor", "Agreed by them"),
    count("missed_ever", "Missed an installment, ever"),
    share("missed_ever_bps", "Missed, of the cohort", of="missed_ever", to="plans"),
    count("broken_ever", "Broken"),
    share("broken_ever_bps", "Broken, of the cohort", of="broken_ever", to="plans"),
    count("completed", "Completed"),
    share("completed_bps", "Completed, of the cohort", of="completed", to="plans"),
    money("paid_minor", "Paid by then"),
    share("paid_bps", "Paid, of what was agreed", of="paid_minor", to="agreed_minor"),
    money("written_down_minor", "Written down by then"),
    share("written_down_bps", "Written down, of what was agreed",
          of="written_down_minor", to="agreed_minor"),
)  # fmt: skip


def vintages(seen: Seen, question: Question) -> Iterator[Entry]:
    """Plans by the month they opened in; month k of a plan ends k months after it opened."""
    missed = _first_missed(seen.at)
    losses, agreed = written_down(seen), agreed_minor(seen)
    for plan in seen.at.state.plans:
        if plan.status in NOT_ACTIVE or not _in_span(plan.opened_on, question):
            continue
        cash = _cash_of(seen.at, plan)
        lost = losses.get(plan.id, ())
        for age, ends in points_by(plan.opened_on, seen.at.on):
            began = age == BEGINNING

            def by(day: date | None, last: date = ends) -> int:
                return int(day is not None and day <= last)

            yield seen.entry(
                question,
                {
                    "plans": 1,
                    "agreed_minor": agreed.get(plan.id, plan.total_minor),
                    "missed_ever": by(missed.get(plan.id)),
                    "broken_ever": by(plan.ended_on if broke(plan) else None),
                    "completed": by(_completed_on(plan)),
                    "paid_minor": 0 if began else sum(one.minor for one in cash if one.on <= ends),
                    "written_down_minor": 0
                    if began
                    else sum(one.minor for one in lost if one.on <= ends),
                },
                id_=plan.id,
                noun="plan",
                cohort=f"{plan.opened_on:%Y-%m}",
                age=age,
                plan_kind=plan.kind.value,
            )


def _in_span(on: date, question: Question) -> bool:
    return question.begins <= on <= question.ends


def _completed_on(plan: Plan) -> date | None:
    return plan.ended_on if plan.status is PlanStatus.COMPLETED else None


def _first_missed(at: Looked) -> Mapping[UUID, date]:
    found: dict[UUID, date] = {}
    for one in at.fold.verdicts:
        if one.type is VerdictType.INSTALLMENT_MISSED and one.plan_id is not None:
            found[one.plan_id] = min(one.on, found.get(one.plan_id, one.on))
    return found


def _cash_of(at: Looked, plan: Plan) -> list[Cash]:
    """What a plan took, and what of it was charged back, on its own day."""
    fold = at.fold
    took: dict[UUID, int] = {}
    cash = list[Cash]()
    for payment_id, lines in fold.splits.items():
        minor = sum(line.amount_minor for line in lines if line.plan_id == plan.id)
        on = fold.effective.get(payment_id)
        if minor and on is not None:
            took[payment_id] = minor
            cash.append(Cash(on=on, minor=minor))
    for fact_id, back in fold.restored.items():
        on = fold.effective.get(fact_id)
        if on is not None and back.payment_id in took:
            minor = min(took[back.payment_id], back.amounts.total_minor)
            cash.append(Cash(on=on, minor=-minor))
    return cash


SURVIVAL_DAYS = (30, 60, 90, 120, 150, 180, 270, 360)
SURVIVAL = (
    count("plans", "Plans of the cohort"),
    count("broken", "Broken"),
    *(
        Column(name=f"survival_{days}_bps", type=Type.SHARE, title=f"Not broken by day {days}")
        for days in SURVIVAL_DAYS
    ),
)


def survival(seen: Seen, question: Question) -> Iterator[Entry]:
    """Each plan for as long as it was observed; only a break is an event, the rest is censored."""
    for plan in seen.at.state.plans:
        if plan.status in NOT_ACTIVE or not _in_span(plan.opened_on, question):
            continue
        broken = broke(plan)
        days = ((plan.ended_on or seen.at.on) - plan.opened_on).days
        yield seen.entry(
            question,
            {"plans": 1, "broken": int(broken), f"{'broke' if broken else 'left'}.{days}": 1},
            id_=plan.id,
            noun="plan",
            why=f"{plan.status.value}, {days} days",
            cohort=f"{plan.opened_on:%Y-%m}",
            plan_kind=plan.kind.value,
        )


def survived(sums: Mapping[str, int], _: Question) -> Mapping[str, Cell]:
    """The product limit at each day; None where nobody has been observed so long."""
    seen = [
        (Observed(days=int(name.partition(".")[2]), event=name.startswith("broke.")), number)
        for name, number in sums.items()
        if name.startswith(("broke.", "left."))
    ]
    plans = [one for one, number in seen for _ in range(number)]
    longest = max((one.days for one in plans), default=-1)
    return {
        f"survival_{days}_bps": survival_bps(plans, days) if longest >= days else None
        for days in SURVIVAL_DAYS
    }


LIQUIDATION = (
    count("accounts", "Accounts of the batch"),
    money("placed_minor", "Placed"),
    money("gross_minor", "Received by then"),
    money("returned_minor", "Returned by then"),
    money("net_minor", "Net"),
    share("liquidation_bps", "Net, of what was placed", of="net_minor", to="placed_minor"),
    money("beside_minor", "Goodwill and merchants' refunds, beside"),
)


def liquidation(seen: Seen, question: Question) -> Iterator[Entry]:
    """Net cash by month since each account's own placement, of all that was placed."""
    at = seen.at
    placed_on = at.state.placed_on
    if not _in_span(placed_on, question):
        return
    placed = _placed_minor(seen.facts)
    own = cash_of(seen, PaymentKind.REPAYMENT)
    beside = cash_of(seen, PaymentKind.GOODWILL, PaymentKind.MERCHANT_REFUND)
    for age, ends in points_by(placed_on, at.on):
        began = age == BEGINNING
        cash = [one.minor for one in own if one.on <= ends and not began]
        yield seen.entry(
            question,
            {
                "accounts": 1,
                "placed_minor": placed,
                "gross_minor": sum(minor for minor in cash if minor > 0),
                "returned_minor": -sum(minor for minor in cash if minor < 0),
                "net_minor": sum(cash),
                "beside_minor": sum(one.minor for one in beside if one.on <= ends and not began),
            },
            placement_batch=at.state.placement_batch,
            age=age,
        )


def _placed_minor(facts: Sequence[Fact]) -> int:
    placed = next(facts_of(in_force(facts), Placement), None)
    return placed.body.balance.total_minor if placed else 0


def cash_of(seen: Seen, *kinds: PaymentKind) -> list[Cash]:
    """Money of these kinds by the day it counts from; what went back is negative, on its own day.

    A reversed payment never was.
    """
    fold = seen.at.fold
    cash = list[Cash]()
    of_kind = {id_ for id_, body in fold.payments.items() if body.payment in kinds}
    for payment_id in of_kind:
        on = fold.effective.get(payment_id)
        if on is not None:
            cash.append(Cash(on=on, minor=fold.payments[payment_id].amount_minor))
    for fact in facts_of(in_force(seen.facts), Chargeback, Refund):
        if fact.body.payment_id in of_kind and fact.effective_on <= seen.at.on:
            cash.append(Cash(on=fact.effective_on, minor=-fact.body.amount_minor))
    return sorted(cash, key=lambda one: one.on)


RECOVERY = (
    count("accounts", "Accounts charged off"),
    money("charged_off_minor", "Balance charged off"),
    money("recovered_minor", "Net cash since"),
    share("recovery_bps", "Recovered, of what was charged off",
          of="recovered_minor", to="charged_off_minor"),
    Column(name="lag_tenth_days", type=Type.TENTH_DAYS,
           title="Days from the charge-off, by amount", of=("amount_days", "received_minor")),
)  # fmt: skip


def recovery(seen: Seen, question: Question) -> Iterator[Entry]:
    """The cash of a charged-off account from the day of the charge-off on."""
    on = seen.at.state.charged_off_on
    if on is None or not _in_span(on, question):
        return
    since = max(on, seen.at.state.placed_on)
    then = fold(seen.facts, seen.at.policies, through=since).state
    cash = cash_of(seen, PaymentKind.REPAYMENT)
    before = sum(one.minor for one in cash if one.on == since)  # the day's own money comes after
    came = [one for one in cash if one.on >= on and one.minor > 0]
    yield seen.entry(
        question,
        {
            "accounts": 1,
            "charged_off_minor": then.balance.total_minor + max(0, before),
            "recovered_minor": recovered_minor(cash, on),
            "received_minor": sum(one.minor for one in came),
            "amount_days": sum(one.minor * (one.on - on).days for one in came),
        },
        why=f"charged off {on}",
        month=f"{on:%Y-%m}",
    )


RE_DEFAULT_MONTHS = (3, 6, 12)
RE_DEFAULTS = (
    count("begun", "Begun anew"),
    *(
        column
        for months in RE_DEFAULT_MONTHS
        for column in (
            count(f"judged_{months}", f"Whose {months} months are over"),
            count(f"defaulted_{months}", f"Late again within {months} months"),
            share(f"re_default_{months}_bps", f"Late again within {months} months, of those",
                  of=f"defaulted_{months}", to=f"judged_{months}"),
        )
    ),
)  # fmt: skip


def re_defaults(seen: Seen, question: Question) -> Iterator[Entry]:
    """Plans begun, re-ages, and changes that ended a lateness: late again since.

    That is a missed installment or a delinquent bucket.
    """
    late = sorted(
        one.on
        for one in seen.at.fold.verdicts
        if one.type is VerdictType.INSTALLMENT_MISSED
        or (one.type is VerdictType.BUCKET_CHANGED and one.data.get("to") != CURRENT)
    )
    cured = _cured_by_change(seen)
    for fact in in_force(seen.facts):
        cause = "change" if fact.id in cured else _begins_anew(fact)
        on = fact.effective_on
        if cause is None or not _in_span(on, question):
            continue
        first = next((day for day in late if day > on), None)
        adds = {"begun": 1}
        for months in RE_DEFAULT_MONTHS:
            ends = months_later(on, months)
            over = ends <= seen.at.on
            adds[f"judged_{months}"] = int(over)
            adds[f"defaulted_{months}"] = int(over and first is not None and first <= ends)
        yield seen.entry(
            question,
            adds,
            why=f"{cause} of {on}, {'late ' + str(first) if first else 'not late since'}",
            cause=cause,
            month=f"{on:%Y-%m}",
        )


def _cured_by_change(seen: Seen) -> set[UUID]:
    """The changes of schedules after which nothing was overdue that was before."""
    if not any(is_change(fact) for fact in seen.facts):
        return set()
    ended = ending(seen, seen.at.on)
    return {fact.id for fact in ended if is_change(fact) and _begins_anew(fact) is None}


def _begins_anew(fact: Fact) -> str | None:
    if isinstance(fact.body, ReAge | AccountReAge):
        return "re_age"
    return "plan_start" if isinstance(fact.body, PlanOpened | PlanApproved) else None
