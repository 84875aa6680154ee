"""Where what is added to a plan goes: charges and chargebacks, and never to a down payment."""

from datetime import date

import pytest

from app.domain.facts.payments import Chargeback
from app.domain.replay.replay import fold
from app.domain.values import replace
from app.domain.vocabulary import InstallmentKind
from tests.factories import book, charged, fact_id, history, paid, placed, plan_due

JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))
DOWN, INSTALLMENT = InstallmentKind.DOWN_PAYMENT, InstallmentKind.INSTALLMENT


def opened(*days):
    """A plan whose first row is a down payment."""
    body = plan_due(*days)
    first, *later = body.installments
    return replace(body, installments=(replace(first, kind=DOWN), *later))


def rows_after(opening, *entries, through=JAN):
    balance = 100_00 * len(opening.installments)
    facts = history((JAN, placed(balance)), (JAN, opening), *entries)
    plan = fold(facts, book(), through=through).state.plans[-1]
    return [(row.kind, row.due_on, row.due.total_minor) for row in plan.installments]


FEE = charged(15_00, due_on=JAN, plan=2)
BACK = Chargeback(payment_id=fact_id(3), amount_minor=60_00, reason_code="10.4")


@pytest.mark.parametrize(
    ("entries", "more"),
    [
        pytest.param([(JAN, FEE)], 15_00, id="a charge"),
        pytest.param([(JAN, paid(100_00)), (JAN, BACK)], 60_00, id="a chargeback"),
        pytest.param([(JAN, paid(100_00)), (JAN, BACK), (JAN, FEE)], 75_00, id="both"),
    ],
)
def test_a_down_payment_takes_neither_charge_nor_chargeback(entries, more):
    assert rows_after(opened(JAN, FEB, MAR), *entries) == [
        (DOWN, JAN, 100_00), (INSTALLMENT, FEB, 100_00 + more), (INSTALLMENT, MAR, 100_00),
    ]  # fmt: skip


def test_where_there_is_only_a_down_payment_each_has_a_row_of_its_own():
    later = charged(15_00, due_on=date(2026, 1, 20), plan=2)
    assert rows_after(opened(FEB), (JAN, later)) == [
        (InstallmentKind.CHARGE, date(2026, 1, 20), 15_00), (DOWN, FEB, 100_00),
    ]  # fmt: skip


def test_an_installment_due_that_day_takes_both():
    assert rows_after(plan_due(JAN, FEB), (JAN, paid(50_00)), (JAN, FEE)) == [
        (INSTALLMENT, JAN, 115_00), (INSTALLMENT, FEB, 100_00),
    ]  # fmt: skip
