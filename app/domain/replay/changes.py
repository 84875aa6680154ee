"""How a change of the schedule changes a plan: principal moves between installments, no more.

What is owed never changes, nor what the plan took over. Installments keep what was paid on them;
one that is emptied stays, with 0, void, satisfied on the change's day. Charges stay on their
installments, and so does interest that was earned. In a replay the amounts are worked out anew;
where nothing is left to move, nothing happens.
"""

from collections.abc import Callable, Iterator
from datetime import date

from app.domain.account import verdicts
from app.domain.account.fold import Fold
from app.domain.account.plan import Installment, Plan
from app.domain.account.state import with_plan
from app.domain.account.verdicts import Verdict
from app.domain.day_close import clocks, leveling
from app.domain.day_close.interest import earn_due
from app.domain.facts.changes import (
    Change,
    Deferral,
    ReAge,
    Reamortization,
    Reschedule,
)
from app.domain.facts.fact import Fact, installment_id
from app.domain.policy.book import PolicyBook
from app.domain.replay.installments import (
    _emptied_if,
    by_date,
    coming,
    emptied,
    movable,
    new_installment,
    raised,
    redated,
    shared,
    with_principal,
)
from app.domain.values import replace


def re_age(made: Fold, fact: Fact[ReAge], policies: PolicyBook) -> Fold:
    """The open principal moves to new installments; what stays on those due before ages no more."""
    body = fact.body

    def moved(plan: Plan) -> Plan:
        on = fact.effective_on
        installments = [
            leveling.ended(emptied(installment, on)) for installment in plan.installments
        ]
        installments = [replace(r, relieved_on=on) if _aged(r, on) else r for r in installments]
        shares = shared(movable(plan.installments), len(body.due), body.unit_minor, body.remainder)
        installments += (
            new_installment(fact, ordinal, due.nominal_due_on, due.due_on, minor)
            for ordinal, (due, minor) in enumerate(zip(body.due, shares, strict=True), start=1)
        )
        return replace(plan, installments=by_date(installments), missed_total=0)

    def level(after: Plan) -> leveling.Bases:
        own = {installment_id(fact.id, ordinal) for ordinal in range(1, len(body.due) + 1)}
        return {installment.id: 0 for installment in after.installments if installment.id in own}

    after = changed(made, fact, body, policies, moved, level=level)
    if after is made:
        return made
    return after.with_state(clocks.report_anew(after.state, on=fact.effective_on))


def re_age_account(made: Fold, fact: Fact, _: PolicyBook) -> Fold:
    """The date the account is reported late since is cleared; every other clock goes on."""
    return made.with_state(clocks.report_anew(made.state, on=fact.effective_on))


def re_amortize(made: Fold, fact: Fact[Reamortization], policies: PolicyBook) -> Fold:
    """What is due by today goes to the installments after it; dates and count stay."""
    body = fact.body
    on = fact.effective_on

    def moved(plan: Plan) -> Plan:
        late = [installment for installment in plan.installments if installment.due_on <= on]
        ahead = coming(plan, on)
        if not ahead or not movable(late):
            return plan
        shares = shared(movable(late), len(ahead), body.unit_minor, body.remainder)
        more = dict(zip((installment.id for installment in ahead), shares, strict=True))
        installments = (
            raised(installment, more[installment.id])
            if installment.id in more
            else _emptied_if(installment, installment.due_on <= on, on)
            for installment in plan.installments
        )
        return replace(plan, installments=tuple(installments))

    def level(after: Plan) -> leveling.Bases:
        """Each installment still to come asks for the same amount more than it did."""
        return {
            installment.id: installment.level_minor or installment.amount_minor
            for installment in coming(after, on)
        }

    return changed(made, fact, body, policies, moved, level=level)


