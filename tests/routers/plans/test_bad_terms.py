"""Terms that cannot be meant: 422, a pointer to each field with its limit, and nothing stored."""

import pytest

from tests.routers.lives.desk import IN_THREE, OPENING

MONTHLY = {"every": 1, "unit": "month"}
BY_COUNT = {"installment_count": 3, "frequency": MONTHLY, "first_due_on": "2026-01-31"}
BY_AMOUNT = {"installment_minor": 100_00, "frequency": MONTHLY, "first_due_on": "2026-01-31"}
TOO_MUCH = 2**53


def changed(base, **changes):
    return {**base, **changes}


def days(*rows):
    return {"installments": [{"due_on": on, "amount_minor": minor} for on, minor in rows]}


#: Terms, where they are wrong, and words of the limit that is told.
BAD = {
    # combinations
    "nothing said": ({}, "/terms/installment_count", "required"),
    "no frequency": ({"installment_count": 3}, "/terms/frequency", "required"),
    "count and amount": (
        changed(BY_COUNT, installment_minor=100_00), "/terms/installment_minor", "not together"),
    "two down payments": (
        changed(BY_COUNT, down_payment_minor=1_00, down_payment_bps=1), "/terms/down_payment_bps",
        "not together"),
    "a day and no down payment": (
        changed(BY_COUNT, down_payment_on=OPENING), "/terms/down_payment_on", "only with"),
    "written out and counted": (
        changed(days(("2026-01-31", 300_00)), installment_count=1), "/terms/installment_count",
        "not together"),
    "days of no semimonth": (
        changed(BY_COUNT, frequency={"unit": "month", "days": [1, 15]}), "/terms/frequency/days",
        "only with"),
    "semimonth without days": (
        changed(BY_COUNT, frequency={"unit": "semimonth"}), "/terms/frequency/days", "required"),
    "no step of the anchor": (
        changed(BY_COUNT, anchor_on="2026-01-15"), "/terms/first_due_on", "periods from anchor_on"),
    "steps that go back": (
        changed(BY_AMOUNT, step_ups=[{"from_number": 3, "installment_minor": 1_00},
                                     {"from_number": 2, "installment_minor": 2_00}]),
        "/terms/step_ups/1/from_number", "from 4"),
    # dates
    "due before it opens": (
        changed(BY_COUNT, first_due_on="2026-01-09"), "/terms/first_due_on", OPENING),
    "written out before it opens": (
        days(("2026-01-09", 300_00)), "/terms/installments/0/due_on", OPENING),
    "down before it opens": (
        changed(BY_COUNT, down_payment_minor=1_00, down_payment_on="2026-01-09"),
        "/terms/down_payment_on", OPENING),
    "no such day": (
        changed(BY_COUNT, first_due_on="2026-02-30"), "/terms/first_due_on", "day that exists"),
    "a day with a time": (
        changed(BY_COUNT, first_due_on="2026-02-01T00:00Z"), "/terms/first_due_on", "YYYY-MM-DD"),
    "another age": (changed(BY_COUNT, first_due_on="3026-01-31"), "/terms/first_due_on", "2100"),
    "the same day twice": (
        days(("2026-01-31", 100_00), ("2026-01-31", 200_00)), "/terms/installments/1/due_on",
        "later than"),
    # amounts
    "an amount of nothing": (changed(BY_COUNT, amount_minor=0), "/terms/amount_minor", "1"),
    "less than nothing": (changed(BY_COUNT, amount_minor=-1), "/terms/amount_minor", "1"),
    "an installment of nothing": (
        changed(BY_AMOUNT, installment_minor=0), "/terms/installment_minor", "1"),
    "beyond 2^53": (
        changed(BY_COUNT, amount_minor=TOO_MUCH), "/terms/amount_minor", str(TOO_MUCH - 1)),
    "an installment beyond 2^53": (
        changed(BY_AMOUNT, installment_minor=TOO_MUCH), "/terms/installment_minor",
        str(TOO_MUCH - 1)),
    "money as text": (changed(BY_COUNT, amount_minor="30000"), "/terms/amount_minor", "integer"),
    "cents of a cent": (changed(BY_COUNT, amount_minor=0.5), "/terms/amount_minor", "integer"),
    "all of it down": (
        changed(BY_COUNT, down_payment_minor=300_00), "/terms/down_payment_minor", "29999"),
    "a share above the whole": (
        changed(BY_COUNT, down_payment_bps=10_001), "/terms/down_payment_bps", "10000"),
    "a row of nothing": (
        days(("2026-01-31", 300_00), ("2026-02-28", 0)), "/terms/installments/1/amount_minor", "1"),
    "rows that do not sum": (days(("2026-01-31", 299_99)), "/terms/installments", "30000"),
    # counts
    "no installments": (changed(BY_COUNT, installment_count=0), "/terms/installment_count", "1000"),
    "fewer than none": (
        changed(BY_COUNT, installment_count=-1), "/terms/installment_count", "1000"),
    "too many": (changed(BY_COUNT, installment_count=1_001), "/terms/installment_count", "1000"),
    "too many of an amount": (
        changed(BY_AMOUNT, installment_minor=29), "/terms/installment_minor", "1000"),
    "none written out": (days(), "/terms/installments", "1"),
    "too many written out": (days(*[("2026-01-31", 1)] * 1_001), "/terms/installments", "1000"),
    "more than units": (
        changed(BY_COUNT, amount_minor=2), "/terms/installment_count", "2"),
    "every so never": (
        changed(BY_COUNT, frequency={"every": 0, "unit": "day"}), "/terms/frequency/every", "366"),
    "a rate that is a slip": (
        changed(BY_COUNT, annual_rate_bps=100_001), "/terms/annual_rate_bps", "100000"),
    "never amortizes": (
        changed(BY_AMOUNT, installment_minor=1_00, annual_rate_bps=5_000),
        "/terms/installment_minor", "more than a period's interest"),
    # names
    "no such calendar": (
        changed(BY_COUNT, business_days={"calendar": "MARS"}), "/terms/business_days/calendar",
        "US-FED"),
    "no such convention": (
        changed(BY_COUNT, business_days={"calendar": "GB", "convention": "never"}),
        "/terms/business_days/convention", "following"),
    "no such unit": (
        changed(BY_COUNT, frequency={"unit": "year"}), "/terms/frequency/unit", "month"),
    "no such day count": (changed(BY_COUNT, day_count="30/365"), "/terms/day_count", "30/360"),
    "nobody knows it": (changed(BY_COUNT, instalments=3), "/terms/instalments", ""),
}  # fmt: skip
#: A bare schedule may begin in the past; a plan may not.
ONLY_WITH_AN_ACCOUNT = {"due before it opens", "written out before it opens"}


