"""What a line of an import file says: a command of the services, or why it cannot be one.

The columns are the contract's own field names (nested ones joined by `_`, labels as
`metadata.<key>`). Amounts are whole minor units in columns named `…_minor`, or decimals in
columns without that ending. Checks that need no database happen here, as they do at the edge.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from zoneinfo import available_timezones

from app.domain import field_limits
from app.domain.currencies import exponent
from app.domain.errors import FieldProblem, InvalidInput
from app.domain.money import MAX_MINOR, Component, Remainder
from app.domain.schedule.terms import Convention, MonthEnd, Unit
from app.domain.vocabulary import (
    ChargeKind,
    FundedBy,
    FutureRule,
    PaymentKind,
    PaymentMethod,
    Product,
)
from app.services.files.csv_files import Line, guess, stray_byte

Values = dict[str, Any]


class Kind(StrEnum):
    """What a file holds, one a line."""

    ACCOUNTS = "accounts"
    PLANS = "plans"
    CHARGES = "charges"
    PAYMENTS = "payments"


class Amounts(StrEnum):
    """How a file writes money: whole minor units, or decimals of the currency."""

    MINOR = "minor"
    DECIMAL = "decimal"


class Unmatched(StrEnum):
    """What becomes of a payment whose account is unknown, closed or kept in another currency."""

    REFUSE = "refuse"
    SUSPENSE = "suspense"


class BadColumns(ValueError):
    """The header does not fit: what is missing, unknown or there twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line read: its values by canonical name, or the problems that keep it out.

    `amount_minor` is what the line adds to the sums; None where it cannot be read.
    """

    line: Line
    values: Values = field(default_factory=dict)
    problems: tuple[FieldProblem, ...] = ()
    currency: str = ""
    amount_minor: int | None = None

    @property
    def reason(self) -> str:
        return InvalidInput(errors=self.problems).detail

    @property
    def reference(self) -> str:
        return str(self.values["reference"])


# One cell ---------------------------------------------------------------------------------

_DECIMAL = re.compile(r"(-?)([0-9]{1,16})(?:\.([0-9]{1,16}))?")
_WHOLE = re.compile(r"-?[0-9]{1,16}")
#: Up to three digits, a point and three more: either a fraction or a thousand and something.
_GROUPED = re.compile(r"-?[1-9][0-9]{0,2}\.[0-9]{3}")
_GROUP = 3


def _number(least: int, most: int) -> Callable[[str], int]:
    def parse(cell: str) -> int:
        if not _WHOLE.fullmatch(cell) or not least <= int(cell) <= most:
            raise ValueError(f"should be a whole number, {least} to {most}")
        return int(cell)

    return parse


def _choice(values: type[StrEnum]) -> Callable[[str], StrEnum]:
    def parse(cell: str) -> StrEnum:
        try:
            return values(cell)
        except ValueError:
            raise ValueError(f"should be one of {', '.join(values)}") from None

    return parse


def _days(cell: str) -> tuple[int, int]:
    """Two days of the month for a semimonth frequency, `15;31`."""
    first, _, second = cell.partition(";")
    number = _number(1, 31)
    return number(first.strip()), number(second.strip())


def _currency(cell: str) -> str:
    try:
        exponent(cell)
    except InvalidInput as problem:
        raise ValueError(problem.errors[0].detail) from None
    return cell


def _time_zone(cell: str) -> str:
    if cell not in available_timezones():
        raise ValueError("should be an IANA time zone, like America/Chicago")
    return cell


def minor_of(cell: str, amounts: Amounts, currency: str) -> int:
    """An amount in minor units. Raises `ValueError`: no number, or finer than the currency."""
    if amounts is Amounts.MINOR:
        if not _WHOLE.fullmatch(cell):
            raise ValueError("should be a whole number of minor units")
        return int(cell)
    written = _DECIMAL.fullmatch(cell)
    if written is None:
        raise ValueError("should be a decimal number, like 1234.50")
    sign, whole, fraction = written[1], written[2], written[3] or ""
    decimals = exponent(currency)
    if fraction[decimals:].strip("0"):
        raise ValueError(f"has more than the {decimals} decimals of {currency}")
    if decimals != _GROUP and _GROUPED.fullmatch(cell):
        raise ValueError(
            f"may be {whole}{fraction} or {whole} and a fraction: write it with the "
            f"{decimals} decimals of {currency}"
        )
    minor = int(whole + fraction[:decimals].ljust(decimals, "0"))
    return -minor if sign else minor


# The columns of each kind -----------------------------------------------------------------

_reference, _line, _day = field_limits.REFERENCE.read, field_limits.LINE.read, field_limits.read_day
_label = field_limits.LABEL.read
_MONEY = "money"  # read by `minor_of`, once the line's currency is known

_Parser = Callable[[str], object] | str
_COMMON: Mapping[str, _Parser] = {
    "reference": _reference, "currency": _currency, "effective_on": _day,
}  # fmt: skip
COLUMNS: Mapping[Kind, Mapping[str, _Parser]] = {
    Kind.ACCOUNTS: {
        **_COMMON, "product": _choice(Product), "opened_on": _day,
        **{str(component): _MONEY for component in Component}, "past_due": _MONEY,
        "validation_ends_on": _day, "delinquent_since_on": _day, "charged_off_on": _day,
        "policy": field_limits.POLICY_NAME.read,
        "debtor_reference": _reference, "debtor_name": _line, "debtor_email": _line,
        "debtor_phone": _line, "debtor_time_zone": _time_zone,
        "debtor_region": field_limits.REGION.read, "debtor_language": field_limits.LANGUAGE.read,
        "creditor_reference": _reference, "creditor_name": _line,
    },
    Kind.PLANS: {
        **_COMMON, "account_reference": _reference, "amount": _MONEY,
        "installment_count": _number(1, 1_000), "installment": _MONEY,
        "every": _number(1, 1_000), "unit": _choice(Unit), "days": _days,
        "anchor_on": _day, "first_due_on": _day, "month_end": _choice(MonthEnd),
        "calendar": field_limits.CALENDAR_NAME.read, "convention": _choice(Convention),
        "down_payment": _MONEY, "down_payment_bps": _number(1, 10_000), "down_payment_on": _day,
        "rounding_unit_minor": _number(1, MAX_MINOR), "remainder": _choice(Remainder),
    },
    Kind.CHARGES: {
        **_COMMON, "account_reference": _reference, "kind": _choice(ChargeKind),
        "amount": _MONEY, "due_on": _day, "reason": _line, "plan_reference": _reference,
    },
    Kind.PAYMENTS: {
        **_COMMON, "account_reference": _reference, "amount": _MONEY,
        "method": _choice(PaymentMethod), "kind": _choice(PaymentKind),
        "funded_by": _choice(FundedBy), "future": _choice(FutureRule),
        "component": _choice(Component), "unmatched": _choice(Unmatched),
    },
}  # fmt: skip
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.ACCOUNTS: ("reference", "currency", "product", "opened_on"),
    Kind.PLANS: ("reference", "account_reference", "every", "unit"),
    Kind.CHARGES: ("reference", "account_reference", "kind", "amount"),
    Kind.PAYMENTS: ("reference", "account_reference", "amount", "currency"),
}
METADATA = "metadata."
_SUMMED = {Kind.ACCOUNTS: tuple(map(str, Component))}
#: Where 0 is no amount: elsewhere it is a debt of nothing, or a line that is passed over.
_SOMETHING = {Kind.PLANS: frozenset({"amount", "installment", "down_payment"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a file keeps what: made once from its header, then read line by line."""

    kind: Kind
    amounts: Amounts
    width: int
    cells: Mapping[str, int]  # canonical name → column
    constants: Mapping[str, str]  # canonical name → what every line says

    def read(self, line: Line) -> Row:
        """The line's values; all of its problems where it has any."""
        if len(line.cells) != self.width:
            detail = f"has {len(line.cells)} cells, the header {self.width}"
            return Row(line=line, problems=(FieldProblem(pointer="", detail=detail),))
        said = {**self.constants, **{n: line.cells[at].strip() for n, at in self.cells.items()}}
        values: Values = {}
        problems: list[FieldProblem] = []
        money: dict[str, str] = {}
        for name, cell in said.items():
            parse = COLUMNS[self.kind].get(name, _label)
            if not cell:
                if name in REQUIRED[self.kind]:
                    problems.append(self._problem(name, "is needed"))
            elif problem := stray_byte(cell):
                problems.append(self._problem(name, problem))
            elif isinstance(parse, str):
                money[name] = cell
            else:
                self._put(values, problems, name, cell, parse)
        self._money(values, problems, money)
        return Row(
            line=line,
            values=values,
            problems=tuple(problems),
            currency=values.get("currency", ""),
            amount_minor=self._summed(values, money),
        )

    def _money(
        self, values: Values, problems: list[FieldProblem], money: Mapping[str, str]
    ) -> None:
        currency = values.get("currency", "")
        if self.amounts is Amounts.DECIMAL and not currency:
            return  # that it is missing or wrong is said already
        for name, cell in money.items():
            self._put(values, problems, name, cell, lambda c: minor_of(c, self.amounts, currency))
            least = int(name in _SOMETHING.get(self.kind, ()))
            if not least <= values.get(name, least) <= MAX_MINOR:
                limit = f"should be {least} to {MAX_MINOR} minor units"
                problems.append(self._problem(name, limit))
        parts = [values[name] for name in _SUMMED.get(self.kind, ()) if name in values]
        if problem := field_limits.sum_problem(parts):
            problems.append(FieldProblem(pointer="/balance", detail=problem))

    def _summed(self, values: Values, money: Mapping[str, str]) -> int | None:
        names = [n for n in _SUMMED.get(self.kind, ("amount",)) if n in money]
        if not all(name in values for name in names):
            return None
        return sum(int(values[name]) for name in names)

    def _put(
        self,
        values: Values,
        problems: list[FieldProblem],
        name: str,
        cell: str,
        parse: Callable[[str], object],
    ) -> None:
        try:
            values[name] = parse(cell)
        except ValueError as problem:
            problems.append(self._problem(name, str(problem)))

    def _problem(self, name: str, detail: str) -> FieldProblem:
        parse = COLUMNS[self.kind].get(name, _label)
        return FieldProblem(pointer=_spelled(name, parse, self.amounts), detail=detail)


