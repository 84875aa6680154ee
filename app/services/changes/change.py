"""The frame of every change of a schedule: lock, decide, enter one fact that makes one revision.

A preview is the same path up to `carry_out`, which writes or does not. What the policy has
against a change is collected, so that a preview can show all of it, and a command refuse with it
or wait for somebody who may (`amendments` decides those that wait).
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.agreement.approval import check_schedule, may_wait, outside
from app.domain.agreement.change_limits import check_limits
from app.domain.entries.events import Event, EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.changes import Change, DueDate, ReAge, Reschedule
from app.domain.facts.fact import Fact
from app.domain.facts.kinds import FactKind
from app.domain.limits import LimitBreach
from app.domain.policy.model import Policy
from app.domain.refusals.changes import ChangedToday, ChangeLimitReached, RevisionPending
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.plans import PlanNotLive
from app.domain.refusals.settlements import SettlementPlanFixed
from app.domain.replay.replay import changes_of, in_force
from app.domain.schedule.dates import adjust
from app.domain.schedule.terms import Convention, Frequency, Terms
from app.domain.values import replace
from app.services import holidays
from app.services.context import Context
from app.services.guards import TERMS_REFUSED, locked_plan, refuse_on_hold
from app.services.plans.read import PlanView
from app.services.plans.terms import cadence_of, read_frequency, read_terms, with_terms
from app.services.reading import reading_after
from app.services.threads import folded
from app.services.work import Work, check_date, enter_fact, finish
from app.storage import changes as storage_changes
from app.storage.accounts import facts as account_facts
from app.storage.accounts import persons
from app.storage.books.entry import Attachment
from app.storage.books.revision_rows import agreed_installments
from app.storage.changes import StoredAmendment
from app.storage.database.documents import RevisedSchedule
from app.storage.plans.plans import PendingRevision, StoredPlan


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
    refusals: list[LimitBreach] = field(default_factory=list)
    beside: Attachment = field(default_factory=Attachment)  # what is stored with the change

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
        due_on = adjust(nominal_on, convention, holidays.for_terms(self.terms))
        return DueDate(nominal_due_on=nominal_on, due_on=due_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A plan after a change (or as it would be), and what the policy has against it."""

    view: PlanView
    fact: Fact[Change]  # that made it, or will once it is approved
    refusals: tuple[LimitBreach, ...] = ()
    waits: bool = False  # for approval: then the plan is as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan:
    """A change of which there is nothing to say but why."""

    reason: str | None = None
    effective_on: date | None = None


async def take_up(
    ctx: Context, plan_id: UUID, effective_on: date | None, *, asked: object
) -> Changing:
    """Lock a plan's account, to change the plan's schedule on a day as asked for.

    Raises `NotFound`, `PlanNotLive`, `SettlementPlanFixed`, `OnHold`, `RevisionPending`, and
    `InvalidInput` for a day before it opened or before its newest change.
    """
    work, live, stored = await locked_plan(ctx, plan_id)
    if not live.live:
        raise PlanNotLive(plan_id=plan_id, plan_status=live.status)
    if live.settles:
        raise SettlementPlanFixed(plan_id=plan_id)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    entered = await history(work)
    known = in_force(entered)
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
    known = await storage_changes.of_plan(work.ctx.tx, stored.account_id, stored.id)
    for one in known:
        if one.waits:
            raise RevisionPending(plan_id=stored.id, pending_revision=one.number, cause=one.cause)
    approved = {fact.id for fact in made}
    return 2 + len(made) + sum(one.id not in approved for one in known)


async def history(work: Work) -> tuple[Fact, ...]:
    """Every fact of the account, in order of entry."""
    if work.history is None:
        work.history = await account_facts.history(work.ctx.tx, work.account.id)
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


async def carry_out(
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
        return Changed(view=await view_after(work, changing.stored), fact=fact, refusals=refusals)
    if approving is None and refusals:
        if not may_wait(refusals, ctx.role):
            raise ChangeLimitReached(change=body.kind, refusals=refusals)
        return await _proposed(changing, before, fact, terms, refusals)
    if approving is not None:
        against = outside(refusals, ctx.role)
        if against:
            raise OutsideAuthority(role=ctx.role, refusals=against)
        work.tell(decision_event(EventType.REVISION_APPROVED, approving, work, ctx.because))
    await finish(ctx, [work])
    view = await view_after(work, replace(changing.stored, pending=None))
    return Changed(view=view, fact=fact, refusals=refusals)


def _of_the_schedule(changing: Changing, body: Change, before: State) -> tuple[LimitBreach, ...]:
    """What the role's limits of terms say of the schedule as the change leaves it."""
    was, now = before.plan(body.plan_id), changing.work.state.plan(body.plan_id)
    if was is None or now is None:
        return ()
    role, on = changing.work.ctx.role, changing.on
    return check_schedule(was, now, type(body), limits=changing.policy.terms, role=role, on=on)


async def _proposed(
    changing: Changing,
    before: Work,
    fact: Fact[Change],
    terms: Mapping[str, Any],
    refusals: tuple[LimitBreach, ...],
) -> Changed:
    """Keep the change as it was asked for; the plan stays as it was before it was tried."""
    ctx, plan_id = before.ctx, changing.stored.id
    schedule = RevisedSchedule(
        installments=agreed_installments(changing.work.state.plan(plan_id)),
        before=agreed_installments(before.state.plan(plan_id)),
        reason=fact.body.reason,
    )
    amendment = StoredAmendment(
        id=fact.id,
        account_id=changing.stored.account_id,
        plan_id=plan_id,
        number=changing.number,
        cause=fact.kind,
        asked=storage_changes.asked_to_json(changing.asked),
        terms=terms,
        schedule=schedule,
        refusals=refusals,
        role=ctx.role,
        actor=ctx.actor,
        key_id=ctx.key_id,
        business_date=ctx.business_date,
        created_at=ctx.instant,
    )
    why = fact.body.why
    before.tell(decision_event(EventType.REVISION_PROPOSED, amendment, before, why))
    await finish(ctx, [before])
    await storage_changes.put(ctx.tx, ctx.tenant_id, amendment)
    pending = PendingRevision(
        number=amendment.number, kind=amendment.cause, proposed_on=amendment.business_date
    )
    view = await view_after(before, replace(changing.stored, pending=pending))
    return Changed(view=view, fact=fact, refusals=refusals, waits=True)


def decision_event(
    kind: EventType, amendment: StoredAmendment, work: Work, reason: str | None
) -> Event:
    """What is told of a change that waits, or waited: which, and which rules made it wait."""
    rules = [one.rule for one in amendment.refusals]
    return Event(
        type=kind,
        business_date=work.ctx.business_date,
        plan_id=amendment.plan_id,
        data={"revision": amendment.number, "cause": amendment.cause, "rules": rules},
        reason=reason,
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


async def view_after(work: Work, stored: StoredPlan) -> PlanView:
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
    terms = stored.terms
    frequency: Frequency | None = None
    in_force = {fact.id for fact in made}
    for revision in await storage_changes.revisions(work.ctx.tx, stored.account_id, stored.id):
        if revision.fact_id not in in_force:
            continue
        if revision.cause == FactKind.REWRITE:
            terms, frequency = revision.terms, None
        else:
            frequency = read_frequency(revision.terms) or frequency
    cadence = cadence_of(read_terms(terms).parsed)
    return cadence if frequency is None else replace(cadence, frequency=frequency)
