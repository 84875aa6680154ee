"""What terms come to: dates, amounts, cells."""

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from app.domain.money import Remainder
from app.domain.schedule import build as schedule
from app.domain.schedule.build import ScheduledInstallment
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays
from app.domain.schedule.terms import (
    BusinessDays,
    Convention,
    ExplicitInstallment,
    Frequency,
    MonthEnd,
    StepUp,
    Terms,
    Unit,
)
from app.domain.values import replace
from app.domain.vocabulary import InstallmentKind

CASES = Path(__file__).parents[2] / "cases"
DATED = json.loads((CASES / "schedule_cases.json").read_text())["cases"]
LEGAL = json.loads((CASES / "us_holidays.json").read_text())["fed_bank"]
FED = Holidays.of(date.fromisoformat(day) for year in LEGAL.values() for day in year)

OPENS = date(2026, 1, 31)
MONTHLY = Frequency(every=1, unit=Unit.MONTH)
FREQUENCIES = {
    "weekly": Frequency(unit=Unit.WEEK),
    "every_4_weeks": Frequency(every=4, unit=Unit.WEEK),
    "biweekly": Frequency(every=2, unit=Unit.WEEK),
    "monthly": MONTHLY,
    "quarterly": Frequency(every=3, unit=Unit.MONTH),
}
TERMS = Terms(installment_count=9, frequency=MONTHLY)


def build(terms=TERMS, amount=900_00, opens_on=OPENS, holidays=NO_HOLIDAYS, minimum=0):
    return schedule.build(
        terms,
        opens_on=opens_on,
        amount_minor=amount,
        holidays=holidays,
        min_installment_minor=minimum,
    )


def amounts(built):
    return [row.amount_minor for row in built.installments]


def due(built):
    return [row.due_on.isoformat() for row in built.installments]


@pytest.mark.parametrize("case", DATED, ids=lambda c: c["id"])
def test_schedule_cases(case):
    """Here `start` is the first due date. SCH-11 moves 31 May, a Sunday, back to Friday."""
    given = case["input"]
    frequency = FREQUENCIES.get(given["frequency"])
    terms = Terms(
        installment_count=given["count"],
        frequency=frequency or Frequency(unit=Unit.SEMIMONTH, days=tuple(given["days"])),
        first_due_on=date.fromisoformat(given["start"]),
        business_days=BusinessDays(calendar="US-FED", convention=Convention(given["adjust"]))
        if "adjust" in given
        else None,
    )

    built = build(terms, opens_on=terms.first_due_on, holidays=FED)

    rows = [
        {"nominal": row.nominal_due_on.isoformat(), "due": row.due_on.isoformat()}
        for row in built.installments
    ]
    assert rows == case["expected"]["dates"]


