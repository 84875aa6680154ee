"""The settlement among the options: the fewest parts that come to what the role may take."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agreement.authority import ProposedSettlement, check_settlement
from app.domain.options.options import Grants
from app.domain.policy.model import MatrixRow
from app.domain.values import replace
from app.domain.vocabulary import Role
from tests.domain.support.asking import FIRST, LIMITS, agent_only, amounts, named, plan
from tests.factories import policy

MATRIX = policy().settlement.matrix
AGENT, SUPERVISOR, ADMIN = Role


def settled(affordable, *, matrix=MATRIX, past_due_days=0, validation_ends_on=None, **asked):
    grants = Grants(
        matrix=matrix, past_due_days=past_due_days, validation_ends_on=validation_ends_on
    )
    return named(plan(affordable, grants=grants, **asked)).get("settlement")


def row(**changes):
    none = dict.fromkeys(
        ("to_days_past_due", "to_balance_minor", "max_count", "min_share_bps", "max_forgiven_minor")
    )
    return MatrixRow(
        **{"role": AGENT, "from_days_past_due": 0, "from_balance_minor": 0, **none, **changes}
    )


@pytest.mark.parametrize(
    ("affordable", "role", "parts"),
    [
        pytest.param(720_00, AGENT, [720_00], id="60 % at once"),
        pytest.param(719_00, AGENT, [], id="a unit less: two would pay it all"),
        pytest.param(900_00, AGENT, [900_00], id="as much as can be paid"),
        pytest.param(720_50, AGENT, [720_00], id="in whole units"),
        pytest.param(420_00, AGENT, [420_00] * 2, id="70 % in two"),
        pytest.param(280_00, AGENT, [280_00] * 3, id="70 % in three"),
        pytest.param(279_00, AGENT, [], id="less is no agent's to take"),
        pytest.param(279_00, SUPERVISOR, [279_00] * 2, id="a supervisor may: 40 %"),
        pytest.param(40_00, SUPERVISOR, [40_00] * 12, id="in twelve"),
        pytest.param(39_00, SUPERVISOR, [], id="not in thirteen"),
        pytest.param(279_00, ADMIN, [279_00] * 2, id="an admin by the supervisor's floor"),
        pytest.param(1200_00, AGENT, [], id="who can pay it all at once does"),
        pytest.param(0, AGENT, [], id="nothing"),
    ],
)
def test_the_fewest_parts_that_come_to_enough(affordable, role, parts):
    option = settled(affordable, role=role)

    assert (amounts(option) if option else []) == parts
    if option is not None:
        assert option.forgives_minor == 1200_00 - sum(parts)
        assert (option.terms.installment_count, option.terms.amount_minor) == (len(parts), None)
        assert option.schedule.installments[0].due_on == FIRST


def test_to_the_cent_where_whole_units_would_not_do():
    assert amounts(settled(720_50, balance=1200_01)) == [720_50]
    assert settled(720_00, balance=1200_01) is None


def test_without_grants_there_is_none_and_the_plans_are_the_same():
    without, beside = plan(720_00), plan(720_00, grants=Grants(matrix=MATRIX, past_due_days=0))

    assert "settlement" not in named(without)
    assert [o.name for o in beside.options if o.name != "settlement"] == [
        o.name for o in without.options
    ]
    assert named(beside)["settlement"].rank == 1
    assert {o.forgives_minor for o in without.options} == {0}


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        pytest.param({"matrix": (row(min_share_bps=6000),)}, True, id="a floor by share"),
        pytest.param({"matrix": (row(max_forgiven_minor=480_00),)}, True, id="by what is forgiven"),
        pytest.param({"matrix": (row(max_forgiven_minor=479_99),)}, False, id="a cent less"),
        pytest.param({"matrix": (row(),)}, False, id="a grant without a floor suggests nothing"),
        pytest.param({"matrix": ()}, False, id="no grant"),
        pytest.param(
            {"matrix": (row(min_share_bps=6000, from_days_past_due=91),), "past_due_days": 90},
            False, id="too young a debt",
        ),
        pytest.param(
            {"matrix": (row(min_share_bps=6000, from_days_past_due=91),), "past_due_days": 91},
            True, id="old enough",
        ),
        pytest.param({"validation_ends_on": FIRST - timedelta(1)}, True, id="after validation"),
        pytest.param({"validation_ends_on": FIRST}, False, id="due while it can be disputed"),
        pytest.param({"limits": agent_only(max_days_to_first=30)}, False, id="too late for it"),
    ],
)  # fmt: skip
def test_what_the_policy_lets_be_offered(asked, offered):
    assert (settled(720_00, **asked) is not None) is offered


def test_where_only_a_settlement_fits_the_nearest_plans_are_said_too():
    limits = replace(LIMITS, agent=replace(LIMITS.agent, min_installment_minor=1300_00))
    answer = plan(720_00, limits=limits, grants=Grants(matrix=MATRIX, past_due_days=0))

    assert [option.name for option in answer.options] == ["settlement"]
    assert answer.nearest == plan(720_00, limits=limits).nearest != ()


@given(
    balance=st.integers(1, 5000_00),
    affordable=st.integers(0, 3000_00),
    role=st.sampled_from(Role),
    shares=st.lists(st.integers(1, 10_000), min_size=3, max_size=3),
    counts=st.lists(st.none() | st.integers(1, 12), min_size=3, max_size=3),
    currency=st.sampled_from([None, "USD", "JPY"]),
)
def test_what_is_offered_can_be_paid_and_may_be_taken(
    *, balance, affordable, role, shares, counts, currency
):
    matrix = tuple(
        row(role=r, min_share_bps=s, max_count=c)
        for r, s, c in zip(Role, shares, counts, strict=True)
    )
    option = settled(affordable, matrix=matrix, balance=balance, role=role, currency=currency)
    if option is None:
        return
    taken = sum(amounts(option))

    assert max(amounts(option)) <= affordable
    assert taken + option.forgives_minor == balance > taken
    offer = ProposedSettlement(
        balance_minor=balance,
        amount_minor=taken,
        installment_count=len(amounts(option)),
        past_due_days=0,
    )
    assert check_settlement(offer, matrix=matrix, role=role) == ()
    assert option.schedule.installments[0].due_on >= date(2026, 4, 1)
