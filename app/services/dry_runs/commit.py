"""What was tried is stored: if it is still what was tried, and by the services HTTP uses.

A small sheet in the request's transaction, a larger one by a worker (`storing.py`); what is more
than a role stores by itself waits first (`asking.py`). `atomic`: each row or none. `continue`:
those that can be.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput
from app.domain.refusals.sheets import CellRefused, DryRunStale, MappingIncomplete
from app.domain.spreadsheets.fields import SheetKind
from app.domain.spreadsheets.judging import Formats
from app.services.context import Context
from app.services.dry_runs.asking import (
    as_asked,
    ask,
    asked_by,
    decided_by,
    limits_passed,
    refuse_outside,
    waiting,
)
from app.services.dry_runs.dry_runs import open_dry_run, pages_of, read_dry_run, refuse_over
from app.services.dry_runs.judge import Judge, JudgedRow
from app.services.dry_runs.mapping import columns_of
from app.services.dry_runs.rows import Mode, counted, rejected_of, store, told, verdicts_after
from app.services.etags import Expected
from app.services.telling.tell import event, tell
from app.storage.dry_runs import dry_runs
from app.storage.dry_runs.dry_runs import StoredDryRun, StoredPage

#: Rows that a request stores; what is larger waits for a worker.
MOST_AT_ONCE: Final = 2_000
#: Rows that one transaction stores, all or none: longer ones keep others waiting.
MOST_ATOMIC: Final = 10_000
#: Due at once, by whatever clock a worker looks: a sandbox's own may be another.
_AT_ONCE: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Same:
    """The sheet as it was judged: with its rows, where a request stores them."""

    judge: Judge
    pages: Sequence[StoredPage]
    judged: Sequence[JudgedRow]


async def store_rows(
    ctx: Context,
    dry_run_id: UUID,
    *,
    mode: Mode,
    sha256: bytes | None,
    if_match: Expected | None,
    reason: str | None = None,
) -> StoredDryRun:
    """Store what was tried, leave it to a worker, or have it wait for somebody else to decide.

    `sha256`: of the file that is meant. Raises `DryRunStale` where file, mapping or accounts are
    no longer what was judged, `MappingIncomplete`, `CellRefused` (only `atomic`), `InvalidInput`
    for too many rows at once, `OutsideAuthority` where no higher role may store it.
    """
    run = await open_dry_run(ctx, dry_run_id, if_match)
    if sha256 is not None and sha256 != run.sha256:
        raise DryRunStale(why="The file is another")
    if mode is Mode.ATOMIC and run.rows > MOST_ATOMIC:
        raise InvalidInput.at(
            "/mode", f"all or none is of {MOST_ATOMIC:,} rows at most, not of {run.rows:,}"
        )
    same = await _same(ctx, run, mode)
    changed = {"mode": str(mode), "version": run.version + 1, "problem": None,
               **asked_by(ctx, reason)}  # fmt: skip
    passed = await limits_passed(ctx, same.judge.size)
    if passed:
        await ask(ctx, run, same.judge, passed, changed)
        return await read_dry_run(ctx, run.id)
    return await _carry_out(ctx, run, same, changed)


async def approve_import(
    ctx: Context, dry_run_id: UUID, expected: Expected, *, reason: str | None
) -> StoredDryRun:
    """Store what waits, in the name of who asked, as somebody else who may.

    Raises as `store_rows`, and `EtagMismatch`, `SameActor`, `NotFound`. Refused, it still waits.
    """
    run = await waiting(ctx, dry_run_id, expected)
    refuse_over(ctx, run)
    same = await _same(ctx, run, Mode(run.mode or ""))
    await refuse_outside(ctx, same.judge.size)
    changed = {"mode": run.mode, "version": run.version + 1,
               **decided_by(ctx, "approved", reason)}  # fmt: skip
    return await _carry_out(as_asked(ctx, run), run, same, changed)


async def _carry_out(
    ctx: Context, run: StoredDryRun, same: _Same, changed: Mapping[str, Any]
) -> StoredDryRun:
    """Store it, or queue it for a worker; in the name of the context."""
    if run.rows > MOST_AT_ONCE:
        waits = {"status": "storing", "next_at": _AT_ONCE, "pages_stored": 0, "tries": 0,
                 "outcome": None}  # fmt: skip
        await dry_runs.change(ctx.tx, run.id, {**changed, **waits})
        return await read_dry_run(ctx, run.id)
    mode = Mode(changed["mode"])
    stored = await store(ctx, SheetKind(run.kind), same.judged)
    rejected = rejected_of(stored)
    if rejected and mode is Mode.ATOMIC:
        number, reason = next(iter(rejected.items()))
        raise CellRefused(row=number, field=None, why=reason)
    outcome = counted(mode, same.judged, stored)
    for page in same.pages:
        await dry_runs.judged(ctx.tx, run.id, page.number, verdicts_after(page, rejected))
    over = {"status": "committed", "outcome": outcome, "committed_at": ctx.instant}
    await dry_runs.change(ctx.tx, run.id, {**changed, **over})
    done = await read_dry_run(ctx, run.id)
    tell(ctx, event(ctx, EventType.IMPORT_COMMITTED, told(done, outcome)))
    return done


async def _same(ctx: Context, run: StoredDryRun, mode: Mode) -> _Same:
    """The sheet judged again, found as it was. Raises `DryRunStale`, `CellRefused`."""
    judge, keep = judge_of(run), run.rows <= MOST_AT_ONCE
    pages, judged = list[StoredPage](), list[JudgedRow]()
    refused: JudgedRow | None = None
    async for page in pages_of(ctx, run):
        rows = await judge.page(ctx, page.cells)
        refused = refused or next((one for one in rows if one.verdict == "refused"), None)
        if keep:
            pages.append(page)
            judged += rows
    if judge.found != run.found or judge.counts != run.counts:
        raise DryRunStale(why="The accounts it names have changed")
    if refused is not None and mode is Mode.ATOMIC:
        _refuse(refused)
    return _Same(judge=judge, pages=pages, judged=judged)


def judge_of(run: StoredDryRun) -> Judge:
    """Who judges its rows. Raises `MappingIncomplete`."""
    columns = columns_of(run.kind, run.headings, run.columns)
    if not columns.complete:
        raise MappingIncomplete(missing=columns.missing, ambiguous=columns.ambiguous)
    return Judge(columns=columns, formats=Formats(**run.formats))


def _refuse(one: JudgedRow) -> None:
    problem = next(problem for problem in one.problems if problem.refused)
    raise CellRefused(row=one.number, field=problem.field, why=problem.detail)
