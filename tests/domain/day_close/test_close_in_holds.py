"""What a day judges of an account whose clock stands still, and once it goes on."""

from datetime import date

import pytest

from app.domain.facts.accounts import Adjustment, HoldRelease
from app.domain.money import Component
from app.domain.replay.replay import fold
from tests.domain.day_close.unpaid import (
    APR,
    DUE,
    JAN,
    MAR,
    breaking,
    lived,
    told,
)
from tests.factories import (
    book,
    fact_id,
    held,
    history,
    paid,
    placed,
    plan_due,
)


def test_nothing_breaks_and_the_bucket_stands_still_while_a_dispute_stands():
    made = lived((date(2026, 2, 20), held("dispute", date(2026, 2, 20))), through=date(2027, 1, 1))

    found = [one for one in told(made)[3:] if not one[0].startswith("account.")]
    assert found == [("installment.due", MAR), ("installment.due", APR)]
    assert made.state.bucket == "1-29"
    assert made.state.plans[0].live
    assert made.state.next_review_on is None


def test_the_clock_goes_on_where_it_stood_once_a_dispute_is_over():
    made = lived(
        (date(2026, 2, 20), held("dispute", date(2026, 2, 20))),
        (date(2026, 3, 20), HoldRelease(hold_id=fact_id(3))),
        through=APR,
    )

    # 14 delinquent days on 20 February. The second, due while it stood, keeps its whole grace.
    # Nor do the dispute's 28 days count once the plan is gone: 30 days late on the 31st.
    assert told(made)[3:] == [
        ("installment.due", MAR),
        ("installment.missed", date(2026, 3, 26)),
        ("plan.broken", date(2026, 3, 26)),
        ("account.bucket_changed", date(2026, 3, 31)),
    ]


def test_a_cause_that_stood_when_the_dispute_began_breaks_the_day_after_it_is_over():
    by = breaking(max_delinquent_days=10)
    facts = history(
        (JAN, placed()),
        (JAN, plan_due(*DUE, by=by)),
        (date(2026, 2, 10), held("hardship", date(2026, 2, 16), date(2026, 2, 25))),
    )

    made = fold(facts, book(by), through=date(2026, 6, 1))

    assert told(made, "plan.broken") == [("plan.broken", date(2026, 2, 26))]


@pytest.mark.parametrize(
    ("minor", "bucket"),
    [
        pytest.param(200_00, "current", id="nothing overdue any more"),
        pytest.param(100_00, "current", id="the oldest paid: the second is not late yet"),
        pytest.param(99_99, "1-29", id="a cent short"),
    ],
)
def test_a_payment_judges_the_bucket_anew_while_the_clock_stands_still(minor, bucket):
    hardship = (date(2026, 2, 20), held("hardship", date(2026, 2, 20)))

    made = lived(hardship, (date(2026, 3, 10), paid(minor)), through=date(2026, 5, 1))

    assert made.state.bucket == bucket


def test_other_facts_leave_the_bucket_alone_while_the_clock_stands_still():
    waived = Adjustment(component=Component.PRINCIPAL, amount_minor=300_00, reason="gone")

    made = lived(
        (date(2026, 2, 20), held("hardship", date(2026, 2, 20))),
        (date(2026, 3, 10), waived),
        through=date(2026, 5, 1),
    )

    assert made.state.bucket == "1-29"
