"""How a file writes encodings, numbers, days and nothing at all, as its sender says.

Nothing is guessed: what may be read in two ways is refused, with what to say so that it may not.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from app.domain.currencies import exponent
from app.domain.field_limits import read_day

UTF_8 = "utf-8"
#: Encodings by the names they are known under; the value is the codec's.
_ENCODINGS = {
    "utf-8": "utf-8", "utf8": "utf-8", "utf-8-sig": "utf-8",
    "utf-16": "utf-16", "utf16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
    "cp1252": "cp1252", "windows-1252": "cp1252", "ansi": "cp1252",
    "cp1250": "cp1250", "windows-1250": "cp1250",
    "latin-1": "iso8859-1", "iso-8859-1": "iso8859-1",
    "iso-8859-2": "iso8859-2", "iso-8859-15": "iso8859-15", "latin-9": "iso8859-15",
    "cp437": "cp437", "cp850": "cp850", "mac-roman": "mac-roman",
}  # fmt: skip
ENCODINGS = tuple(name for name in _ENCODINGS if name not in {"utf8", "utf16", "utf-8-sig", "ansi"})


def encoding_of(said: str) -> str:
    """The codec of an encoding by its name. Raises `ValueError`, naming those there are."""
    found = _ENCODINGS.get(said.strip().lower().replace("_", "-"))
    if found is None:
        raise ValueError(f"{said[:40]!r} is no encoding known here: {', '.join(ENCODINGS)}")
    return found


# Days -------------------------------------------------------------------------------------

_PARTS = {"yyyy": r"(?P<y>[0-9]{4})", "mm": "(?P<m>[0-9]{%s})", "dd": "(?P<d>[0-9]{%s})"}
_ORDERS = ("yyyy mm dd", "dd mm yyyy", "mm dd yyyy")
_PATTERN = re.compile(r"(yyyy|mm|dd)([-./]?)(mm|dd)\2(yyyy|mm|dd)")
DATES = "yyyy-mm-dd, yyyymmdd, dd.mm.yyyy, dd/mm/yyyy, mm/dd/yyyy, dd-mm-yyyy and their like"


@dataclass(frozen=True, slots=True)
class Days:
    """How a file writes its days: `dd.mm.yyyy`, `yyyymmdd`; one- and two-figure years are none."""

    written: str
    _pattern: re.Pattern[str]

    def read(self, cell: str) -> date:
        """Raises `ValueError` with how it should be written."""
        found = self._pattern.fullmatch(cell)
        if found is None:
            raise ValueError(f"should be a day, as {self.written}")
        return read_day(f"{found['y']}-{found['m']:0>2}-{found['d']:0>2}")


def days_of(said: str) -> Days:
    """How days are written, of a pattern. Raises `ValueError` for one that says no order."""
    written = said.strip().lower()
    found = _PATTERN.fullmatch(written)
    if found is None or " ".join(found.group(1, 3, 4)) not in _ORDERS:
        raise ValueError(f"{said[:40]!r} is no way to write a day: say {DATES}")
    sign = found[2]
    figures = "1,2" if sign else "2"
    parts = (_PARTS[part].replace("%s", figures) for part in found.group(1, 3, 4))
    return Days(written, re.compile(re.escape(sign).join(parts), re.ASCII))


ISO_DAYS = days_of("yyyy-mm-dd")

# Numbers ----------------------------------------------------------------------------------


class Amounts(StrEnum):
    """How a file writes money: whole minor units, or decimals of the currency."""

    MINOR = "minor"
    DECIMAL = "decimal"


_WHOLE = re.compile(r"-?[0-9]{1,16}", re.ASCII)
#: Up to three digits, a sign and three more: either a fraction or a thousand and something.
_GROUPED = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}", re.ASCII)
_GROUP = 3
#: What else stands for a sign that groups: blanks that do not break, the typographic apostrophe.
_ALIKE = {" ": "\u0020\u00a0\u202f\u2009", "'": "'\u2019"}
_GROUPING = (".", ",", " ", "'")
#: 1,234.50  -1,234.50  1,234.50-  (1,234.50)
_SIGNED = re.compile(r"(?P<open>\()?(?P<minus>-)?(?P<body>[^()-]+?)(?P<after>-)?(?P<close>\))?")


@dataclass(frozen=True, slots=True)
class Numbers:
    """What stands before the decimals and between thousands; None: nobody said."""

    decimal: str | None = None
    thousands: str | None = None

    def split(self, cell: str) -> tuple[bool, str, str] | None:
        """Whether below zero, whole digits and decimals of a number; None where it is none."""
        signed = _SIGNED.fullmatch(cell)
        if signed is None or not _one_sign(signed):
            return None
        body = signed["body"].strip()
        found = re.fullmatch(self._pattern(), body, re.ASCII)
        if found is None:
            return None
        whole = re.sub("[^0-9]", "", found["whole"])
        below = signed["minus"] or signed["after"] or signed["open"]
        return bool(below), whole, found["fraction"] or ""

    def _pattern(self) -> str:
        point = re.escape(self.decimal or ".")
        whole = "[0-9]{1,16}"
        if self.thousands is not None:
            sign = re.escape(_ALIKE.get(self.thousands, self.thousands))
            whole += f"|[1-9][0-9]{{0,2}}(?:[{sign}][0-9]{{3}}){{1,5}}"
        return rf"(?P<whole>{whole})(?:{point}(?P<fraction>[0-9]{{1,16}}))?"

    @property
    def stated(self) -> bool:
        """Whether it is known which sign is which."""
        return self.decimal is not None or self.thousands is not None


def _one_sign(signed: re.Match[str]) -> bool:
    signs = [signed["minus"], signed["after"], signed["open"]]
    return sum(map(bool, signs)) <= 1 and bool(signed["open"]) == bool(signed["close"])


UNSAID = Numbers()


def numbers_of(decimal: str | None, thousands: str | None) -> Numbers:
    """How numbers are written. Raises `ValueError` for signs that would not tell them apart."""
    if decimal not in {None, ".", ","}:
        raise ValueError(
            f"{decimal[:10] if decimal else ''!r} stands before no decimals: say . or ,"
        )
    if thousands is not None and thousands not in _GROUPING:
        raise ValueError("groups no thousands: say one of . , ' or a blank")
    if thousands is not None and thousands == (decimal or "."):
        other = "," if thousands == "." else "."
        raise ValueError(
            f"{thousands!r} cannot be both signs: where it groups thousands, say "
            f"what stands before the decimals (decimal {other!r})"
        )
    return Numbers(decimal, thousands)


def minor_of(cell: str, amounts: Amounts, currency: str, numbers: Numbers = UNSAID) -> int:
    """An amount in minor units. Raises `ValueError`: no number, or finer than the currency."""
    if amounts is Amounts.MINOR:
        if not _WHOLE.fullmatch(cell):
            raise ValueError("should be a whole number of minor units")
        return int(cell)
    written = numbers.split(cell)
    if written is None:
        raise ValueError(_no_number(cell, numbers))
    below, whole, fraction = written
    decimals = exponent(currency)
    if fraction[decimals:].strip("0"):
        raise ValueError(f"has more than the {decimals} decimals of {currency}")
    if not numbers.stated and decimals != _GROUP and _GROUPED.fullmatch(cell.strip("-()")):
        raise ValueError(
            f"may be {whole}{fraction} or {whole} and a fraction: write it with the "
            f"{decimals} decimals of {currency}, or say which sign is before the decimals"
        )
    minor = int(whole + fraction[:decimals].ljust(decimals, "0"))
    return -minor if below else minor


def _no_number(cell: str, numbers: Numbers) -> str:
    example = f"1234{numbers.decimal or '.'}50"
    if numbers.thousands is not None:
        example = f"1{numbers.thousands}234{numbers.decimal or '.'}50"
    hint = ""
    if not numbers.stated and "," in cell:
        hint = "; where a comma is before the decimals, say so (decimal ',')"
    return f"should be a decimal number, like {example}{hint}"


# All of it --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How one file writes what it says; `nulls` are words that say nothing."""

    amounts: Amounts = Amounts.MINOR
    numbers: Numbers = UNSAID
    days: Days = ISO_DAYS
    nulls: frozenset[str] = frozenset()
    encoding: str = UTF_8

    def said(self, cell: str) -> str:
        """The cell without blanks at its ends; empty where it says nothing."""
        bare = cell.strip()
        return "" if bare in self.nulls else bare


