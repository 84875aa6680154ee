"""What a furnisher would send of an account: status, comment, balance, first delinquency."""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reporting.credit_report import (
    CreditReport,
    ReportFacts,
    credit_report,
    monthly_payment,
)
from app.domain.values import replace
from app.domain.vocabulary import InstallmentKind
from tests.factories import plan, row

_FOLDER = Path(__file__).parents[2] / "cases"


def cases(name):
    return json.loads((_FOLDER / f"{name}_cases.json").read_text(encoding="utf-8"))


METRO2 = cases("metro2_status")
SETTLED = [case for case in cases("settlement")["cases"] if "metro2" in case["expected"]]
DOFD = cases("dofd")["cases"]
BEGAN = date(2026, 1, 15)
each = pytest.mark.parametrize


def cents(text):
    return None if text is None else int(Decimal(text) * 100)


def told(**facts):
    return credit_report(ReportFacts(**{"balance_minor": 900_00, **facts}))


@each("case", METRO2["cases"], ids=lambda case: case["id"])
def test_the_worked_cases(case):
    said = case["input"]
    report = credit_report(
        ReportFacts(
            balance_minor=cents(said["balance"]),
            past_due_days=said["dpd"],
            charged_off=said.get("charged_off", False),
            collection=said.get("collection", False),
            settled=said.get("settled", False),
            plan_payment_minor=cents(said.get("plan_payment")),
            scheduled_payment_minor=cents(said.get("scheduled_payment")),
        )
    )

    assert report.account_status == case["expected"]["account_status"]
    assert report.special_comment == case["expected"]["special_comment"]
    assert report.account_status in METRO2["_meta"]["account_status_codes"]


@each("case", SETTLED, ids=lambda case: case["id"])
def test_a_settled_account(case):
    report = told(balance_minor=0, charged_off=case["input"]["charged_off"], settled=True)

    assert case["expected"]["metro2"] == {
        "account_status": report.account_status,
        "special_comment": report.special_comment,
        "balance": str(report.balance_minor),
    }


@each("case", DOFD, ids=lambda case: case["id"])
def test_the_first_delinquency_stands_as_written(case):
    began = date.fromisoformat(f"{case['expected']['dofd_month']}-01")
    report = told(past_due_days=180, charged_off=True, first_delinquency_on=began)

    assert report.first_delinquency_on == began
    assert report.obsolete_after_on == date.fromisoformat(
        case["expected"]["obsolete_after_if_day_1"]
    )


@each(
    ("days", "status", "rating"),
    [
        pytest.param(0, "11", "0", id="current"),
        pytest.param(29, "11", "0", id="29"),
        pytest.param(30, "71", "1", id="30"),
        pytest.param(59, "71", "1", id="59"),
        pytest.param(60, "78", "2", id="60"),
        pytest.param(89, "78", "2", id="89"),
        pytest.param(90, "80", "3", id="90"),
        pytest.param(119, "80", "3", id="119"),
        pytest.param(120, "82", "4", id="120"),
        pytest.param(149, "82", "4", id="149"),
        pytest.param(150, "83", "5", id="150"),
        pytest.param(179, "83", "5", id="179"),
        pytest.param(180, "84", "6", id="180"),
        pytest.param(999, "84", "6", id="999"),
    ],
)
def test_by_days_while_it_is_owed_and_as_it_stood_when_paid(days, status, rating):
    owed = told(past_due_days=days, past_due_minor=100_00, first_delinquency_on=BEGAN)
    paid = told(balance_minor=0, past_due_days=days, first_delinquency_on=BEGAN)
    began = None if days < 30 else BEGAN

    assert (owed.account_status, owed.payment_rating) == (status, None)
    assert owed.past_due_minor == (0 if days < 30 else 100_00)
    assert (paid.account_status, paid.payment_rating) == ("13", rating)
    assert paid.past_due_minor == 0
    assert owed.first_delinquency_on == paid.first_delinquency_on == began
    least, _, most = METRO2["_meta"]["payment_rating"][rating].rstrip("+").partition("-")
    assert int(least) <= days <= int(most or days)


@each(
    ("facts", "expected"),
    [
        pytest.param({"charged_off": True}, ("97", None), id="charged off"),
        pytest.param({"collection": True}, ("93", None), id="collection"),
        pytest.param({"collection": True, "charged_off": True}, ("97", None), id="both"),
        pytest.param({"charged_off": True, "balance_minor": 0}, ("64", None), id="paid"),
        pytest.param({"collection": True, "balance_minor": 0}, ("62", None), id="collected"),
        pytest.param({"settled": True, "balance_minor": 0}, ("13", "AU"), id="settled"),
        pytest.param({"settled": True}, ("11", None), id="charged again since"),
        pytest.param(
            {"plan_payment_minor": 50_00, "scheduled_payment_minor": 100_00},
            ("11", "AC"),
            id="pays less",
        ),
        pytest.param({"plan_payment_minor": 50_00}, ("11", None), id="nobody said what is due"),
        pytest.param({"scheduled_payment_minor": 50_00}, ("11", None), id="no plan"),
        pytest.param(
            {
                "balance_minor": 0,
                "settled": True,
                "plan_payment_minor": 0,
                "scheduled_payment_minor": 100_00,
            },
            ("13", "AU"),
            id="one comment only",
        ),
    ],
)
def test_on_what_footing(facts, expected):
    report = told(**facts)

    assert (report.account_status, report.special_comment) == expected


