"""Charges and adjustments: a debt raised, lowered by a waiver, or charged in error and undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.state import Charged, State
from app.domain.agreement.charges import check_late_fee, plan_late_on
from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.facts.accounts import Adjustment, Charge, ChargeReversal
from app.domain.facts.fact import Fact
from app.domain.money import Component
from app.domain.refusals.accounts import ChargeAdjusted, ExceedsBalance
from app.domain.refusals.payments import AlreadyReversed
from app.domain.refusals.plans import PlanNotLive
from app.domain.refusals.settlements import SettlementPlanFixed
from app.domain.replay.money.waiver import waivable_minor
from app.domain.values import replace
from app.domain.vocabulary import Act, ChargeKind, Spending
from app.services.authority import refuse_act, spending
from app.services.context import Context
from app.services.guards import (
    CHARGES_STOPPED,
    owner_of,
    refuse_closed,
    refuse_in_breathing_space,
    refuse_on_hold,
)
from app.services.reading import Reading, reading_after
from app.services.references import claim, free, made_before
from app.services.work import (
    Work,
    begin,
    begin_many,
    check_date,
    enter_fact,
    enter_queued,
    finish,
    queue_fact,
    read_ahead,
    state_on,
)
from app.storage.accounts import accounts, facts

_NONE: Mapping[str, tuple[UUID, UUID]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class AddCharge:
    """What is charged; with `plan_id` it joins that plan's schedule."""

    kind: ChargeKind
    amount_minor: int
    reference: str | None = None
    for_installment: UUID | None = None
    due_on: date | None = None
    effective_on: date | None = None
    reason: str | None = None
    plan_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjust:
    """What is waived or corrected downward."""

    component: Component
    amount_minor: int
    reason: str
    charge_id: UUID | None = None
    reference: str | None = None
    effective_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReverseCharge:
    """Which charge should never have been, and why."""

    charge_id: UUID
    reason: str | None = None
    reference: str | None = None
    effective_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A fact just entered, or (`repeated`) sent again, and the account as it stands."""

    fact: Fact
    reading: Reading
    repeated: bool = False


def entered(work: Work, fact: Fact) -> Entered:
    """What a command on one account answers."""
    return Entered(fact=fact, reading=reading_after(work))


async def entered_before(work: Work, fact_id: UUID) -> Entered:
    """What a command answers that was sent again; nothing of it is written."""
    fact = (await facts.by_id(work.ctx.tx, [fact_id]))[fact_id]
    return Entered(fact=fact, reading=reading_after(work), repeated=True)


async def add_charge(ctx: Context, account_id: UUID, command: AddCharge) -> Entered:
    """Charge an account. The same reference with the same content answers what stands.

    Raises `OutsideAuthority`, `AccountClosed`, `OnHold`, `ChargeInBreathingSpace`, `PlanNotLive`,
    `SettlementPlanFixed`, `ReferenceTaken`, `NotFound`.
    """
    work = await begin(ctx, account_id)
    known = await made_before(ctx, claim("charge", command, account_id))
    if known is not None:
        return await entered_before(work, known)
    fact = await enter_charge(work, command)
    await finish(ctx, [work])
    return entered(work, fact)


async def add_charges(
    ctx: Context, commands: Sequence[tuple[UUID, AddCharge]]
) -> tuple[Entered | DomainError, ...]:
    """Charge several accounts, in the order given; one refused keeps none from it.

    Nothing is written of those refused.
    """
    works = await begin_many(ctx, (account_id for account_id, _ in commands))
    references = (c.reference for _, c in commands if c.reference is not None)
    taken = await accounts.resolve(ctx.tx, "charge", references)
    await read_ahead(ctx, works, ((account_id, c.effective_on) for account_id, c in commands))
    results: list[Fact | DomainError] = []
    for account_id, command in commands:
        work = works.get(account_id)
        try:
            if work is None:
                raise NotFound(resource="account", key=str(account_id))
            if _looks_at_plan(command):  # it is asked how that plan stands by now
                await enter_queued(work)
            fact = await _queue_charge(work, command, taken)
        except DomainError as refusal:
            results.append(refusal)
        else:
            results.append(fact)
            if command.reference is not None:
                taken[command.reference] = (account_id, fact.id)
    for work in works.values():
        await enter_queued(work)
    await finish(ctx, works.values())
    return tuple(
        entered(works[account_id], result) if isinstance(result, Fact) else result
        for (account_id, _), result in zip(commands, results, strict=True)
    )


async def enter_charge(work: Work, command: AddCharge) -> Fact:
    """Decide on a charge and enter it; writing is the caller's."""
    fact = await _queue_charge(work, command)
    await enter_queued(work)
    return fact


async def _queue_charge(
    work: Work, command: AddCharge, taken: Mapping[str, tuple[UUID, UUID]] = _NONE
) -> Fact:
    """Decide on a charge. `taken`: references of these charges that name something already."""
    ctx = work.ctx
    refuse_closed(work)
    refuse_on_hold(work, CHARGES_STOPPED, forbids="charges")
    refuse_in_breathing_space(work, command.effective_on or ctx.business_date)
    await _check_plan(work, command)
    wanted = free(claim("charge", command, work.account.id), taken)
    body = Charge(
        charge=command.kind,
        amount_minor=command.amount_minor,
        due_on=command.due_on or command.effective_on or ctx.business_date,
        plan_id=command.plan_id,
        for_installment=command.for_installment,
        reference=command.reference,
        reason=command.reason,
    )
    async with spending(work, Spending.CHARGE, command.amount_minor):
        return queue_fact(work, body, effective_on=command.effective_on, beside=wanted.beside)


