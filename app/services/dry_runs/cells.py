"""Cells of a sheet as they are kept, and as they are shown to people."""

from datetime import date, datetime, time
from typing import Any

from app.domain.spreadsheets.judging import Cell, CellError


def kept(cell: Cell) -> Any:  # noqa: ANN401 - JSON
    """A cell as JSON that says its type."""
    if isinstance(cell, CellError):
        return {"error": cell.shown}
    if isinstance(cell, bool):
        return {"bool": cell}
    if isinstance(cell, datetime):
        return {"instant": cell.isoformat()}
    if isinstance(cell, date):
        return {"day": cell.isoformat()}
    if isinstance(cell, time):
        return {"time": cell.isoformat()}
    return cell


def read(said: Any) -> Cell:  # noqa: ANN401 - JSON
    """The cell that was kept so."""
    if not isinstance(said, dict):
        return None if said is None else said if isinstance(said, str) else float(said)
    ((kind, value),) = said.items()
    if kind == "error":
        return CellError(shown=value)
    if kind == "instant":
        return datetime.fromisoformat(value)
    if kind == "day":
        return date.fromisoformat(value)
    return time.fromisoformat(value) if kind == "time" else bool(value)


def shown(cell: Cell) -> str:
    """A cell in words, as a reader finds it in the sheet."""
    if cell is None:
        return ""
    if isinstance(cell, CellError):
        return cell.shown
    if isinstance(cell, float):
        return f"{cell:.15g}"
    return str(cell)
