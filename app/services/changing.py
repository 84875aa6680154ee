"""Every change of a plan's schedule: taken up, decided, entered as one fact and one revision.

A preview is the same path up to `settled`, which writes or does not. What the policy has
against a change is collected, so that a preview can show all of it, and a command refuse with it
or wait for somebody who may (`amending` decides those that wait).
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.amending import check_schedule, may_wait, outside
from app.domain.authority import Refusal
from app.domain.calendar import adjust
from app.domain.change_refusals import ChangedToday, ChangeLimitReached, RevisionPending
from app.domain.changes import Change, DueDate, ReAge, Reschedule
from app.domain.errors import InvalidInput, NotFound
from app.domain.events import Event, EventType
from app.domain.fact_kinds import FactKind
from app.domain.facts import Fact
from app.domain.modification import changes_of, check_limits
from app.domain.money import Remainder
from app.domain.policy import Policy
from app.domain.refusals import OutsideAuthority, PlanNotLive
from app.domain.replay import standing
from app.domain.settlement_refusals import SettlementPlanFixed
from app.domain.state import Plan, State
from app.domain.terms import BusinessDays, Convention, Frequency, MonthEnd, Terms, Unit
from app.services import calendars
from app.services.agreeing import TERMS_REFUSED
from app.services.charges import refuse_on_hold
from app.services.context import Context
from app.services.entering import Work, begin, check_date, enter_fact, finish
from app.services.plan_terms import with_terms
from app.services.plans import PLANS, PlanView
from app.services.reading import reading_after
from app.services.workers import folded
from app.storage import accounts, amendments, persons, plans
from app.storage.amendments import StoredAmendment
from app.storage.entry import Beside
from app.storage.plans import PendingRevision, StoredPlan
from app.storage.revision_rows import agreed


@dataclass(slots=True, kw_only=True)
class Changing:
    """A plan about to change: its account locked, and the plan as of the change's day."""

    work: Work
    stored: StoredPlan
    plan: Plan
    state: State
    on: date
    facts: tuple[Fact, ...]  # of the account, those that stand
    terms: Terms  # what its dates go by now
    number: int  # the revision to be made
    asked: object  # what for, a dataclass: kept where the change has to wait
    refusals: list[Refusal] = field(default_factory=list)
    beside: Beside = field(default_factory=Beside)  # what is stored with the change

    @property
    def policy(self) -> Policy:
        """The version the plan is pinned to."""
        return self.work.policies.of(self.plan)

    @property
    def changes(self) -> tuple[Fact, ...]:
        """The changes of this plan in force, in the order they count."""
        return changes_of(self.facts, self.plan.id)

    def due(self, nominal_on: date) -> DueDate:
        """A date of the plan's cadence, moved off holidays as its terms say."""
        days = self.terms.business_days
        convention = days.convention if days else Convention.NONE
        due_on = adjust(nominal_on, convention, calendars.for_terms(self.terms))
        return DueDate(nominal_due_on=nominal_on, due_on=due_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A plan after a change (or as it would be), and what the policy has against it."""

    view: PlanView
    fact: Fact
    refusals: tuple[Refusal, ...] = ()
    waits: bool = False  # for approval: then the plan is as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class AskChange:
    """A change of which there is nothing to say but why."""

    reason: str | None = None
    effective_on: date | None = None


async def take_up(
    ctx: Context, plan_id: UUID, effective_on: date | None, *, asked: object
) -> Changing:
    """Lock a plan's account to change its schedule on a day, as somebody asked.

    Raises `NotFound`, `PlanNotLive`, `SettlementPlanFixed`, `OnHold`, `RevisionPending`, and
    `InvalidInput` for a day before it opened or before its newest change.
    """
    work, stored = await locked(ctx, plan_id)
    live = work.state.plan(plan_id)
    if live is None:
        raise NotFound(resource="plan", key=str(plan_id))
    if not live.live:
        raise PlanNotLive(plan_id=plan_id, plan_status=live.status)
    if live.settles:
        raise SettlementPlanFixed(plan_id=plan_id)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    entered = await history(work)
    known = standing(entered)
    on = check_date(work, effective_on)
    made = changes_of(known, plan_id)
    least = max((live.opened_on, *(fact.effective_on for fact in made)))
    if on < least:
        what = "newest change" if made else "opening"
        raise InvalidInput.at("/effective_on", f"must not lie before the plan's {what}, {least}")
    state = work.state
    if on < state.latest_on:
        state = await folded(ctx, entered, work.policies, on)
    plan = state.plan(plan_id)
    if plan is None or not plan.live:
        raise InvalidInput.at("/effective_on", "the plan did not stand on that day")
    return Changing(
        work=work,
        stored=stored,
        plan=plan,
        state=state,
        on=on,
        facts=known,
        terms=await _cadence(work, stored, made),
        number=await _number(work, stored, changes_of(entered, plan_id)),
        asked=asked,
    )


async def _number(work: Work, stored: StoredPlan, made: tuple[Fact, ...]) -> int:
    """The number of the revision to be made; those of rejected ones are not used again.

    Raises `RevisionPending` where another one waits.
    """
    if work.ctx.approving is not None:
        return work.ctx.approving.number
    known = await amendments.of_plan(work.ctx.tx, stored.account_id, stored.id)
    for one in known:
        if one.waits:
            raise RevisionPending(plan_id=stored.id, pending_revision=one.number, cause=one.cause)
    approved = {fact.id for fact in made}
    return 2 + len(made) + sum(one.id not in approved for one in known)


async def locked(ctx: Context, plan_id: UUID) -> tuple[Work, StoredPlan]:
    """A plan's account, locked, its days closed. Raises `NotFound`."""
    account_id = await accounts.owner_of(ctx.tx, plan_id, *PLANS)
    stored = await plans.read(ctx.tx, account_id, plan_id) if account_id else None
    if account_id is None or stored is None:
        raise NotFound(resource="plan", key=str(plan_id))
    return await begin(ctx, account_id), stored


async def history(work: Work) -> tuple[Fact, ...]:
    """Every fact of the account, in order of entry."""
    if work.history is None:
        work.history = await accounts.history(work.ctx.tx, work.account.id)
    return work.history.facts


def once_a_day(changing: Changing, change: type[Change], name: str) -> None:
    """Refuse a second change of this kind on one business date. Raises `ChangedToday`."""
    today = changing.work.ctx.business_date
    for fact in changing.changes:
        if isinstance(fact.body, change) and fact.business_date == today:
            number = fact.body.number
            raise ChangedToday(change=name, business_date=today, existing_revision=number)


def within_limits(changing: Changing, change: type[Change]) -> None:
    """Collect what the policy's limits say of one more change of this kind."""
    limits = changing.policy.modification
    changing.refusals += check_limits(changing.facts, limits, change, on=changing.on)


async def settled(
    changing: Changing, body: Change, terms: Mapping[str, Any], *, preview: bool
) -> Changed:
    """Enter the change and, unless it is a preview, write it, or keep it to wait for approval.

    It waits where a role higher than the caller's may set aside all that stands against it.
    Raises `ChangeLimitReached` with everything that was collected where none may, and
    `OutsideAuthority` where this is the approval of somebody who may not.
    """
    _refuse_periods_of_no_days(changing, body)
    work, ctx = changing.work, changing.work.ctx
    before, approving = copy(work), ctx.approving
    before.beside = dict(work.beside)
    beside = replace(changing.beside, terms=terms, role=ctx.role)
    fact_id = approving.id if approving else None
    fact = await enter_fact(work, body, effective_on=changing.on, beside=beside, fact_id=fact_id)
    refusals = (*changing.refusals, *_of_the_schedule(changing, body, before.state))
    if preview:
        return Changed(view=await seen(work, changing.stored), fact=fact, refusals=refusals)
    if approving is None and refusals:
        if not may_wait(refusals, ctx.role):
            raise ChangeLimitReached(change=body.kind, refusals=refusals)
        return await _proposed(changing, before, fact, terms, refusals)
    if approving is not None:
        against = outside(refusals, ctx.role)
        if against:
            raise OutsideAuthority(role=ctx.role, refusals=against)
        work.tell(decision_event(EventType.REVISION_APPROVED, approving, work))
    await finish(ctx, [work])
    view = await seen(work, replace(changing.stored, pending=None))
    return Changed(view=view, fact=fact, refusals=refusals)


def _of_the_schedule(changing: Changing, body: Change, before: State) -> tuple[Refusal, ...]:
    """What the role's limits of terms say of the schedule as the change leaves it."""
    was, now = before.plan(body.plan_id), changing.work.state.plan(body.plan_id)
    if was is None or now is None:
        return ()
    role, on = changing.work.ctx.role, changing.on
    return check_schedule(was, now, type(body), limits=changing.policy.terms, role=role, on=on)


async def _proposed(
    changing: Changing,
    before: Work,
    fact: Fact,
    terms: Mapping[str, Any],
    refusals: tuple[Refusal, ...],
) -> Changed:
    """Keep the change as it was asked for; the plan stays as it was before it was tried."""
    ctx, plan_id = before.ctx, changing.stored.id
    schedule = {
        "installments": agreed(changing.work.state.plan(plan_id)),
        "before": agreed(before.state.plan(plan_id)),
        "reason": getattr(fact.body, "reason", None),
    }
    amendment = StoredAmendment(
        id=fact.id,
        account_id=changing.stored.account_id,
        plan_id=plan_id,
        number=changing.number,
        cause=fact.kind,
        asked=amendments.written(changing.asked),
        terms=terms,
        schedule=schedule,
        refusals={"refusals": [asdict(one) for one in refusals]},
        role=ctx.role,
        actor=ctx.actor,
        business_date=ctx.business_date,
        created_at=ctx.instant,
    )
    before.tell(decision_event(EventType.REVISION_PROPOSED, amendment, before))
    await finish(ctx, [before])
    await amendments.put(ctx.tx, ctx.tenant_id, amendment)
    pending = PendingRevision(
        number=amendment.number, kind=amendment.cause, proposed_on=amendment.business_date
    )
    view = await seen(before, replace(changing.stored, pending=pending))
    return Changed(view=view, fact=fact, refusals=refusals, waits=True)


def decision_event(kind: EventType, amendment: StoredAmendment, work: Work) -> Event:
    """What is told of a change that waits, or waited: which, and which rules made it wait."""
    rules = [one["rule"] for one in amendment.refusals["refusals"]]
    return Event(
        type=kind,
        business_date=work.ctx.business_date,
        plan_id=amendment.plan_id,
        data={"revision": amendment.number, "cause": amendment.cause, "rules": rules},
    )


def _refuse_periods_of_no_days(changing: Changing, body: Change) -> None:
    """With interest, no row may fall due by the day of its change: that would earn at once.

    What is owed does not change by a change. Raises `InvalidInput`.
    """
    due = (*getattr(body, "due", ()), *getattr(body, "moved", ()), *getattr(body, "added", ()))
    if changing.plan.interest is None or all(one.due_on > changing.on for one in due):
        return
    field = {ReAge: "/first_due_on", Reschedule: "/to_due_on"}.get(type(body), "/effective_on")
    problem = f"must lie after the change, {changing.on}: the plan bears interest"
    raise InvalidInput.at(field, problem)


async def seen(work: Work, stored: StoredPlan) -> PlanView:
    """The plan as a command leaves it."""
    plan = work.state.plan(stored.id)
    if plan is None:
        raise NotFound(resource="plan", key=str(stored.id))
    labels = await persons.notes(work.ctx.tx, [stored.account_id])
    metadata = labels[stored.id].metadata if stored.id in labels else {}
    agreed = await with_terms(work.ctx.tx, stored, plan, work.beside)
    return PlanView(stored=agreed, plan=plan, reading=reading_after(work), metadata=metadata)


# --- What the plan's dates go by ----------------------------------------------------------------


async def _cadence(work: Work, stored: StoredPlan, made: tuple[Fact, ...]) -> Terms:
    """The terms it opened with or was rewritten to, and the newest frequency named since."""
    terms = terms_of(stored.terms)
    in_force = {fact.id for fact in made}
    for revision in await plans.revisions(work.ctx.tx, stored.account_id, stored.id):
        if revision.fact_id not in in_force:
            continue
        named = frequency_of(revision.terms.get("frequency"))
        if revision.cause == FactKind.REWRITE:
            terms = terms_of(revision.terms)
        elif named is not None:
            terms = replace(terms, frequency=named)
    return terms


def terms_of(said: Mapping[str, Any]) -> Terms:
    """What of stored terms dates and splits go by."""
    days = said.get("business_days")
    anchor = said.get("anchor_on") or said.get("first_due_on")
    return Terms(
        frequency=frequency_of(said.get("frequency")),
        anchor_on=date.fromisoformat(anchor) if anchor else None,
        month_end=MonthEnd(said.get("month_end") or MonthEnd.LAST_DAY),
        business_days=BusinessDays(
            calendar=days["calendar"],
            convention=Convention(days.get("convention") or Convention.FOLLOWING),
        )
        if days
        else None,
        rounding_unit_minor=int(said.get("rounding_unit_minor") or 1),
        remainder=Remainder(said.get("remainder") or Remainder.LAST),
    )


def frequency_of(said: Mapping[str, Any] | None) -> Frequency | None:
    """A stored frequency."""
    if not said:
        return None
    days = said.get("days")
    return Frequency(
        every=int(said.get("every") or 1),
        unit=Unit(said["unit"]),
        days=(int(days[0]), int(days[1])) if days else None,
    )
