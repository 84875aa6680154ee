"""A changed copy is what the library's own `replace` makes; classes that check are refused."""

import dataclasses
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from app.domain.account.fold import Fold
from app.domain.account.plan import Installment, Plan
from app.domain.account.state import State
from app.domain.copying import replace
from app.domain.money import Amounts
from app.domain.vocabulary import PolicyRef

DAY = date(2026, 3, 1)
ROW = Installment(id=UUID(int=1), nominal_due_on=DAY, due_on=DAY, due=Amounts(principal_minor=100))
PLAN = Plan(
    id=UUID(int=2),
    opened_on=DAY,
    policy=PolicyRef(name="standard", version=1),
    taken=Amounts(principal_minor=100),
    installments=(ROW,),
)
CHANGES = [
    (State(plans=(PLAN,)), {"judged_on": DAY, "told": ("a:b",)}),
    (PLAN, {"missed_total": 2}),
    (ROW, {"paid": ROW.due, "satisfied_on": DAY}),
    (Fold(), {"state": State(judged_on=DAY)}),
    (ROW, {}),
]


@pytest.mark.parametrize(("value", "changes"), CHANGES)
def test_it_is_what_the_library_makes(value, changes):
    before = dataclasses.replace(value)
    made = replace(value, **changes)
    assert made == dataclasses.replace(value, **changes)
    assert type(made) is type(value)
    assert value == before


def test_what_a_plan_remembers_is_not_copied():
    assert (PLAN.total_minor, PLAN.paid_minor, PLAN.owing) == (100, 0, (ROW,))
    paid = replace(PLAN, installments=(replace(ROW, paid=ROW.due),))
    assert (paid.total_minor, paid.paid_minor, paid.owing) == (100, 100, ())


def test_a_field_there_is_none_of_is_refused():
    with pytest.raises(KeyError):
        replace(ROW, nonsense=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checking:
    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError


def test_a_class_that_checks_its_values_is_refused():
    with pytest.raises(TypeError, match="Checking"):
        replace(Checking(low=1, high=2), low=3)
