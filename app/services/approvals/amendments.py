"""Changes of a plan that wait for approval: made by somebody else who may, or rejected."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from app.domain.agreement.four_eyes import Hand
from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.kinds import FactKind
from app.domain.refusals.changes import RevisionNotWaiting, RevisionOutdated
from app.domain.replay.replay import changes_of
from app.domain.values import replace
from app.services.authority import refuse_same_hand
from app.services.changes import accelerate, modify, relieve, rewrite
from app.services.changes.change import Changed, ChangePlan, decision_event, history, view_after
from app.services.context import Context
from app.services.guards import locked_plan
from app.services.plans.read import PlanView
from app.services.reages import grant
from app.services.work import Work, finish
from app.storage import changes
from app.storage.changes import StoredAmendment, StoredDecision
from app.storage.plans.plans import StoredPlan

Make = Callable[[Context, UUID, Any], Awaitable[Changed]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    work: Work
    stored: StoredPlan
    amendment: StoredAmendment
    actor: str


async def approve_revision(
    ctx: Context, plan_id: UUID, number: int, *, reason: str | None
) -> Changed:
    """Make a change that waits, worked out anew on the business date, as a role that may.

    Raises `RevisionNotWaiting`, `SameActor`, `OutsideAuthority`, `NotFound`, and whatever the
    change itself raises today; `RevisionOutdated` where what was asked for makes no sense any
    more. Refused, it still waits.
    """
    waiting = await _waiting(ctx, plan_id, number)
    amendment = waiting.amendment
    kind, make = _CHANGES[FactKind(amendment.cause)]
    asked = changes.asked_from_json(kind, amendment.asked)
    if any(field.name == "effective_on" for field in fields(kind)):
        asked = replace(asked, effective_on=None)
    try:
        made = await make(replace(ctx, approving=amendment, because=reason), plan_id, asked)
    except InvalidInput as refusal:
        reasons = tuple(one.pointer.strip("/") + " " + one.detail for one in refusal.errors)
        raise RevisionOutdated(plan_id=plan_id, revision=number, reasons=reasons) from None
    await _decided(ctx, waiting, "approved", reason)
    return made


async def reject_revision(
    ctx: Context, plan_id: UUID, number: int, *, reason: str | None
) -> PlanView:
    """Turn a change that waits down. Raises `RevisionNotWaiting`, `SameActor`, `NotFound`."""
    waiting = await _waiting(ctx, plan_id, number)
    work = waiting.work
    work.tell(decision_event(EventType.REVISION_REJECTED, waiting.amendment, work, reason))
    await finish(ctx, [work])
    await _decided(ctx, waiting, "rejected", reason)
    return await view_after(work, replace(waiting.stored, pending=None))


async def _waiting(ctx: Context, plan_id: UUID, number: int) -> _Waiting:
    """The change that waits, its account locked, for somebody else than who asked for it."""
    work, _, stored = await locked_plan(ctx, plan_id)
    known = await changes.of_plan(ctx.tx, stored.account_id, plan_id)
    amendment = next((one for one in known if one.number == number), None)
    if amendment is None:
        made = (getattr(f.body, "number", 0) for f in changes_of(await history(work), plan_id))
        if number != 1 and number not in made:
            raise NotFound(resource="revision", key=str(number))
    if amendment is None or amendment.decision is not None:
        status = amendment.decision.outcome if amendment and amendment.decision else "in_force"
        raise RevisionNotWaiting(plan_id=plan_id, revision=number, revision_status=status)
    proposer = Hand(key_id=amendment.key_id, actor=amendment.actor)
    refuse_same_hand(ctx, proposer, plan_id=plan_id)
    return _Waiting(work=work, stored=stored, amendment=amendment, actor=ctx.actor or "")


async def _decided(ctx: Context, waiting: _Waiting, outcome: str, reason: str | None) -> None:
    decision = StoredDecision(
        outcome=outcome,
        role=ctx.role,
        actor=waiting.actor,
        key_id=ctx.key_id,
        reason=reason,
        business_date=ctx.business_date,
    )
    await changes.end(ctx.tx, ctx.tenant_id, waiting.amendment, decision)


# --- How each kind is made ----------------------------------------------------------------------


async def _re_age(ctx: Context, plan_id: UUID, asked: grant.GrantReAge) -> Changed:
    return (await grant.re_age_plan(ctx, plan_id, asked)).changed


async def _re_amortize(ctx: Context, plan_id: UUID, asked: ChangePlan) -> Changed:
    return await modify.re_amortize(ctx, plan_id, reason=asked.reason)


async def _accelerate(ctx: Context, plan_id: UUID, asked: ChangePlan) -> Changed:
    return await accelerate.accelerate(ctx, plan_id, reason=asked.reason or "")


#: What somebody asked for, by the kind of change, and what makes it.
_CHANGES: Mapping[FactKind, tuple[type[Any], Make]] = {
    FactKind.RE_AGE: (grant.GrantReAge, _re_age),
    FactKind.REAMORTIZATION: (ChangePlan, _re_amortize),
    FactKind.RESCHEDULE: (modify.ReschedulePlan, modify.reschedule),
    FactKind.DEFERRAL: (modify.DeferInstallment, modify.defer),
    FactKind.DUE_DAY_CHANGE: (relieve.ChangeDueDay, relieve.change_due_day),
    FactKind.PAYMENT_HOLIDAY: (relieve.TakeHoliday, relieve.take_holiday),
    FactKind.STEP_DOWN: (relieve.LowerInstallments, relieve.step_down),
    FactKind.ACCELERATION: (ChangePlan, _accelerate),
    FactKind.REWRITE: (rewrite.RewritePlan, rewrite.rewrite),
}
