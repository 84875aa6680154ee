"""Which days of a row cannot be, seen from the business date: the books would refuse them."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from app.domain.spreadsheets.fields import SheetKind
from app.domain.spreadsheets.judging import CellProblem

#: Of an account, what was so before it was placed.
_BEFORE: Final = ("opened_on", "delinquent_since_on", "charged_off_on")


def wrong_days(
    kind: SheetKind, values: Mapping[str, str], *, business_date: date
) -> Iterator[CellProblem]:
    """What the books say of the same days. `values`: those that could be read, as YYYY-MM-DD."""
    said = values.get("effective_on")
    on = date.fromisoformat(said) if said else business_date
    if on > business_date:
        yield _problem("effective_on", f"must not lie after the business date {business_date}")
    elif kind is SheetKind.ACCOUNTS:
        for name in _BEFORE:
            if name in values and date.fromisoformat(values[name]) > on:
                yield _problem(name, f"must not lie after the placement, {on}")
    elif kind is SheetKind.PROMISES and date.fromisoformat(values.get("due_on", f"{on}")) < on:
        yield _problem("due_on", f"must not lie before the promise is made, {on}")


def _problem(name: str, detail: str) -> CellProblem:
    return CellProblem(field=name, code="not_as_should_be", detail=detail, refused=True)
