"""Plans: opened on a schedule, read as of any day, cancelled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.account.plan import Plan
from app.domain.account.state import State
from app.domain.agreement.four_eyes import Hand
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.plans import (
    PlanApproved,
    PlanCancelled,
    PlanOpened,
    PlanProposed,
    PlanRejected,
)
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import NothingOwed
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.plans import (
    ConsentMismatch,
    PlanExists,
    PlanNotLive,
    PlanNotWaiting,
    PlanOutdated,
)
from app.domain.standing.lateness import Delinquency
from app.domain.standing.status import InstallmentStatus, Standing, installment_status, standing
from app.domain.values import replace
from app.domain.vocabulary import Act
from app.services.authority import refuse_act, refuse_same_hand
from app.services.context import Context
from app.services.guards import (
    TERMS_REFUSED,
    known_plan,
    locked_plan,
    refuse_closed,
    refuse_military_rate,
    refuse_on_hold,
)
from app.services.plans.agreement import Agreement, agree, refusals_of_rows
from app.services.plans.quote import redeem
from app.services.plans.terms import SentTerms, with_terms
from app.services.reading import Reading, read_account, reading_after
from app.services.references import Claim, claim_said, free, made_before
from app.services.work import (
    Work,
    begin,
    check_date,
    enter_fact,
    finish,
    state_on,
)
from app.storage.accounts import facts, persons
from app.storage.accounts.persons import Note
from app.storage.books.entry import Attachment
from app.storage.plans.plans import PendingRevision, StoredPlan
from app.storage.plans.quotes import StoredQuote

__all__ = ["Consent", "OpenPlan", "PlanView"]

_NONE: Mapping[str, tuple[UUID, UUID]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """How the debtor agreed. The address and the browser are kept apart, to be erasable."""

    channel: str
    captured_at: datetime
    captured_by: str
    text_hash: str
    ip: str | None = None
    user_agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan:
    """What is agreed: terms, or the quote that binds them."""

    account_id: UUID
    terms: SentTerms | None = None
    quote_id: UUID | None = None
    quote_hash: str | None = None
    reference: str | None = None
    effective_on: date | None = None
    consent: Consent | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan as of a day: what was agreed, the rows, and how it stands."""

    stored: StoredPlan
    plan: Plan
    reading: Reading
    metadata: Mapping[str, Any]
    repeated: bool = False

    @property
    def policy(self) -> Policy:
        """The version the plan is pinned to."""
        return self.reading.policies.of(self.plan)

    @property
    def standing(self) -> Standing | None:
        return standing(self.reading.state, self.plan, self.policy, on=self.reading.as_of)

    @property
    def delinquency(self) -> Delinquency:
        return self.reading.clock_of(self.plan)

    @property
    def installment_statuses(self) -> tuple[InstallmentStatus, ...]:
        """One a row, in the rows' order."""
        state, on = self.reading.state, self.reading.as_of
        return tuple(
            installment_status(state, self.plan, row, self.policy, on=on)
            for row in self.plan.installments
        )

    @property
    def pending_revision(self) -> PendingRevision | None:
        """The change that waits for approval, on days from when it was proposed."""
        pending = self.stored.pending
        if pending is None or self.reading.as_of < pending.proposed_on:
            return None
        return pending

    @property
    def overpaid_minor(self) -> int:
        """What came in beyond everything owed, while this plan is the account's latest."""
        latest = self.reading.state.plans[-1]
        return self.reading.state.unapplied_minor if latest.id == self.plan.id else 0


async def open_plan(ctx: Context, command: OpenPlan) -> PlanView:
    """Bind an account to a schedule, or, outside the caller's authority, propose it.

    The same reference with the same content answers the plan as it stands.

    Raises `PlanExists`, `ReferenceTaken`, `ConsentMismatch`, what `agree` raises for terms and
    what `redeem` raises for a quote.
    """
    work = await begin(ctx, command.account_id)
    known = await made_before(ctx, claim_of(command))
    if known is not None:
        return replace(await view_plan(ctx, known), repeated=True)
    view = await enter_plan(work, command)
    await finish(ctx, [work])
    await note_plan(ctx, command, view.plan.id)
    return view


