"""What waits for somebody, each with the figure that makes it one.

No mandate is kept here: that one is missing is what the bank says when a debit comes back. One of
the rules' kinds has nothing to arise from: a model that fell back, as none serves. What is of no
account, money in suspense and reports that were refused, comes beside.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from app.domain import ach, sepa
from app.domain.account.plan import PlanStatus
from app.domain.account.promise import PromiseStatus
from app.domain.facts.accounts import Charge
from app.domain.facts.changes import Rewrite
from app.domain.facts.fact import Fact, facts_of
from app.domain.facts.payments import Chargeback, Payment, Reversal
from app.domain.overview.acts import ActKind
from app.domain.overview.question import Question
from app.domain.overview.seen import Seen
from app.domain.overview.table import Column, Entry, Type, count, money
from app.domain.replay.replay import in_force
from app.domain.reports.people import business_days
from app.domain.standing.classification import classified
from app.domain.standing.promises import promise_status
from app.domain.vocabulary import PaymentMethod, SettlementStatus

_DAY = timedelta(days=1)
EXCEPTIONS = (
    count("accounts", "Cases"),
    money("minor", "Amount"),
    Column(name="oldest_days", type=Type.DAYS, title="Oldest, in days"),
)
#: Each with the days that make it one; older than so many is strict, within so many inclusive.
LIMITS = {
    "no_plan_no_promise": 30,
    "unapplied": 5,
    "suspense": 5,
    "approval_waiting": 2,
    "promise_broken": 3,
    "hold_ends": 7,
    "charge_off_due": 0,
    "substandard": 0,
    "debit_returned": 1,
    "mandate_missing": 0,
    "quote_ends": 2,
    "settlement_part_due": 5,
    "self_check": 0,
    "sweep_behind": 0,
    "report_refused": 0,
}
#: Those whose amount is all that the account owes.
OF_THE_BALANCE = frozenset({
    "no_plan_no_promise", "charge_off_due", "substandard", "hold_ends", "sweep_behind",
})  # fmt: skip
_RETURNED = {*ach.CODES, *sepa.CODES}
_NO_MANDATE = ach.UNAUTHORIZED_CODES | sepa.MANDATE_CODES
_DEBITS = {PaymentMethod.ACH, PaymentMethod.SEPA, PaymentMethod.DIRECT_DEBIT}
_Case = tuple[str, int, int]  # which, the amount, the days


def exceptions(seen: Seen, question: Question) -> Iterator[Entry]:
    """Everything about an account that waits for somebody, with the figure that makes it so."""
    cases = (*_late_ones(seen), *_waiting_ones(seen), *_coming_ones(seen),
             *_unsound_ones(seen, question))  # fmt: skip
    for name, minor, days in cases:
        yield seen.entry(
            question,
            {"accounts": 1, "minor": minor, "oldest_days": days},
            why=why_of(name, days),
            exception=name,
        )


def of_no_account(
    question: Question, case: _Case, *, id_: UUID, noun: str, currency: str | None,
    reference: str | None = None,
) -> Entry:  # fmt: skip
    """A case that is no account's: it has no other group."""
    name, minor, days = case
    return Entry(
        id=id_,
        currency=currency,
        key=tuple(name if group == "exception" else None for group in question.by),
        adds={"accounts": 1, "minor": minor, "oldest_days": days},
        noun=noun,
        reference=reference,
        why=why_of(name, days),
    )


def why_of(name: str, days: int) -> str:
    """What makes it a case."""
    return f"{days} days; the limit is {LIMITS[name]}"


# --- Too long ------------------------------------------------------------------------------------


def _late_ones(seen: Seen) -> Iterator[_Case]:
    """What lies there longer than it may."""
    state, on = seen.at.state, seen.at.on
    effective = seen.at.fold.effective
    waiting = [(lot.amount_minor, effective.get(lot.payment_id, on)) for lot in state.unapplied]
    old = [(minor, (on - since).days) for minor, since in waiting]
    old = [(minor, days) for minor, days in old if days > LIMITS["unapplied"]]
    if old:
        yield "unapplied", sum(minor for minor, _ in old), max(days for _, days in old)
    if seen.at.owes:
        yield from _quiet(seen)
        yield from _returned(seen)
        yield from _unmandated(seen)
        yield from _classified(seen)


def _quiet(seen: Seen) -> Iterator[_Case]:
    """Nobody agreed anything with the debtor, or acted on a promise that was not kept."""
    at, state, on = seen.at, seen.at.state, seen.at.on
    if state.one_plan is None:
        ended = [one.ended_on for one in state.plans if one.ended_on]
        promised = [one.last_on for one in state.promises]
        quiet = (on - max([state.placed_on, *ended, *promised])).days
        if quiet > LIMITS["no_plan_no_promise"]:
            yield "no_plan_no_promise", at.balance.total_minor, quiet
    acted = max((*_act_days(seen), *(one.effective_on for one in seen.facts if one.actor)),
                default=date.min)  # fmt: skip
    for one in state.promises:
        days = (on - one.last_on).days
        broken = promise_status(one, on=on) in {PromiseStatus.BROKEN, PromiseStatus.PARTIAL}
        if broken and days > LIMITS["promise_broken"] and acted <= one.last_on:
            yield "promise_broken", one.amount_minor - max(0, one.received_minor), days


def _act_days(seen: Seen) -> Iterator[date]:
    """When somebody did something that is no fact."""
    return (act.on for act in seen.acts if act.actor and act.on <= seen.at.on)


