"""Every way terms can be malformed: the field it is said of, and its limit."""

from datetime import date, timedelta

import pytest

from app.domain.errors import InvalidInput
from app.domain.money import MAX_INSTALLMENTS, MAX_MINOR
from app.domain.schedule.build import build
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.problems import problems_of
from app.domain.schedule.terms import (
    DayCount,
    ExplicitInstallment,
    Frequency,
    MonthEnd,
    Remainder,
    StepUp,
    Terms,
    Unit,
)
from app.domain.values import replace

OPENS = date(2026, 2, 1)
MONTHLY = Frequency(every=1, unit=Unit.MONTH)
GOOD = Terms(installment_count=9, frequency=MONTHLY, first_due_on=date(2026, 3, 31))


def written(*amounts, first=date(2026, 3, 1)):
    return tuple(
        ExplicitInstallment(due_on=first + timedelta(30 * n), amount_minor=amount)
        for n, amount in enumerate(amounts)
    )


def problems(terms, amount=900_00):
    return {p.pointer: p.detail for p in problems_of(terms, opens_on=OPENS, amount_minor=amount)}


def twice(*days):
    return Frequency(unit=Unit.SEMIMONTH, days=days or None)


def test_terms_that_say_little_say_the_usual():
    assert Terms().month_end is MonthEnd.LAST_DAY
    assert Terms().remainder is Remainder.LAST
    assert Terms().rounding_unit_minor == 1
    assert Terms().annual_rate_bps == 0
    assert Terms().day_count is DayCount.ACTUAL_365


@pytest.mark.parametrize(
    "terms",
    [
        pytest.param(GOOD, id="a count"),
        pytest.param(
            replace(GOOD, installment_count=None, installment_minor=100_00), id="an amount"
        ),
        pytest.param(
            Terms(installment_count=1, first_due_on=date(2026, 3, 1)), id="one, no frequency"
        ),
        pytest.param(replace(GOOD, anchor_on=date(2026, 1, 31)), id="a step of the anchor"),
        pytest.param(replace(GOOD, frequency=twice(15, 31)), id="semimonth"),
        pytest.param(replace(GOOD, frequency=twice(27, 28)), id="semimonth, at its limits"),
        pytest.param(replace(GOOD, down_payment_minor=899_99), id="all but a cent down"),
        pytest.param(replace(GOOD, down_payment_bps=2500, down_payment_on=OPENS), id="a share"),
        pytest.param(
            replace(GOOD, step_ups=(StepUp(from_number=9, installment_minor=1),)), id="a step"
        ),
        pytest.param(Terms(installments=written(400_00, 500_00)), id="written out"),
    ],
)
def test_good_terms(terms):
    assert problems(terms) == {}


