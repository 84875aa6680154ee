"""Questions on settlements and credit reports beyond those compiled: each way one can end.

Every answer is the service's own, over HTTP; none of the expected figures is worked out here.
"""

import pytest

from tests.scenarios import questions
from tests.scenarios.runner import Case, Verdict, play

LUMP = {
    "balance": "2000.00",
    "settlement_amount": "1000.00",
    "payments": [{"date": "2026-03-10", "amount": "1000.00"}],
    "expires_on": "2026-03-31",
}
IN_THREE = {
    "balance": "3000.00",
    "settlement_amount": "1000.00",
    "schedule": ["2026-01-15", "2026-02-15", "2026-03-15"],
    "payments": [
        {"date": "2026-01-15", "amount": "333.33"},
        {"date": "2026-02-15", "amount": "333.33"},
    ],
}
OWED = {"balance": "900", "dpd": 0}


def asked(said, **expected):
    step = questions.step_of({"input": said, "expected": expected})
    return Case(id="Q", title="", steps=(step,))


def lump(paid=None, **more):
    """The usual offer, with other money than the usual payment."""
    return {**LUMP, **({} if paid is None else {"payments": paid}), **more}


def came(on, amount, **more):
    return {"date": on, "amount": amount, **more}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param(
            lump(balance="1599.99"),
            {"state": "SATISFIED", "forgiven": "599.99", "form_1099c": False, "tax_year": 2026},
            id="a cent below the threshold",
        ),
        pytest.param(
            lump(collection=True),
            {"state": "SATISFIED", "metro2": {"account_status": "62", "special_comment": "AU"}},
            id="in collection",
        ),
        pytest.param(
            lump([came("2026-03-10", "1100.00")]),
            {"state": "SATISFIED", "forgiven": "1000.00", "overpayment": "100.00"},
            id="overpaid",
        ),
        pytest.param(
            lump([came("2026-03-10", "999.99")], tolerance="0.01"),
            {"state": "SATISFIED", "forgiven": "1000.01"},
            id="within the tolerance",
        ),
        pytest.param(
            lump([came("2026-03-10", "999.98")], tolerance="0.01"),
            {"state": "ACTIVE", "remaining_to_settle": "0.02"},
            id="beyond the tolerance",
        ),
        pytest.param(
            lump([], as_of="2026-03-31"),
            {"state": "OFFERED", "remaining_to_settle": "1000.00"},
            id="the last day of an offer",
        ),
        pytest.param(
            lump([]), {"state": "EXPIRED", "remaining_balance": "2000.00"}, id="never paid",
        ),
        pytest.param(
            lump([came("2026-04-01", "1000.00")]),
            {"state": "EXPIRED", "remaining_balance": "1000.00", "event_code": None},
            id="paid too late",
        ),
        pytest.param(
            lump([came("2026-03-10", "600.00"), came("2026-04-05", "400.00")]),
            {"state": "VOID", "remaining_balance": "1000.00", "credited": "1000.00"},
            id="half of it too late",
        ),
        pytest.param(
            {**IN_THREE, "grace_days": 5, "as_of": "2026-03-21"},
            {"state": "VOID", "remaining_balance": "2333.34", "forgiven": "0.00"},
            id="beyond the grace",
        ),
        pytest.param(
            {**IN_THREE, "void_on_default": False, "as_of": "2026-12-31"},
            {"state": "ACTIVE", "remaining_to_settle": "333.34"},
            id="no default makes it void",
        ),
        pytest.param(
            {**IN_THREE, "schedule": [came("2026-01-15", "300.00"), came("2026-02-15", "700.00")],
             "as_of": "2026-02-16"},
            {"state": "VOID", "credited": "666.66"},
            id="parts written out",
        ),
        pytest.param(
            {**IN_THREE, "cure_days": 10,
             "payments": [*IN_THREE["payments"], came("2026-03-20", "333.34")]},
            {"state": "SATISFIED", "forgiven": "2000.00", "satisfied_on": "2026-03-20"},
            id="cured",
        ),
        pytest.param(
            lump([came("2026-03-10", "1000.00", returned_on="2026-03-12")]),
            {"state": "ACTIVE", "remaining_to_settle": "1000.00", "form_1099c": False},
            id="returned",
        ),
        pytest.param(
            lump([came("2026-03-10", "1000.00"), came("2026-03-12", "-1000.00")]),
            {"state": "REOPENED", "remaining_balance": "2000.00", "forgiven": "0.00"},
            id="returned, as an amount below zero",
        ),
        pytest.param(
            lump([came("2026-03-10", "1000.00", reversed=True)], on_return="void"),
            {"state": "VOID", "remaining_balance": "2000.00"},
            id="void when money is returned",
        ),
        pytest.param(
            lump(clearing_days=5, as_of="2026-03-15"),
            {"state": "SATISFIED", "satisfied_on": "2026-03-15"},
            id="cleared",
        ),
        pytest.param(
            lump([came("2026-03-10", "1000.00", cleared=False)]),
            {"state": "ACTIVE", "forgiven": "0.00"},
            id="not cleared",
        ),
        pytest.param(
            {**OWED, "plan_payment": "50.00", "scheduled_payment": "100.00"},
            {"account_status": "11", "special_comment": "AC", "balance": "900.00"},
            id="pays less than scheduled",
        ),
        pytest.param(
            {**OWED, "dpd": 45, "plan_payment": "150.00", "scheduled_payment": "100.00"},
            {"account_status": "71", "special_comment": None, "amount_past_due": "900.00"},
            id="late, and pays more",
        ),
        pytest.param(
            {**OWED, "dpd": 200, "collection": True, "plan_payment": "50.00",
             "scheduled_payment": "900.00"},
            {"account_status": "93", "special_comment": "AC"},
            id="a collection on a plan",
        ),
        pytest.param(
            {"balance": "0", "dpd": 400, "charged_off": True, "settled": True},
            {"account_status": "64", "special_comment": "AU"},
            id="a charge-off settled",
        ),
        pytest.param(
            {"balance": "0", "charged_off": True},
            {"account_status": "64", "special_comment": None},
            id="a charge-off paid in full",
        ),
        pytest.param(
            {"balance": "0", "dpd": 95},
            {"account_status": "13", "payment_rating": "3"},
            id="paid when it was late",
        ),
    ],
)  # fmt: skip
async def test_an_answer(api, said, expected):
    result = await play(api, asked(said, **expected))

    assert result.verdict is Verdict.PASSED, str(result)


