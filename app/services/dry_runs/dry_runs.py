"""Spreadsheets tried first: read, understood as far as nobody has to guess, judged row by row.

Nothing of them is stored in the books until somebody commits the dry run (`commit.py`). Their
cells are kept for a day, so that a mapping can be mended without sending the file again.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.sheets import DryRunStale
from app.domain.spreadsheets.fields import SheetKind
from app.domain.spreadsheets.judging import Formats
from app.services.context import Context
from app.services.dry_runs import cells
from app.services.dry_runs.judge import PAGE_ROWS, Judge, JudgedRow, in_pages
from app.services.dry_runs.mapping import (
    Columns,
    changed,
    columns_of,
    found_columns,
    read_mapping,
)
from app.services.dry_runs.workbook import SentSheet, read_sheet
from app.services.etags import Expected
from app.services.threads import LONG, apart
from app.storage.dry_runs import dry_runs
from app.storage.dry_runs.dry_runs import StoredDryRun, StoredPage
from app.storage.ids import new_id

__all__ = ["StoredDryRun", "StoredPage", "change_dry_run", "read_dry_run", "try_sheet"]

KEPT: Final = timedelta(hours=24)
#: Rows that are shown with their problems; all of them are in the workbook of refused rows.
MOST_SHOWN: Final = 100
_FORGOTTEN_AT_ONCE: Final = 20
#: Why one that is not open is not changed.
_CLOSED: Final = {
    "pending_approval": "It waits for somebody to decide",
    "storing": "It is being stored",
    "committed": "It was committed",
    "rejected": "It was rejected",
}


async def try_sheet(
    ctx: Context, kind: SheetKind, sent: SentSheet, *, mapping: str | None
) -> StoredDryRun:
    """A sheet as it would be stored. `mapping`: the name of a kept one.

    Raises `NotFound` for a mapping nobody kept, `InvalidInput` for one of another kind or sheet.
    """
    await forget_expired(ctx)
    sheet = await apart(ctx, lambda: read_sheet(sent), size=LONG)
    columns, formats = found_columns(kind, sheet.headings), Formats()
    if mapping is not None:
        kept = await read_mapping(ctx, mapping)
        if kept.kind != kind:
            raise InvalidInput.at("?mapping", f"is of {kept.kind}")
        columns = changed(columns, kept.columns)
        formats = Formats(**kept.formats)
    pages = [
        StoredPage(
            number=number,
            cells=[[row, [cells.kept(one) for one in line]] for row, line in page],
            verdicts=[],
        )
        for number, page in enumerate(in_pages(sheet.rows, PAGE_ROWS), 1)
    ]
    judged, pages = await _judged(ctx, columns, formats, pages)
    made = {
        "id": new_id(),
        "kind": str(kind),
        "sha256": sha256(sent.content).digest(),
        "sheets": list(sheet.sheets),
        "sheet": sheet.name,
        "headings": list(sheet.headings),
        "rows": len(sheet.rows),
        "blank_rows": sheet.blank_rows,
        "hidden_rows": sheet.hidden_rows,
        "status": "open",
        "version": 1,
        "pages_stored": 0,
        "tries": 0,
        "business_date": ctx.business_date,
        "created_at": ctx.instant,
        "expires_at": ctx.instant + KEPT,
        "forget_at": ctx.instant + KEPT,
        "actor": ctx.actor,
        "role": str(ctx.role),
        "key_id": ctx.key_id,
        "origin": ctx.origin,
        **judged,
    }
    await dry_runs.add(ctx.tx, ctx.tenant_id, made, pages)
    return await read_dry_run(ctx, made["id"])


async def read_dry_run(ctx: Context, dry_run_id: UUID) -> StoredDryRun:
    """A dry run as it was judged last. Raises `NotFound`."""
    found = await dry_runs.read(ctx.tx, dry_run_id)
    if found is None:
        raise NotFound(resource="dry run", key=str(dry_run_id))
    return found


async def open_dry_run(ctx: Context, dry_run_id: UUID, if_match: Expected | None) -> StoredDryRun:
    """A dry run that may still be changed, locked. Raises `NotFound`, `DryRunStale`."""
    run = await dry_runs.read(ctx.tx, dry_run_id, lock=True)
    if run is None:
        raise NotFound(resource="dry run", key=str(dry_run_id))
    if if_match is not None:
        if_match.check(run.version)
    if run.status in _CLOSED:
        raise DryRunStale(why=_CLOSED[run.status])
    refuse_over(ctx, run)
    return run


def refuse_over(ctx: Context, run: StoredDryRun) -> None:
    """Raises `DryRunStale` where its time is over, and its cells are kept no longer."""
    if run.expires_at <= ctx.instant or run.forget_at is None:
        raise DryRunStale(why=f"It ended at {run.expires_at:%Y-%m-%dT%H:%M:%SZ}")


async def change_dry_run(
    ctx: Context,
    dry_run_id: UUID,
    *,
    mapping: Mapping[str, Mapping[str, str] | str | None],
    formats: Formats | None,
    if_match: Expected | None,
) -> StoredDryRun:
    """The same sheet with its columns understood otherwise, judged anew."""
    run = await open_dry_run(ctx, dry_run_id, if_match)
    columns = changed(columns_of(run.kind, run.headings, run.columns), mapping)
    how = formats if formats is not None else Formats(**run.formats)
    pages = [page async for page in pages_of(ctx, run)]
    judged, pages = await _judged(ctx, columns, how, pages)
    for page in pages:
        await dry_runs.judged(ctx.tx, run.id, page.number, page.verdicts)
    await dry_runs.change(ctx.tx, run.id, {**judged, "version": run.version + 1})
    return await read_dry_run(ctx, run.id)


async def pages_of(ctx: Context, run: StoredDryRun) -> AsyncIterator[StoredPage]:
    """The rows as they were read, page by page."""
    number = 1
    while (page := await dry_runs.page(ctx.tx, run.id, number)) is not None:
        yield page
        number += 1


async def _judged(
    ctx: Context, columns: Columns, formats: Formats, pages: Sequence[StoredPage]
) -> tuple[dict[str, Any], list[StoredPage]]:
    """What is found of all rows, and the pages with what is said of each.

    Where somebody must say first which column is which, no row is judged.
    """
    judge = Judge(columns=columns, formats=formats)
    said, shown = [], list[Any]()
    for page in pages:
        rows = await judge.page(ctx, page.cells) if columns.complete else []
        said.append(
            StoredPage(number=page.number, cells=page.cells, verdicts=[
                verdict_of(one) for one in rows if one.problems
            ])
        )  # fmt: skip
        doubtful = [one for one in rows if one.problems]
        shown += [shown_row(columns, one) for one in doubtful[: MOST_SHOWN - len(shown)]]
    return {
        "columns": {name: dict(one) for name, one in columns.said.items()},
        "formats": {"decimal": formats.decimal, "date": formats.date},
        "counts": judge.counts,
        "shown": shown,
        "found": judge.found,
    }, said


def verdict_of(one: JudgedRow) -> list[Any]:
    """What is kept of a row that is not simply ok: its number, the verdict, and why."""
    return [one.number, one.verdict, why(one)]


def why(one: JudgedRow) -> str:
    """What is wrong with a row, in a line."""
    return "; ".join(f"{problem.field} {problem.detail}" for problem in one.problems)


def shown_row(columns: Columns, one: JudgedRow) -> dict[str, Any]:
    """A row with its problems, cell by cell."""
    found = []
    for problem in one.problems:
        at = columns.at.get(problem.field)
        alike = columns.alike.get(problem.field, "")
        found.append(
            {
                "field": problem.field,
                "heading": None if at is None else columns.headings[at],
                "value": alike if at is None else cells.shown(one.cells[at]),
                "problem": problem.code,
                "detail": problem.detail,
            }
        )
    return {"row": one.number, "verdict": one.verdict, "cells": found}


async def forget_expired(ctx: Context) -> None:
    """Empty some sheets of the tenant whose day is over."""
    over = await dry_runs.to_forget(ctx.tx, at=ctx.instant, limit=_FORGOTTEN_AT_ONCE)
    await dry_runs.forget(ctx.tx, over)