@pytest.mark.parametrize(
    ("terms", "pointer", "limit"),
    [
        pytest.param(
            replace(GOOD, installment_count=None), "installment_count", "required", id="neither"
        ),
        pytest.param(
            replace(GOOD, installment_minor=1), "installment_minor", "not together", id="both"
        ),
        pytest.param(
            replace(GOOD, installment_count=0), "installment_count", "from 1 to 1000", id="none"
        ),
        pytest.param(
            replace(GOOD, installment_count=1001), "installment_count", "to 1000", id="too many"
        ),
        pytest.param(
            replace(GOOD, installment_count=None, installment_minor=0),
            "installment_minor",
            f"from 1 to {MAX_MINOR}",
            id="nothing each",
        ),
        pytest.param(replace(GOOD, frequency=None), "frequency", "required", id="how often"),
        pytest.param(
            Terms(installment_count=1), "frequency", "required", id="one, nobody knows when"
        ),
        pytest.param(
            Terms(
                installment_count=1,
                first_due_on=OPENS,
                annual_rate_bps=100,
                day_count=DayCount.EQUAL_PERIODS,
            ),
            "frequency",
            "equal_periods",
            id="a period of unknown length",
        ),
        pytest.param(
            replace(GOOD, frequency=Frequency(every=0, unit=Unit.DAY)),
            "frequency/every",
            "from 1 to 366",
            id="every 0 days",
        ),
        pytest.param(
            replace(GOOD, frequency=Frequency(every=13, unit=Unit.MONTH)),
            "frequency/every",
            "from 1 to 12",
            id="more than a year",
        ),
        pytest.param(
            replace(GOOD, frequency=Frequency(unit=Unit.WEEK, days=(1, 15))),
            "frequency/days",
            "only with",
            id="days of a week",
        ),
        pytest.param(
            replace(GOOD, frequency=twice()), "frequency/days", "required", id="which two days"
        ),
        pytest.param(
            replace(GOOD, frequency=twice(28, 31)), "frequency/days/0", "from 1 to 27", id="28, 31"
        ),
        pytest.param(
            replace(GOOD, frequency=twice(15, 15)), "frequency/days/1", "from 16 to 31", id="15, 15"
        ),
        pytest.param(
            replace(GOOD, frequency=twice(15, 32)), "frequency/days/1", "from 16 to 31", id="15, 32"
        ),
        pytest.param(
            replace(GOOD, anchor_on=date(2026, 1, 30)),
            "first_due_on",
            "from anchor_on, 2026-01-30",
            id="no step of the anchor",
        ),
        pytest.param(
            replace(GOOD, first_due_on=date(1899, 12, 31)),
            "first_due_on",
            "from 1900-01-01",
            id="last but one century",
        ),
        pytest.param(
            replace(GOOD, anchor_on=date(2101, 1, 1)), "anchor_on", "2100-12-31", id="far away"
        ),
        pytest.param(
            replace(GOOD, annual_rate_bps=-1), "annual_rate_bps", "from 0", id="negative rate"
        ),
        pytest.param(
            replace(GOOD, annual_rate_bps=100_001), "annual_rate_bps", "to 100000", id="1000.01 %"
        ),
        pytest.param(
            replace(GOOD, rounding_unit_minor=0), "rounding_unit_minor", "from 1", id="no unit"
        ),
        pytest.param(
            replace(GOOD, rounding_unit_minor=900_01),
            "rounding_unit_minor",
            "to 90000",
            id="a unit above the total",
        ),
        pytest.param(
            replace(GOOD, down_payment_minor=1, down_payment_bps=1),
            "down_payment_bps",
            "not together",
            id="two down payments",
        ),
        pytest.param(
            replace(GOOD, down_payment_minor=900_00),
            "down_payment_minor",
            "from 1 to 89999",
            id="all of it down",
        ),
        pytest.param(
            replace(GOOD, down_payment_minor=-1), "down_payment_minor", "from 1", id="minus a cent"
        ),
        pytest.param(
            replace(GOOD, down_payment_bps=10_000), "down_payment_bps", "to 9999", id="100 % down"
        ),
        pytest.param(
            replace(GOOD, down_payment_on=OPENS), "down_payment_on", "only with", id="only a date"
        ),
        pytest.param(
            replace(GOOD, down_payment_minor=1, down_payment_on=date(2026, 1, 31)),
            "down_payment_on",
            "on or after the opening day, 2026-02-01",
            id="down before opening",
        ),
        pytest.param(
            replace(GOOD, step_ups=(StepUp(from_number=1, installment_minor=1),)),
            "step_ups/0/from_number",
            "from 2 to 9",
            id="a step before the first",
        ),
        pytest.param(
            replace(
                GOOD, down_payment_minor=1, step_ups=(StepUp(from_number=2, installment_minor=1),)
            ),
            "step_ups/0/from_number",
            "from 3 to 10",
            id="a step on the first after the down payment",
        ),
        pytest.param(
            replace(GOOD, step_ups=(StepUp(from_number=10, installment_minor=1),)),
            "step_ups/0/from_number",
            "from 2 to 9",
            id="a step after the last",
        ),
        pytest.param(
            replace(
                GOOD,
                step_ups=(
                    StepUp(from_number=4, installment_minor=1),
                    StepUp(from_number=4, installment_minor=2),
                ),
            ),
            "step_ups/1/from_number",
            "from 5 to 9",
            id="steps out of order",
        ),
        pytest.param(
            replace(GOOD, step_ups=(StepUp(from_number=4, installment_minor=0),)),
            "step_ups/0/installment_minor",
            "from 1",
            id="a step to nothing",
        ),
        pytest.param(
            Terms(installments=()), "installments", "from 1 to 1000", id="an empty schedule"
        ),
        pytest.param(
            Terms(installments=written(400_00, 499_99)),
            "installments",
            "sum to 90000, not 89999",
            id="a cent short",
        ),
        pytest.param(
            Terms(installments=written(900_01, -1)),
            "installments/1/amount_minor",
            "from 1",
            id="a negative row",
        ),
        pytest.param(
            Terms(installments=(*written(400_00), *written(500_00))),
            "installments/1/due_on",
            "later than the one before, 2026-03-01",
            id="the same day twice",
        ),
        pytest.param(
            Terms(installments=(*written(400_00), *written(500_00, first=date(2026, 2, 1)))),
            "installments/1/due_on",
            "later than",
            id="unsorted",
        ),
        pytest.param(
            Terms(installments=written(900_00, first=date(3001, 1, 1))),
            "installments/0/due_on",
            "to 2100-12-31",
            id="written out for later generations",
        ),
    ],
)
def test_malformed_terms(terms, pointer, limit):
    found = problems(terms)

    assert [*found] == [f"/terms/{pointer}"], found
    assert limit in found[f"/terms/{pointer}"]


