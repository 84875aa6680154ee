"""Every schedule a plan went through: listed, compared, and the newest taken back."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.domain.errors import NotFound
from app.domain.refusals.changes import NotNewestChange
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.plans import PlanNotLive
from app.domain.schedule.agreed import RevisedInstallment
from app.domain.vocabulary import Role
from app.routers.edge.deps import CanReadPlans, CanWritePlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.plans.plans import plan_read
from app.schemas.changes.changes import (
    AgreedInstallmentRead,
    AgreedScheduleRead,
    DecisionRead,
    DifferenceRead,
    RevisionRead,
    RowDifferenceRead,
    RowSideRead,
    UndoneRead,
    UndoRequest,
)
from app.schemas.edge.ids import PlanId
from app.schemas.edge.types import Page
from app.schemas.plans.plans import PlanRead
from app.schemas.plans.quotes import RefusalRead
from app.services.changes import modify, revisions
from app.services.changes.revisions import RevisionView

router = APIRouter(prefix="/v1/plans/{plan_id}", tags=["plans"], route_class=Operation)

Number = Annotated[int, Path(ge=1, le=100_000, description="1 is the schedule it opened with.")]


@router.get(
    "/revisions",
    summary="List a plan's revisions",
    response_model=Page[RevisionRead],
    responses=problems(NotFound),
)
async def read_revisions(plan_id: PlanId, ctx: CanReadPlans) -> Response:
    """Every schedule the plan went through, first one first, each with what made it.

    One that was undone stays in the list and says so. All of them at once: `next_cursor` is
    always null.
    """
    known = await revisions.revisions_of(ctx, plan_id)
    return answer({"data": [revision_read(one) for one in known], "next_cursor": None})


@router.get(
    "/revisions/{revision}",
    summary="Read a revision",
    response_model=RevisionRead,
    responses=problems(NotFound),
)
async def read_revision(plan_id: PlanId, revision: Number, ctx: CanReadPlans) -> Response:
    """One schedule the plan went through: its terms, its rows, and what made it."""
    return answer(revision_read(await revisions.revision_of(ctx, plan_id, revision)))


@router.post(
    "/revisions/{revision}/undo",
    summary="Undo a change of a plan",
    response_model=PlanRead,
    responses=problems(NotFound, PlanNotLive, NotNewestChange, ClockBehindFacts),
)
async def undo_revision(
    plan_id: PlanId, revision: Number, ctx: CanWritePlans, body: UndoRequest | None = None
) -> Response:
    """Take the newest change in force back: the plan is as if it had never been made.

    Payments that came later are allocated as they would have been without it.
    """
    reason = body.reason if body else None
    return answer(plan_read(await modify.undo_revision(ctx, plan_id, revision, reason=reason)))


@router.get(
    "/diff",
    summary="Compare two revisions of a plan",
    response_model=DifferenceRead,
    responses=problems(NotFound),
)
async def compare(
    plan_id: PlanId,
    ctx: CanReadPlans,
    earlier: Annotated[int, Query(alias="from", ge=1, le=100_000, description="A number.")] = 1,
    later: Annotated[
        int | None,
        Query(alias="to", ge=1, le=100_000, description="Default: the newest in force."),
    ] = None,
) -> Response:
    """Every installment that is not the same in both, by due date: by machine and by eye."""
    found = await revisions.difference(ctx, plan_id, earlier=earlier, later=later)
    rows = found.rows
    difference = DifferenceRead(
        earlier=earlier,
        later=found.later,
        rows=[
            RowDifferenceRead(id=one.id, before=_side(one.before), after=_side(one.after))
            for one in rows
        ],
        lines=[one.line for one in rows],
    )
    return answer(difference)


# --- Between the contract and the service -----------------------------------------------------


def _side(row: RevisedInstallment | None) -> RowSideRead | None:
    return RowSideRead(due_on=row.due_on, principal_minor=row.principal_minor) if row else None


def revision_read(one: RevisionView) -> RevisionRead:
    """A revision as the contract shows it."""
    undone, decision = one.undone, one.decision
    return RevisionRead(
        number=one.number,
        cause=one.cause,
        effective_on=one.effective_on,
        actor=one.actor,
        role=Role(one.role) if one.role else None,
        reason=one.reason,
        terms=dict(one.terms),
        before=None if one.before is None else _schedule(one.before),
        schedule=_schedule(one.rows),
        quote_id=one.quote_id,
        consent=dict(one.consent) if one.consent else None,
        undone=UndoneRead(on=undone.on, actor=undone.actor, reason=undone.reason)
        if undone
        else None,
        status=one.status,
        refusals=[RefusalRead.model_validate(refusal) for refusal in one.refusals],
        decision=DecisionRead(
            outcome="approved" if decision.outcome == "approved" else "rejected",
            on=decision.business_date,
            actor=decision.actor,
            role=Role(decision.role) if decision.role else None,
            reason=decision.reason,
        )
        if decision
        else None,
        created_at=one.created_at,
    )


def _schedule(installments: tuple[RevisedInstallment, ...]) -> AgreedScheduleRead:
    return AgreedScheduleRead(
        installments=[
            AgreedInstallmentRead(
                id=installment.id,
                number=number,
                kind=installment.kind,
                nominal_due_on=installment.nominal_due_on,
                due_on=installment.due_on,
                principal_minor=installment.principal_minor,
            )
            for number, installment in enumerate(installments, start=1)
        ]
    )