def reschedule(made: Fold, fact: Fact[Reschedule], policies: PolicyBook) -> Fold:
    """The named installments move; with dates added, their open principal is split over all."""
    body = fact.body

    def moved(plan: Plan) -> Plan:
        to = {installment.installment_id for installment in body.moved}
        installments = redated(plan.installments, body.moved)
        pool = [
            installment
            for installment in installments
            if installment.id in to and installment.voided_on is None
        ]
        if not pool or not body.added:
            return replace(plan, installments=by_date(installments))
        count = len(pool) + len(body.added)
        shares = shared(movable(pool), count, body.unit_minor, body.remainder)
        again = dict(zip((installment.id for installment in by_date(pool)), shares, strict=False))
        on = fact.effective_on
        installments = [
            with_principal(installment, again[installment.id], on)
            if installment.id in again
            else installment
            for installment in installments
        ]
        installments += (
            new_installment(fact, ordinal, due.nominal_due_on, due.due_on, minor)
            for ordinal, (due, minor) in enumerate(
                zip(body.added, shares[len(pool) :], strict=True), start=1
            )
        )
        return replace(plan, installments=by_date(installments))

    def level(after: Plan) -> leveling.Bases:
        """Installments that only moved keep theirs; pooled with further ones they share one."""
        if not body.added:
            return {}
        own = {installment.installment_id for installment in body.moved}
        own |= {installment_id(fact.id, ordinal) for ordinal in range(1, len(body.added) + 1)}
        return {
            installment.id: installment.paid.principal_minor + installment.paid.interest_minor
            for installment in after.installments
            if installment.id in own
        }

    return changed(made, fact, body, policies, moved, level=level)


def defer(made: Fold, fact: Fact[Deferral], policies: PolicyBook) -> Fold:
    """The installment's open principal moves to a new installment at the end."""
    body = fact.body

    def moved(plan: Plan) -> Plan:
        installment = next((r for r in plan.installments if r.id == body.installment_id), None)
        if installment is None or not movable((installment,)):
            return plan
        new = new_installment(fact, 1, body.nominal_due_on, body.due_on, movable((installment,)))
        left = installment.level_minor - installment.paid.principal_minor
        if installment.level_minor:
            new = replace(new, level_minor=max(left, movable((installment,))))
        installments = (
            _emptied_if(r, r.id == installment.id, fact.effective_on)
            for r in (*plan.installments, new)
        )
        return replace(plan, installments=by_date(installments))

    def level(_after: Plan) -> leveling.Bases:
        """Each keeps its own level: the next ones bear the skipped period, the last absorbs it."""
        return {}

    return changed(made, fact, body, policies, moved, level=level)


def noted(made: Fold, _fact: Fact, _: PolicyBook) -> Fold:
    """Cycles and workouts are looked at when a re-age is asked for; they change nothing."""
    return made


# --- Installments ------------------------------------------------------------------------------


def _aged(installment: Installment, on: date) -> bool:
    """Whether something stays owed on an installment that was due before the change."""
    return installment.due_on < on and installment.open_minor > 0


# --- The plan -----------------------------------------------------------------------------------


def changed(
    made: Fold,
    fact: Fact,
    body: Change,
    policies: PolicyBook,
    moved: Callable[[Plan], Plan],
    *,
    level: Callable[[Plan], leveling.Bases] | None = None,
) -> Fold:
    """The plan after `moved`, its revision counted; the contract keeps what was past due by it.

    `level`: which installments of a plan with interest are leveled anew, from which bases; None:
    those that are new or hold other principal, in its shape.
    """
    plan, on = made.state.live_plan, fact.effective_on
    if plan is None or plan.id != body.plan_id or not movable(plan.installments):
        return made
    after = moved(plan)
    if after == plan:
        return made
    bases, unit = level(after) if level else None, getattr(body, "unit_minor", 1)
    after = leveling.after_change(
        plan, after, bases, unit_minor=unit, on=on, holds=made.state.holds
    )
    after = replace(after, revision=body.number)
    policy = policies.of(plan)
    state = clocks.carry(made.state, plan, after, policy, on=on)
    state, earned = earn_due(with_plan(state, after), on)
    after = state.live_plan or after
    reached = (*_cured(plan, after, fact), *_falling_due(plan, after, on))
    return made.with_state(state, *reached).earn(*earned)


def _falling_due(before: Plan, after: Plan, on: date) -> Iterator[Verdict]:
    """Installments that the change made due on its own day, after that day's opening."""
    due_before = {installment.id for installment in before.owing if installment.due_on == on}
    for installment in after.owing:
        if installment.due_on == on and installment.id not in due_before:
            yield verdicts.due(after, installment, on=on)


def _cured(before: Plan, after: Plan, fact: Fact) -> Iterator[Verdict]:
    """What was missed and no longer counts is cured, by a change and not by money."""
    open_before = {
        installment.id for installment in before.owing if installment.relieved_on is None
    }
    for installment in after.installments:
        if installment.missed_on is None or installment.id not in open_before:
            continue
        if installment.open_minor == 0 or installment.relieved_on is not None:
            on = fact.effective_on
            yield verdicts.cured(
                before, installment, missed_on=installment.missed_on, on=on, by=fact.kind
            )
