"""Which questions kept points answer, and what a row of theirs says in each report."""

from datetime import date

import pytest

from app.domain.overview.points import CURVES, FIGURES, cohorts_of, columns_of, curve_entries
from app.domain.overview.question import Question
from app.domain.reports.books import Basis


def asked(report, from_on, to_on, *more):
    return Question(
        report=report, as_of=date(2026, 6, 30), known_on=date(2026, 6, 30), basis=Basis.BOOKED,
        from_on=from_on, to_on=to_on, by=(*CURVES[report].own[:1], *more),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("from_on", "to_on", "cohorts"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), ("2026-01", "2026-03")),
        (date(2026, 6, 1), date(2026, 6, 30), ("2026-06", "2026-06")),
        (date(2026, 6, 1), date(2026, 8, 7), ("2026-06", "2026-08")),  # nothing began since
        (date(2026, 1, 2), date(2026, 3, 31), None),
        (date(2026, 1, 1), date(2026, 3, 30), None),
    ],
)
def test_points_answer_for_whole_months_of_cohorts(from_on, to_on, cohorts):
    assert cohorts_of(asked("vintages", from_on, to_on)) == cohorts


def test_a_plan_is_of_its_own_kind_and_an_account_of_that_of_its_plan():
    span = date(2026, 1, 1), date(2026, 6, 30)
    vintages = columns_of(asked("vintages", *span, "age", "plan_kind"))
    assert vintages == {
        "currency": "currency", "cohort": "cohort", "age": "age", "plan_kind": "kind_of_plan",
    }  # fmt: skip
    liquidation = columns_of(asked("liquidation", *span, "age", "plan_kind"))
    assert liquidation["plan_kind"] == "plan_kind"
    assert liquidation["placement_batch"] == "cohort"


def test_survival_tells_of_a_day_who_broke_and_who_was_seen_until_then():
    question = asked("survival", date(2026, 1, 1), date(2026, 6, 30))
    row = {**dict.fromkeys(FIGURES, 0), "accounts": 4, "members": 5, "broken": 2}
    (entry,) = curve_entries({("USD", "2026-01", "31"): row}, question)
    assert entry.key == ("2026-01",)
    assert entry.adds == {"plans": 5, "broken": 2, "broke.31": 2, "left.31": 3}
    assert entry.accounts == 4  # two plans are of one account