async def enter_plan(
    work: Work, command: OpenPlan, taken: Mapping[str, tuple[UUID, UUID]] = _NONE
) -> PlanView:
    """Decide on a plan and enter it; writing is the caller's.

    `taken`: those of many plans' references that are.
    """
    on = check_date(work, command.effective_on)
    if (one := work.state.one_plan) is not None:
        raise PlanExists(existing_plan_id=one.id)
    then = await state_on(work, on)
    if (one := then.live_plan) is not None:  # it ended since, but was live on that day
        raise PlanExists(existing_plan_id=one.id)
    quote, agreement = await _agreement(work, then, command, on)
    refuse_military_rate(work, agreement.interest)
    if quote is not None and command.consent is not None:
        check_consent(quote, command.consent)
    wanted = free(claim_of(command), taken)
    beside = Attachment(
        handles=wanted.handles,
        reference=command.reference,
        terms=agreement.terms.as_sent,
        consent=evidence_of(command.consent),
        quote_id=quote.id if quote else None,
    )
    agreed = PlanProposed if agreement.refusals else PlanOpened
    body = agreed(
        amount_minor=agreement.amount_minor,
        policy=agreement.policy.ref,
        installments=agreement.planned,
        interest=agreement.interest,
    )
    fact = await enter_fact(work, body, effective_on=on, beside=beside)
    plan = work.state.plan(fact.id)
    if plan is None:
        raise ValueError(f"plan {fact.id} was entered and is not there")
    stored = StoredPlan(
        id=fact.id,
        account_id=work.account.id,
        reference=command.reference,
        kind=plan.kind,
        terms=agreement.terms.as_sent,
        consent=beside.consent,
        quote_id=beside.quote_id,
        created_at=work.ctx.instant,
    )
    return PlanView(
        stored=stored, plan=plan, reading=reading_after(work), metadata=command.metadata
    )


def claim_of(command: OpenPlan) -> Claim:
    """What a plan's reference stands for. The order is that of every hash there is."""
    terms = command.terms
    return claim_said(
        "plan",
        command.reference,
        command.account_id,
        terms.meant if terms else None,
        terms.as_sent if terms else {},
        command.quote_id,
        command.quote_hash,
        command.reference,
        command.effective_on,
        command.consent,
    )


async def _agreement(
    work: Work, then: State, command: OpenPlan, on: date
) -> tuple[StoredQuote | None, Agreement]:
    """The terms themselves, or those a quote binds."""
    if command.quote_id is None:
        if command.terms is None:
            raise InvalidInput.at("/terms", "is needed, or a quote_id with its quote_hash")
        return None, agree(work, then, command.terms, on=on)
    if command.terms is not None:
        raise InvalidInput.at("/terms", "must not be given beside a quote_id: the quote binds")
    if command.quote_hash is None:
        raise InvalidInput.at("/quote_hash", "is needed with a quote_id")
    refuse_closed(work)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms", on=on)
    return await redeem(work, then, command.quote_id, command.quote_hash, on=on)


def check_consent(quote: StoredQuote, consent: Consent) -> None:
    if consent.text_hash != quote.text_hash:
        raise ConsentMismatch(expected_text_hash=quote.text_hash)


async def approve_plan(ctx: Context, plan_id: UUID, *, reason: str | None) -> PlanView:
    """Open a waiting plan, as somebody else who may.

    Raises `PlanNotWaiting`, `SameActor`, `OutsideAuthority`, `OnHold`, `NotFound`, and, for what
    happened meanwhile, `NothingOwed` and `PlanOutdated`: its first due date has passed.
    """
    work, plan, stored = await _waiting(ctx, plan_id)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    refuse_military_rate(work, plan.interest)
    if not work.state.balance:
        raise NothingOwed(account_id=work.account.id)
    policy = work.policies.of(plan)
    refusals = refusals_of_rows(plan, policy, ctx.role)
    if refusals:
        raise OutsideAuthority(role=ctx.role, refusals=refusals)
    first = plan.installments[0].due_on
    if first < ctx.business_date:
        raise PlanOutdated(plan_id=plan_id, first_due_on=first, business_date=ctx.business_date)
    await enter_fact(work, PlanApproved(plan_id=plan_id, reason=reason))
    await finish(ctx, [work])
    return await _view(ctx, stored, reading_after(work))


