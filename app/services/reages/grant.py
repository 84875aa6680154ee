"""Re-ages: who is eligible, a plan's schedule moved, an account reported current again.

Eligibility is asked once, when a re-age is made; replay never asks again. What happens to a
re-age whose qualifying payment comes back is in `rejudge`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.agreement.four_eyes import folded_actor
from app.domain.agreement.reage import (
    Eligibility,
    Evidence,
    assess,
    cycles_of,
    priors_of,
    workout_of,
)
from app.domain.entries.events import Event, EventType
from app.domain.errors import FieldProblem, InvalidInput
from app.domain.facts.changes import AccountReAge, DueDate, Override, ReAge, ReAgeKind
from app.domain.facts.fact import Fact
from app.domain.facts.payments import Chargeback
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import NothingOwed
from app.domain.refusals.changes import NothingToMove, ReAgeRefused
from app.domain.replay.installments import movable
from app.domain.replay.replay import in_force
from app.domain.schedule.build import build
from app.domain.schedule.terms import Frequency
from app.domain.values import replace
from app.domain.vocabulary import Product, Role
from app.services import holidays
from app.services.changes.change import Changed, Changing, carry_out, history, once_a_day, take_up
from app.services.context import Context
from app.services.guards import TERMS_REFUSED, refuse_closed, refuse_on_hold
from app.services.plans.agreement import refusals_of
from app.services.reading import Reading, read_account, reading_after
from app.services.threads import folded
from app.services.work import Work, begin, check_date, enter_fact, finish
from app.storage.accounts import facts as account_facts
from app.storage.books.entry import Attachment


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideEligibility:
    """A second person stands behind a re-age that fails a test."""

    reason: str
    approved_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantReAge:
    """The new schedule, and what was documented."""

    kind: ReAgeKind
    first_due_on: date
    installment_count: int
    frequency: Frequency
    reason: str
    documented_ability: bool
    effective_on: date | None = None
    override: OverrideEligibility | None = None
    as_sent: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReAged:
    """A plan after a re-age (or as it would be), and what was found of its eligibility."""

    changed: Changed
    eligibility: Eligibility
    body: ReAge


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountReAged:
    """An account after its re-age."""

    fact: Fact
    reading: Reading
    eligibility: Eligibility
    body: AccountReAge


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityView:
    """The answer to a question about eligibility, and the policy it was asked of."""

    eligibility: Eligibility
    policy: Policy
    as_of: date


async def view_eligibility(
    ctx: Context, account_id: UUID, *, kind: ReAgeKind, documented: bool, as_of: date | None = None
) -> EligibilityView:
    """Whether an account may be re-aged on a day. Raises `NotFound`."""
    reading = await read_account(ctx, account_id, as_of=as_of)
    entered = (await account_facts.history(ctx.tx, account_id)).facts
    facts = tuple(fact for fact in entered if fact.business_date <= ctx.business_date)
    on, state = reading.as_of, reading.state
    policy = _policy_of(reading, state.live_plan, on)
    found = _assessed(reading, facts, state, kind=kind, documented=documented, on=on)
    return EligibilityView(eligibility=found, policy=policy, as_of=on)


async def re_age_plan(
    ctx: Context, plan_id: UUID, asked: GrantReAge, *, preview: bool = False
) -> ReAged:
    """Move everything open to new installments and call the plan current.

    Raises `ReAgeRefused` with every reason (a preview shows them instead), `ChangedToday`,
    `NothingToMove`, `ChangeLimitReached`, `InvalidInput`, and as `take_up`.
    """
    changing = await take_up(ctx, plan_id, asked.effective_on, asked=asked)
    once_a_day(changing, ReAge, "re-age")
    moved = movable(changing.plan.installments)
    if not moved:
        raise NothingToMove(plan_id=plan_id, reason="no principal is open")
    due = _new_dates(changing, asked, moved)
    found = _assessed(
        changing.work,
        changing.facts,
        changing.state,
        kind=asked.kind,
        documented=asked.documented_ability,
        on=changing.on,
    )
    refusal = _refusal(ctx, found, asked.override, preview=preview)
    if refusal is not None:
        await _note_refusal(changing.work, refusal, asked.kind, plan_id)
        raise refusal
    override = _overridden(ctx, found, asked.override)
    if override is None:
        changing.refusals += found.refusals
    body = ReAge(
        plan_id=plan_id,
        number=changing.number,
        re_age=asked.kind,
        due=due,
        unit_minor=changing.terms.rounding_unit_minor,
        remainder=changing.terms.remainder,
        reason=asked.reason,
        override=override,
    )
    changed = await carry_out(changing, body, asked.as_sent, preview=preview)
    return ReAged(changed=changed, eligibility=found, body=body)


async def re_age_account(
    ctx: Context,
    account_id: UUID,
    *,
    kind: ReAgeKind,
    reason: str,
    documented: bool,
    effective_on: date | None = None,
    override: OverrideEligibility | None = None,
) -> AccountReAged:
    """Report an account current again; no schedule and no other clock moves.

    Raises `ReAgeRefused`, `NothingOwed`, `OnHold`, `InvalidInput`, `NotFound`.
    """
    work = await begin(ctx, account_id)
    refuse_closed(work)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    if not work.state.balance:
        raise NothingOwed(account_id=account_id)
    on = check_date(work, effective_on)
    facts = await history(work)
    state = await folded(ctx, facts, work.policies, on)
    found = _assessed(work, in_force(facts), state, kind=kind, documented=documented, on=on)
    refusal = _refusal(ctx, found, override, preview=False)
    if refusal is not None:
        await _note_refusal(work, refusal, kind, None)
        raise refusal
    body = AccountReAge(re_age=kind, reason=reason, override=_overridden(ctx, found, override))
    fact = await enter_fact(work, body, effective_on=on, beside=Attachment(role=ctx.role))
    await finish(ctx, [work])
    return AccountReAged(fact=fact, reading=reading_after(work), eligibility=found, body=body)


# --- Eligibility --------------------------------------------------------------------------------


def _policy_of(work: Work | Reading, plan: Plan | None, on: date) -> Policy:
    return work.policies.of(plan) if plan else work.policies.in_force(on)


def _assessed(
    work: Work | Reading,
    facts: tuple[Fact, ...],
    state: State,
    *,
    kind: ReAgeKind,
    documented: bool,
    on: date,
) -> Eligibility:
    """The tests, on what is known of the account on a day."""
    plan = state.live_plan
    evidence = evidence_of(work, facts, state, documented=documented, on=on)
    return assess(evidence, _policy_of(work, plan, on).re_age, kind=kind, on=on)


def evidence_of(
    work: Work | Reading,
    facts: tuple[Fact, ...],
    state: State,
    *,
    documented: bool,
    on: date,
    later_returns: bool = False,
) -> Evidence:
    """What the tests look at, of facts that stand and count by that day.

    With `later_returns`, chargebacks of any day are taken off the payments they took back.
    """
    known = tuple(
        fact
        for fact in in_force(facts)
        if fact.effective_on <= on or (later_returns and isinstance(fact.body, Chargeback))
    )
    charged_off = state.charged_off_on is not None and state.charged_off_on <= on
    return Evidence(
        product=Product(work.account.product),
        opened_on=work.account.opened_on,
        charged_off=charged_off,
        documented=documented,
        cycles=cycles_of(known, state.live_plan, on=on),
        priors=priors_of(known, on=on),
        workout=workout_of(known, on=on),
    )


def _refusal(
    ctx: Context, found: Eligibility, asked: OverrideEligibility | None, *, preview: bool
) -> ReAgeRefused | None:
    """The refusal of what fails and is not overridden; a preview is never refused so."""
    if found.eligible or preview or _may_override(ctx, found, asked):
        return None
    return ReAgeRefused(
        failed=tuple(found.failed),
        counters={name: getattr(found.counters, name) for name in found.counters.__slots__},
        refusals=found.refusals,
    )


def _may_override(ctx: Context, found: Eligibility, asked: OverrideEligibility | None) -> bool:
    return asked is not None and ctx.role is not Role.AGENT and not found.final


def _overridden(
    ctx: Context, found: Eligibility, asked: OverrideEligibility | None
) -> Override | None:
    """The override of what fails; None where nothing fails or nobody may override.

    Raises `InvalidInput` where it is not another person's word.
    """
    if found.eligible or asked is None or not _may_override(ctx, found, asked):
        return None
    if ctx.actor is None or folded_actor(asked.approved_by) in {"", folded_actor(ctx.actor)}:
        raise InvalidInput.at(
            "/override/approved_by", "somebody else than Accord-Actor, who must be named"
        )
    return Override(failed=tuple(found.failed), reason=asked.reason, approved_by=asked.approved_by)


async def _note_refusal(
    work: Work, refusal: ReAgeRefused, kind: ReAgeKind, plan_id: UUID | None
) -> None:
    """Tell that it was refused, and why: what examiners count. Kept, though the answer is no."""
    event = Event(
        type=EventType.RE_AGE_REFUSED,
        business_date=work.ctx.business_date,
        plan_id=plan_id,
        data={"kind": kind, "failed": list(refusal.failed), "counters": dict(refusal.counters)},
    )
    work.tell(event)
    await finish(work.ctx, [work])


# --- Dates --------------------------------------------------------------------------------------


def _new_dates(changing: Changing, asked: GrantReAge, moved: int) -> tuple[DueDate, ...]:
    """The new rows' dates; what the role's limits say of them is collected."""
    if asked.first_due_on < changing.on:
        raise InvalidInput.at("/first_due_on", f"must not lie before the re-age, {changing.on}")
    terms = replace(
        changing.terms,
        frequency=asked.frequency,
        anchor_on=asked.first_due_on,
        first_due_on=asked.first_due_on,
        installment_count=asked.installment_count,
    )
    if (bears := changing.plan.interest) is not None:  # what the rows come to, interest included
        terms = replace(terms, annual_rate_bps=bears.annual_rate_bps, day_count=bears.day_count)
    try:
        schedule = build(
            terms,
            opens_on=changing.on,
            amount_minor=moved,
            holidays=holidays.for_terms(terms),
        )
    except InvalidInput as refusal:
        raise InvalidInput(
            errors=tuple(
                FieldProblem(pointer=one.pointer.removeprefix("/terms"), detail=one.detail)
                for one in refusal.errors
            ),
            more=refusal.more,
        ) from None
    role = changing.work.ctx.role
    changing.refusals += refusals_of(schedule, changing.policy, role, on=changing.on, rate_bps=0)
    return tuple(
        DueDate(nominal_due_on=row.nominal_due_on, due_on=row.due_on)
        for row in schedule.installments
    )
