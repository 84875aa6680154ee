"""A report as JSON and as CSV: one table, one type a column, the same figures in both."""

import csv
import io
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app.domain.errors import InvalidInput
from app.domain.overview.question import Question
from app.domain.overview.table import CURRENCY, Column, Key, Report, Row, parameters

#: What a spreadsheet takes for the beginning of a formula, or passes over before it looks.
_FORMULA = frozenset("=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001 - full width, as typed in East Asia


def report_json(report: Report, *, generated_at: datetime) -> dict[str, Any]:
    """The answer as the contract has it; each row with the cell that leads behind it."""
    asked = parameters(report.question)
    names = (CURRENCY, *report.question.by)
    return {
        "report": report.question.report,
        "title": report.title,
        **{name: asked[name] for name in ("as_of", "known_on", "basis", "from", "to")},
        "provisional": report.provisional,
        "filters": asked["filters"],
        "standard": asked["standard"],
        "by": asked["by"],
        "definition": f"/docs/reports#{report.question.report}",
        "generated_at": generated_at,
        "hash": report.hash,
        "run_id": report.run_id,
        "columns": [_column(one) for one in report.columns],
        "rows": [
            {
                **dict(zip(names, row.key, strict=True)),
                **_levels(row),
                "cell": cell_of(row.key),
                **_left_out(row),
            }
            for row in report.rows
        ],
        "totals": [
            {CURRENCY: row.key[0], **_levels(row), **_left_out(row)} for row in report.totals
        ],
        "reconciles": [
            {
                "column": one.column,
                "currency": one.currency,
                "ledger_minor": one.ledger_minor,
                "report_minor": one.report_minor,
                "difference_minor": one.difference_minor,
            }
            for one in report.reconciles
        ],
        "notes": list(report.notes),
    }


def _left_out(row: Row) -> dict[str, bool]:
    return {"suppressed": True} if row.suppressed else {}


def _column(one: Column) -> dict[str, Any]:
    return {"name": one.name, "type": one.type, "title": one.title,
            "of": list(one.of) if one.of else None}  # fmt: skip


def _levels(row: Row) -> dict[str, Any]:
    """The cells; a dot in a column's name is a level. Of a state nobody went to, nothing."""
    said: dict[str, Any] = {}
    for name, cell in row.cells.items():
        *levels, last = name.split(".")
        within = said
        for level in levels:
            within = within.setdefault(level, {})
        within[last] = cell
    if "to" in said:
        said["to"] = {state: cell for state, cell in said["to"].items() if cell["accounts"]}
    return said


def cell_of(key: Key) -> str:
    """A row's own name, opaque; with a dot and a column behind it, a cell's."""
    return urlsafe_b64encode(orjson.dumps(key)).rstrip(b"=").decode()


def read_cell(cell: str) -> tuple[Key, str]:
    """The row and the column that a cell names. Raises `InvalidInput` at `?cell`."""
    head, _, column = cell.partition(".")
    try:
        key = orjson.loads(urlsafe_b64decode(head.encode("ascii") + b"==="))
    except (ValueError, TypeError) as error:
        raise InvalidInput.at("?cell", "is not a cell of a report") from error
    if not isinstance(key, list) or not all(one is None or isinstance(one, str) for one in key):
        raise InvalidInput.at("?cell", "is not a cell of a report")
    return tuple(key), column


def inert(text: str) -> str:
    """Somebody else's words as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip()[:1] in _FORMULA or text[:1] in _FORMULA else text


def report_csv(report: Report) -> str:
    """One header line and the rows; who asked what stands in `csv_headers`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = [one.name for one in report.columns]
    writer.writerow((CURRENCY, *report.question.by, *columns))
    for row in report.rows:
        groups = [inert(one) if one is not None else "" for one in row.key]
        cells = [row.cells[name] for name in columns]
        writer.writerow([*groups, *("" if one is None else one for one in cells)])
    return text.getvalue()


def said_of(report: Report) -> Mapping[str, str]:
    """What a file says of itself: the question and the hash."""
    asked: Question = report.question
    return {
        "Report": asked.report,
        "As-Of": asked.as_of.isoformat(),
        "Known-On": asked.known_on.isoformat(),
        "Basis": str(asked.basis),
        "Provisional": str(report.provisional).lower(),
        "Hash": report.hash,
    }
