"""Escalations: opened, asked about beforehand, and taken through their course."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.errors import NotFound
from app.domain.evidence.course import Desk, EscalationStatus, Step
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.escalations import EscalationRefused, EscalationStandsOtherwise
from app.routers.edge.deps import CanKeepAccounts, CanReadAccounts
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.edge.steps import steps_of
from app.schemas.edge.ids import AccountId, EscalationId
from app.schemas.edge.time import Date
from app.schemas.edge.types import Page
from app.schemas.edge.words import Actor
from app.schemas.escalations.escalations import (
    AttorneyRequest,
    EscalationAnswerRequest,
    EscalationAssignRequest,
    EscalationCloseRequest,
    EscalationDetailRead,
    EscalationPreviewRead,
    EscalationRead,
    EscalationRequest,
    EscalationReturnRequest,
    FiledRequest,
    escalation_of,
)
from app.services.escalations import escalate
from app.services.escalations.escalate import Escalate, EscalationView, FindEscalations
from app.services.messages import intervening

router = APIRouter(prefix="/v1", tags=["escalations"], route_class=Operation)

ESCALATIONS = Keyset("escalations", UUID)
step = steps_of(
    router,
    "/escalations/{escalation_id}",
    answered=EscalationDetailRead,
    refused=(NotFound, EscalationStandsOtherwise, ClockBehindFacts),
)


@router.post(
    "/accounts/{account_id}/escalations/preview",
    summary="Ask whether an account may be escalated",
    response_model=EscalationPreviewRead,
    responses=problems(NotFound),
)
async def preview(account_id: AccountId, body: EscalationRequest, ctx: CanReadAccounts) -> Response:
    """Every reason against it. Only what goes to legal can be refused."""
    reasons = await escalate.reasons_against(ctx, account_id, _command(body))
    return answer({"allowed": not reasons, "reasons": list(reasons)})


@router.post(
    "/accounts/{account_id}/escalations",
    status_code=201,
    summary="Escalate an account",
    response_model=EscalationDetailRead,
    responses=problems(NotFound, EscalationRefused, ClockBehindFacts),
)
async def open_(account_id: AccountId, body: EscalationRequest, ctx: CanKeepAccounts) -> Response:
    """To a supervisor, compliance, complaints, vulnerability, or legal.

    To legal nothing may stand against it; all that does is told. What is to be done today is due
    today, a complaint in the days of the contact policy (`escalation.complaint_days`, else 30).
    """
    return answer(_read(await escalate.escalate(ctx, account_id, _command(body))), status=201)


@router.get(
    "/escalations",
    summary="List escalations",
    response_model=Page[EscalationRead],
)
async def find(
    ctx: CanReadAccounts,
    *,
    status: Annotated[EscalationStatus | None, Query(description="As they stand.")] = None,
    to: Annotated[Desk | None, Query(description="To this desk.")] = None,
    assigned_to: Annotated[Actor | None, Query(description="Whose they are.")] = None,
    due_before: Annotated[Date | None, Query(description="Due before that day.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """In the order in which they were opened."""
    (after,) = ESCALATIONS.read(cursor) or (None,)
    asked = FindEscalations(status=status, desk=to, assigned_to=assigned_to, due_before=due_before)
    found = await escalate.find_escalations(ctx, asked, after=after, limit=limit + 1)
    page, next_cursor = ESCALATIONS.cut(found, limit, key=lambda one: (one.id,))
    data = [EscalationRead.model_validate(escalation_of(one)) for one in page]
    return answer({"data": data, "next_cursor": next_cursor})


@router.get(
    "/escalations/{escalation_id}",
    summary="Read an escalation",
    response_model=EscalationDetailRead,
    responses=problems(NotFound),
)
async def read(escalation_id: EscalationId, ctx: CanReadAccounts) -> Response:
    """How it stands, and its steps."""
    return answer(_read(await escalate.read_escalation(ctx, escalation_id)))


@step("assign", "Assign an escalation")
async def assign(
    escalation_id: EscalationId, body: EscalationAssignRequest, ctx: CanKeepAccounts
) -> Response:
    """Give it to somebody."""
    values = {"assigned_to": body.assigned_to}
    done = await escalate.take_step(ctx, escalation_id, Step.ASSIGN, values, note=body.note)
    return answer(_read(done))


@step("answer", "Answer an escalation")
async def answer_(
    escalation_id: EscalationId, body: EscalationAnswerRequest, ctx: CanKeepAccounts
) -> Response:
    """Say what is to be done; whoever asked goes on."""
    done = await escalate.take_step(ctx, escalation_id, Step.ANSWER, {}, note=body.note)
    return answer(_read(done))


@step("return", "Return an escalation")
async def return_(
    escalation_id: EscalationId, body: EscalationReturnRequest, ctx: CanKeepAccounts
) -> Response:
    """Give it back to whoever asked."""
    done = await escalate.take_step(ctx, escalation_id, Step.RETURN, {}, note=body.note)
    return answer(_read(done))


@step("send_to_attorney", "Send an escalation to an attorney", EscalationRefused)
async def send_to_attorney(
    escalation_id: EscalationId, body: AttorneyRequest, ctx: CanKeepAccounts
) -> Response:
    """With the evidence that goes along. What stands against legal is asked once more.

    From then on the house contacts nobody about the account: what waits is suppressed.
    """
    values = {"party_id": body.party_id, "evidence_file_id": body.evidence_file_id}
    done = await escalate.take_step(ctx, escalation_id, Step.SEND_TO_ATTORNEY, values)
    await intervening.of_account(ctx, done.stored.account_id)
    return answer(_read(done))


@step("filed", "Say that a suit was filed")
async def filed(escalation_id: EscalationId, body: FiledRequest, ctx: CanKeepAccounts) -> Response:
    """By the attorney who has it."""
    values = {"court": body.court, "case_number": body.case_number, "filed_on": body.on}
    return answer(_read(await escalate.take_step(ctx, escalation_id, Step.FILED, values)))


@step("close", "Close an escalation")
async def close(
    escalation_id: EscalationId, body: EscalationCloseRequest, ctx: CanKeepAccounts
) -> Response:
    """For good, with what came of it."""
    values = {"outcome": body.outcome}
    done = await escalate.take_step(ctx, escalation_id, Step.CLOSE, values, note=body.note)
    return answer(_read(done))


def _command(body: EscalationRequest) -> Escalate:
    return Escalate(
        to=body.to,
        reason=body.reason,
        urgency=body.urgency,
        contact_id=body.contact_id,
        note=body.note,
    )


def _read(view: EscalationView) -> EscalationDetailRead:
    steps = [
        {name: getattr(one, name) for name in ("step", "note", "at", "actor", "role")}
        for one in view.steps
    ]
    return EscalationDetailRead.model_validate({**escalation_of(view.stored), "steps": steps})