@pytest.mark.parametrize("name", BAD)
async def test_terms_that_cannot_be_meant(desk, name):
    terms, pointer, limit = BAD[name]
    await desk.at(OPENING)
    account = await desk.account()
    path = f"/v1/accounts/{account['id']}"
    before = (await desk.get(f"{path}/timeline"))["data"]
    asked = {
        f"{path}/quotes": {"terms": terms},
        f"{path}/quotes/preview": {"terms": terms},
        "/v1/plans": {"account_id": account["id"], "terms": terms},
    }
    if name not in ONLY_WITH_AN_ACCOUNT:
        body = {"currency": "USD", "terms": {"amount_minor": 300_00, **terms}}
        asked["/v1/schedules"] = body
    for where, body in asked.items():
        status, type_, problem = await desk.refused("POST", where, json=body)
        assert (status, type_) == (422, "invalid-input"), (where, problem)
        said = {error["pointer"]: error["detail"] for error in problem["errors"]}
        assert pointer in said, where
        assert limit in said[pointer], (where, said)

    assert (await desk.get(f"{path}/timeline"))["data"] == before
    assert (await desk.get(f"{path}/quotes"))["data"] == []
    assert (await desk.get("/v1/plans"))["data"] == []


@pytest.mark.parametrize(
    ("change", "pointer", "limit"),
    [
        pytest.param({"expires_at": "2026-01-10T00:00:00Z"}, "/expires_at", "after", id="over"),
        pytest.param({"expires_at": "2026-02-01"}, "/expires_at", "instant", id="a day"),
        pytest.param({"locale": "tlh"}, "/locale", "en-US", id="no words for it"),
        pytest.param({"supersedes": "INV-1"}, "/supersedes", "quo_", id="not a quote"),
        pytest.param({"effective_on": "2026-01-11"}, "/effective_on", OPENING, id="tomorrow"),
        pytest.param({"effective_on": "2026-01-09"}, "/effective_on", OPENING, id="too early"),
        pytest.param({"reason": ""}, "/reason", "1", id="an empty reason"),
        pytest.param({"terms": None}, "/terms", "", id="no terms"),
        pytest.param({"price": 1}, "/price", "", id="unknown"),
    ],
)
async def test_malformed_quotes(desk, change, pointer, limit):
    await desk.at(OPENING)
    account = await desk.account()
    path = f"/v1/accounts/{account['id']}/quotes"
    for where in (path, f"{path}/preview"):
        body = {"terms": IN_THREE, **change}
        status, name, problem = await desk.refused("POST", where, json=body)
        assert (status, name) == (422, "invalid-input")
        (error,) = problem["errors"]
        assert error["pointer"] == pointer
        assert limit in error["detail"]
    assert (await desk.get(path))["data"] == []


@pytest.mark.parametrize("currency", ["XXX", "usd", "BTC", "", 840])
async def test_unknown_currencies(desk, currency):
    body = {"currency": currency, "terms": {"amount_minor": 300_00, **BY_COUNT}}

    assert await desk.pointers("/v1/schedules", body) == ["/currency"]


async def test_more_than_is_owed_is_no_plan(desk):
    await desk.at(OPENING)
    account = await desk.account()
    path = f"/v1/accounts/{account['id']}/quotes"
    body = {"terms": {**IN_THREE, "amount_minor": 300_01}}
    for where in (path, f"{path}/preview"):
        status, name, problem = await desk.refused("POST", where, json=body)
        assert (status, name) == (409, "exceeds-balance")
        assert (problem["limit_minor"], problem["actual_minor"]) == (300_00, 300_01)
