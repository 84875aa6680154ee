"""Rows of a sheet that somebody tried, stored by the services HTTP uses, kind by kind."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from app.domain.errors import DomainError
from app.domain.spreadsheets.fields import SheetKind
from app.services.accounts.promise import MakePromise, make_promise_once
from app.services.assignments.assign import Assign, assign_accounts
from app.services.assignments.targets import set_target
from app.services.context import Context
from app.services.dry_runs.judge import JudgedRow, in_pages, target_of
from app.services.files.columns import Kind
from app.services.files.pages import Outcome, import_page
from app.storage.assignments import assignments, targets
from app.storage.dry_runs.dry_runs import StoredDryRun, StoredPage

_PAGE_ROWS: Final = 200
_REJECTED = str(Outcome.REJECTED)
_COUNTED: Final = (
    ("stored", Outcome.STORED),
    ("already_there", Outcome.ALREADY_THERE),
    ("suspense", Outcome.SUSPENSE),
    ("empty", Outcome.EMPTY),
    ("rejected", Outcome.REJECTED),
)


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


async def store(ctx: Context, kind: SheetKind, rows: Sequence[JudgedRow]) -> list[Stored]:
    """Store those of the rows that are not refused, some at a time."""
    good = [one for one in rows if one.verdict != "refused"]
    return [one for page in in_pages(good, _PAGE_ROWS) for one in await _STORING[kind](ctx, page)]


def rejected_of(stored: Sequence[Stored]) -> dict[int, str]:
    """What the books refused, by the number of the row, and why."""
    return {one.row.number: one.reason for one in stored if one.outcome == _REJECTED}


def verdicts_after(page: StoredPage, rejected: Mapping[int, str]) -> list[Any]:
    """A page's verdicts with what the books refused of it."""
    said = [*(one for one in page.verdicts if one[0] not in rejected)]
    said += [
        [number, "refused", rejected[number]] for number, _ in page.cells if number in rejected
    ]
    return sorted(said)


def counted(mode: Mode, judged: Sequence[JudgedRow], stored: Sequence[Stored]) -> dict[str, Any]:
    """What became of rows, by number."""
    counts = {name: sum(one.outcome == said for one in stored) for name, said in _COUNTED}
    return {"mode": str(mode), **counts, "refused": len(judged) - len(stored)}


def told(run: StoredDryRun, outcome: Mapping[str, Any]) -> Mapping[str, object]:
    """What the event says of a sheet that was stored."""
    counts = {name: outcome[name] for name in outcome if name != "mode"}
    if run.decision is not None and run.decided_actor is not None:
        counts["approved_by"] = run.decided_actor
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
            _, new = await make_promise_once(ctx, one.account_id, command)
        except DomainError as refusal:
            stored.append(_rejected(one, refusal))
        else:
            stored.append(_stored(one, new=new))
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
    named = [one.account_id for one in commands if one.account_id is not None]
    before = await assignments.last(ctx.tx, named)
    done = await assign_accounts(ctx, commands)
    return [
        _rejected(row, one)
        if isinstance(one, DomainError)
        else _stored(row, new=one != before.get(one.account_id))
        for row, one in zip(rows, done, strict=True)
    ]


async def _targets(ctx: Context, rows: Sequence[JudgedRow]) -> list[Stored]:
    stored = []
    for one in rows:
        target = target_of(one.values)
        before = await targets.standing(ctx.tx, target)
        try:
            made, _ = await set_target(ctx, target)
        except DomainError as refusal:
            stored.append(_rejected(one, refusal))
        else:
            stored.append(_stored(one, new=made != before))
    return stored


def _stored(row: JudgedRow, *, new: bool) -> Stored:
    return Stored(row=row, outcome=str(Outcome.STORED if new else Outcome.ALREADY_THERE))


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