def _looks_at_plan(command: AddCharge) -> bool:
    return command.plan_id is not None or command.kind is ChargeKind.LATE_FEE


async def _check_plan(work: Work, command: AddCharge) -> None:
    if command.plan_id is None:
        await _check_own(work, command)
        return
    plan = work.state.plan(command.plan_id)
    if plan is None:
        raise NotFound(resource="plan", key=str(command.plan_id))
    if not plan.live:
        raise PlanNotLive(plan_id=plan.id, plan_status=plan.status)
    if plan.settles:
        raise SettlementPlanFixed(plan_id=plan.id)
    rows = {row.id for row in plan.installments}
    if command.for_installment is not None and command.for_installment not in rows:
        raise InvalidInput.at("/for_installment", "is no installment of that plan")
    if command.kind is ChargeKind.LATE_FEE:
        await _check_late_fee(work, command, plan.id)


async def _check_late_fee(work: Work, command: AddCharge, plan_id: UUID) -> None:
    """No late fee in an installment's grace, nor on what only earlier late fees left short."""
    on = check_date(work, command.effective_on)
    then = await state_on(work, on)
    for state in (then, work.state):  # the plan, or the installment, may be of a later day
        plan = state.plan(plan_id)
        rows = {row.id for row in plan.installments} if plan else set()
        if plan is not None and command.for_installment in {None, *rows}:
            policy = work.policies.of(plan)
            check_late_fee(state, plan, policy, command.for_installment, on=on)
            return


async def _check_own(work: Work, command: AddCharge) -> None:
    """A late fee beside a plan that is all there is, is held to what is late on the plan."""
    if command.for_installment is not None:
        raise InvalidInput.at("/for_installment", "needs the plan_id it belongs to")
    if command.kind is not ChargeKind.LATE_FEE:
        return
    on = check_date(work, command.effective_on)
    then = await state_on(work, on)
    plan = plan_late_on(then)
    if plan is not None:
        check_late_fee(then, plan, work.policies.of(plan), None, on=on)


async def reverse_charge(ctx: Context, command: ReverseCharge) -> Entered:
    """As if never charged, which lets its amount go like a waiver.

    Raises `OutsideAuthority`, `AlreadyReversed`, `ChargeAdjusted`, `NotFound`.
    """
    work = await begin(ctx, await owner_of(ctx, "charge", command.charge_id))
    wanted = claim("reversal", command)
    known = await made_before(ctx, wanted)
    if known is not None:
        return await entered_before(work, known)
    refuse_act(work, Act.REVERSE_CHARGE)
    charge = _charge(work.state, command.charge_id)
    if charge is None:
        raise AlreadyReversed(resource="charge", charge_id=command.charge_id)
    if charge.waived_minor:
        raise ChargeAdjusted(charge_id=command.charge_id, waived_minor=charge.waived_minor)
    body = ChargeReversal(
        charge_id=command.charge_id, reason=command.reason, reference=command.reference
    )
    on, beside = command.effective_on, wanted.beside
    async with spending(work, Spending.WAIVE, charge.amount_minor):
        fact = await enter_fact(work, body, effective_on=on, beside=beside)
    await finish(ctx, [work])
    return entered(work, fact)


async def adjust(ctx: Context, account_id: UUID, command: Adjust) -> Entered:
    """Lower what is due, at most by what was open on that day.

    Raises `OutsideAuthority`, `AccountClosed`, `ExceedsBalance`, `ReferenceTaken`, `NotFound`.
    """
    work = await begin(ctx, account_id)
    wanted = claim("adjustment", command, account_id)
    known = await made_before(ctx, wanted)
    if known is not None:
        return await entered_before(work, known)
    refuse_closed(work)
    then = await state_on(work, check_date(work, command.effective_on))
    charge = _charge_waived(work, then, command) if command.charge_id is not None else None
    most = waivable_minor(then, command.component, charge)
    if command.amount_minor > most:
        what = "The adjustment"
        raise ExceedsBalance(what=what, limit_minor=most, actual_minor=command.amount_minor)
    body = Adjustment(
        component=command.component,
        amount_minor=command.amount_minor,
        reason=command.reason,
        charge_id=command.charge_id,
        reference=command.reference,
    )
    on, beside = command.effective_on, wanted.beside
    async with spending(work, Spending.WAIVE, command.amount_minor):
        fact = await enter_fact(work, body, effective_on=on, beside=beside)
    await finish(ctx, [work])
    return entered(work, fact)


def _charge_waived(work: Work, then: State, command: Adjust) -> Charged:
    """The charge as it stood on the adjustment's day, with all that was waived of it until now."""
    charge = _charge(work.state, command.charge_id)
    if charge is None:
        raise NotFound(resource="charge", key=str(command.charge_id))
    if charge.component is not command.component:
        raise InvalidInput.at("/component", f"the charge is one of {charge.component}")
    known = _charge(then, command.charge_id)
    if known is None:
        raise InvalidInput.at("/effective_on", "must not lie before the charge")
    return replace(known, waived_minor=charge.waived_minor)


def _charge(state: State, charge_id: UUID | None) -> Charged | None:
    return next((c for c in state.charges if c.id == charge_id), None)
