"""What a credit report would carry of an account on a day, and what it was worked out from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from app.domain.account.state import State
from app.domain.errors import NotFound
from app.domain.facts.accounts import Placement
from app.domain.facts.changes import Cycle
from app.domain.facts.fact import Fact, facts_of
from app.domain.policy.book import PolicyBook
from app.domain.replay.replay import fold, in_force
from app.domain.reporting.credit_report import (
    CreditReport,
    ReportFacts,
    ScheduledBy,
    credit_report,
    monthly_payment,
)
from app.domain.standing.lateness import overdue_installments
from app.services.context import Context
from app.services.reading import Reading, read_account
from app.services.threads import apart
from app.storage.accounts import facts as account_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """A report with the figures behind it. `scheduled_by` None: Accord does not know."""

    reading: Reading
    known: ReportFacts
    report: CreditReport
    scheduled_by: ScheduledBy | None


async def report(ctx: Context, account_id: UUID, *, as_of: date | None = None) -> Reported:
    """The report as of a day (default: the business date). Raises `NotFound`.

    Lateness goes by the day the account is reported late since, which a lawful re-age clears; the
    first delinquency stays as it was written. Of an account that owes nothing any more both are
    those of the eve of its last payment, for that is what such a report says. What a closure
    wrote off was not paid: it is reported as charged off, with its amount [I].
    """
    reading = await read_account(ctx, account_id, as_of=as_of)
    state = reading.state
    if state.placed_on == date.min:
        raise NotFound(resource="account", key=str(account_id))
    owed = state.balance.total_minor + state.written_off.total_minor
    needs_history = owed == 0 or state.live_plan is not None
    facts = await _history(ctx, reading) if needs_history else ()
    late, on = state, reading.as_of
    if not owed:
        late, on = await apart(ctx, lambda: _when_paid(facts, reading), size=len(facts))
    plan = state.live_plan
    asks = None if plan is None else monthly_payment(plan, on=reading.as_of)
    scheduled, by = _scheduled(facts, reading, asks)
    charged_off = state.charged_off_on is not None or bool(state.written_off)
    known = ReportFacts(
        balance_minor=owed,
        past_due_minor=owed if charged_off else _past_due(reading),
        past_due_days=_days_late(late, on),
        first_delinquency_on=late.first_delinquency_on,
        charged_off=charged_off,
        collection=reading.policies.in_force(reading.as_of).credit_report.collection,
        settled=state.settled_for_less,
        plan_payment_minor=asks,
        scheduled_payment_minor=scheduled,
    )
    return Reported(reading=reading, known=known, report=credit_report(known), scheduled_by=by)


async def _history(ctx: Context, reading: Reading) -> tuple[Fact, ...]:
    """What was entered by the business date: on a sandbox clock moved back, the rest is hidden."""
    known = await account_facts.history(ctx.tx, reading.account.id)
    return tuple(fact for fact in known.facts if fact.business_date <= ctx.business_date)


def _when_paid(facts: Sequence[Fact], reading: Reading) -> tuple[State, date]:
    """The account on the last day it owed something, and the day that ended it.

    Placed and paid on one day, or placed with nothing: as it was placed.
    """
    days = {fact.effective_on for fact in facts if fact.effective_on <= reading.as_of}
    days |= {one.satisfied_on for one in reading.state.settlements if one.satisfied_on}
    for day in sorted(days, reverse=True):
        eve = fold(facts, reading.policies, through=day - timedelta(days=1)).state
        if eve.balance:
            return eve, day
    return _as_placed(facts, reading.policies), reading.state.placed_on


def _as_placed(facts: Sequence[Fact], policies: PolicyBook) -> State:
    placement = next(facts_of(in_force(facts), Placement))
    return fold((placement,), policies, through=placement.effective_on).state


def _days_late(state: State, on: date) -> int:
    since = state.reported_since_on
    return max(0, (on - since).days) if since else 0


def _past_due(reading: Reading) -> int:
    """What is past due by the contract: of its own, and of the plan where that is the contract."""
    state, plan = reading.state, reading.state.live_plan
    due = state.contract_due_minor + state.contract_carried_minor
    if plan is not None and state.contract_is_plan:
        rows = overdue_installments(plan, reading.policies.of(plan), on=reading.as_of)
        due += sum(row.open_minor for row in rows)
    return min(due, state.balance.total_minor)


def _scheduled(
    facts: Sequence[Fact], reading: Reading, plan_minor: int | None
) -> tuple[int | None, ScheduledBy | None]:
    """What the contract asks for in a month, as far as it is known beside a live plan.

    The newest billing cycle says it; an account placed current has its plan for a contract; one
    placed past due is asked for all of that. Else nobody told us, and nothing is guessed.
    """
    if plan_minor is None:
        return None, None
    cycles = [
        fact.body
        for fact in facts
        if isinstance(fact.body, Cycle)
        and fact.effective_on <= reading.as_of
        and fact.body.due_on <= reading.as_of
    ]
    if cycles:
        newest = max(cycles, key=lambda cycle: cycle.due_on)
        return newest.minimum_due_minor, ScheduledBy.CYCLE
    if reading.state.contract_is_plan:
        return plan_minor, ScheduledBy.PLAN
    due = reading.state.contract_due_minor
    return (due, ScheduledBy.PAST_DUE) if due else (None, None)