MAX_NULLS = 20
_NULL = 40


class BadFormat(ValueError):
    """What was said of a file means nothing: `name` is what was said it of."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(problem)
        self.name = name


def formats_of(
    *,
    amounts: Amounts | None = None,
    decimal: str | None = None,
    thousands: str | None = None,
    days: str | None = None,
    encoding: str | None = None,
    nulls: Iterable[str] = (),
) -> Formats:
    """All that was said of a file; signs of numbers say that its amounts are decimals.

    Raises `BadFormat` for the first that means nothing.
    """
    numbers = _read("decimal", lambda: numbers_of(decimal, thousands))
    if numbers.stated and amounts is Amounts.MINOR:
        raise BadFormat("amounts", "minor units have no decimals: leave decimal, thousands out")
    words = frozenset(word.strip() for word in nulls)
    if len(words) > MAX_NULLS or any(not 0 < len(word) <= _NULL for word in words):
        raise BadFormat("null", f"should be up to {MAX_NULLS} words of 1 to {_NULL} characters")
    return Formats(
        amounts=amounts or (Amounts.DECIMAL if numbers.stated else Amounts.MINOR),
        numbers=numbers,
        days=_read("date", lambda: days_of(days)) if days else ISO_DAYS,
        nulls=words,
        encoding=_read("encoding", lambda: encoding_of(encoding)) if encoding else UTF_8,
    )


T = TypeVar("T")


def _read(name: str, meant: Callable[[], T]) -> T:
    try:
        return meant()
    except ValueError as problem:
        raise BadFormat(name, str(problem)) from None