@pytest.mark.parametrize(
    "field",
    [
        {"installment_count": 2},
        {"installment_minor": 450_00},
        {"down_payment_minor": 100},
        {"down_payment_bps": 100},
        {"frequency": MONTHLY},
        {"anchor_on": OPENS},
        {"first_due_on": OPENS},
        {"annual_rate_bps": 100},
        {"step_ups": (StepUp(from_number=2, installment_minor=1),)},
    ],
    ids=lambda field: next(iter(field)),
)
def test_an_explicit_schedule_stands_instead_of_all_else(field):
    terms = replace(Terms(installments=written(400_00, 500_00)), **field)

    assert problems(terms) == {f"/terms/{next(iter(field))}": "not together with installments"}


@pytest.mark.parametrize("amount", [0, -1, MAX_MINOR + 1])
def test_amounts_no_plan_can_have(amount):
    assert f"from 1 to {MAX_MINOR}" in problems(GOOD, amount)["/terms/amount_minor"]


def test_more_written_installments_than_there_may_be():
    rows = written(*[1] * (MAX_INSTALLMENTS + 1), first=date(1990, 1, 1))

    assert "not 1001" in problems(Terms(installments=rows), len(rows))["/terms/installments"]


def test_an_installment_below_the_minimum():
    terms = replace(GOOD, installment_count=None, installment_minor=499)
    found = problems_of(terms, opens_on=OPENS, amount_minor=900_00, min_installment_minor=500)

    assert [p.pointer for p in found] == ["/terms/installment_minor"]


def test_all_that_is_malformed_is_refused_at_once():
    terms = Terms(
        installment_count=1001,
        frequency=Frequency(every=0, unit=Unit.SEMIMONTH, days=(30, 31)),
        first_due_on=date(1066, 10, 14),
        rounding_unit_minor=0,
        annual_rate_bps=-5,
        down_payment_bps=0,
    )

    with pytest.raises(InvalidInput) as refused:
        build(terms, opens_on=OPENS, amount_minor=0, holidays=NO_HOLIDAYS)

    assert [problem.pointer for problem in refused.value.errors] == [
        "/terms/amount_minor",
        "/terms/installment_count",
        "/terms/annual_rate_bps",
        "/terms/rounding_unit_minor",
        "/terms/down_payment_bps",
        "/terms/frequency/every",
        "/terms/frequency/days/0",
        "/terms/first_due_on",
    ]
