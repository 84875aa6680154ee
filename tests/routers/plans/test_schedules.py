"""Schedules: what terms come to, to the cent and to the day, nothing stored."""

import pytest

MONTHLY = {"every": 1, "unit": "month"}
START = "2026-02-01"


async def schedule(desk, status=200, **terms):
    body = {"currency": "USD", "terms": terms, "starts_on": START}
    return await desk.post("/v1/schedules", body, status=status)


def rows(answer):
    return [(row["due_on"], row["amount_minor"]) for row in answer["installments"]]


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        pytest.param(
            {"amount_minor": 250_00, "installment_count": 6, "frequency": MONTHLY,
             "first_due_on": "2026-03-01"},
            [("2026-03-01", 4167), ("2026-04-01", 4167), ("2026-05-01", 4167),
             ("2026-06-01", 4167), ("2026-07-01", 4167), ("2026-08-01", 4165)],
            id="the remainder on the last",
        ),
        pytest.param(
            {"amount_minor": 203_00, "installment_minor": 50_00, "frequency": MONTHLY},
            [("2026-03-01", 5000), ("2026-04-01", 5000), ("2026-05-01", 5000),
             ("2026-06-01", 5000), ("2026-07-01", 300)],
            id="full ones and a smaller last",
        ),
        pytest.param(
            {"amount_minor": 300_00, "down_payment_bps": 2500, "installment_count": 2,
             "frequency": MONTHLY, "anchor_on": "2026-01-31", "first_due_on": "2026-02-28"},
            [("2026-02-01", 7500), ("2026-02-28", 11250), ("2026-03-31", 11250)],
            id="a down payment, and month ends",
        ),
        pytest.param(
            {"amount_minor": 40_00, "installment_count": 4, "first_due_on": "2026-02-15",
             "frequency": {"unit": "semimonth", "days": [15, 31]}},
            [("2026-02-15", 1000), ("2026-02-28", 1000), ("2026-03-15", 1000),
             ("2026-03-31", 1000)],
            id="twice a month",
        ),
        pytest.param(
            {"amount_minor": 30_00, "installments": [
                {"due_on": "2026-02-10", "amount_minor": 1000},
                {"due_on": "2026-02-20", "amount_minor": 2000}]},
            [("2026-02-10", 1000), ("2026-02-20", 2000)],
            id="written out",
        ),
        pytest.param(
            {"amount_minor": 20_00, "installment_count": 2, "frequency": MONTHLY,
             "first_due_on": "2026-07-04",
             "business_days": {"calendar": "US-FED", "convention": "following"}},
            [("2026-07-06", 1000), ("2026-08-04", 1000)],
            id="business days",
        ),
    ],
)  # fmt: skip
async def test_schedules(desk, terms, expected):
    answer = await schedule(desk, **terms)

    assert rows(answer) == expected
    assert answer["total_minor"] == sum(amount for _, amount in expected)
    assert answer["last_due_on"] == expected[-1][0]
    assert [row["number"] for row in answer["installments"]] == list(range(1, len(expected) + 1))


async def test_interest_has_its_own_cells(desk):
    answer = await schedule(
        desk, amount_minor=1200_00, installment_count=12, frequency=MONTHLY,
        annual_rate_bps=1200, day_count="equal_periods",
    )  # fmt: skip

    assert [row["amount_minor"] for row in answer["installments"]] == [10662] * 11 + [10660]
    assert answer["finance_charge_minor"] == 7942
    assert sum(row["principal_minor"] for row in answer["installments"]) == 1200_00
    assert answer["apr_bps"] == 1200


