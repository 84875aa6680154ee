"""Interest on a plan: earned on due dates, on what was owed meanwhile.

1,200.00 placed on 1 January 2025 and owed at 12 %; twelve level installments on the 1st.
"""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.state import State
from app.domain.books.enter import Draft, close_draft
from app.domain.facts.accounts import HoldRelease
from app.domain.facts.payments import Reversal
from app.domain.facts.plans import PlanOpened
from app.domain.money import NOTHING
from app.domain.replay.replay import fold
from app.domain.schedule.agreed import AgreedInstallment, AgreedInterest
from app.domain.schedule.build import build
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.terms import DayCount, Frequency, Terms, Unit
from app.domain.values import replace
from tests.domain.support.entering import enter
from tests.factories import book, fact, fact_id, held, history, paid, placed, policy

JAN = date(2025, 1, 1)
PRINCIPAL = 1_200_00
BY = policy("unlimited")


@cache
def quoted(day_count=DayCount.ACTUAL_365, **changes):
    terms = Terms(
        **{
            "installment_count": 12,
            "frequency": Frequency(every=1, unit=Unit.MONTH),
            "first_due_on": date(2025, 2, 1),
            "annual_rate_bps": 1200,
            "day_count": day_count,
            **changes,
        }
    )
    return build(terms, opens_on=JAN, amount_minor=PRINCIPAL, holidays=NO_HOLIDAYS)


def opened(schedule, day_count=DayCount.ACTUAL_365):
    return PlanOpened(
        amount_minor=PRINCIPAL,
        policy=BY.ref,
        interest=AgreedInterest(annual_rate_bps=1200, day_count=day_count),
        installments=tuple(
            AgreedInstallment(
                kind=row.kind,
                nominal_due_on=row.nominal_due_on,
                due_on=row.due_on,
                principal_minor=row.principal_minor,
                interest_minor=row.interest_minor,
            )
            for row in schedule.installments
        ),
    )


def lived(*entries, through, schedule=None, day_count=DayCount.ACTUAL_365):
    schedule = schedule or quoted(day_count)
    opening = ((JAN, placed(PRINCIPAL)), (JAN, opened(schedule, day_count)))
    return fold(history(*opening, *entries), book(BY), through=through)


def plan_of(made):
    return made.state.plans[0]


@pytest.mark.parametrize("day_count", DayCount)
@pytest.mark.parametrize(
    "changes", [pytest.param({}, id="no down payment"),
                pytest.param({"down_payment_minor": 200_00}, id="down payment on the day")]
)  # fmt: skip
def test_whoever_pays_on_time_pays_the_quoted_schedule(day_count, changes):
    schedule = quoted(day_count, **changes)
    money = [(row.due_on, paid(row.amount_minor)) for row in schedule.installments]

    made = lived(*money, through=date(2026, 1, 1), schedule=schedule, day_count=day_count)

    rows = plan_of(made).installments
    assert [(r.due.principal_minor, r.due.interest_minor) for r in rows] == [
        (r.principal_minor, r.interest_minor) for r in schedule.installments
    ]
    assert plan_of(made).status == "completed"
    assert made.state.balance == NOTHING
    assert sum(e.amount_minor for e in made.earned) == schedule.finance_charge_minor


def test_before_its_day_interest_is_expected_and_not_owed():
    made = lived(through=date(2025, 1, 31))

    first = plan_of(made).installments[0]
    assert (first.due.interest_minor, first.expected_interest_minor) == (0, 12_23)
    assert made.state.balance.interest_minor == 0


def test_on_its_day_interest_is_owed():
    made = lived(through=date(2025, 2, 1))

    first = plan_of(made).installments[0]
    assert (first.due.interest_minor, first.expected_interest_minor) == (12_23, 0)
    assert made.state.balance.interest_minor == 12_23
    assert first.amount_minor == quoted().installments[0].amount_minor


