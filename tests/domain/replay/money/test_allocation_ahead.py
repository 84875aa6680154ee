"""Money ahead of its time: in the order of what is due, or in an order of its own."""

import pytest

from app.domain.money import Amounts, Component
from app.domain.replay.money.allocation import pay_plan
from app.domain.values import replace
from app.domain.vocabulary import FutureRule
from tests.domain.replay.money.test_allocation import FEB, FEES, JAN_15, MAR, PRINCIPAL
from tests.factories import plan, policy, row


@pytest.mark.parametrize(
    ("on", "order", "future", "cells"),
    [
        pytest.param(JAN_15, None, FutureRule.NEXT, [FEES, PRINCIPAL], id="as what is due"),
        pytest.param(JAN_15, (PRINCIPAL, FEES), FutureRule.NEXT, [PRINCIPAL], id="its own"),
        pytest.param(JAN_15, (PRINCIPAL, FEES), FutureRule.LAST, [PRINCIPAL], id="from the end"),
        pytest.param(JAN_15, (PRINCIPAL, FEES), FutureRule.REAMORTIZE, [PRINCIPAL], id="shared"),
        pytest.param(FEB, (PRINCIPAL, FEES), FutureRule.NEXT, [FEES, PRINCIPAL], id="due today"),
        pytest.param(MAR, (PRINCIPAL, FEES), FutureRule.NEXT, [FEES, PRINCIPAL], id="past due"),
    ],
)
def test_money_in_advance_may_have_an_order_of_its_own(on, order, future, cells):
    due = Amounts(principal_minor=100_00, fees_minor=10_00)
    owing = plan(replace(row(1, FEB), due=due))
    rest = tuple(one for one in Component if order and one not in order)
    rules = replace(policy().allocation, in_advance=order and (*order, *rest))

    _, lines, _ = pay_plan(owing, 50_00, on=on, policy=policy(allocation=rules), future=future)

    assert [line.cell for line in lines] == cells
