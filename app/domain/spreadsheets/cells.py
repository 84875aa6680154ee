"""What a cell of a sheet means: an amount, a reference, a day, or nothing that may be guessed.

A value that can be read in two ways is refused until the mapping says which.
"""

import re
from datetime import date, timedelta
from decimal import MAX_PREC, Context, Decimal
from enum import StrEnum

from app.domain.values import Value

_EXACTLY = Context(prec=MAX_PREC)  # the usual one rounds to 28 digits
_YEAR_DIGITS = 4
_FLOAT_DIGITS = 15  # what a spreadsheet's number holds for sure
_NUMBER = re.compile(r"[0-9][0-9.,'\u2019\u00a0\u202f ]*|[.,][0-9]+")
_SPACES = re.compile(r"['\u2019\u00a0\u202f ]")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DATE = re.compile(r"([0-9]{1,4})[./-]([0-9]{1,2})[./-]([0-9]{1,4})")
_GROUP = 3
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_NO_DAY = 60  # 29 February 1900, which spreadsheets count and calendars lack


class Refused(StrEnum):
    """Why a cell says nothing."""

    NOT_A_NUMBER = "not_a_number"
    MORE_DECIMALS = "more_decimals_than_currency"
    AMBIGUOUS_SEPARATOR = "ambiguous_separator"
    CONTRADICTS = "separator_contradicts_mapping"
    NOT_A_DATE = "not_a_date"
    AMBIGUOUS_DATE = "ambiguous_date"
    EMPTY = "empty"


class Amount(Value, kw_only=True):
    amount_minor: int | None = None
    refused: Refused | None = None


class Reference(Value, kw_only=True):
    """`note`: a warning, or where there is no reference the reason."""

    reference: str | None = None
    note: str | None = None


class Day(Value, kw_only=True):
    on: date | None = None
    refused: Refused | None = None


class Serial(Value, kw_only=True):
    """A date cell: days counted from the workbook's own epoch."""

    days: int
    epoch_1904: bool = False


def read_amount(
    cell: float | str | None, exponent: int, decimal_separator: str | None = None
) -> Amount:
    """Minor units of a currency with so many decimals. Brackets and a leading minus are negative.

    `decimal_separator`: what the mapping says, a point or a comma; None: it says nothing.
    """
    if cell is None or cell == "":
        return Amount(refused=Refused.EMPTY)
    if not isinstance(cell, str):
        return _minor(Decimal(f"{cell:.{_FLOAT_DIGITS}g}"), exponent)
    text, negative = _unsigned(cell.strip())
    if _NUMBER.fullmatch(text) is None:
        return Amount(refused=Refused.NOT_A_NUMBER)
    read = _plain(_SPACES.sub("", text), decimal_separator)
    if isinstance(read, Refused):
        return Amount(refused=read)
    return _minor(read.copy_negate() if negative else read, exponent)


def _unsigned(text: str) -> tuple[str, bool]:
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.startswith(("-", "\u2212")):
        return text[1:].strip(), True
    return text, False


def _plain(text: str, decimal_separator: str | None) -> Decimal | Refused:
    """The number of digits, points and commas."""
    marks = [mark for mark in text if mark in ".,"]
    kinds = set(marks)
    if not marks:
        return Decimal(text)
    point = marks[-1] if len(kinds) == len((".", ",")) else None
    if point is None and len(marks) == 1:
        if decimal_separator is None and len(text.partition(marks[0])[2]) == _GROUP:
            return Refused.AMBIGUOUS_SEPARATOR
        point = decimal_separator or marks[0]
    if decimal_separator is not None and point not in (None, decimal_separator):
        return Refused.CONTRADICTS
    group = next((mark for mark in marks if mark != point), None)
    whole, _, decimals = text.partition(point) if point in kinds and point else (text, "", "")
    if group is not None and not _is_grouped(whole, group):
        return Refused.CONTRADICTS if decimal_separator else Refused.NOT_A_NUMBER
    if not set(decimals) <= set("0123456789"):
        return Refused.NOT_A_NUMBER
    return Decimal(f"{whole.replace(group or '.', '') or 0}.{decimals or 0}")


