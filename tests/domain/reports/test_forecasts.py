"""A forecast from what accounts did before, as the rules work it out by hand."""

from datetime import date
from uuid import UUID

import pytest

from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.definitions.forecasts import behind_expected, completed
from app.domain.overview.question import Asked, question
from app.domain.overview.table import Entry, Layout, Tally
from app.domain.reports.books import Basis

#: 90/10 and 40/60 a month, kept 95 % and 40 %: of 100 accounts in each bucket.
PAST = {
    "accounts.current": 100, "owed.current": 1_000, "moved.current.current": 900,
    "moved.current.1-29": 100, "due.current": 100, "kept.current": 95,
    "accounts.1-29": 100, "owed.1-29": 1_000, "moved.1-29.current": 400,
    "moved.1-29.1-29": 600, "due.1-29": 100, "kept.1-29": 40,
}  # fmt: skip
MONTHS = ("2026-02", "2026-03", "2026-04")


def asked(report, *by, on=date(2026, 1, 31), **span):
    one = REPORTS[report]
    return question(
        report, Asked(as_of=on, by=by, **span), span=one.span, basis=Basis.BOOKED,
        groups=one.groups, business_date=date(2026, 6, 1), tied=one.tied,
    )  # fmt: skip


def entry(key, number=1, **adds):
    return Entry(id=UUID(int=number), currency="USD", key=key, adds=adds)


def due(key, bucket, minor, number=1):
    adds = {f"in.{bucket}": minor}
    return entry(key, number, installments=1, scheduled_minor=minor, **adds)


def tallied(wanted, *entries):
    one = REPORTS[wanted.report]
    tally = Tally(wanted, Layout(columns=one.columns, complete=one.complete))
    tally.add(entries)
    return tally


def test_buckets_are_rolled_on_from_the_second_month():
    wanted = asked("forecast")
    rows, (total,) = tallied(
        wanted,
        entry(("02026-01-31",), **PAST),
        *(due((month,), *one) for month in MONTHS
          for one in (("current", 1_000_00), ("1-29", 500_00))),
    ).rows()  # fmt: skip

    assert [row.key for row in rows] == [("USD", month) for month in MONTHS]
    assert [row.cells["markov_minor"] for row in rows] == [1_150_00, 1_205_00, 1_232_50]
    assert [row.cells["flat_minor"] for row in rows] == [1_150_00] * 3
    assert total.cells["markov_minor"] == 3_587_50


def test_a_creditor_of_few_accounts_rolls_as_the_portfolio_does():
    wanted = asked("forecast", "creditor")
    few = {**PAST, "accounts.current": 29, "moved.current.current": 0, "moved.current.1-29": 1_000}
    last = MONTHS[1]
    rows, _ = tallied(
        wanted,
        entry(("02026-01-31", "many"), **PAST),
        entry(("02026-01-31", "few"), **few),
        due((last, "many"), "current", 1_000_00),
        due((last, "few"), "current", 1_000_00),
    ).rows()
    both = {row.key[2]: row.cells["markov_minor"] for row in rows}

    # of both: 900 of 2,000 stay current, 1,100 roll: 0.45 x 95 % + 0.55 x 40 %
    assert both == {"many": 895_00, "few": 647_50}


def test_where_nothing_was_due_nothing_is_known_and_where_nothing_is_due_nothing_comes():
    wanted = asked("forecast")
    rows, _ = tallied(
        wanted, due(("2026-02",), "current", 1_00), entry(("2026-03",), promised_minor=5)
    ).rows()

    assert [row.cells["flat_minor"] for row in rows] == [None, 0]
    assert rows[1].cells["promised_minor"] == 5


def test_the_parts_behind_a_cell_sum_to_it():
    wanted = asked("forecast")
    entries = [
        entry(("02026-01-31",), **PAST),
        *(due(("2026-02",), "current", 1, number) for number in range(1, 8)),
    ]
    tally = tallied(wanted, *entries)
    (row,), _ = tally.rows()
    parts = list(behind_expected(entries, tally.sums, wanted, row.key))

    assert sum(one.adds["flat_minor"] for one in parts) == row.cells["flat_minor"] == 7
    assert completed(tally.sums, wanted)[row.key]["flat_minor"] == 7


def test_money_of_a_month_of_which_nothing_was_expected_is_behind_its_bias():
    span = {"from_on": date(2026, 2, 1), "to_on": date(2026, 2, 28)}
    wanted = asked("forecast-accuracy", on=date(2026, 2, 28), **span)
    came = entry(("2026-02",), actual_minor=5)
    tally = tallied(wanted, came)
    (row,), _ = tally.rows()
    (part,) = behind_expected([came], tally.sums, wanted, row.key)

    figures = {"compared_minor": 5, "bias_minor": -5, "error_minor": 5}
    assert {name: part.adds[name] for name in figures} == figures
    assert {name: row.cells[name] for name in figures} == figures


def test_a_month_is_held_against_the_forecast_of_the_day_before_it():
    span = {"from_on": date(2026, 2, 1), "to_on": date(2026, 4, 30)}
    wanted = asked("forecast-accuracy", on=date(2026, 4, 30), **span)
    rows, (total,) = tallied(
        wanted,
        entry(("02026-02-28",), **PAST),
        entry(("02026-03-31",), **PAST),
        due(("2026-02",), "current", 1_000_00),
        entry(("2026-02",), actual_minor=500_00),
        due(("2026-03",), "current", 1_000_00),
        entry(("2026-03",), actual_minor=1_000_00),
        due(("2026-04",), "1-29", 1_000_00),
        entry(("2026-04",), actual_minor=300_00),
    ).rows()

    def told(name):
        return [row.cells[name] for row in (*rows, total)]

    assert told("forecast_minor") == [None, 950_00, 400_00, 1_350_00]
    assert told("compared_minor") == [0, 1_000_00, 300_00, 1_300_00]
    assert told("bias_minor") == [None, -50_00, 100_00, 50_00]
    assert told("error_minor") == [None, 50_00, 100_00, 150_00]
    assert total.cells["wape_bps"] == 1154
    assert total.cells["bias_bps"] == 385


@pytest.mark.parametrize("last", [date(2026, 2, 28), date(2026, 3, 30)])
def test_the_matrix_is_of_twelve_months_that_are_closed(last):
    ends = REPORTS["forecast"].ends(asked("forecast", on=last))

    assert (len(ends), ends[0], ends[-1]) == (13, date(2025, 2, 28), date(2026, 2, 28))
