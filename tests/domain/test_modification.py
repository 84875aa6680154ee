"""How often a schedule may change: within twelve months, in a life, undone changes left out."""

from datetime import date

import pytest

from app.domain.changes import Deferral, Reamortization, Reschedule, RevisionUndo
from app.domain.fact_kinds import FactKind
from app.domain.modification import check_limits
from app.domain.policy import ModificationLimits
from app.domain.replay import standing
from tests.factories import fact_id, history, placed, plan_due, row_id

JAN, FEB, MAR, APR, MAY = (date(2026, month, 1) for month in range(1, 6))
ON = date(2026, 3, 10)
PLAN = fact_id(2)


@pytest.mark.parametrize(
    ("on", "refused"),
    [
        pytest.param(date(2026, 3, 9), [], id="before it was made"),
        pytest.param(ON, ["max_reamortizations_in_12_months"], id="the same day"),
        pytest.param(date(2027, 3, 9), ["max_reamortizations_in_12_months"], id="a day short"),
        pytest.param(date(2027, 3, 10), [], id="twelve months on"),
    ],
)
def test_a_change_blocks_for_twelve_months(on, refused):
    limits = ModificationLimits(
        max_deferrals_in_12_months=None,
        max_extensions_lifetime=None,
        max_reschedules_in_12_months=None,
        max_reamortizations_in_12_months=1,
    )
    facts = history((JAN, placed()), (JAN, plan_due(FEB, MAR, APR)),
                    (ON, Reamortization(plan_id=PLAN, number=2)))  # fmt: skip

    found = check_limits(standing(facts), limits, Reamortization, on=on)
    assert [one.rule for one in found] == refused
    assert check_limits(standing(facts), limits, Reschedule, on=on) == ()


def test_extensions_are_counted_for_life_and_undone_ones_are_not():
    limits = ModificationLimits(
        max_deferrals_in_12_months=5,
        max_extensions_lifetime=1,
        max_reschedules_in_12_months=None,
        max_reamortizations_in_12_months=None,
    )
    change = Deferral(plan_id=PLAN, number=2, installment_id=row_id(2), nominal_due_on=MAY,
                      due_on=MAY, reason="x")  # fmt: skip
    made = ((JAN, placed()), (JAN, plan_due(FEB, MAR, APR)), (FEB, change))
    undo = RevisionUndo(plan_id=PLAN, undoes=fact_id(3), undone=FactKind.DEFERRAL)
    after = date(2036, 1, 1)

    (found,) = check_limits(standing(history(*made)), limits, Deferral, on=after)
    assert (found.rule, found.limit, found.actual) == ("max_extensions_lifetime", 1, 2)
    assert check_limits(standing(history(*made, (ON, undo))), limits, Deferral, on=after) == ()
