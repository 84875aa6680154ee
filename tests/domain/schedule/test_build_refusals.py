"""Terms that are well formed, and still come to no schedule: where, and the limit."""

from datetime import date

import pytest

from app.domain.errors import InvalidInput
from app.domain.money import MAX_MINOR
from app.domain.schedule import build as schedule
from app.domain.schedule.dates import NO_HOLIDAYS
from app.domain.schedule.terms import (
    BusinessDays,
    Convention,
    DayCount,
    Frequency,
    StepUp,
    Terms,
    Unit,
)
from app.domain.values import replace

OPENS = date(2026, 1, 31)
MONTHLY = Frequency(every=1, unit=Unit.MONTH)
TERMS = Terms(installment_count=9, frequency=MONTHLY)


def build(terms=TERMS, amount=900_00, opens_on=OPENS, holidays=NO_HOLIDAYS, minimum=0):
    return schedule.build(
        terms,
        opens_on=opens_on,
        amount_minor=amount,
        holidays=holidays,
        min_installment_minor=minimum,
    )


def refusal(terms, **options):
    with pytest.raises(InvalidInput) as refused:
        build(terms, **options)
    (problem,) = refused.value.errors
    return problem.pointer, problem.detail


@pytest.mark.parametrize(
    ("changes", "options", "pointer", "limit"),
    [
        pytest.param(
            {"installment_count": 9},
            {"amount": 8},
            "/terms/installment_count",
            "at most 8",
            id="less than a cent each",
        ),
        pytest.param(
            {},
            {"minimum": 100_01},
            "/terms/installment_count",
            "at most 8",
            id="below the minimum",
        ),
        pytest.param(
            {"installment_count": None, "installment_minor": 89},
            {},
            "/terms/installment_minor",
            "at least 90",
            id="more than a thousand",
        ),
        pytest.param(
            {"step_ups": (StepUp(from_number=2, installment_minor=200_00),)},
            {},
            "/terms/step_ups",
            "sum to less than 90000, not 160000",
            id="a ladder that leaves nothing",
        ),
        pytest.param(
            {"down_payment_bps": 1, "rounding_unit_minor": 100},
            {},
            "/terms/down_payment_bps",
            "rounds to 0",
            id="a share of nothing",
        ),
        pytest.param(
            {"down_payment_minor": 100, "down_payment_on": date(2026, 3, 1)},
            {},
            "/terms/down_payment_on",
            "2026-02-28",
            id="down after the first",
        ),
        pytest.param(
            {
                "down_payment_minor": 100,
                "first_due_on": date(2026, 2, 1),
                "business_days": BusinessDays(calendar="any", convention=Convention.PRECEDING),
            },
            {},
            "/terms/down_payment_on",
            "2026-01-30",
            id="down, and the first moved before it",
        ),
        pytest.param(
            {"first_due_on": date(2100, 11, 30)},
            {},
            "/terms/frequency",
            "2100-12-31",
            id="later generations",
        ),
        pytest.param(
            {"first_due_on": date(2100, 11, 30), "annual_rate_bps": 1},
            {},
            "/terms/frequency",
            "2100-12-31",
            id="their interest",
        ),
        pytest.param(
            {"installment_count": None, "installment_minor": 100_00, "annual_rate_bps": 1},
            {"opens_on": date(2100, 12, 31)},
            "/terms/frequency",
            "2100-12-31",
            id="opening on the last day there is",
        ),
        pytest.param(
            {"first_due_on": date(2026, 1, 30), "annual_rate_bps": 1},
            {},
            "/terms/first_due_on",
            "2026-01-31",
            id="interest backwards",
        ),
        pytest.param(
            {"installment_count": None, "installment_minor": 9_00, "annual_rate_bps": 1500},
            {},
            "/terms/installment_minor",
            "never amortizes: more than a period's interest, 1147",
            id="never amortizes",
        ),
        pytest.param(
            {
                "installment_count": None,
                "installment_minor": 100,
                "annual_rate_bps": 1,
                "day_count": DayCount.EQUAL_PERIODS,
            },
            {"amount": 2000_00},
            "/terms/installment_minor",
            "more than 1000",
            id="amortizes, in the end",
        ),
        pytest.param(
            {"annual_rate_bps": 1200},
            {"minimum": 200_00},
            "/terms/installment_count",
            "at least 20000",
            id="a level payment below the minimum",
        ),
        pytest.param(
            {
                "annual_rate_bps": 3600,
                "step_ups": (StepUp(from_number=2, installment_minor=1000_00),),
            },
            {},
            "/terms/step_ups",
            "at least 1",
            id="a ladder that leaves nothing for the first",
        ),
        pytest.param(
            {"annual_rate_bps": 2000, "installment_count": 60},
            {"amount": MAX_MINOR},
            "/terms/amount_minor",
            str(MAX_MINOR),
            id="interest beyond all bounds",
        ),
        pytest.param(
            {
                "annual_rate_bps": 3650,
                "down_payment_minor": 1_00,
                "down_payment_on": date(2026, 2, 10),
            },
            {},
            "/terms/down_payment_minor",
            "more than its interest, 900",
            id="a down payment that only pays interest",
        ),
    ],
)
def test_what_cannot_be_worked_out(changes, options, pointer, limit):
    at, detail = refusal(replace(TERMS, **changes), **options)

    assert at == pointer
    assert limit in detail
