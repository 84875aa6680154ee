"""An amount by component: what is owed, paid or moved, in the five places a cent can be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.money import NOTHING, Amounts, Component
from app.domain.vocabulary import ChargeKind

ONE_OF_EACH = Amounts(
    principal_minor=1_00, interest_minor=2_00, fees_minor=4_00, penalties_minor=8_00, costs_minor=16
)
cents = st.integers(-500_00, 500_00)
amounts = st.builds(
    Amounts,
    principal_minor=cents,
    interest_minor=cents,
    fees_minor=cents,
    penalties_minor=cents,
    costs_minor=cents,
)


@pytest.mark.parametrize(
    ("component", "minor"),
    [
        pytest.param(Component.PRINCIPAL, 1_00, id="principal"),
        pytest.param(Component.INTEREST, 2_00, id="interest"),
        pytest.param(Component.FEES, 4_00, id="fees"),
        pytest.param(Component.PENALTIES, 8_00, id="penalties"),
        pytest.param(Component.COSTS, 16, id="costs"),
    ],
)
def test_a_component_is_read_by_its_name(component, minor):
    assert ONE_OF_EACH[component] == minor
    assert Amounts.of(component, minor)[component] == minor
    assert Amounts.of(component, minor).total_minor == minor


def test_a_total_counts_every_component_once():
    assert ONE_OF_EACH.total_minor == 15_16
    assert list(ONE_OF_EACH) == [1_00, 2_00, 4_00, 8_00, 16]


@pytest.mark.parametrize(
    ("kind", "component"),
    [
        pytest.param(ChargeKind.FEE, Component.FEES, id="a fee"),
        pytest.param(ChargeKind.LATE_FEE, Component.FEES, id="a late fee"),
        pytest.param(ChargeKind.PENALTY, Component.PENALTIES, id="a penalty"),
        pytest.param(ChargeKind.INTEREST, Component.INTEREST, id="interest"),
        pytest.param(ChargeKind.COST, Component.COSTS, id="a cost"),
    ],
)
def test_each_kind_of_charge_has_its_component(kind, component):
    assert kind.component is component


@pytest.mark.parametrize(
    ("amount", "something"),
    [
        pytest.param(NOTHING, False, id="nothing"),
        pytest.param(Amounts(costs_minor=1), True, id="a cent"),
        pytest.param(Amounts(costs_minor=-1), True, id="a cent less"),
        pytest.param(Amounts(fees_minor=5, costs_minor=-5), True, id="moved from costs to fees"),
    ],
)
def test_an_amount_is_something_when_any_component_is(amount, something):
    assert bool(amount) is something


@given(amounts, amounts)
def test_adding_and_taking_away_go_component_by_component(one, other):
    for component in Component:
        assert (one + other)[component] == one[component] + other[component]
        assert (one - other)[component] == one[component] - other[component]
        assert (-one)[component] == -one[component]
    assert one - one == NOTHING
    assert (one + other).total_minor == one.total_minor + other.total_minor