async def reject_plan(ctx: Context, plan_id: UUID, *, reason: str | None) -> PlanView:
    """End a waiting plan. Raises `PlanNotWaiting`, `SameActor`, `NotFound`."""
    work, _, stored = await _waiting(ctx, plan_id)
    await enter_fact(work, PlanRejected(plan_id=plan_id, reason=reason))
    await finish(ctx, [work])
    return await _view(ctx, stored, reading_after(work))


async def _waiting(ctx: Context, plan_id: UUID) -> tuple[Work, Plan, StoredPlan]:
    """The plan that waits, for somebody else than who proposed it."""
    work, plan, stored = await locked_plan(ctx, plan_id)
    if not plan.waiting:
        raise PlanNotWaiting(plan_id=plan_id, plan_status=plan.status)
    proposed = (await facts.by_id(ctx.tx, [plan_id]))[plan_id]
    proposer = Hand(key_id=proposed.key_id, actor=proposed.actor)
    refuse_same_hand(ctx, proposer, plan_id=plan_id)
    return work, plan, stored


async def view_plan(ctx: Context, plan_id: UUID, *, as_of: date | None = None) -> PlanView:
    """A plan as of a day (default: the business date).

    Raises `NotFound`, also where the plan had not been opened by that day.
    """
    stored = await known_plan(ctx, plan_id)
    reading = await read_account(ctx, stored.account_id, as_of=as_of)
    return await _view(ctx, stored, reading)


async def cancel_plan(
    ctx: Context, plan_id: UUID, *, reason: str, effective_on: date | None = None
) -> PlanView:
    """End a plan by decision. Raises `OutsideAuthority`, `PlanNotLive`, `NotFound`."""
    work, plan, _ = await locked_plan(ctx, plan_id)
    refuse_act(work, Act.CANCEL_PLAN)
    if not plan.live:
        raise PlanNotLive(plan_id=plan_id, plan_status=plan.status)
    on = check_date(work, effective_on)
    if on < plan.opened_on:
        limit = f"must not lie before the plan opened, {plan.opened_on}"
        raise InvalidInput.at("/effective_on", limit)
    await enter_fact(work, PlanCancelled(plan_id=plan_id, reason=reason), effective_on=on)
    await finish(ctx, [work])
    return await view_plan(ctx, plan_id)


async def _view(ctx: Context, stored: StoredPlan, reading: Reading) -> PlanView:
    plan = reading.state.plan(stored.id)
    if plan is None:
        raise NotFound(resource="plan", key=str(stored.id))
    labels = await persons.notes(ctx.tx, [stored.account_id])
    metadata = labels[stored.id].metadata if stored.id in labels else {}
    agreed = await with_terms(ctx.tx, stored, plan)
    return PlanView(stored=agreed, plan=plan, reading=reading, metadata=metadata)


async def note_plan(ctx: Context, command: OpenPlan, plan_id: UUID) -> None:
    consent = command.consent
    ip = consent.ip if consent else None
    user_agent = consent.user_agent if consent else None
    if command.metadata or ip or user_agent:
        note = Note(metadata=command.metadata, ip=ip, user_agent=user_agent)
        await persons.annotate(ctx.tx, ctx.tenant_id, command.account_id, {plan_id: note})


def evidence_of(consent: Consent | None) -> Mapping[str, Any] | None:
    """The consent without what identifies a device; that is beside the plan, erasable."""
    if consent is None:
        return None
    return {
        "channel": consent.channel,
        "captured_at": consent.captured_at.isoformat(),
        "captured_by": consent.captured_by,
        "text_hash": consent.text_hash,
    }