GIVEN = {"amount_minor": 100_00, "installment_count": 2, "frequency": MONTHLY}


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        pytest.param({"amount_minor": None}, ["/terms"], id="how much?"),
        pytest.param({"amount_minor": "1"}, ["/terms/amount_minor"], id="a string"),
        pytest.param({"installment_count": True}, ["/terms/installment_count"], id="a truth"),
        pytest.param({"installment_count": 0}, ["/terms/installment_count"], id="none"),
        pytest.param({"installment_count": 1001}, ["/terms/installment_count"], id="too many"),
        pytest.param({"frequency": {"unit": "year"}}, ["/terms/frequency/unit"], id="no such unit"),
        pytest.param(
            {"frequency": {"unit": "semimonth", "days": [1]}}, ["/terms/frequency/days/1"],
            id="half a pair",
        ),
        pytest.param({"remainder": "middle"}, ["/terms/remainder"], id="no such remainder"),
        pytest.param(
            {"installment_minor": 5000, "down_payment_minor": 100_00},
            ["/terms/installment_minor", "/terms/down_payment_minor"], id="two at once",
        ),
        pytest.param(
            {"business_days": {"calendar": "MARS"}}, ["/terms/business_days/calendar"],
            id="no such calendar",
        ),
        pytest.param({"tempo": 1}, ["/terms/tempo"], id="unknown"),
    ],
)  # fmt: skip
async def test_terms_that_cannot_be_meant(desk, change, pointers):
    body = {"currency": "USD", "terms": {**GIVEN, **change}}

    assert await desk.pointers("/v1/schedules", body) == pointers


@pytest.mark.parametrize(
    ("terms", "last_due_on", "expected"),
    [
        pytest.param(
            {"installment_minor": 100_00, "installment_count": 3}, None,
            [("2026-03-01", 10000), ("2026-04-01", 10000), ("2026-05-01", 10000)],
            id="installment and count give the amount",
        ),
        pytest.param(
            {"installment_minor": 100_00}, "2026-04-30",
            [("2026-03-01", 10000), ("2026-04-01", 10000)],
            id="installment and last day give amount and count",
        ),
        pytest.param(
            {"amount_minor": 300_00}, "2026-05-01",
            [("2026-03-01", 10000), ("2026-04-01", 10000), ("2026-05-01", 10000)],
            id="amount and last day give the count",
        ),
    ],
)  # fmt: skip
async def test_any_two_give_the_third(desk, terms, last_due_on, expected):
    body = {"currency": "USD", "starts_on": START, "terms": {"frequency": MONTHLY} | terms}
    if last_due_on:
        body["last_due_on"] = last_due_on

    answer = await desk.post("/v1/schedules", body, status=200)

    assert rows(answer) == expected
    assert answer["total_minor"] == sum(minor for _, minor in expected)


@pytest.mark.parametrize(
    ("terms", "last_due_on", "pointer"),
    [
        ({"installment_count": 3}, None, "/terms"),
        ({"amount_minor": 300_00, "installment_count": 3}, "2026-05-01", "/terms"),
        ({"amount_minor": 300_00}, "2026-02-02", "/last_due_on"),
        ({"installments": [{"due_on": "2026-03-01", "amount_minor": 1}]}, None,
         "/terms/amount_minor"),
    ],
)  # fmt: skip
async def test_what_does_not_determine_a_schedule_is_refused_at_its_field(
    desk, terms, last_due_on, pointer
):
    body = {"currency": "USD", "starts_on": START, "terms": {"frequency": MONTHLY} | terms}
    if last_due_on:
        body["last_due_on"] = last_due_on

    problem = await desk.post("/v1/schedules", body, status=422)

    assert problem["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("days", [None, {"calendar": "US-FED", "convention": "following"}])
async def test_no_schedule_goes_past_the_horizon_with_a_calendar_or_without(desk, days):
    yearly = {"every": 12, "unit": "month"}
    terms = {"amount_minor": 300_00, "frequency": yearly, "first_due_on": "2098-11-25"}
    terms |= {"business_days": days} if days else {}

    inside = await schedule(desk, installment_count=3, **terms)
    assert inside["installments"][-1]["nominal_due_on"] == "2100-11-25"
    assert inside["installments"][-1]["due_on"] == ("2100-11-26" if days else "2100-11-25")
    refused = await schedule(desk, 422, installment_count=4, **terms)
    assert refused["errors"][0]["pointer"] == "/terms/frequency"
    assert "2100-12-31" in refused["errors"][0]["detail"]