def _is_grouped(whole: str, group: str) -> bool:
    first, *rest = whole.split(group)
    return 1 <= len(first) <= _GROUP and bool(rest) and all(len(one) == _GROUP for one in rest)


def _minor(number: Decimal, exponent: int) -> Amount:
    units = number.scaleb(exponent, _EXACTLY)
    if units != units.to_integral_value():
        return Amount(refused=Refused.MORE_DECIMALS)
    return Amount(amount_minor=int(units))


def read_reference(cell: float | str | None) -> Reference:
    """A reference as text. Of a number, zeros in front may be gone, and digits beyond fifteen."""
    if cell is None:
        return Reference(note=Refused.EMPTY)
    if isinstance(cell, str):
        text = cell.strip()
        return Reference(reference=text) if text else Reference(note=Refused.EMPTY)
    if cell != int(cell):
        return Reference(note="number_with_fraction")
    if len(str(abs(int(cell)))) > _FLOAT_DIGITS:
        return Reference(note="digits_lost")
    return Reference(reference=str(int(cell)), note="number_as_text")


def read_day(cell: str | Serial | None, order: str | None = None) -> Day:
    """A calendar day. `order`: what the mapping says, `dmy`, `mdy` or `ymd`."""
    if cell is None or cell == "":
        return Day(refused=Refused.EMPTY)
    if isinstance(cell, Serial):
        return _of_serial(cell)
    text = cell.strip()
    iso = _ISO.fullmatch(text)
    if iso is not None:
        return _day(*map(int, iso.groups()))
    parts = _DATE.fullmatch(text)
    if parts is None:
        return Day(refused=Refused.NOT_A_DATE)
    first, second, third = parts.groups()
    return _unordered(first, second, third) if order is None else _ordered(parts.groups(), order)


def _ordered(parts: tuple[str, ...], order: str) -> Day:
    """As the mapping says; of which century two digits are, it does not."""
    place = dict(zip(order, parts, strict=True))
    if len(place["y"]) != _YEAR_DIGITS:
        return Day(refused=Refused.AMBIGUOUS_DATE)
    return _day(int(place["y"]), int(place["m"]), int(place["d"]))


def _unordered(first: str, second: str, third: str) -> Day:
    """Only a day that can be read in one way."""
    if len(first) == _YEAR_DIGITS:
        return _day(int(first), int(second), int(third))
    if len(third) != _YEAR_DIGITS:
        return Day(refused=Refused.AMBIGUOUS_DATE)
    day_first = _day(int(third), int(second), int(first))
    month_first = _day(int(third), int(first), int(second))
    known = {one.on for one in (day_first, month_first) if one.on is not None}
    if not known:
        return Day(refused=Refused.NOT_A_DATE)
    return Day(on=known.pop()) if len(known) == 1 else Day(refused=Refused.AMBIGUOUS_DATE)


def _day(year: int, month: int, day: int) -> Day:
    try:
        return Day(on=date(year, month, day))
    except ValueError:
        return Day(refused=Refused.NOT_A_DATE)


def _of_serial(cell: Serial) -> Day:
    if cell.epoch_1904:
        return Day(on=_EPOCH_1904 + timedelta(days=cell.days))
    if cell.days == _NO_DAY or cell.days < 1:
        return Day(refused=Refused.NOT_A_DATE)
    before = 1 if cell.days < _NO_DAY else 0
    return Day(on=_EPOCH_1900 + timedelta(days=cell.days + before))


class Written(Value, kw_only=True):
    """How a text stands in a sheet we write."""

    value: str
    cell_type: str = "string"
    formula: bool = False


def written(text: str) -> Written:
    """Words are words: whatever they begin with, a sheet never runs them."""
    return Written(value=text)
