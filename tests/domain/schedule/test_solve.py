"""Two of amount, count, installment and end date give the rest."""

from datetime import date

import pytest

from app.domain.errors import InvalidInput
from app.domain.money import MAX_MINOR
from app.domain.schedule import build as schedule
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.solve import solve
from app.domain.schedule.terms import (
    Frequency,
    Terms,
    Unit,
)
from app.domain.values import replace
from app.domain.vocabulary import InstallmentKind

OPENS = date(2026, 1, 31)
MONTHLY = Frequency(every=1, unit=Unit.MONTH)
TERMS = Terms(installment_count=9, frequency=MONTHLY)


def build(terms=TERMS, amount=900_00, opens_on=OPENS, holidays=NO_HOLIDAYS, minimum=0):
    return schedule.build(
        terms,
        opens_on=opens_on,
        amount_minor=amount,
        holidays=holidays,
        min_installment_minor=minimum,
    )


@pytest.mark.parametrize(
    ("terms", "last_due_on", "expected"),
    [
        pytest.param(
            Terms(amount_minor=900_00, installment_count=9), None, (900_00, 9, None), id="as it is"
        ),
        pytest.param(
            Terms(amount_minor=900_00, installment_minor=100_00),
            None,
            (900_00, None, 100_00),
            id="amount and installment",
        ),
        pytest.param(
            Terms(amount_minor=900_00), date(2026, 10, 31), (900_00, 9, None), id="amount and end"
        ),
        pytest.param(
            Terms(amount_minor=900_00), date(2026, 10, 30), (900_00, 8, None), id="a day before"
        ),
        pytest.param(
            Terms(installment_count=9, installment_minor=100_00),
            None,
            (900_00, None, 100_00),
            id="count and installment",
        ),
        pytest.param(
            Terms(installment_minor=100_00),
            date(2026, 10, 31),
            (900_00, None, 100_00),
            id="installment and end",
        ),
        pytest.param(
            Terms(installment_count=9, installment_minor=100_00, down_payment_minor=50_00),
            None,
            (950_00, None, 100_00),
            id="with a down payment",
        ),
        pytest.param(
            Terms(installment_count=9, installment_minor=100_00, down_payment_bps=2500),
            None,
            (1200_00, None, 100_00),
            id="with a share down",
        ),
    ],
)
def test_two_of_four_give_the_rest(terms, last_due_on, expected):
    asked = replace(terms, frequency=MONTHLY)

    whole = solve(asked, opens_on=OPENS, holidays=NO_HOLIDAYS, last_due_on=last_due_on)

    assert (whole.amount_minor, whole.installment_count, whole.installment_minor) == expected
    built = build(whole, amount=whole.amount_minor)
    regular = [row for row in built.installments if row.kind is InstallmentKind.INSTALLMENT]
    assert len(regular) == (8 if last_due_on == date(2026, 10, 30) else 9)


@pytest.mark.parametrize("rate", [1, 999, 3600])
@pytest.mark.parametrize("down", [{}, {"down_payment_bps": 1000}, {"down_payment_minor": 70_00}])
def test_with_interest_the_amount_is_what_the_payments_are_worth(rate, down):
    asked = replace(TERMS, installment_minor=100_00, annual_rate_bps=rate, **down)

    whole = solve(asked, opens_on=OPENS, holidays=NO_HOLIDAYS)

    built = build(whole, amount=whole.amount_minor)
    paid = [r.amount_minor for r in built.installments if r.kind is InstallmentKind.INSTALLMENT]
    assert {*paid[:-1]} == {100_00}
    assert abs(paid[-1] - 100_00) <= len(paid)


@pytest.mark.parametrize(
    ("terms", "last_due_on", "pointer"),
    [
        pytest.param(Terms(amount_minor=1), None, "/terms", id="one"),
        pytest.param(
            Terms(amount_minor=1, installment_count=1, installment_minor=1), None, "/terms", id="3"
        ),
        pytest.param(
            Terms(installment_count=3), date(2026, 12, 31), "/terms", id="a count and an end"
        ),
        pytest.param(Terms(amount_minor=900_00), OPENS, "/last_due_on", id="an end before the 1st"),
        pytest.param(
            Terms(amount_minor=900_00), date(2200, 1, 1), "/last_due_on", id="an end too far"
        ),
        pytest.param(
            Terms(installment_count=3, installment_minor=0),
            None,
            "/terms/installment_minor",
            id="nothing each",
        ),
        pytest.param(
            Terms(installment_count=3, installment_minor=MAX_MINOR),
            None,
            "/terms/amount_minor",
            id="more than there is",
        ),
    ],
)
def test_what_cannot_be_solved(terms, last_due_on, pointer):
    with pytest.raises(InvalidInput) as refused:
        solve(
            replace(terms, frequency=MONTHLY),
            opens_on=OPENS,
            holidays=NO_HOLIDAYS,
            last_due_on=last_due_on,
        )

    assert refused.value.errors[0].pointer == pointer
