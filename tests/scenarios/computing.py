"""Cases of arithmetic: splits, levels, days and interest, asked of `POST /v1/schedules`.

A figure the service tells in minor units only is asked of a sum so large that they are fine
enough: the interest of one whole period at 100 % is the fraction of the year.
"""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from tests.scenarios.client import Document, NotPlayable
from tests.scenarios.life import CURRENCY, Life, Step, minor, money, understood
from tests.scenarios.tables import compare, compare_one

_DAY_COUNTS: Mapping[str, tuple[str, int | None]] = {
    "ACT/365F": ("actual/365", 365),
    "ACT/365": ("actual/365", 365),
    "ACT/360": ("actual/360", 360),
    "30/360_BOND": ("30/360", 360),
    "30E/360": ("30E/360", 360),
    "30/360_US": ("30/360US", 360),
    "ACT/ACT_ISDA": ("actual/actual", None),
    "30E/360_ISDA": ("30E/360ISDA", 360),
    "ACT/ACT_ICMA": ("actual/actualICMA", None),
}
_FREQUENCIES: Mapping[int, dict[str, Any]] = {
    12: {"unit": "month"},
    24: {"unit": "semimonth", "days": [1, 16]},
    26: {"every": 2, "unit": "week"},
    52: {"unit": "week"},
}
_REMAINDERS = {"last": "last", "first": "first", "spread_first": "spread", "spread": "spread"}
_FINE_MINOR = 10**15  # a sum whose interest at 100 % has fifteen digits of the year's fraction
_START, _NEXT = "2025-01-01", "2025-02-01"


def _splits(said: Mapping[str, Any]) -> bool:
    return {"total", "n", "residual"} <= said.keys()


def _levels(said: Mapping[str, Any]) -> bool:
    return {"principal", "annual_rate", "payments", "periods_per_year"} <= said.keys()


def _counts(said: Mapping[str, Any]) -> bool:
    return {"convention", "start", "end"} <= said.keys()


def _accrues(said: Mapping[str, Any]) -> bool:
    return {"principal", "annual_rate", "from", "to", "day_count"} <= said.keys()


def _adjusts(said: Mapping[str, Any]) -> bool:
    return {"date", "convention", "holidays"} <= said.keys()


ASKED = (
    ("split_question", _splits),
    ("level_question", _levels),
    ("day_count_question", _counts),
    ("interest_question", _accrues),
    ("business_day_question", _adjusts),
)


async def _schedule(life: Life, starts_on: str, terms: Mapping[str, Any]) -> Document:
    asked = {"currency": CURRENCY, "terms": dict(terms), "starts_on": starts_on}
    return await life.api.post("/v1/schedules", asked)


async def split_question(life: Life, step: Step) -> None:
    """An amount in so many parts without interest, and where the last cents go."""
    said, expected = step["input"], step["expected"]
    understood(said, {"total", "n", "residual"}, what="input")
    understood(expected, {"installments"}, what="expected")
    if said["residual"] not in _REMAINDERS:
        raise NotPlayable(f"a residual {said['residual']}")
    terms = {
        "amount_minor": minor(said["total"]),
        "installment_count": int(said["n"]),
        "frequency": {"unit": "month"},
        "first_due_on": _NEXT,
        "remainder": _REMAINDERS[said["residual"]],
    }
    made = await _schedule(life, _START, terms)
    ours = [{"amount": money(row["amount_minor"])} for row in made["installments"]]
    theirs = [{"amount": amount} for amount in expected["installments"]]
    compare(theirs, ours, columns=("amount",), what="the split")


async def level_question(life: Life, step: Step) -> None:
    """A level installment, its interest and the last one, which takes what is left."""
    said, expected = step["input"], step["expected"]
    known = {"principal", "annual_rate", "payments", "periods_per_year", "rounding", "last_payment"}
    understood(said, known, what="input")
    if said.get("last_payment", "absorbs_residual") != "absorbs_residual":
        raise NotPlayable(f"a last payment that {said['last_payment']}")
    terms = {
        "amount_minor": minor(said["principal"]),
        "installment_count": int(said["payments"]),
        "frequency": _FREQUENCIES[int(said["periods_per_year"])],
        "first_due_on": _NEXT,
        "annual_rate_bps": _bps(said["annual_rate"]),
        "day_count": "equal_periods",
    }
    made = await _schedule(life, _START, terms)
    rows = _amortized(made, minor(said["principal"]))
    ours = {
        "level_payment": rows[0]["payment"],
        "final_payment": rows[-1]["payment"],
        "total_interest": money(made["finance_charge_minor"]),
        "total_paid": money(made["total_minor"]),
        "sum_principal": money(sum(row["principal_minor"] for row in made["installments"])),
    }
    tables = {
        "schedule": rows,
        "first_rows": rows[: len(expected.get("first_rows") or ())],
        "last_rows": rows[len(rows) - len(expected.get("last_rows") or ()) :],
    }
    _set_aside_below_a_tie(said, expected)
    for name, mine in tables.items():
        if name in expected:
            compare(expected[name], mine, columns=rows[0], what=name)
    compare_one({k: v for k, v in expected.items() if k not in tables}, ours, what="the level")


