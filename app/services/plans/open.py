"""Plans opened: on terms or on a quote, with how the debtor agreed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.account.state import State
from app.domain.errors import InvalidInput
from app.domain.facts.plans import PlanOpened, PlanProposed
from app.domain.refusals.plans import ConsentMismatch, PlanExists
from app.domain.values import replace
from app.services.context import Context
from app.services.guards import TERMS_REFUSED, refuse_closed, refuse_military_rate, refuse_on_hold
from app.services.plans.agreement import Agreement, agree
from app.services.plans.quote import redeem
from app.services.plans.read import PlanView, view_plan
from app.services.plans.terms import SentTerms
from app.services.reading import reading_after
from app.services.references import Claim, claim_of_content, free, made_before
from app.services.work import Work, begin, check_date, enter_fact, finish, state_on
from app.storage.accounts import persons
from app.storage.accounts.persons import Note
from app.storage.books.entry import Attachment
from app.storage.plans.plans import StoredPlan
from app.storage.plans.quotes import StoredQuote

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

    `taken`: references of these plans that name something already.
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
        installments=agreement.installments,
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
    """What a plan's reference stands for. The order of the parts is that of stored hashes."""
    terms = command.terms
    return claim_of_content(
        "plan",
        command.reference,
        command.account_id,
        terms.parsed if terms else None,
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