def _returned(seen: Seen) -> Iterator[_Case]:
    """Debits that came back, and nobody did anything since but charge for it."""
    known = {fact.id: fact.body for fact in seen.facts}
    for fact in facts_of(seen.facts, Reversal):
        days, payment = (seen.at.on - fact.business_date).days, known.get(fact.body.payment_id)
        later = [
            one
            for one in seen.facts
            if one.sequence > fact.sequence and one.actor and not isinstance(one.body, Charge)
        ]
        if (
            fact.body.reason_code in _RETURNED
            and isinstance(payment, Payment)
            and days > LIMITS["debit_returned"]
            and not later
            and max(_act_days(seen), default=date.min) <= fact.business_date
        ):
            yield "debit_returned", payment.amount_minor, days


def _unmandated(seen: Seen) -> Iterator[_Case]:
    """A plan paid by debit whose last one came back because nothing allowed it."""
    plan = seen.at.state.live_plan
    debits = [one for one in facts_of(seen.facts, Payment) if one.body.method in _DEBITS]
    if plan is None or not debits:
        return
    last = max(debits, key=lambda fact: fact.sequence)
    came_back: list[Fact[Reversal] | Fact[Chargeback]] = [
        *facts_of(seen.facts, Reversal), *facts_of(in_force(seen.facts), Chargeback),
    ]  # fmt: skip
    back = [
        one.business_date
        for one in came_back
        if one.body.payment_id == last.id and one.body.reason_code in _NO_MANDATE
    ]
    if back:
        days = (seen.at.on - min(back)).days
        yield "mandate_missing", sum(one.open_minor for one in plan.owing), days


def _classified(seen: Seen) -> Iterator[_Case]:
    """What an examiner would have written off, or calls substandard."""
    minor, on = seen.at.balance.total_minor, seen.at.on
    dates = classified(seen.at.state, seen.at.state.product, on=on)
    if dates is None:
        return
    if dates.charge_off_due_on < on:
        yield "charge_off_due", minor, (on - dates.charge_off_due_on).days
    if dates.substandard_on is not None and dates.substandard_on <= on:
        yield "substandard", minor, (on - dates.substandard_on).days


def _waiting_ones(seen: Seen) -> Iterator[_Case]:
    """Plans, offers and changes that nobody has decided for more than two business days."""
    for asked_on, minor in _asked(seen):
        if business_days(asked_on + _DAY, seen.at.on, seen.holidays) > LIMITS["approval_waiting"]:
            yield "approval_waiting", minor, (seen.at.on - asked_on).days


def _asked(seen: Seen) -> Iterator[tuple[date, int]]:
    """Since when each waits, and how much it is about."""
    state = seen.at.state
    entered = {fact.id: fact.business_date for fact in seen.facts}
    for plan in state.plans:
        if plan.waiting:
            yield entered.get(plan.id, plan.opened_on), plan.total_minor
    for offer in state.settlements:
        if offer.status is SettlementStatus.PENDING_APPROVAL:
            yield offer.offered_on, offer.amount_minor
    live = state.live_plan
    if live is not None:
        changes = {act.what: act.on for act in seen.acts if act.kind is ActKind.PROPOSAL}
        decided = {act.what for act in seen.acts if act.kind is ActKind.APPROVAL}
        for what, on in changes.items():
            if what not in decided and what is not None and what.startswith(str(live.id)):
                yield on, sum(one.open_minor for one in live.owing)


# --- Soon ----------------------------------------------------------------------------------------


def _coming_ones(seen: Seen) -> Iterator[_Case]:
    """What ends or falls due soon."""
    at, state, on = seen.at, seen.at.state, seen.at.on
    for hold in state.holds:
        if hold.stands(on) and hold.ends_on is not None:
            days = (hold.ends_on - on).days
            if days <= LIMITS["hold_ends"]:
                yield "hold_ends", at.balance.total_minor, days
    for plan in state.plans:
        if plan.settles and plan.status is PlanStatus.ACTIVE and plan.owing:
            days = (plan.owing[0].due_on - on).days
            if 0 <= days <= LIMITS["settlement_part_due"]:
                yield "settlement_part_due", plan.owing[0].open_minor, days
    yield from _quotes(seen)


def _quotes(seen: Seen) -> Iterator[_Case]:
    """Terms offered that nobody took yet, and no newer ones took their place."""
    on = seen.at.on
    used = {fact.id for fact in seen.facts}
    rewritten = {fact.body.quote_id for fact in facts_of(in_force(seen.facts), Rewrite)}
    known = [one for one in seen.quotes if one.made_on <= on]
    superseded = {one.supersedes for one in known}
    for one in known:
        days = (one.ends_on - on).days
        gone = one.plan_id in used or one.id in rewritten or one.id in superseded
        if not gone and 0 <= days <= LIMITS["quote_ends"]:
            yield "quote_ends", one.amount_minor, days


# --- Not as it should be -------------------------------------------------------------------------


def _unsound_ones(seen: Seen, question: Question) -> Iterator[_Case]:
    """Days that are not closed; where they are, books that say another sum than the facts do."""
    at = seen.at
    if seen.behind_since is not None:
        yield "sweep_behind", at.balance.total_minor, (at.on - seen.behind_since).days
    elif question.booked:
        minor = abs(at.balance.total_minor - at.state.balance.total_minor)
        if minor:
            yield "self_check", minor, 0
