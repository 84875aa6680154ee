"""What was tried is stored: if it is still what was tried, and by the services HTTP uses.

All in the request's transaction. `atomic`: each row or none. `continue`: those that can be.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.errors import DomainError, InvalidInput
from app.domain.refusals.sheets import CellRefused, DryRunStale, MappingIncomplete
from app.domain.spreadsheets.fields import SheetKind
from app.domain.spreadsheets.judging import Formats
from app.services.accounts.promise import MakePromise, make_promise
from app.services.assignments.assign import Assign, assign_accounts
from app.services.assignments.targets import set_target
from app.services.context import Context
from app.services.dry_runs.dry_runs import open_dry_run, pages_of, read_dry_run
from app.services.dry_runs.judge import Judge, JudgedRow, in_pages, target_of
from app.services.dry_runs.mapping import columns_of
from app.services.etags import Expected
from app.services.files.columns import Kind
from app.services.files.pages import Outcome, import_page
from app.services.telling.tell import event, tell
from app.storage.dry_runs import dry_runs
from app.storage.dry_runs.dry_runs import StoredDryRun

#: Rows that one request stores.
MOST_COMMITTED: Final = 2_000
_PAGE_ROWS: Final = 200
_REJECTED = str(Outcome.REJECTED)


class Mode(StrEnum):
    """All rows or none; or those that can be."""

    ATOMIC = "atomic"
    CONTINUE = "continue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What became of a row; `reason` says why it was rejected."""

    row: JudgedRow
    outcome: str
    reason: str = ""


async def store_rows(
    ctx: Context,
    dry_run_id: UUID,
    *,
    mode: Mode,
    sha256: bytes | None,
    if_match: Expected | None,
) -> StoredDryRun:
    """Store what was tried. `sha256`: of the file that is meant, where somebody looks twice.

    Raises `DryRunStale` where file, mapping or accounts are no longer what was judged,
    `MappingIncomplete`, `CellRefused` (only `atomic`), `InvalidInput` for too many rows.
    """
    run = await open_dry_run(ctx, dry_run_id, if_match)
    if sha256 is not None and sha256 != run.sha256:
        raise DryRunStale(why="The file is another")
    columns = columns_of(run.kind, run.headings, run.columns)
    if not columns.complete:
        raise MappingIncomplete(missing=columns.missing, ambiguous=columns.ambiguous)
    if run.rows > MOST_COMMITTED:
        raise InvalidInput.at(
            "", f"has {run.rows:,} rows; {MOST_COMMITTED:,} are stored at once: send it in parts"
        )
    judge = Judge(columns=columns, formats=Formats(**run.formats))
    pages = [page async for page in pages_of(ctx, run)]
    judged = [row for page in pages for row in await judge.page(ctx, page.cells)]
    if judge.found != run.found or judge.counts != run.counts:
        raise DryRunStale(why="The accounts it names have changed")
    good = [one for one in judged if one.verdict != "refused"]
    if mode is Mode.ATOMIC and len(good) < len(judged):
        _refuse(next(one for one in judged if one.verdict == "refused"))
    kind = SheetKind(run.kind)
    stored = [one for page in in_pages(good, _PAGE_ROWS) for one in await _STORING[kind](ctx, page)]
    rejected = {one.row.number: one.reason for one in stored if one.outcome == _REJECTED}
    if rejected and mode is Mode.ATOMIC:
        number, reason = next(iter(rejected.items()))
        raise CellRefused(row=number, field=None, why=reason)
    outcome = _counted(judged, stored, mode)
    for page in pages:
        said = [*(one for one in page.verdicts if one[0] not in rejected)]
        said += [
            [number, "refused", rejected[number]] for number, _ in page.cells if number in rejected
        ]
        await dry_runs.judged(ctx.tx, run.id, page.number, sorted(said))
    changed = {"status": "committed", "outcome": outcome, "committed_at": ctx.instant}
    await dry_runs.change(ctx.tx, run.id, {**changed, "version": run.version + 1})
    tell(ctx, event(ctx, EventType.IMPORT_COMMITTED, _told(run, outcome)))
    return await read_dry_run(ctx, run.id)