def test_money_ahead_pays_principal_makes_interest_fall_and_shrinks_the_last():
    agreed = quoted().installments
    on_time = [(row.due_on, paid(agreed[0].amount_minor)) for row in agreed]

    ahead = lived((date(2025, 1, 16), paid(300_00)), *on_time, through=date(2026, 1, 1))

    rows = plan_of(ahead).installments
    # 15 days on 1,200.00 and 16 on 900.00.
    assert rows[0].due.interest_minor == round((1200 * 15 + 900 * 16) * 0.12 / 365 * 100)
    pairs = zip(rows, agreed, strict=True)
    assert all(row.due.interest_minor <= q.interest_minor for row, q in pairs)
    assert rows[-1].amount_minor < agreed[-1].amount_minor
    assert sum(row.due.principal_minor for row in rows) == PRINCIPAL
    assert plan_of(ahead).status == "completed"


def test_unpaid_interest_bears_none():
    made = lived(through=date(2025, 4, 1))

    # Nothing was paid: each month earns on 1,200.00 alone.
    days = (31, 28, 31)
    assert [e.amount_minor for e in made.earned] == [round(1200 * n * 12 / 365) for n in days]


def test_paying_it_off_earns_the_interest_to_the_day():
    day = date(2025, 1, 16)
    short = lived((day, paid(1_200_00)), through=day)
    whole = lived((day, paid(1_205_92)), through=day)

    assert [e.amount_minor for e in short.earned] == [5_92]  # 15 days
    assert plan_of(short).status == "active"
    assert short.state.balance.total_minor == 5_92
    assert plan_of(whole).status == "completed"
    assert whole.state.balance == NOTHING


def test_days_under_a_dispute_bear_no_interest_for_good():
    made = lived(
        (date(2025, 1, 11), held("dispute", date(2025, 1, 11))),
        (date(2025, 1, 21), HoldRelease(hold_id=fact_id(3))),
        through=date(2025, 2, 1),
    )

    assert made.earned[0].amount_minor == round(1200 * 21 * 12 / 365)


def test_a_reversed_payment_earns_what_it_had_saved():
    early = (date(2025, 1, 16), paid(300_00))
    bounced = lived(
        early, (date(2025, 2, 10), Reversal(payment_id=fact_id(3), reason_code="R01")),
        through=date(2025, 2, 10),
    )  # fmt: skip

    assert bounced.earned == lived(through=date(2025, 2, 10)).earned


MONEY = st.lists(
    st.tuples(st.integers(1, 500_00), st.integers(0, 400), st.integers(0, 60)), max_size=6
)


@given(MONEY, st.sampled_from(DayCount))
def test_ledger_cache_and_fold_agree_whenever_money_comes_and_is_entered(money, day_count):
    policies, facts, postings = book(BY), [], []
    draft, today = Draft(state=State()), JAN

    def write(body, on):
        nonlocal draft
        one = fact(len(facts) + 1, body, on=on, entered=today)
        draft = enter(draft, one, policies, history=tuple(facts))
        facts.append(one)
        keep()

    def keep():
        nonlocal draft
        postings.extend(draft.postings)
        draft = Draft(state=draft.state)

    write(placed(PRINCIPAL), JAN)
    write(opened(quoted(day_count), day_count), JAN)
    for minor, days, back in money:
        today = max(today, JAN + timedelta(days=days))
        draft = close_draft(draft, policies, business_date=today)
        keep()
        write(paid(minor), max(JAN, today - timedelta(days=back)))
        folded = fold(facts, policies, through=today)
        assert draft.state == folded.state
        assert sum((p.components for p in postings), NOTHING) == folded.state.balance
        assert len({p.id for p in postings}) == len(postings)
        assert all(p.balance_after_minor >= 0 for p in postings)
        plan = folded.state.plans[0]
        if plan.live:
            cells = sum(r.due.principal_minor - r.paid.principal_minor for r in plan.installments)
            assert cells == plan.taken.total_minor
            assert all(minor >= 0 for r in plan.installments for minor in r.due - r.paid)


def test_a_plan_without_interest_is_as_if_there_were_none():
    schedule = quoted(annual_rate_bps=0)
    plain = replace(opened(schedule), interest=None)

    made = fold(history((JAN, placed(PRINCIPAL)), (JAN, plain)), book(BY), through=date(2025, 6, 1))

    assert made.earned == ()
    assert made.state.plans[0].bearing == 0
