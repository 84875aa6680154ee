"""Which questions kept points answer, and what a row of theirs says in each report."""

from datetime import date

import pytest

from app.domain.overview import ages
from app.domain.overview.definitions.receivables import ITEMS
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
    assert liquidation["placement_batch"] == "placement_batch"  # whatever its month is


def test_survival_tells_of_a_day_who_broke_and_who_was_seen_until_then():
    question = asked("survival", date(2026, 1, 1), date(2026, 6, 30))
    row = {**dict.fromkeys(FIGURES, 0), "accounts": 4, "members": 5, "broken": 2}
    (entry,) = curve_entries({("USD", "2026-01", "31"): row}, question)
    assert entry.key == ("2026-01",)
    assert entry.adds == {"plans": 5, "broken": 2, "broke.31": 2, "left.31": 3}
    assert entry.accounts == 4  # two plans are of one account


def test_a_row_of_ages_fills_every_column_of_aging_by_item():
    row = {name: number for number, name in enumerate(ages.FIGURES, start=1)}
    (entry,) = ages.item_entries({("USD", "open"): row})
    assert {*entry.adds} == {column.name for column in ITEMS}
    assert len({*entry.adds.values()}) == len(ITEMS), "each from a figure of its own"
    assert entry.key == ("open",)
    assert [*ages.item_entries({("USD", "paid"): dict.fromkeys(row, 0)})] == []


def test_what_was_added_is_told_by_month_and_of_whoever_there_is():
    row = {**dict.fromkeys(ages.FIGURES, 0), "members": 7, "not_due_minor": 40}
    idle = {**row, "not_due_minor": 0}
    key, other = ("USD", "invoice"), ("USD", "medical")
    moved = {key: {"2026-05": 30, "2026-06": 20}}
    one, none = ages.receipt_entries({key: row, other: idle}, {key: 100}, moved, {key: 90})
    assert one.adds == {
        "opening_minor": 100, "additions_minor": 50, "closing_minor": 90, "current_minor": 40,
        "additions_of.2026-05": 30, "additions_of.2026-06": 20,
    }  # fmt: skip
    assert not any(none.adds.values())
    assert none.accounts == 7


def test_a_cell_by_kind_is_of_as_many_accounts_as_have_one():
    row = {**dict.fromkeys(FIGURES, 0), "accounts_of_kind": 1, "members": 1}
    question = asked("vintages", date(2026, 1, 1), date(2026, 1, 31), "age", "plan_kind")
    (of_kind,) = curve_entries({("USD", "2026-01", 1, "revolving"): row}, question)
    assert of_kind.accounts == 1
    question = asked("vintages", date(2026, 1, 1), date(2026, 1, 31), "age")
    (of_all,) = curve_entries({("USD", "2026-01", 1): row}, question)
    assert of_all.accounts == 0