def _set_aside_below_a_tie(said: Mapping[str, Any], expected: Mapping[str, Any]) -> None:
    """A first line that earns half a cent exactly, computed with a rate cut below the tie."""
    periods = int(said["periods_per_year"])
    earned = Fraction(str(said["principal"])) * Fraction(str(said["annual_rate"])) * 100 / periods
    for first in (expected.get("schedule") or expected.get("first_rows") or ())[:1]:
        if earned.denominator == 2 and minor(first["interest"]) != round(earned):
            raise NotPlayable(
                f"set aside: {money(round(earned))} is half-even of exactly {float(earned / 100)}"
            )


def _amortized(made: Document, principal_minor: int) -> list[dict[str, Any]]:
    rows, left = [], principal_minor
    for row in made["installments"]:
        left -= row["principal_minor"]
        rows.append(
            {
                "n": row["number"],
                "payment": money(row["amount_minor"]),
                "interest": money(row["interest_minor"]),
                "principal": money(row["principal_minor"]),
                "balance": money(left),
            }
        )
    return rows


def _bps(rate: object) -> int:
    bps = Decimal(str(rate)) * 10_000
    if bps != bps.to_integral_value():
        raise NotPlayable(f"a rate of {rate}: ours are whole basis points")
    return int(bps)


async def day_count_question(life: Life, step: Step) -> None:
    """The fraction of a year between two days, and the days that means."""
    said, expected = step["input"], step["expected"]
    known = {"convention", "start", "end", "termination", "reference_start", "reference_end"}
    understood(said, known, what="input")
    if said.get("reference_start"):
        raise NotPlayable("days of a period that is part of another: ours are whole periods")
    day_count, year = _day_count(said["convention"])
    if said.get("termination", said["end"]) != said["end"]:
        told = await _before_the_end_minor(life, said, day_count)
    else:
        told = await _interest_minor(
            life, said["start"], said["end"], day_count, amount_minor=_FINE_MINOR, bps=10_000
        )
    fraction = Fraction(told, _FINE_MINOR)
    exact = Fraction(round(fraction * (year or 1)), year or 1)
    ours: dict[str, Any] = {
        "year_fraction_12dp": f"{Decimal(told) / _FINE_MINOR:.12f}",
        "year_fraction": str(exact),
        "exact": expected.get("exact"),
        "days": _days(said, exact, year),
    }
    if "exact" in expected and abs(fraction - Fraction(expected["exact"])) * _FINE_MINOR > 1:
        ours["exact"] = str(fraction)
    compare_one(expected, ours, what="the fraction of a year")


def _days(said: Mapping[str, Any], exact: Fraction, year: int | None) -> object:
    """Where a year has no one length, its days are those of the calendar: nothing is asked."""
    if year is not None:
        return int(exact * year)
    start, end = (_ordinal(said[name]) for name in ("start", "end"))
    return end - start


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _day_count(named: str) -> tuple[str, int | None]:
    if named not in _DAY_COUNTS:
        raise NotPlayable(f"the day count {named}")
    return _DAY_COUNTS[named]


async def _interest_minor(
    life: Life, start: str, end: str, day_count: str, *, amount_minor: int, bps: int
) -> int:
    """What one installment of that day bears."""
    terms = {
        "amount_minor": amount_minor,
        "installment_count": 1,
        "frequency": {"unit": "month"},
        "first_due_on": end,
        "annual_rate_bps": bps,
        "day_count": day_count,
    }
    return int((await _schedule(life, start, terms))["finance_charge_minor"])


async def _before_the_end_minor(life: Life, said: Step, day_count: str) -> int:
    """What the first of several equal periods bears, where the debt ends with the last."""
    start, end, last = (date.fromisoformat(said[n]) for n in ("start", "end", "termination"))
    every = _months(start, end)
    terms = {
        "amount_minor": _FINE_MINOR,
        "installment_count": _months(start, last) // every,
        "frequency": {"every": every, "unit": "month"},
        "anchor_on": str(start),
        "first_due_on": str(end),
        "annual_rate_bps": 10_000,
        "day_count": day_count,
    }
    made = await _schedule(life, str(start), terms)
    if made["last_due_on"] != str(last):
        raise NotPlayable(f"periods of a debt that ends on {last}")
    return int(made["installments"][0]["interest_minor"])


