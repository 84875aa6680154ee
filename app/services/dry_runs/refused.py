"""The refused rows as a workbook: each as it was sent, and why; mended, it can be sent again."""

import io
from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from app.domain.refusals.sheets import DryRunStale
from app.domain.spreadsheets.cells import written
from app.domain.spreadsheets.judging import Cell
from app.services.context import Context
from app.services.dry_runs import cells
from app.services.dry_runs.dry_runs import pages_of, read_dry_run
from app.services.threads import apart

#: What stands before the sheet's own columns; where it is sent again, they are not mapped.
ROW, WHY = "row", "refused because"
_WIDTH_WHY = 60
_FIRST_YEAR = 1900  # the days of a workbook begin there


async def refused_rows(ctx: Context, dry_run_id: UUID) -> bytes:
    """A workbook of one sheet, the headings first. Raises `NotFound`, `DryRunStale`."""
    run = await read_dry_run(ctx, dry_run_id)
    if run.forget_at is None or run.expires_at <= ctx.instant:
        raise DryRunStale(why="Its cells are kept no longer")
    rows: list[tuple[int, str, Sequence[Cell]]] = []
    async for page in pages_of(ctx, run):
        why = {number: reason for number, verdict, reason in page.verdicts if verdict == "refused"}
        rows += [
            (number, why[number], [cells.read(one) for one in line])
            for number, line in page.cells
            if number in why
        ]
    return await apart(ctx, lambda: _made(run.headings, rows), size=len(rows))


def _made(headings: Sequence[str], rows: Sequence[tuple[int, str, Sequence[Cell]]]) -> bytes:
    file = io.BytesIO()
    with Workbook(file, {"constant_memory": True, "in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        hour = book.add_format({"num_format": "hh:mm:ss"})
        sheet = book.add_worksheet("Refused")
        sheet.freeze_panes(1, 0)
        sheet.set_column(1, 1, _WIDTH_WHY)
        kept = [at for at, heading in enumerate(headings) if heading not in {ROW, WHY}]
        for at, heading in enumerate((ROW, WHY, *(headings[own] for own in kept))):
            sheet.write_string(0, at, written(heading).value, bold)
        formats = {datetime: instant, date: day, time: hour}
        for at, (number, why, line) in enumerate(rows, 1):
            sheet.write_number(at, 0, number)
            sheet.write_string(at, 1, why)
            for column, own in enumerate(kept, 2):
                _write(sheet, at, column, line[own], formats)
    return file.getvalue()


def _write(
    sheet: Worksheet, row: int, column: int, cell: Cell, formats: dict[type, object]
) -> None:
    """Each as what it is; what somebody typed is text, whatever it begins with."""
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, cell)
    elif isinstance(cell, time) or (isinstance(cell, date) and cell.year >= _FIRST_YEAR):
        sheet.write_datetime(row, column, cell, formats[type(cell)])
    else:
        sheet.write_string(row, column, written(cells.shown(cell)).value)