@pytest.mark.parametrize(
    ("said", "expected", "why"),
    [
        pytest.param(LUMP, {"state": "REOPENED"}, "the settlement", id="never reopened"),
        pytest.param(
            lump([came("2026-03-10", "1.00")]), {"state": "REOPENED"}, "the settlement",
            id="active, but it never was satisfied",
        ),
        pytest.param(LUMP, {"state": "ACTIVE"}, "the settlement", id="another state"),
        pytest.param(LUMP, {"forgiven": "1000.01"}, "the settlement", id="a cent more"),
        pytest.param(LUMP, {"tax_year": 2027}, "the settlement", id="another year"),
        pytest.param(
            LUMP, {"metro2": {"special_comment": None}}, "the credit report", id="its report",
        ),
        pytest.param(
            {**OWED, "dpd": 59}, {"account_status": "78"}, "the credit report", id="a day early",
        ),
        pytest.param(lump(balance="much"), {"state": "VOID"}, "not understood", id="no amount"),
    ],
)  # fmt: skip
async def test_an_answer_that_differs(api, said, expected, why):
    result = await play(api, asked(said, **expected))

    assert result.verdict is Verdict.FAILED, str(result)
    assert why in result.why


@pytest.mark.parametrize(
    ("said", "expected", "why"),
    [
        pytest.param(lump(insolvent=True), {"state": "SATISFIED"}, "input.insolvent", id="input"),
        pytest.param(LUMP, {"letter": False}, "expected.letter", id="a figure that is none"),
        pytest.param(
            LUMP, {"metro2": {"k1_segment": None}}, "expected.metro2.k1_segment", id="of a report",
        ),
        pytest.param(LUMP, {"state": "CANCELLED"}, "that is CANCELLED", id="a state"),
        pytest.param(
            lump([came("2026-03-10", "1.00", charged_back=True)]), {"state": "ACTIVE"},
            "input.payments.charged_back", id="a payment",
        ),
        pytest.param(
            lump([{"paid_on": "2026-03-10", "amount": "1.00"}]), {"state": "ACTIVE"},
            "input.payments.paid_on", id="a payment's day",
        ),
        pytest.param(
            lump([came("2026-03-10", "-1.00")]), {"state": "ACTIVE"}, "no payment was",
            id="the return of nothing",
        ),
        pytest.param(
            {"balance": "1", "settlement_amount": "1"}, {"state": "OFFERED"}, "without any date",
            id="no day",
        ),
        pytest.param({**OWED, "counseling": True}, {}, "input.counseling", id="a program"),
        pytest.param(OWED, {"ecoa": None}, "expected.ecoa", id="a field"),
        pytest.param({**OWED, "settled": True}, {}, "settled, with a balance", id="both"),
        pytest.param(
            {**OWED, "balance": "0", "plan_payment": "5"}, {}, "a plan of 5", id="nothing to plan",
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_or_compared_never_passes(api, said, expected, why):
    """A name nobody knows is a failure; what has no counterpart here is skipped."""
    result = await play(api, asked(said, **expected))

    unknown = why.startswith(("input.", "expected."))
    assert result.verdict is (Verdict.FAILED if unknown else Verdict.SKIPPED), str(result)
    assert why in result.why