def _months(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month


async def interest_question(life: Life, step: Step) -> None:
    """Simple interest from a day to another, the first included; in a moratorium none."""
    said, expected = step["input"], step["expected"]
    known = {"principal", "annual_rate", "from", "to", "day_count", "moratorium"}
    understood(said, known, what="input")
    day_count, year = _day_count(said["day_count"])
    if said.get("moratorium"):
        await _in_a_moratorium(life, said, expected, day_count=day_count, year=year)
        return
    span = said["from"], said["to"], day_count
    owed, bps = minor(said["principal"]), _bps(said["annual_rate"])
    told = await _interest_minor(life, *span, amount_minor=owed, bps=bps)
    fine = await _interest_minor(life, *span, amount_minor=owed * 10**6, bps=bps)
    year_minor = await _interest_minor(life, *span, amount_minor=_FINE_MINOR, bps=10_000)
    ours = {
        "interest": money(told),
        "interest_8dp": f"{(Decimal(fine) / 10**8).quantize(Decimal('1e-8'), ROUND_HALF_UP)}",
        "days": None if year is None else round(Fraction(year_minor * year, _FINE_MINOR)),
    }
    compare_one(expected, ours, what="simple interest")


async def _in_a_moratorium(
    life: Life, said: Step, expected: Step, *, day_count: str, year: int | None
) -> None:
    """A plan's interest to its only due date, with a breathing space known after it opened."""
    first, last = said["moratorium"]
    await life.move(date.fromisoformat(min(first, said["from"])))
    body = {
        "reference": life.reference,
        "currency": CURRENCY,
        "opened_on": str(life.today),
        "balance": {"principal_minor": minor(said["principal"])},
        "past_due_minor": 0,
        "policy": "unlimited",
    }
    life.account_id = (await life.api.post("/v1/accounts", body))["id"]
    await life.move(date.fromisoformat(said["from"]))
    terms = {
        "installment_count": 1,
        "frequency": {"unit": "month"},
        "first_due_on": said["to"],
        "annual_rate_bps": _bps(said["annual_rate"]),
        "day_count": day_count,
    }
    plan = {"account_id": life.account_id, "terms": terms}
    life.plan_id = (await life.api.post("/v1/plans", plan))["id"]
    hold = {"kind": "breathing_space", "starts_on": first, "reason": "registered"}
    held = await life.api.post(f"/v1/accounts/{life.account_id}/holds", hold)
    if held["ends_on"] != last:
        raise NotPlayable(f"a moratorium that ends on {last}, not after 60 days")
    await life.move(date.fromisoformat(said["to"]))
    earned = (await life.plan({}))["installments"][0]["interest_minor"]
    day_minor = Fraction(
        minor(said["principal"]) * _bps(said["annual_rate"]), 10_000 * (year or 365)
    )
    ours = {"interest": money(earned), "chargeable_days": round(earned / day_minor)}
    compare_one(expected, ours, what="interest in a moratorium")


async def business_day_question(life: Life, step: Step) -> None:
    """To which day a due date moves, in the calendar whose holidays the case lists."""
    said, expected = step["input"], step["expected"]
    understood(said, {"date", "convention", "holidays"}, what="input")
    convention = said["convention"].replace("unadjusted", "none")
    for calendar in _CALENDARS:
        if await _are_holidays(life, said["holidays"], calendar):
            break
    else:
        raise NotPlayable("holidays of a calendar the service does not have")
    row = await _moved(life, said["date"], convention, calendar)
    ours = {"adjusted": row["due_on"], "weekday": _weekday(row["due_on"])}
    compare_one(expected, ours, what="the business day")


_CALENDARS = ("US-FED", "ZA")


async def _moved(life: Life, day: str, convention: str, calendar: str) -> Document:
    terms = {
        "amount_minor": 100_00,
        "installment_count": 1,
        "frequency": {"unit": "month"},
        "first_due_on": day,
        "business_days": {"calendar": calendar, "convention": convention},
    }
    (row,) = (await _schedule(life, day, terms))["installments"]
    return dict(row)


async def _are_holidays(life: Life, holidays: list[str], calendar: str) -> bool:
    """Whether each of these days is none on which something falls due by the calendar."""
    moved = [await _moved(life, day, "following", calendar) for day in holidays]
    return all(row["due_on"] != day for row, day in zip(moved, holidays, strict=True))


def _weekday(day: str) -> str:
    return f"{date.fromisoformat(day):%a}"
