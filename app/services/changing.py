"""Every change of a plan's schedule: taken up, decided, entered as one fact and one revision.

A preview is the same path up to `settled`, which writes or does not. What the policy has
against a change is collected, so that a preview can show all of it and a command refuse with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.authority import Refusal
from app.domain.calendar import adjust
from app.domain.change_refusals import ChangedToday, ChangeLimitReached
from app.domain.changes import Change, DueDate
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts import Fact
from app.domain.modification import changes_of, check_limits
from app.domain.money import Remainder
from app.domain.policy import Policy
from app.domain.refusals import NotBuilt, PlanNotLive
from app.domain.replay import fold, standing
from app.domain.state import Plan, State
from app.domain.terms import BusinessDays, Convention, Frequency, MonthEnd, Terms, Unit
from app.services import calendars
from app.services.agreeing import TERMS_REFUSED
from app.services.charges import refuse_on_hold
from app.services.context import Context
from app.services.entering import Work, begin, check_date, enter_fact, finish
from app.services.plans import PLANS, PlanView
from app.services.reading import reading_after
from app.storage import accounts, persons, plans
from app.storage.entry import Beside
from app.storage.plans import StoredPlan


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
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def policy(self) -> Policy:
        """The version the plan is pinned to."""
        return self.work.policies.pinned(self.plan.policy)

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


async def take_up(ctx: Context, plan_id: UUID, effective_on: date | None) -> Changing:
    """Lock a plan's account to change its schedule on a day.

    Raises `NotFound`, `PlanNotLive`, `OnHold`, `NotBuilt` where the plan bears interest, and
    `InvalidInput` for a day before it opened or before its newest change.
    """
    work, stored = await locked(ctx, plan_id)
    live = work.state.plan(plan_id)
    if live is None:
        raise NotFound(resource="plan", key=str(plan_id))
    if not live.live:
        raise PlanNotLive(plan_id=plan_id, plan_status=live.status)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    if live.interest is not None:
        raise NotBuilt(what="Changing the schedule of a plan that bears interest")
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
        state = fold(entered, work.policies, through=on).state
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
        number=2 + len(changes_of(entered, plan_id)),
    )


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
    """Enter the change and, unless it is a preview, write it.

    Raises `ChangeLimitReached` with everything that was collected, except in a preview.
    """
    work, refusals = changing.work, tuple(changing.refusals)
    if refusals and not preview:
        raise ChangeLimitReached(change=body.kind, refusals=refusals)
    beside = Beside(terms=terms, role=work.ctx.role)
    fact = await enter_fact(work, body, effective_on=changing.on, beside=beside)
    if not preview:
        await finish(work.ctx, [work])
    return Changed(view=await seen(work, changing.stored), fact=fact, refusals=refusals)


async def seen(work: Work, stored: StoredPlan) -> PlanView:
    """The plan as a command leaves it."""
    plan = work.state.plan(stored.id)
    if plan is None:
        raise NotFound(resource="plan", key=str(stored.id))
    labels = await persons.notes(work.ctx.tx, [stored.account_id])
    metadata = labels[stored.id].metadata if stored.id in labels else {}
    return PlanView(stored=stored, plan=plan, reading=reading_after(work), metadata=metadata)


# --- What the plan's dates go by ----------------------------------------------------------------


async def _cadence(work: Work, stored: StoredPlan, made: tuple[Fact, ...]) -> Terms:
    """The terms it opened with, and the frequency of the newest change that named one."""
    terms = terms_of(stored.terms)
    in_force = {fact.id for fact in made}
    for revision in reversed(await plans.revisions(work.ctx.tx, stored.account_id, stored.id)):
        said = frequency_of(revision.terms.get("frequency"))
        if revision.fact_id in in_force and said is not None:
            return replace(terms, frequency=said)
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