def test_a_date_waits_while_a_re_age_keeps_the_account_current():
    re_aged = told(past_due_days=0, first_delinquency_on=BEGAN)
    later = told(past_due_days=30, first_delinquency_on=BEGAN)

    assert (re_aged.first_delinquency_on, re_aged.obsolete_after_on) == (None, None)
    assert later.first_delinquency_on == BEGAN


@each(("balance", "owed"), [(0, False), (1, True)])
def test_the_last_cent_is_owed_too(balance, owed):
    facts = {"balance_minor": balance, "past_due_minor": 1, "settled": True, "charged_off": True}
    report = told(**facts, plan_payment_minor=1, scheduled_payment_minor=2)

    assert report.account_status == ("97" if owed else "64")
    assert report.past_due_minor == (1 if owed else 0)
    assert report.special_comment == ("AC" if owed else "AU")


def test_all_fields_at_once():
    assert told(past_due_minor=300_00, past_due_days=75, first_delinquency_on=BEGAN) == (
        CreditReport(
            account_status="78",
            payment_rating=None,
            special_comment=None,
            balance_minor=900_00,
            past_due_minor=300_00,
            first_delinquency_on=BEGAN,
            obsolete_after_on=date(2033, 7, 14),
        )
    )


# --- What a plan asks for in a month -----------------------------------------------------------


JAN, FEB, MAR, APR = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30))
MONTHLY = plan(row(1, JAN), row(2, FEB), row(3, MAR, 40_00))
FALLING = plan(row(1, JAN, 200_00), row(2, FEB), row(3, MAR, 40_00))
WEEKLY = plan(*(row(n, JAN + timedelta(days=7 * n), 25_00) for n in range(1, 11)))


@each(
    ("made", "on", "expected"),
    [
        pytest.param(MONTHLY, JAN, 100_00, id="a month"),
        pytest.param(MONTHLY, date(2026, 3, 15), 100_00, id="not the small last one"),
        pytest.param(MONTHLY, date(2026, 9, 1), 100_00, id="after the last"),
        pytest.param(WEEKLY, JAN, 100_00, id="four weeks"),
        pytest.param(plan(row(1, APR, 40_00)), JAN, 40_00, id="one installment"),
        pytest.param(FALLING, date(2026, 3, 15), 100_00, id="the one before, no earlier one"),
        pytest.param(FALLING, date(2026, 9, 1), 100_00, id="nor after the last"),
        pytest.param(
            plan(row(1, JAN, 90_00, interest_minor=10_00)), JAN, 100_00, id="interest earned"
        ),
        pytest.param(plan(), JAN, 0, id="none"),
        pytest.param(plan(row(1, date(9999, 12, 20))), JAN, 100_00, id="as late as days go"),
        pytest.param(plan(row(1, JAN, 60_00), row(2, FEB, 90_00)), JAN, 60_00, id="steps up"),
        pytest.param(plan(row(1, JAN, fees_minor=25_00)), JAN, 100_00, id="a fee joined it"),
        pytest.param(
            plan(row(1, JAN), replace(row(2, JAN), kind=InstallmentKind.CHARGE)),
            JAN,
            100_00,
            id="a charge's own row",
        ),
        pytest.param(
            plan(row(1, JAN), replace(row(2, JAN), voided_on=JAN)), JAN, 100_00, id="void"
        ),
        pytest.param(
            plan(replace(row(1, JAN, 90_00), level_minor=100_00)), JAN, 100_00, id="with interest"
        ),
    ],
)
def test_what_a_plan_asks_for_in_a_month(made, on, expected):
    assert monthly_payment(made, on=on) == expected


# --- Properties --------------------------------------------------------------------------------

FACTS = st.builds(
    ReportFacts,
    balance_minor=st.integers(0, 10_000),
    past_due_minor=st.integers(0, 10_000),
    past_due_days=st.integers(0, 400),
    first_delinquency_on=st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    charged_off=st.booleans(),
    collection=st.booleans(),
    settled=st.booleans(),
    plan_payment_minor=st.none() | st.integers(0, 10_000),
    scheduled_payment_minor=st.none() | st.integers(0, 10_000),
)


@given(known=FACTS)
def test_no_report_contradicts_itself(known):
    report = credit_report(known)
    zero = report.account_status in {"13", "62", "64"}

    assert zero == (report.balance_minor == 0)
    assert report.special_comment in ({None, "AU"} if zero else {None, "AC"})
    assert (report.payment_rating is not None) == (report.account_status == "13")
    assert report.past_due_minor == 0 or report.account_status not in {"11", "13", "62", "64"}
    assert report.first_delinquency_on in {None, known.first_delinquency_on}
    assert (report.first_delinquency_on is None) == (report.obsolete_after_on is None)
    assert report.first_delinquency_on is None or report.account_status != "11"


@given(known=FACTS, settled=st.booleans())
def test_nothing_agreed_or_settled_moves_the_first_delinquency(known, settled):
    other = replace(known, settled=settled, plan_payment_minor=1, scheduled_payment_minor=2)

    assert credit_report(other).first_delinquency_on == credit_report(known).first_delinquency_on
    assert credit_report(other).account_status == credit_report(known).account_status