def layout(
    kind: Kind,
    header: Sequence[str],
    *,
    amounts: Amounts,
    renamed: Mapping[str, str],
    constants: Mapping[str, str],
    ignore_unknown: bool = False,
) -> Layout:
    """How to read a file with this header. Raises `BadColumns`, naming every misfit.

    `renamed` says under which header a canonical name is found, `constants` what every line
    of the file says. Columns nobody knows are refused unless they are to be ignored.
    """
    known = {_spelled(name, parse, amounts): name for name, parse in COLUMNS[kind].items()}
    headers = [name.strip() for name in header]
    wanted = {own: name for name, own in renamed.items()}
    cells: dict[str, int] = {}
    misfits: list[str] = []
    for at, own in enumerate(headers):
        spelled = wanted.get(own, "" if own in renamed else own)
        name = known.get(spelled, spelled if spelled.startswith(METADATA) else None)
        if name is not None and name in cells:
            misfits.append(f"{own} says {spelled} a second time")
        elif name is not None:
            cells[name] = at
        elif own not in REJECTION and not ignore_unknown:
            misfits.append(f"nobody knows {own}")
    fixed = {known.get(spelled, spelled): value for spelled, value in constants.items()}
    misfits += _bad_labels(cells)
    misfits += [f"nobody knows {n} to set" for n in fixed if n not in COLUMNS[kind]]
    misfits += [f"there is no column {own}" for own in wanted if own not in headers]
    misfits += [f"nobody knows {n} to map" for n in renamed if n not in known]
    needed = set(REQUIRED[kind]) | ({"currency"} if amounts is Amounts.DECIMAL else set())
    spelling = {name: spelled for spelled, name in known.items()}
    missing = sorted(spelling[name] for name in needed - cells.keys() - fixed.keys())
    misfits += [f"{name} is missing" for name in missing]
    if misfits:
        raise BadColumns("; ".join(misfits) + guess(header))
    return Layout(kind=kind, amounts=amounts, width=len(headers), cells=cells, constants=fixed)


def _bad_labels(cells: Iterable[str]) -> Iterator[str]:
    """The columns of labels that no label could have been sent under, or too many of them."""
    names = [name.removeprefix(METADATA) for name in cells if name.startswith(METADATA)]
    for name in names:
        if problem := field_limits.LABEL_NAME.problem(name):
            yield f"{METADATA}{name[:50]} {problem}"
    if problem := field_limits.labels_problem(names):
        yield f"{METADATA}… {problem}"


#: The columns a rejects file puts before the row's own; mended, it can be imported as it is.
REJECTION = ("line", "rejected_because")


def _spelled(name: str, parse: _Parser, amounts: Amounts) -> str:
    return f"{name}_minor" if isinstance(parse, str) and amounts is Amounts.MINOR else name
