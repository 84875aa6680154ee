"""How a change of its schedule changes a plan: principal moves between rows, nothing else does.

What is owed never changes, nor what the plan took over. Rows keep what was paid on them; one
emptied stays with 0, void, satisfied on the change's day. Charges stay on their rows, and so
does interest that was earned. In a replay the amounts are worked out anew; where nothing is
left to move, nothing happens.
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
    new_row,
    raised,
    redated,
    shared,
    with_principal,
)
from app.domain.values import replace


def re_age(made: Fold, fact: Fact[ReAge], policies: PolicyBook) -> Fold:
    """The open principal moves to new rows; what stays on rows due before no longer ages."""
    body = fact.body

    def moved(plan: Plan) -> Plan:
        on = fact.effective_on
        rows = [leveling.ended(emptied(row, on)) for row in plan.installments]
        rows = [replace(r, relieved_on=on) if _aged(r, on) else r for r in rows]
        shares = shared(movable(plan.installments), len(body.due), body.unit_minor, body.remainder)
        rows += (
            new_row(fact, ordinal, due.nominal_due_on, due.due_on, minor)
            for ordinal, (due, minor) in enumerate(zip(body.due, shares, strict=True), start=1)
        )
        return replace(plan, installments=by_date(rows), missed_total=0)

    def level(after: Plan) -> leveling.Bases:
        own = {installment_id(fact.id, ordinal) for ordinal in range(1, len(body.due) + 1)}
        return {row.id: 0 for row in after.installments if row.id in own}

    after = changed(made, fact, body, policies, moved, level=level)
    if after is made:
        return made
    return after.with_state(clocks.report_anew(after.state, on=fact.effective_on))


def re_age_account(made: Fold, fact: Fact, _: PolicyBook) -> Fold:
    """The date the account is reported late since is cleared; every other clock goes on."""
    return made.with_state(clocks.report_anew(made.state, on=fact.effective_on))


def re_amortize(made: Fold, fact: Fact[Reamortization], policies: PolicyBook) -> Fold:
    """What is due by today goes to the rows after it; dates and count stay."""
    body = fact.body
    on = fact.effective_on

    def moved(plan: Plan) -> Plan:
        late = [row for row in plan.installments if row.due_on <= on]
        ahead = coming(plan, on)
        if not ahead or not movable(late):
            return plan
        shares = shared(movable(late), len(ahead), body.unit_minor, body.remainder)
        more = dict(zip((row.id for row in ahead), shares, strict=True))
        rows = (
            raised(row, more[row.id]) if row.id in more else _emptied_if(row, row.due_on <= on, on)
            for row in plan.installments
        )
        return replace(plan, installments=tuple(rows))

    def level(after: Plan) -> leveling.Bases:
        """Each row still to come asks for the same amount more than it did."""
        return {row.id: row.level_minor or row.amount_minor for row in coming(after, on)}

    return changed(made, fact, body, policies, moved, level=level)


def reschedule(made: Fold, fact: Fact[Reschedule], policies: PolicyBook) -> Fold:
    """The named rows move; with dates added, their open principal is split over all of them."""
    body = fact.body

    def moved(plan: Plan) -> Plan:
        to = {row.installment_id for row in body.moved}
        rows = redated(plan.installments, body.moved)
        pool = [row for row in rows if row.id in to and row.voided_on is None]
        if not pool or not body.added:
            return replace(plan, installments=by_date(rows))
        count = len(pool) + len(body.added)
        shares = shared(movable(pool), count, body.unit_minor, body.remainder)
        again = dict(zip((row.id for row in by_date(pool)), shares, strict=False))
        on = fact.effective_on
        rows = [with_principal(row, again[row.id], on) if row.id in again else row for row in rows]
        rows += (
            new_row(fact, ordinal, due.nominal_due_on, due.due_on, minor)
            for ordinal, (due, minor) in enumerate(
                zip(body.added, shares[len(pool) :], strict=True), start=1
            )
        )
        return replace(plan, installments=by_date(rows))

    def level(after: Plan) -> leveling.Bases:
        """Rows that only moved keep theirs; pooled with further ones they share one."""
        if not body.added:
            return {}
        own = {row.installment_id for row in body.moved}
        own |= {installment_id(fact.id, ordinal) for ordinal in range(1, len(body.added) + 1)}
        return {
            row.id: row.paid.principal_minor + row.paid.interest_minor
            for row in after.installments
            if row.id in own
        }

    return changed(made, fact, body, policies, moved, level=level)


def defer(made: Fold, fact: Fact[Deferral], policies: PolicyBook) -> Fold:
    """The row's open principal moves to a new row at the end."""
    body = fact.body

    def moved(plan: Plan) -> Plan:
        row = next((r for r in plan.installments if r.id == body.installment_id), None)
        if row is None or not movable((row,)):
            return plan
        new = new_row(fact, 1, body.nominal_due_on, body.due_on, movable((row,)))
        left = row.level_minor - row.paid.principal_minor
        if row.level_minor:
            new = replace(new, level_minor=max(left, movable((row,))))
        rows = (
            _emptied_if(r, r.id == row.id, fact.effective_on) for r in (*plan.installments, new)
        )
        return replace(plan, installments=by_date(rows))

    def level(_after: Plan) -> leveling.Bases:
        """Every row keeps its own: the next ones bear the skipped period, the last absorbs it."""
        return {}

    return changed(made, fact, body, policies, moved, level=level)


def noted(made: Fold, _fact: Fact, _: PolicyBook) -> Fold:
    """Cycles and workouts are looked at when a re-age is asked for; they change nothing."""
    return made


# --- Rows ---------------------------------------------------------------------------------------


def _aged(row: Installment, on: date) -> bool:
    """Whether something stays owed on a row that was due before the change."""
    return row.due_on < on and row.open_minor > 0


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

    `level`: which rows of a plan that bears interest are leveled anew, from which bases; None:
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
    told = (*_cured(plan, after, fact), *_falling_due(plan, after, on))
    return made.with_state(state, *told).earn(*earned)


def _falling_due(before: Plan, after: Plan, on: date) -> Iterator[Verdict]:
    """Rows that the change made due on its very day: the day's opening could not tell of them."""
    told = {row.id for row in before.owing if row.due_on == on}
    for row in after.owing:
        if row.due_on == on and row.id not in told:
            yield verdicts.due(after, row, on=on)


def _cured(before: Plan, after: Plan, fact: Fact) -> Iterator[Verdict]:
    """What was missed and no longer counts is cured, by a change and not by money."""
    open_before = {row.id for row in before.owing if row.relieved_on is None}
    for row in after.installments:
        if row.missed_on is None or row.id not in open_before:
            continue
        if row.open_minor == 0 or row.relieved_on is not None:
            on = fact.effective_on
            yield verdicts.cured(before, row, missed_on=row.missed_on, on=on, by=fact.kind)