def _refuse(one: JudgedRow) -> None:
    problem = next(problem for problem in one.problems if problem.refused)
    raise CellRefused(row=one.number, field=problem.field, why=problem.detail)


def _counted(judged: Sequence[JudgedRow], stored: Sequence[Stored], mode: Mode) -> dict[str, Any]:
    counts = {
        name: sum(one.outcome == said for one in stored)
        for name, said in (
            ("stored", Outcome.STORED),
            ("already_there", Outcome.ALREADY_THERE),
            ("suspense", Outcome.SUSPENSE),
            ("empty", Outcome.EMPTY),
            ("rejected", Outcome.REJECTED),
        )
    }
    return {"mode": str(mode), **counts, "refused": len(judged) - len(stored)}


def _told(run: StoredDryRun, outcome: Mapping[str, Any]) -> Mapping[str, object]:
    counts = {name: outcome[name] for name in outcome if name != "mode"}
    return {
        "import_id": run.id,
        "kind": run.kind,
        "sha256": run.sha256.hex(),
        "mode": outcome["mode"],
        **counts,
    }


# Each kind of row -----------------------------------------------------------------------------


def _from_file(kind: Kind) -> Callable[[Context, Sequence[JudgedRow]], Awaitable[list[Stored]]]:
    async def storing(ctx: Context, rows: Sequence[JudgedRow]) -> list[Stored]:
        results = await import_page(ctx, kind, [one.row for one in rows if one.row is not None])
        return [
            Stored(row=row, outcome=str(one.outcome), reason=one.reason)
            for row, one in zip(rows, results, strict=True)
        ]

    return storing


async def _promises(ctx: Context, rows: Sequence[JudgedRow]) -> list[Stored]:
    stored = []
    for one in rows:
        said = one.values
        command = MakePromise(
            amount_minor=int(said["amount_minor"]),
            due_on=date.fromisoformat(said["due_on"]),
            effective_on=_day(said.get("effective_on")),
        )
        if one.account_id is None:
            raise AssertionError("a row about no account is refused before")
        try:
            await make_promise(ctx, one.account_id, command)
        except DomainError as refusal:
            stored.append(_rejected(one, refusal))
        else:
            stored.append(Stored(row=one, outcome=str(Outcome.STORED)))
    return stored


async def _assignments(ctx: Context, rows: Sequence[JudgedRow]) -> list[Stored]:
    commands = [
        Assign(
            reason=one.values["reason"],
            account_id=one.account_id,
            actor=one.values.get("actor"),
            team=one.values.get("team"),
        )
        for one in rows
    ]
    done = await assign_accounts(ctx, commands)
    return [
        _rejected(row, one)
        if isinstance(one, DomainError)
        else Stored(row=row, outcome=str(Outcome.STORED))
        for row, one in zip(rows, done, strict=True)
    ]


async def _targets(ctx: Context, rows: Sequence[JudgedRow]) -> list[Stored]:
    stored = []
    for one in rows:
        try:
            await set_target(ctx, target_of(one.values))
        except DomainError as refusal:
            stored.append(_rejected(one, refusal))
        else:
            stored.append(Stored(row=one, outcome=str(Outcome.STORED)))
    return stored


def _rejected(row: JudgedRow, refusal: DomainError) -> Stored:
    return Stored(row=row, outcome=_REJECTED, reason=refusal.detail)


def _day(said: str | None) -> date | None:
    return None if said is None else date.fromisoformat(said)


_STORING: Final[
    Mapping[SheetKind, Callable[[Context, Sequence[JudgedRow]], Awaitable[list[Stored]]]]
] = {
    SheetKind.ACCOUNTS: _from_file(Kind.ACCOUNTS),
    SheetKind.PAYMENTS: _from_file(Kind.PAYMENTS),
    SheetKind.PROMISES: _promises,
    SheetKind.ASSIGNMENTS: _assignments,
    SheetKind.TARGETS: _targets,
}
