"""Re-ages asked about, previewed, granted; those of plans listed and taken back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.domain.agreement.reage import Counters
from app.domain.errors import NotFound
from app.domain.facts.changes import ReAgeKind
from app.domain.refusals.accounts import NothingOwed, OnHold
from app.domain.refusals.changes import (
    ChangedToday,
    ChangeLimitReached,
    NothingToMove,
    NotNewestChange,
    ReAgeRefused,
    RevisionPending,
)
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.payments import AccountClosed
from app.domain.refusals.plans import PlanNotLive
from app.domain.refusals.settlements import SettlementPlanFixed
from app.domain.schedule.terms import Frequency
from app.routers.changes.changes import change_read
from app.routers.edge.bodies import as_sent
from app.routers.edge.deps import AsOf, CanReadPlans, CanWritePlans
from app.routers.edge.problems import answered, problems
from app.routers.edge.route import Operation, answer
from app.routers.plans.plans import plan_read
from app.schemas.changes.changes import UndoRequest
from app.schemas.edge.ids import AccountId, PlanId, ReAgeId, encode
from app.schemas.edge.types import Page
from app.schemas.plans.plans import PlanRead
from app.schemas.plans.quotes import RefusalRead
from app.schemas.reages.reages import (
    AccountReAgeRead,
    AccountReAgeRequest,
    CountersRead,
    EligibilityRead,
    ListedReAgeRead,
    OverrideRead,
    ReAgePreviewRead,
    ReAgeRead,
    ReAgeRequest,
)
from app.services.reages import grant, granted
from app.services.reages.grant import GrantReAge, OverrideEligibility, ReAged

router = APIRouter(prefix="/v1", tags=["re-aging"], route_class=Operation)

_REFUSALS = (NotFound, PlanNotLive, OnHold, RevisionPending, NothingToMove, ChangedToday,
             SettlementPlanFixed, ClockBehindFacts)  # fmt: skip


@router.get(
    "/accounts/{account_id}/re-age-eligibility",
    summary="Ask whether an account may be re-aged",
    response_model=EligibilityRead,
    responses=problems(NotFound),
)
async def read_eligibility(
    account_id: AccountId,
    ctx: CanReadPlans,
    *,
    as_of: AsOf = None,
    kind: Annotated[ReAgeKind, Query(description="Which kind of re-age.")] = ReAgeKind.STANDARD,
    documented_ability: Annotated[
        bool, Query(description="That willingness and ability to pay are on file.")
    ] = False,
) -> Response:
    """Every test of the policy on any day: what fails, and the counters that led to it.

    The tests are those of the FFIEC policy for open-end credit; the figures are the policy's.
    """
    found = await grant.view_eligibility(
        ctx, account_id, kind=kind, documented=documented_ability, as_of=as_of
    )
    return answer(
        EligibilityRead(
            as_of=found.as_of,
            eligible=found.eligibility.eligible,
            failed=list(found.eligibility.failed),
            refusals=[RefusalRead.model_validate(one) for one in found.eligibility.refusals],
            counters=_counters(found.eligibility.counters),
            policy_version=found.policy.ref.version,
        )
    )


@router.post(
    "/plans/{plan_id}/re-ages",
    status_code=201,
    operation_id="reages_grant",
    summary="Re-age a plan",
    response_model=ReAgeRead,
    responses=problems(*_REFUSALS, ReAgeRefused, ChangeLimitReached),
)
async def re_age(
    plan_id: PlanId, body: ReAgeRequest, ctx: CanWritePlans, request: Request
) -> Response:
    """Move everything open to new installments and call the plan current. One a day.

    What is owed does not change. Charges stay on their rows, first in line, and age no more. The
    contract's clock and `first_delinquency_on` go on. A refusal names every failing test at once,
    and is told as `re_age.refused`.
    """
    try:
        made = await grant.re_age_plan(ctx, plan_id, _asked(body))
    except ReAgeRefused as refusal:
        return answered(request, refusal)
    fact, change = made.changed.fact, change_read(made.changed)
    override = made.body.override
    return answer(
        ReAgeRead(
            id=fact.id,
            plan_id=plan_id,
            kind=made.body.re_age,
            revision=made.body.number,
            effective_on=fact.effective_on,
            first_due_on=made.body.due[0].due_on,
            installment_count=len(made.body.due),
            reason=made.body.reason,
            actor=fact.actor,
            override=OverrideRead.model_validate(override) if override else None,
            status=change.status,
            refusals=change.refusals,
            counters=_counters(made.eligibility.counters),
            plan=change.plan,
        ),
        status=201,
        location=f"/v1/plans/{encode('plan', plan_id)}/re-ages",
    )


@router.post(
    "/plans/{plan_id}/re-ages/preview",
    summary="Preview a re-age",
    response_model=ReAgePreviewRead,
    responses=problems(*_REFUSALS),
)
async def preview_re_age(plan_id: PlanId, body: ReAgeRequest, ctx: CanReadPlans) -> Response:
    """The plan as the re-age would leave it, and every reason against it. Nothing is stored."""
    return answer(_preview(await grant.re_age_plan(ctx, plan_id, _asked(body), preview=True)))


@router.get(
    "/plans/{plan_id}/re-ages",
    summary="List a plan's re-ages",
    response_model=Page[ListedReAgeRead],
    responses=problems(NotFound),
)
async def read_re_ages(plan_id: PlanId, ctx: CanReadPlans) -> Response:
    """Every re-age of the plan, first one first; one that was undone stays and says so.

    All of them at once: `next_cursor` is always null.
    """
    rows = [
        ListedReAgeRead(
            id=one.fact.id,
            plan_id=plan_id,
            kind=one.body.re_age,
            revision=one.body.number,
            effective_on=one.fact.effective_on,
            first_due_on=one.body.due[0].due_on,
            installment_count=len(one.body.due),
            reason=one.body.reason,
            actor=one.fact.actor,
            override=OverrideRead.model_validate(one.body.override) if one.body.override else None,
            undone_on=one.undone_on,
            flagged_on=one.flag.on if one.flag else None,
            flagged_because=one.flag.payment_id if one.flag else None,
        )
        for one in await granted.re_ages_of(ctx, plan_id)
    ]
    return answer({"data": rows, "next_cursor": None})


@router.post(
    "/plans/{plan_id}/re-ages/{re_age_id}/undo",
    summary="Undo a re-age",
    response_model=PlanRead,
    responses=problems(NotFound, PlanNotLive, NotNewestChange, ClockBehindFacts),
)
async def undo_re_age(
    plan_id: PlanId, re_age_id: ReAgeId, ctx: CanWritePlans, body: UndoRequest | None = None
) -> Response:
    """Take a re-age back while it is the newest change of the schedule in force.

    The same act as undoing its revision: the plan is as if it had never been re-aged.
    """
    reason = body.reason if body else None
    return answer(plan_read(await granted.undo_re_age(ctx, plan_id, re_age_id, reason=reason)))


@router.post(
    "/accounts/{account_id}/re-ages",
    status_code=201,
    summary="Re-age an account",
    response_model=AccountReAgeRead,
    responses=problems(NotFound, AccountClosed, OnHold, NothingOwed, ReAgeRefused,
                       ChangeLimitReached, ChangedToday, ClockBehindFacts),
)  # fmt: skip
async def re_age_account(
    account_id: AccountId, body: AccountReAgeRequest, ctx: CanWritePlans, request: Request
) -> Response:
    """Report an account current again after qualifying payments. No schedule moves.

    It clears `reported_since_on` and nothing else: `first_delinquency_on` never moves.
    """
    try:
        made = await grant.re_age_account(
            ctx,
            account_id,
            kind=body.kind,
            reason=body.reason,
            documented=body.documented_ability,
            effective_on=body.effective_on,
            override=OverrideEligibility(**dict(body.override)) if body.override else None,
        )
    except ReAgeRefused as refusal:
        return answered(request, refusal)
    override, state = made.body.override, made.reading.state
    return answer(
        AccountReAgeRead(
            id=made.fact.id,
            account_id=account_id,
            kind=made.body.re_age,
            effective_on=made.fact.effective_on,
            reason=made.body.reason,
            actor=made.fact.actor,
            override=OverrideRead.model_validate(override) if override else None,
            counters=_counters(made.eligibility.counters),
            reported_since_on=state.reported_since_on,
            first_delinquency_on=state.first_delinquency_on,
        ),
        status=201,
    )


# --- Between the contract and the service -----------------------------------------------------


def _asked(body: ReAgeRequest) -> GrantReAge:
    return GrantReAge(
        kind=body.kind,
        first_due_on=body.first_due_on,
        installment_count=body.installment_count,
        frequency=Frequency(**dict(body.frequency)),
        reason=body.reason,
        documented_ability=body.documented_ability,
        effective_on=body.effective_on,
        override=OverrideEligibility(**dict(body.override)) if body.override else None,
        as_sent=as_sent(body),
    )


def _counters(counters: Counters) -> CountersRead:
    return CountersRead.model_validate(counters)


def _preview(made: ReAged) -> ReAgePreviewRead:
    return ReAgePreviewRead(
        eligible=made.eligibility.eligible,
        failed=list(made.eligibility.failed),
        refusals=[RefusalRead.model_validate(one) for one in made.changed.refusals],
        counters=_counters(made.eligibility.counters),
        plan=plan_read(made.changed.view),
    )
