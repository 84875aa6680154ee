"""The compiled settlement cases as lives of an account: status, forgiven, what remains to pay.

What follows of them for taxes and a credit report is tested beside those modules.
"""

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app.domain.agreement.settlement import remaining_minor
from app.domain.money import Amounts
from app.domain.standing.status import account_status
from app.domain.vocabulary import SettlementStatus
from tests.domain.support.settled import accepted, begun, offered, settling

PATH = Path(__file__).parents[2] / "cases" / "settlement_cases.json"
CASES = json.loads(PATH.read_text())["cases"]
STATUSES = {"SATISFIED": SettlementStatus.SATISFIED, "ACTIVE": SettlementStatus.ACCEPTED}


def minor(amount: str) -> int:
    return int(Decimal(amount) * 100)


def rows(said):
    """The parts as agreed: on the days of the schedule, else on those of the payments."""
    amount = minor(said["settlement_amount"])
    days = said.get("schedule") or [payment["date"] for payment in said["payments"]]
    dates = [date.fromisoformat(day) for day in days]
    if len(dates) == 1 and "expires_on" in said:
        dates = [date.fromisoformat(said["expires_on"])]
    each = amount // len(dates)
    return [(on, each) for on in dates[:-1]] + [(dates[-1], amount - each * (len(dates) - 1))]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_compiled_case(case):
    said, expected = case["input"], case["expected"]
    by = settling(
        void_after_grace_days=said.get("grace_days", 5),
        tolerance_minor=minor(said.get("tolerance", "0")),
    )
    agreed = rows(said)
    start = min(on for on, _ in agreed) - timedelta(days=30)
    books = begun(by, owed=Amounts(principal_minor=minor(said["balance"])), on=start)
    books.enter(accepted(books.enter(offered(*agreed, by=by))))
    for payment in said["payments"]:
        books.wait(date.fromisoformat(payment["date"])).pay(minor(payment["amount"]))
    if "as_of" in said:
        books.wait(date.fromisoformat(said["as_of"]))

    assert books.one.status is STATUSES[expected["state"]]
    if "forgiven" in expected:
        assert books.one.forgiven.total_minor == minor(expected["forgiven"])
        assert account_status(books.state) == "settled"
    if "remaining_to_settle" in expected:
        assert remaining_minor(books.state, books.one) == minor(expected["remaining_to_settle"])
    if "tax_year" in expected:
        assert books.one.satisfied_on.year == expected["tax_year"]