def test_the_contracts_example():
    """1,200.00 with 300.00 down on 1 February, then nine of 100.00 on the last of the month."""
    terms = replace(
        TERMS,
        down_payment_minor=300_00,
        down_payment_on=date(2026, 2, 1),
        anchor_on=date(2026, 1, 31),
        first_due_on=date(2026, 3, 31),
        business_days=BusinessDays(calendar="US-FED", convention=Convention.FOLLOWING),
    )

    built = build(terms, amount=1200_00, holidays=FED)

    assert amounts(built) == [300_00] + [100_00] * 9
    assert (built.total_minor, built.finance_charge_minor, built.apr_bps) == (1200_00, 0, 0)
    assert built.installments[0] == ScheduledInstallment(
        number=1,
        kind=InstallmentKind.DOWN_PAYMENT,
        nominal_due_on=date(2026, 2, 1),
        due_on=date(2026, 2, 2),
        amount_minor=300_00,
        principal_minor=300_00,
        interest_minor=0,
    )
    assert [row.number for row in built.installments] == [*range(1, 11)]
    assert due(built)[1:4] == ["2026-03-31", "2026-04-30", "2026-06-01"]
    assert built.installments[3].nominal_due_on == date(2026, 5, 31)
    assert built.installments[4].due_on == date(2026, 6, 30)
    assert built.last_due_on == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, ["2026-02-28", "2026-03-31", "2026-04-30"], id="the opening day anchors"),
        pytest.param(
            {"month_end": MonthEnd.FIRST_OF_NEXT},
            ["2026-03-01", "2026-03-31", "2026-05-01"],
            id="the 1st of the next month",
        ),
        pytest.param(
            {"first_due_on": date(2026, 2, 28)},
            ["2026-02-28", "2026-03-28", "2026-04-28"],
            id="the first due date anchors",
        ),
        pytest.param(
            {"anchor_on": date(2025, 12, 31), "first_due_on": date(2026, 2, 28)},
            ["2026-02-28", "2026-03-31", "2026-04-30"],
            id="the anchor anchors",
        ),
        pytest.param(
            {"anchor_on": date(2025, 1, 15)},
            ["2026-02-15", "2026-03-15", "2026-04-15"],
            id="an anchor long past",
        ),
        pytest.param(
            {"anchor_on": date(2026, 5, 15)},
            ["2026-05-15", "2026-06-15", "2026-07-15"],
            id="an anchor to come is the first",
        ),
        pytest.param(
            {"frequency": Frequency(every=10, unit=Unit.DAY)},
            ["2026-02-10", "2026-02-20", "2026-03-02"],
            id="every ten days",
        ),
        pytest.param(
            {"frequency": Frequency(unit=Unit.SEMIMONTH, days=(1, 16))},
            ["2026-02-01", "2026-02-16", "2026-03-01"],
            id="twice a month",
        ),
        pytest.param(
            {"installments_from": date(2025, 11, 30)},
            ["2025-11-30", "2025-12-30", "2026-01-30"],
            id="already due when the plan opens",
        ),
    ],
)
def test_where_dates_step_from(changes, expected):
    if "installments_from" in changes:
        changes = {"first_due_on": changes["installments_from"]}

    assert due(build(replace(TERMS, installment_count=3, **changes))) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"installment_count": 4}, [225_00] * 4, id="a count"),
        pytest.param({"installment_count": 7}, [128_57] * 6 + [128_58], id="a remainder"),
        pytest.param(
            {"installment_count": 7, "remainder": Remainder.FIRST},
            [128_58] + [128_57] * 6,
            id="on the first",
        ),
        pytest.param(
            {"installment_count": 7, "rounding_unit_minor": 100},
            [129_00] * 6 + [126_00],
            id="whole units",
        ),
        pytest.param(
            {"installment_count": None, "installment_minor": 250_00},
            [250_00] * 3 + [150_00],
            id="an installment",
        ),
        pytest.param(
            {"installment_count": 2, "down_payment_bps": 3333},
            [299_97, 300_02, 300_01],
            id="a share down",
        ),
        pytest.param(
            {"installment_count": 2, "down_payment_bps": 3333, "rounding_unit_minor": 100},
            [300_00, 300_00, 300_00],
            id="a share down, rounded",
        ),
        pytest.param(
            {
                "installment_count": 5,
                "step_ups": (
                    StepUp(from_number=3, installment_minor=200_00),
                    StepUp(from_number=5, installment_minor=300_00),
                ),
            },
            [100_00, 100_00, 200_00, 200_00, 300_00],
            id="a ladder by count",
        ),
        pytest.param(
            {
                "installment_count": None,
                "installment_minor": 100_00,
                "step_ups": (StepUp(from_number=3, installment_minor=300_00),),
            },
            [100_00, 100_00, 300_00, 300_00, 100_00],
            id="a ladder by installment",
        ),
        pytest.param(
            {
                "installment_count": None,
                "installment_minor": 500_00,
                "step_ups": (StepUp(from_number=40, installment_minor=600_00),),
            },
            [500_00, 400_00],
            id="paid before the step",
        ),
        pytest.param(
            {
                "installment_count": 3,
                "down_payment_minor": 100_00,
                "step_ups": (StepUp(from_number=4, installment_minor=400_00),),
            },
            [100_00, 200_00, 200_00, 400_00],
            id="steps go by the number shown",
        ),
    ],
)
def test_amounts(changes, expected):
    built = build(replace(TERMS, **changes))

    assert amounts(built) == expected
    assert sum(expected) == built.total_minor == 900_00


def test_a_single_payment_needs_no_frequency():
    built = build(Terms(installment_count=1, first_due_on=date(2026, 3, 1)))

    assert (amounts(built), due(built)) == ([900_00], ["2026-03-01"])


def test_written_installments_move_to_business_days_too():
    rows = tuple(
        ExplicitInstallment(due_on=date(2026, month, 1), amount_minor=450_00) for month in (2, 3)
    )
    convention = BusinessDays(calendar="US-FED", convention=Convention.PRECEDING)

    assert due(build(Terms(installments=rows))) == ["2026-02-01", "2026-03-01"]
    moved = build(Terms(installments=rows, business_days=convention))
    assert due(moved) == ["2026-01-30", "2026-02-27"]
    assert {row.kind for row in moved.installments} == {InstallmentKind.INSTALLMENT}


def test_a_down_payment_never_moves_before_the_opening_day():
    convention = BusinessDays(calendar="US-FED", convention=Convention.PRECEDING)
    terms = replace(TERMS, down_payment_minor=100_00, business_days=convention)

    assert due(build(terms))[0] == "2026-02-02"  # the plan opens on Saturday, 31 January


def test_numbers_and_dates_run_on():
    built = build(replace(TERMS, installment_count=360))

    assert [row.number for row in built.installments] == [*range(1, 361)]
    assert all(a.due_on < b.due_on for a, b in pairwise(built.installments))
