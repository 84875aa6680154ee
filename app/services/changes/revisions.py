"""The revisions of a plan: the schedule at each, whether it is in force, and how two differ."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.agreement.approval import RevisionStatus
from app.domain.errors import NotFound
from app.domain.limits import LimitBreach
from app.domain.schedule.agreed import RevisedInstallment
from app.domain.values import replace
from app.services.accounts.acts import acts_of
from app.services.context import Context
from app.services.guards import owner_of
from app.storage import changes
from app.storage.changes import StoredAmendment, StoredDecision, StoredRevision, StoredUndo
from app.storage.plans import plans


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
    rows: tuple[RevisedInstallment, ...]
    before: tuple[RevisedInstallment, ...] | None
    quote_id: UUID | None  # whose terms a rewrite took, and the debtor's consent to them
    consent: Mapping[str, Any] | None
    undone: StoredUndo | None
    created_at: datetime
    decision: StoredDecision | None = None  # where it had to wait for one
    waits: bool = False
    refusals: tuple[LimitBreach, ...] = ()  # what it had to wait for

    @property
    def status(self) -> RevisionStatus:
        """What became of it."""
        if self.waits:
            return RevisionStatus.PENDING_APPROVAL
        if self.decision is not None and self.decision.outcome == "rejected":
            return RevisionStatus.REJECTED
        return RevisionStatus.UNDONE if self.undone else RevisionStatus.IN_FORCE


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDifference:
    """How one installment differs; None on a side where it is not, or holds nothing."""

    id: UUID
    before: RevisedInstallment | None
    after: RevisedInstallment | None

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
    """Every schedule the plan went through, first one first, undone ones too.

    Those that wait or waited for approval are among them, as they were asked for. Raises
    `NotFound`.
    """
    account_id = await owner_of(ctx, "plan", plan_id)
    stored = await changes.revisions(ctx.tx, account_id, plan_id)
    taken_back = {}
    if len(stored) > 1:
        taken_back = {one.undoes: one for one in await changes.undoings(ctx.tx, account_id)}
    asked = {one.id: one for one in await changes.of_plan(ctx.tx, account_id, plan_id)}
    made = [_view(one, taken_back.get(one.fact_id), asked.pop(one.fact_id, None)) for one in stored]
    if made:  # the first is the plan's opening
        made[0] = await _opened(ctx, account_id, plan_id, made[0])
    return tuple(sorted((*made, *map(_proposed, asked.values())), key=lambda one: one.number))


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
    standing = (n for n, one in known.items() if one.status is RevisionStatus.IN_FORCE)
    newest = max(standing, default=max(known))  # of a plan that was rejected none is in force
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


async def _opened(
    ctx: Context, account_id: UUID, plan_id: UUID, first: RevisionView
) -> RevisionView:
    """The first revision with what the plan was opened by: quote, consent, and who approved it."""
    stored = await plans.read(ctx.tx, account_id, plan_id)
    if stored is None:
        return first
    done = {one.act: one for one in (await acts_of(ctx, account_id)).get(plan_id, ())}
    opened = done.get("opened") or done.get("proposed") or done.get("accepted")
    decided = done.get("approved") or done.get("rejected")
    decision = None
    if decided is not None and decided is not opened:
        decision = StoredDecision(
            outcome=decided.act,
            role=decided.role or "",
            actor=decided.actor or "",
            key_id=decided.key_id,
            reason=decided.reason,
            business_date=decided.business_date,
        )
    return replace(
        first,
        role=first.role or (opened.role if opened else None),
        quote_id=first.quote_id or stored.quote_id,
        consent=first.consent or stored.consent,
        decision=first.decision or decision,
    )


def _proposed(one: StoredAmendment) -> RevisionView:
    """What is not, or never was, in force: as it would have been on the day it was asked for."""
    consent = one.asked.get("consent") or {}
    return RevisionView(
        number=one.number,
        fact_id=one.id,
        cause=one.cause,
        effective_on=one.business_date,
        actor=one.actor,
        role=one.role,
        reason=one.schedule.reason,
        terms=one.terms,
        rows=one.schedule.installments,
        before=one.schedule.before,
        quote_id=UUID(one.asked["quote_id"]) if "quote_id" in one.asked else None,
        consent={name: said for name, said in consent.items() if said is not None} or None,
        undone=None,
        created_at=one.created_at,
        decision=one.decision,
        waits=one.waits,
        refusals=one.refusals,
    )


def _view(
    one: StoredRevision, undone: StoredUndo | None, asked: StoredAmendment | None
) -> RevisionView:
    return RevisionView(
        number=one.number,
        fact_id=one.fact_id,
        cause=one.cause,
        effective_on=one.effective_on,
        actor=asked.actor if asked else one.actor,
        role=one.schedule.role,
        reason=one.schedule.reason,
        terms=one.terms,
        rows=one.schedule.installments,
        before=one.schedule.before,
        quote_id=one.schedule.quote_id,
        consent=one.schedule.consent,
        undone=undone,
        created_at=one.created_at,
        decision=asked.decision if asked else None,
        refusals=asked.refusals if asked else (),
    )
