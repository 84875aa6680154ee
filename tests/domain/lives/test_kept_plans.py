"""Whoever pays in time is never late: on no day, in any parts, however late it is entered."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.plan import PlanStatus
from app.domain.replay.replay import fold
from app.domain.standing.lateness import overdue_installments
from app.domain.standing.status import standing
from tests.domain.support.every_day import read_every_day
from tests.factories import book, fact_id, history, paid, placed, plan_opened, policy

OPENS = date(2026, 1, 1)
LATE = {"installment.missed", "plan.broken", "account.bucket_changed"}
#: Amounts of a plan, and how many days lie between its due dates.
PLANS = st.tuples(st.lists(st.integers(1, 500_00), min_size=1, max_size=5), st.integers(1, 40))


@st.composite
def kept(draw):
    """A plan, and payments that come to each installment on its due date or before it."""
    minors, every_days = draw(PLANS)
    opened = plan_opened(
        *minors, first_due_on=OPENS + timedelta(days=every_days), every_days=every_days
    )
    payments = []
    for row in opened.installments:
        part = draw(st.integers(0, row.principal_minor))
        for minor in (part, row.principal_minor - part):
            early = draw(st.integers(0, (row.due_on - OPENS).days))
            if minor:
                payments.append((row.due_on - timedelta(days=early), paid(minor)))
    return opened, draw(st.permutations(payments))


@given(kept())
def test_whoever_pays_in_time_is_late_on_no_day(life):
    opened, payments = life
    facts = history((OPENS, placed(opened.amount_minor)), (OPENS, opened), *payments)

    last = opened.installments[-1].due_on + timedelta(days=60)
    for day, made in read_every_day(facts, book(), since=OPENS, until=last):
        plan = made.state.plan(fact_id(2))
        assert standing(made.state, plan, policy(), on=day) in {"current", "due", None}
        assert overdue_installments(plan, policy(), on=day) == ()
        assert not LATE & {verdict.type for verdict in made.verdicts}
    assert made.state == fold(facts, book(), through=last).state
    assert plan.status is PlanStatus.COMPLETED
    assert made.state.balance.total_minor == 0
