"""ACH returns: the table, the windows, what may be tried again, and the rates."""

import json
from datetime import date
from pathlib import Path

import pytest

from app.domain.ach import (
    CODES,
    FEE_CODES,
    LIMITS_BPS,
    REINITIATIONS,
    Category,
    Reason,
    Retry,
    Window,
    latest_return_on,
    may_retry,
    return_rates,
    sixtieth_day,
)
from app.domain.errors import InvalidInput
from app.domain.schedule.dates import Holidays

CASES = Path(__file__).parents[1] / "cases"
ACH = json.loads((CASES / "ach_cases.json").read_text())["cases"]
TABLE = json.loads((CASES / "ach_return_codes.json").read_text())
_HOLIDAYS = json.loads((CASES / "us_holidays.json").read_text())["fed_bank"]
FED = Holidays.of({date.fromisoformat(day) for year in _HOLIDAYS.values() for day in year})
SETTLED = date(2026, 1, 10)


def cases(prefix):
    found = [case for case in ACH if case["id"].startswith(prefix)]
    assert found
    return pytest.mark.parametrize("case", found, ids=lambda case: case["id"])


def test_the_table_is_the_one_that_was_read():
    assert {
        code: (one.title, one.category, one.window, one.retry) for code, one in CODES.items()
    } == {
        one["code"]: (
            one["title"],
            one["category"],
            {
                "2 banking days": Window.TWO_BANKING_DAYS,
                "60 calendar days": Window.SIXTY_DAYS,
                "undefined": Window.UNDEFINED,
            }[one["window"]],
            one["retry"],
        )
        for one in TABLE["codes"]
    }
    assert all(one.source for one in CODES.values())
    limits = TABLE["_meta"]["thresholds"]
    for name in ("unauthorized", "administrative", "overall"):
        assert LIMITS_BPS[name] == round(float(limits[name]["max"]) * 10_000)
    for code in limits["unauthorized"]["codes"]:
        assert CODES[code].category is Category.UNAUTHORIZED


@cases("ACHW")
def test_the_last_day_of_a_return(case):
    settled_on = date.fromisoformat(case["input"]["settlement_date"])
    code = CODES[case["input"]["code"]]
    expected = case["expected"]

    assert (
        latest_return_on(code, settled_on, FED).isoformat() == expected["latest_return_available"]
    )
    if "sixtieth_calendar_day" in expected:
        assert sixtieth_day(settled_on).isoformat() == expected["sixtieth_calendar_day"]


@cases("ACHR")
def test_what_may_be_tried_again(case):
    said = case["input"]
    verdict = may_retry(
        CODES[said["code"]],
        entries_made=said["entries_already_made"],
        original_settled_on=date.fromisoformat(said["original_settlement"]),
        today=date.fromisoformat(said["today"]),
        reauthorized=said.get("receiver_reauthorised", False),
        corrected=said.get("reason_corrected", False),
    )

    assert (verdict.allowed, verdict.reason) == (
        case["expected"]["allowed"],
        case["expected"]["reason"],
    )


@cases("ACHT")
def test_the_rates_and_their_limits(case):
    said, expected = case["input"], case["expected"]
    rates = return_rates(
        debits=said["debits_originated"],
        unauthorized=said["unauthorized"],
        administrative=said["administrative"],
        returns=said["total_returns"],
    )

    assert list(rates.breach) == expected["breach"]
    assert [
        f"{bps / 10_000:.4f}"
        for bps in (rates.unauthorized_bps, rates.administrative_bps, rates.overall_bps)
    ] == [expected["unauthorized_rate"], expected["administrative_rate"], expected["overall_rate"]]


def test_no_debits_no_rates():
    rates = return_rates(debits=0, unauthorized=0, administrative=0, returns=0)

    assert (rates.overall_bps, rates.breach) == (0, ())


@pytest.mark.parametrize(
    ("entries", "today", "allowed", "reason", "left"),
    [
        pytest.param(1, date(2026, 7, 9), True, None, 2, id="on the 180th day"),
        pytest.param(1, date(2026, 7, 10), False, Reason.OVER_180_DAYS, 0, id="a day later"),
        pytest.param(3, date(2026, 2, 1), False, Reason.REINITIATED_TWICE, 0, id="three entries"),
        pytest.param(9, date(2026, 2, 1), False, Reason.REINITIATED_TWICE, 0, id="many more"),
    ],
)
def test_a_reinitiation_is_bound_by_number_and_time(entries, today, allowed, reason, left):
    verdict = may_retry(
        CODES["R01"], entries_made=entries, original_settled_on=SETTLED, today=today
    )

    assert (verdict.allowed, verdict.reason, verdict.entries_left) == (allowed, reason, left)
    assert (verdict.until_on == date(2026, 7, 9)) is allowed


@pytest.mark.parametrize("code", CODES.values(), ids=lambda one: one.code)
def test_nothing_but_a_reinitiation_goes_out_as_it_was(code):
    as_it_was = may_retry(code, entries_made=1, original_settled_on=SETTLED, today=SETTLED)
    mended = may_retry(
        code, entries_made=REINITIATIONS + 1, original_settled_on=SETTLED, today=date(2027, 1, 1),
        reauthorized=True, corrected=True,
    )  # fmt: skip

    assert as_it_was.allowed is (code.retry is Retry.REINITIATE)
    assert as_it_was.allowed is (code.code in FEE_CODES)
    assert as_it_was.allowed is (as_it_was.reason is None)
    assert mended.allowed is (code.retry not in {Retry.NEVER, Retry.REINITIATE})


@pytest.mark.parametrize("code", ["R02", "R03", "R20"])
def test_the_same_account_never_and_corrected_details_are_a_new_entry(code):
    asked = {"entries_made": 3, "original_settled_on": SETTLED, "today": date(2027, 1, 1)}
    same = may_retry(CODES[code], **asked)
    other = may_retry(CODES[code], **asked, corrected=True)

    assert (same.allowed, same.reason) == (False, Reason.NEVER_SAME_ACCOUNT)
    assert (other.allowed, other.reason, other.entries_left) == (True, None, 1)


def test_what_has_no_window_may_come_any_day():
    assert latest_return_on(CODES["R06"], SETTLED, FED) is None


def test_a_window_past_the_days_that_are_known_is_refused_by_name():
    assert latest_return_on(CODES["R10"], date(2100, 10, 20), FED) == date(2100, 12, 20)
    with pytest.raises(InvalidInput, match=r"/settled_on: .*2100-12-31"):
        latest_return_on(CODES["R10"], date(2100, 12, 31), FED)
