"""SEPA reason codes: the table is whole, and its deadlines are those of the rulebook."""

from datetime import date

import pytest

from app.domain import ach
from app.domain.errors import InvalidInput
from app.domain.sepa import CODES, FEE_CODES, Cause, Deadline, Next, RTransaction, latest_on
from app.services.holidays import calendar

TARGET = calendar("TARGET")


def test_every_code_says_all_there_is_to_know():
    for name, one in CODES.items():
        assert (name, len(name)) == (one.code, 4)
        assert one.title
        assert one.source
        assert one.comes_as
        assert (one.window is Deadline.EIGHT_WEEKS) == (one.comes_as == (RTransaction.REFUND,))


def test_no_code_is_in_both_tables():
    assert not CODES.keys() & ach.CODES.keys()


def test_only_want_of_funds_bears_a_fee():
    assert {code for code, one in CODES.items() if one.cause is Cause.FUNDS} == FEE_CODES
    assert [code for code, one in CODES.items() if one.fee] == ["AM04"]


@pytest.mark.parametrize(
    ("code", "follows"),
    [("AM04", Next.NEW_COLLECTION), ("MD01", Next.NEW_MANDATE_REQUIRED), ("MD07", Next.NEVER),
     ("AC01", Next.CORRECT_THEN_NEW_COLLECTION), ("MD06", Next.ASK_THE_DEBTOR)],
)  # fmt: skip
def test_what_may_follow(code, follows):
    assert CODES[code].follows is follows


@pytest.mark.parametrize(
    ("code", "settled_on", "until"),
    [
        ("AM04", date(2026, 3, 2), date(2026, 3, 9)),  # Monday to Monday
        ("AM04", date(2026, 3, 31), date(2026, 4, 9)),  # Good Friday and Easter Monday between
        ("MS03", date(2026, 12, 24), date(2027, 1, 4)),  # 25 December, 1 January
        ("MD06", date(2026, 3, 2), date(2026, 4, 27)),
        ("MD01", date(2026, 1, 31), date(2027, 2, 28)),
    ],
)
def test_until_when_it_may_come(code, settled_on, until):
    assert latest_on(CODES[code], settled_on, TARGET) == until


def test_a_deadline_past_the_calendar_is_refused():
    with pytest.raises(InvalidInput):
        latest_on(CODES["AM04"], date(2100, 6, 1), TARGET)
