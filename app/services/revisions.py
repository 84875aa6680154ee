"""What a plan's schedule was at every revision, what of it stands, and how two of them differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.errors import NotFound
from app.domain.facts import installment_id
from app.domain.schedule import InstallmentKind
from app.services.context import Context
from app.services.plans import PLANS
from app.storage import accounts, plans
from app.storage.plans import StoredRevision, StoredUndo


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedRow:
    """One row as a revision agreed it."""

    id: UUID
    kind: InstallmentKind
    nominal_due_on: date
    due_on: date
    principal_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    """A schedule a plan went through. `before` is what the change found; None for the first."""

    number: int
    fact_id: UUID
    cause: str
    effective_on: date
    actor: str | None
    role: str | None
    reason: str | None
    terms: Mapping[str, Any]
    rows: tuple[AgreedRow, ...]
    before: tuple[AgreedRow, ...] | None
    undone: StoredUndo | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDifference:
    """How one installment differs; None on a side where it is not, or holds nothing."""

    id: UUID
    before: AgreedRow | None
    after: AgreedRow | None

    @property
    def due_on(self) -> date:
        """Where it stands in time, after if it still does."""
        row = self.after or self.before
        return row.due_on if row else date.min

    @property
    def line(self) -> str:
        """The difference for a person's eye."""
        if self.before is None or self.after is None:
            row, sign = self.before or self.after, "-" if self.before else "+"
            return f"{sign} {row.due_on} {row.principal_minor}" if row else ""
        before, after = self.before, self.after
        return (
            f"~ {before.due_on} {before.principal_minor} → {after.due_on} {after.principal_minor}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What is not the same, and the later revision where nobody named it."""

    later: int
    rows: tuple[RowDifference, ...]


async def revisions_of(ctx: Context, plan_id: UUID) -> tuple[RevisionView, ...]:
    """Every schedule the plan went through, first one first, undone ones too. Raises `NotFound`."""
    account_id = await accounts.owner_of(ctx.tx, plan_id, *PLANS)
    if account_id is None:
        raise NotFound(resource="plan", key=str(plan_id))
    stored = await plans.revisions(ctx.tx, account_id, plan_id)
    taken_back = {}
    if len(stored) > 1:
        taken_back = {one.undoes: one for one in await plans.undoings(ctx.tx, account_id)}
    return tuple(_view(one, taken_back.get(one.fact_id)) for one in stored)


async def revision_of(ctx: Context, plan_id: UUID, number: int) -> RevisionView:
    """One of them. Raises `NotFound`."""
    for one in await revisions_of(ctx, plan_id):
        if one.number == number:
            return one
    raise NotFound(resource="revision", key=str(number))


async def difference(ctx: Context, plan_id: UUID, *, earlier: int, later: int | None) -> Difference:
    """What is not the same in two revisions (later None: the newest in force), by due date.

    Raises `NotFound`.
    """
    known = {one.number: one for one in await revisions_of(ctx, plan_id)}
    newest = max(number for number, one in known.items() if one.undone is None)
    for number in (earlier, later or newest):
        if number not in known:
            raise NotFound(resource="revision", key=str(number))
    was = {row.id: row for row in known[earlier].rows}
    now = {row.id: row for row in known[later or newest].rows}
    found = [
        RowDifference(id=row_id, before=was.get(row_id), after=now.get(row_id))
        for row_id in {**was, **now}
        if was.get(row_id) != now.get(row_id)
    ]
    rows = tuple(sorted(found, key=lambda one: (one.due_on, one.id)))
    return Difference(later=later or newest, rows=rows)


def _view(one: StoredRevision, undone: StoredUndo | None) -> RevisionView:
    before = one.schedule.get("before")
    return RevisionView(
        number=one.number,
        fact_id=one.fact_id,
        cause=one.cause,
        effective_on=one.effective_on,
        actor=one.actor,
        role=one.schedule.get("role"),
        reason=one.schedule.get("reason"),
        terms=one.terms,
        rows=_rows(one.schedule["installments"], one.fact_id),
        before=None if before is None else _rows(before, one.fact_id),
        undone=undone,
        created_at=one.created_at,
    )


def _rows(said: list[Mapping[str, Any]], fact_id: UUID) -> tuple[AgreedRow, ...]:
    """Stored rows; the opening's are numbered, a change's name their ids."""
    return tuple(
        AgreedRow(
            id=UUID(row["id"]) if "id" in row else installment_id(fact_id, number),
            kind=InstallmentKind(row.get("kind", InstallmentKind.INSTALLMENT)),
            nominal_due_on=date.fromisoformat(row["nominal_due_on"]),
            due_on=date.fromisoformat(row["due_on"]),
            principal_minor=row["principal_minor"],
        )
        for number, row in enumerate(said, start=1)
    )
