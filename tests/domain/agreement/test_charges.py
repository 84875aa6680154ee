"""Late fees on a plan: one late payment bears one, however many installments follow it in full."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agreement.charges import check_late_fee
from app.domain.facts.accounts import Adjustment
from app.domain.money import Component
from app.domain.refusals.accounts import LateFeeInGrace, LateFeePyramiding
from app.domain.replay.replay import fold
from app.domain.values import replace
from tests.factories import (
    book,
    charged,
    fact_id,
    held,
    history,
    paid,
    placed,
    plan_due,
    policy,
    row_id,
)

OPENS = date(2026, 1, 1)
DUE = tuple(date(2026, month, 10) for month in range(2, 8))
RULES = policy("unlimited", grace_days=5)  # by `default`, the first fee breaks the plan in April
AGREED = ((OPENS, placed(600_00)), (OPENS, plan_due(*DUE, by=RULES)))
LATE_FEE = replace(
    charged(5_00, due_on=date(2026, 2, 20), kind="late_fee", plan=2), for_installment=row_id(1)
)


def asked(*entries, on, of=None):
    """Whether a late fee may be charged on that day; None: yes, else the refusal."""
    state = fold(history(*AGREED, *entries), book(RULES), through=on).state
    try:
        check_late_fee(state, state.plan(fact_id(2)), RULES, of and row_id(of), on=on)
    except (LateFeeInGrace, LateFeePyramiding) as refusal:
        return refusal
    return None


def test_one_late_payment_bears_one_late_fee_for_the_whole_plan():
    """16 CFR 444.4(a), NCLC's example: late once, then every installment in full on its day."""
    life = [(date(2026, 2, 20), LATE_FEE), (date(2026, 2, 25), paid(100_00))]
    for number, due_on in enumerate(DUE[1:], start=2):
        life.append((due_on, paid(100_00)))
        late = due_on + timedelta(days=10)

        for of in (number, None):
            refusal = asked(*life, on=late, of=of)
            assert isinstance(refusal, LateFeePyramiding), (number, of)
            assert refusal.installment_id == row_id(number)
            assert (refusal.short_minor, refusal.earlier_late_fees_minor) == (5_00, 5_00)


@pytest.mark.parametrize("of", [3, None], ids=["named", "the newest late"])
@pytest.mark.parametrize(
    ("third_minor", "waived_minor", "allowed"),
    [
        pytest.param(100_00, 0, False, id="in full"),
        pytest.param(99_99, 0, True, id="a cent short of itself"),
        pytest.param(0, 0, True, id="not paid"),
        pytest.param(100_00, 5_00, False, id="in full, the fee waived"),
        pytest.param(99_99, 5_00, True, id="a cent short, the fee waived"),
    ],
)
def test_what_is_short_beyond_the_late_fees_bears_one(third_minor, waived_minor, allowed, of):
    waiver = Adjustment(component=Component.FEES, amount_minor=waived_minor, reason="x")
    waiver = replace(waiver, charge_id=fact_id(3))
    life = [
        (date(2026, 2, 20), LATE_FEE),
        (date(2026, 2, 25), paid(100_00)),
        *([(date(2026, 2, 26), waiver)] if waived_minor else []),
        (DUE[1], paid(100_00)),
        *([(DUE[2], paid(third_minor))] if third_minor else []),
    ]

    assert (asked(*life, on=date(2026, 4, 20), of=of) is None) is allowed


@pytest.mark.parametrize(
    ("on", "of", "allowed"),
    [
        pytest.param(date(2026, 2, 10), 1, False, id="due today"),
        pytest.param(date(2026, 2, 15), 1, False, id="its last day of grace"),
        pytest.param(date(2026, 2, 16), 1, True, id="grace over"),
        pytest.param(date(2026, 2, 16), 2, False, id="not due yet"),
        pytest.param(date(2026, 2, 15), None, False, id="none late"),
        pytest.param(date(2026, 2, 16), None, True, id="one late"),
    ],
)
def test_no_late_fee_before_grace_is_over(on, of, allowed):
    refusal = asked(on=on, of=of)

    assert refusal is None if allowed else isinstance(refusal, LateFeeInGrace)


def test_days_on_which_the_clock_stands_still_are_no_days_of_grace():
    stands = (date(2026, 2, 12), held("dispute", date(2026, 2, 12), date(2026, 3, 1)))

    assert isinstance(asked(stands, on=date(2026, 2, 28), of=1), LateFeeInGrace)
    assert asked(stands, on=date(2026, 3, 20), of=1) is None


@given(
    st.integers(1, 200_00),
    st.lists(st.integers(0, 150_00), min_size=6, max_size=6),
    st.booleans(),
)
def test_a_late_fee_stands_on_unpaid_installments_never_on_fees(fee_minor, money, named):
    """Each month brings some money, and a fee is asked for: only where all money is too little."""
    life, came = [], 0
    for number, (due_on, minor) in enumerate(zip(DUE, money, strict=True), start=1):
        if minor:
            life.append((due_on, paid(minor)))
            came += minor
        on = due_on + timedelta(days=10)
        if asked(*life, on=on, of=number if named else None) is None:
            assert number * 100_00 > came
            life.append((on, charged(fee_minor, due_on=on, kind="late_fee", plan=2)))
