"""What a fold carries: never changed, equal where its fields are, copied with some of them new."""

import gc
from datetime import date
from uuid import UUID

import pytest

from app.domain.account.plan import Installment, Plan
from app.domain.account.settlement import Settlement
from app.domain.account.state import State
from app.domain.money import Amounts
from app.domain.values import Value, replace
from app.domain.vocabulary import PolicyRef, SettlementStatus

DAY = date(2026, 3, 1)
ROW = Installment(id=UUID(int=1), nominal_due_on=DAY, due_on=DAY, due=Amounts(principal_minor=100))
PLAN = Plan(
    id=UUID(int=2),
    opened_on=DAY,
    policy=PolicyRef(name="standard", version=1),
    taken=Amounts(principal_minor=100),
    installments=(ROW,),
)
OFFER = Settlement(
    id=UUID(int=3),
    status=SettlementStatus.OFFERED,
    amount_minor=60,
    offered_on=DAY,
    expires_on=DAY,
    policy=PLAN.policy,
)


def every(kind):
    for one in kind.__subclasses__():
        yield one
        yield from every(one)


def name(kind):
    """With its module: rooms may have a word in common."""
    return f"{kind.__module__}.{kind.__qualname__}"


KINDS = sorted(set(every(Value)), key=name)


@pytest.mark.parametrize("kind", KINDS, ids=name)
def test_no_value_can_be_changed(kind):
    assert kind.__struct_config__.frozen
    assert kind.__struct_config__.omit_defaults
    assert kind.__struct_config__.gc is kind.__struct_config__.dict, (
        "only what remembers is looked at"
    )


@pytest.mark.parametrize("value", [State(plans=(PLAN,)), PLAN, ROW, ROW.due])
def test_it_refuses_another_value_for_a_field(value):
    with pytest.raises(AttributeError):
        setattr(value, value.__struct_fields__[0], None)


def test_a_changed_copy_leaves_what_it_was_made_of():
    paid = replace(ROW, paid=ROW.due, satisfied_on=DAY)
    assert (paid.paid, paid.satisfied_on, paid.due_on) == (ROW.due, DAY, DAY)
    assert (ROW.paid, ROW.satisfied_on) == (Amounts(), None)
    assert replace(ROW) == ROW != paid


def test_what_a_plan_remembers_is_not_copied():
    assert (PLAN.total_minor, PLAN.paid_minor, PLAN.owing) == (100, 0, (ROW,))
    paid = replace(PLAN, installments=(replace(ROW, paid=ROW.due),))
    assert (paid.total_minor, paid.paid_minor, paid.owing) == (100, 100, ())
    assert replace(PLAN) == PLAN


def test_a_field_there_is_none_of_is_refused():
    with pytest.raises(TypeError, match="nonsense"):
        replace(ROW, nonsense=1)


def test_where_a_settlement_is_booked_is_no_part_of_what_is_true():
    booked = replace(OFFER, forgiveness_id=UUID(int=4))
    assert booked == OFFER
    assert hash(booked) == hash(OFFER)
    assert replace(OFFER, amount_minor=61) != OFFER
    assert OFFER != PLAN


def test_the_collector_does_not_look_at_rows():
    assert not gc.is_tracked(ROW)
    assert not gc.is_tracked(State(plans=(PLAN,)))
