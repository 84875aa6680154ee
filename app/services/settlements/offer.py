"""Settlements: a part offered for the whole, approved, accepted, or ended before it binds."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.settlement import Settlement
from app.domain.account.state import State
from app.domain.agreement.four_eyes import Hand
from app.domain.agreement.settlement import (
    OfferDays,
    amount_of,
    check_acceptable,
    check_authority,
    check_days,
    check_parts,
    check_room,
    check_status,
    parts_of,
)
from app.domain.entries.settlements import NOT_APPROVED
from app.domain.errors import InvalidInput, NotFound
from app.domain.facts.settlements import (
    SettlementAccepted,
    SettlementApproved,
    SettlementClosed,
    SettlementOffered,
    SettlementOutcome,
)
from app.domain.letters import LetterKind
from app.domain.limits import LimitBreach
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import ExceedsBalance, NothingOwed
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.plans import ConsentMismatch
from app.domain.refusals.settlements import SettlementNotOpen, SettlementOutdated
from app.domain.schedule.build import Schedule, build
from app.domain.vocabulary import Role, SettlementStatus
from app.services import holidays
from app.services.authority import refuse_same_hand
from app.services.context import Context
from app.services.guards import TERMS_REFUSED, refuse_closed, refuse_on_hold
from app.services.plans.agreement import planned
from app.services.plans.open import Consent, OpenPlan, evidence_of, note_plan
from app.services.plans.terms import SentTerms
from app.services.settlements.read import SettlementView, locked_settlement, view_after
from app.services.work import Work, begin, check_date, enter_fact, finish, state_on
from app.storage import letters
from app.storage.accounts import facts
from app.storage.books.entry import Attachment, OfferedFigures
from app.storage.settlements.settlements import StoredSettlement


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSettlement:
    """What is to be offered: an amount or a share of the balance, its parts, until when."""

    account_id: UUID
    terms: SentTerms
    expires_on: date
    amount_minor: int | None = None
    share_bps: int | None = None
    supersedes: UUID | None = None
    reason: str | None = None
    effective_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offering:
    """An offer worked out for an account on a day."""

    account_id: UUID
    currency: str
    on: date
    expires_on: date
    balance_minor: int
    amount_minor: int
    policy: Policy
    schedule: Schedule
    refusals: tuple[LimitBreach, ...]
    terms: SentTerms

    @property
    def forgives_minor(self) -> int:
        """What satisfying it would forgive, if nothing else happened."""
        return self.balance_minor - self.amount_minor


async def offer(ctx: Context, ask: OfferSettlement) -> SettlementView:
    """Offer to take a part for the whole; outside the caller's authority, it waits.

    Raises `NothingOwed`, `ExceedsBalance`, `SettlementOpen`, `SettlementNotOpen` and
    `SettlementExpired` of an offer that cannot be countered, `OfferInsideValidation`,
    `OfferTooLong`, `AccountClosed`, `OnHold`, `NotFound`, `InvalidInput`.
    """
    work = await begin(ctx, ask.account_id)
    made = await _worked_out(work, ask)
    figures = OfferedFigures(
        balance_minor=made.balance_minor,
        forgives_minor=made.forgives_minor,
        schedule=made.schedule,
        refusals=made.refusals,
    )
    beside = Attachment(
        terms=made.terms.as_sent,
        role=ctx.role,
        offer=figures,
    )
    body = SettlementOffered(
        amount_minor=made.amount_minor,
        policy=made.policy.ref,
        expires_on=made.expires_on,
        installments=planned(made.schedule),
        waits=bool(made.refusals),
        supersedes=ask.supersedes,
        reason=ask.reason,
    )
    fact = await enter_fact(work, body, effective_on=made.on, beside=beside)
    await finish(ctx, [work])
    stored = StoredSettlement(
        id=fact.id,
        account_id=work.account.id,
        amount_minor=made.amount_minor,
        installment_count=len(body.installments),
        offered_on=made.on,
        expires_on=made.expires_on,
        policy_name=made.policy.ref.name,
        policy_version=made.policy.ref.version,
        terms=made.terms.as_sent,
        role=ctx.role,
        actor=ctx.actor,
        key_id=ctx.key_id,
        reason=ask.reason,
        creditor_reference=work.account.creditor_reference,
        supersedes=ask.supersedes,
        created_at=ctx.instant,
        balance_minor=made.balance_minor,
        forgives_minor=made.forgives_minor,
        schedule=made.schedule,
        refusals=made.refusals,
    )
    return view_after(work, stored)


async def preview(ctx: Context, ask: OfferSettlement) -> Offering:
    """What such an offer would be; nothing is stored. Raises as `offer`."""
    return await _worked_out(await begin(ctx, ask.account_id), ask)


async def approve(ctx: Context, settlement_id: UUID, *, reason: str | None) -> SettlementView:
    """Let a waiting offer stand, as somebody else who may.

    Raises `SettlementNotOpen`, `SettlementExpired`, `SettlementOutdated`, `SameActor`,
    `OutsideAuthority`, `ExceedsBalance`, `NothingOwed`, `AccountClosed`, `OnHold`, `NotFound`.
    """
    work, stored, settlement = await _waiting(ctx, settlement_id)
    _check_account(work, work.state, settlement.amount_minor)
    schedule = stored.schedule
    first = schedule.installments[0].due_on
    if first < ctx.business_date:
        raise SettlementOutdated(settlement_id=settlement_id, first_due_on=first)
    policy = work.policies.pinned(settlement.policy)
    refusals = _refusals(
        work.state, schedule, policy, ctx.role, on=ctx.business_date,
        amount_minor=settlement.amount_minor,
    )  # fmt: skip
    if refusals:
        raise OutsideAuthority(role=ctx.role, refusals=refusals)
    await enter_fact(work, SettlementApproved(settlement_id=settlement_id, reason=reason))
    await finish(ctx, [work])
    return view_after(work, stored)


async def reject(ctx: Context, settlement_id: UUID, *, reason: str | None) -> SettlementView:
    """End a waiting offer, as somebody else.

    Raises `SettlementNotOpen`, `SettlementExpired`, `SameActor`, `NotFound`.
    """
    work, stored, settlement = await _waiting(ctx, settlement_id)
    why = f"{NOT_APPROVED}: {reason}" if reason else NOT_APPROVED
    return await _end(work, stored, settlement, SettlementOutcome.WITHDRAWN, why)


async def decline(ctx: Context, settlement_id: UUID, *, reason: str | None) -> SettlementView:
    """The debtor says no. Raises `SettlementNotOpen`, `SettlementExpired`, `NotFound`."""
    work, stored, settlement = await locked_settlement(ctx, settlement_id)
    check_status(settlement, SettlementStatus.OFFERED, on=ctx.business_date)
    return await _end(work, stored, settlement, SettlementOutcome.DECLINED, reason)


async def withdraw(ctx: Context, settlement_id: UUID, *, reason: str | None) -> SettlementView:
    """The creditor takes an open offer back. Raises as `decline`."""
    work, stored, settlement = await locked_settlement(ctx, settlement_id)
    wanted = (SettlementStatus.OFFERED, SettlementStatus.PENDING_APPROVAL)
    check_status(settlement, *wanted, on=ctx.business_date)
    return await _end(work, stored, settlement, SettlementOutcome.WITHDRAWN, reason)


async def accept(
    ctx: Context, settlement_id: UUID, *, consent: Consent | None, effective_on: date | None
) -> SettlementView:
    """The debtor accepts: a plan pays the amount, and a plan there was ends with it.

    An acceptance may be entered late, for a day on which the offer still stood. Raises
    `SettlementNotOpen`, `SettlementExpired`, `SettlementOpen`, `SettlementOutdated`,
    `ConsentMismatch`, `ExceedsBalance`, `NothingOwed`, `AccountClosed`, `OnHold`, `NotFound`,
    `InvalidInput`.
    """
    work, stored, settlement = await locked_settlement(ctx, settlement_id)
    on = check_date(work, effective_on)
    state = await state_on(work, on)
    then = state.settlement(settlement_id)
    if then is None:
        raise InvalidInput.at("/effective_on", f"must not lie before {settlement.offered_on}")
    first = stored.schedule.installments[0].due_on
    check_acceptable(state, then, first_due_on=first, on=on)
    _check_late_entry(work, settlement, on)
    _check_account(work, state, settlement.amount_minor)
    await _check_words(ctx, stored, consent)
    offered = (await facts.by_id(ctx.tx, [settlement_id]))[settlement_id].body
    if not isinstance(offered, SettlementOffered):
        raise ValueError(f"{settlement_id} is not the fact of an offer")  # noqa: TRY004
    body = SettlementAccepted(
        settlement_id=settlement_id,
        amount_minor=settlement.amount_minor,
        policy=settlement.policy,
        installments=offered.installments,
    )
    beside = Attachment(terms=stored.terms, consent=evidence_of(consent))
    fact = await enter_fact(work, body, effective_on=on, beside=beside)
    await finish(ctx, [work])
    await note_plan(ctx, OpenPlan(account_id=work.account.id, consent=consent), fact.id)
    return view_after(work, stored)


# --- What each of them asks --------------------------------------------------------------------


async def _worked_out(work: Work, ask: OfferSettlement) -> Offering:
    """The offer as it would be made, whatever its author may not agree to said beside it."""
    on = check_date(work, ask.effective_on)
    refuse_closed(work)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    state = await state_on(work, on)
    balance = state.balance.total_minor
    if balance == 0:
        raise NothingOwed(account_id=work.account.id)
    policy = work.policies.in_force(on)
    check_room(work.state, policy, supersedes=_countered(work, ask))  # whatever day it is for
    amount = amount_of(balance, amount_minor=ask.amount_minor, share_bps=ask.share_bps)
    terms = parts_of(ask.terms.meant, expires_on=ask.expires_on)
    schedule = build(terms, opens_on=on, amount_minor=amount, holidays=holidays.for_terms(terms))
    days = OfferDays(
        offered_on=on,
        expires_on=ask.expires_on,
        first_due_on=schedule.installments[0].due_on,
        last_due_on=schedule.last_due_on,
    )
    check_days(days, policy=policy, validation_ends_on=work.account.validation_ends_on)
    return Offering(
        account_id=work.account.id,
        currency=work.account.currency,
        on=on,
        expires_on=ask.expires_on,
        balance_minor=balance,
        amount_minor=amount,
        policy=policy,
        schedule=schedule,
        refusals=_refusals(state, schedule, policy, work.ctx.role, on=on, amount_minor=amount),
        terms=ask.terms,
    )


def _countered(work: Work, ask: OfferSettlement) -> Settlement | None:
    """The open offer of the same account that this one counters."""
    if ask.supersedes is None:
        return None
    countered = work.state.settlement(ask.supersedes)
    if countered is None:
        raise NotFound(resource="settlement", key=str(ask.supersedes))
    wanted = (SettlementStatus.OFFERED, SettlementStatus.PENDING_APPROVAL)
    check_status(countered, *wanted, on=work.ctx.business_date)
    return countered


def _refusals(
    state: State, schedule: Schedule, policy: Policy, role: Role, *, on: date, amount_minor: int
) -> tuple[LimitBreach, ...]:
    """Every limit of this role that the offer passes: the matrix, and the days of its parts."""
    parts = len(schedule.installments)
    of_matrix = check_authority(
        state, policy, role=role, amount_minor=amount_minor, parts=parts, on=on
    )
    return (*of_matrix, *check_parts(schedule, limits=policy.terms, role=role, on=on))


def _check_account(work: Work, state: State, amount_minor: int) -> None:
    """Whether there is an account to settle, and enough owed on it for the amount agreed."""
    refuse_closed(work)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    owed = state.balance.total_minor
    if owed == 0:
        raise NothingOwed(account_id=work.account.id)
    if amount_minor > owed:
        raise ExceedsBalance(what="The settlement", limit_minor=owed, actual_minor=amount_minor)


def _check_late_entry(work: Work, settlement: Settlement, on: date) -> None:
    """An acceptance of an earlier day meets nothing that was decided since."""
    if on == work.ctx.business_date:
        return
    if settlement.status not in {SettlementStatus.OFFERED, SettlementStatus.EXPIRED}:
        raise SettlementNotOpen(settlement_id=settlement.id, settlement_status=settlement.status)
    newest = max((plan.opened_on for plan in work.state.plans), default=on)
    if on < newest:
        limit = f"must not lie before the account's newest plan opened, {newest}"
        raise InvalidInput.at("/effective_on", limit)


async def _check_words(ctx: Context, stored: StoredSettlement, consent: Consent | None) -> None:
    """Where a letter put the offer in writing, consent is to its words."""
    if consent is None:
        return
    written = await letters.of_settlement(ctx.tx, stored.account_id, stored.id)
    shown = [one.text_hash for one in written if one.kind == LetterKind.OFFER]
    if shown and consent.text_hash not in shown:
        raise ConsentMismatch(expected_text_hash=shown[-1])


async def _waiting(ctx: Context, settlement_id: UUID) -> tuple[Work, StoredSettlement, Settlement]:
    """The offer that waits, for somebody else than who made it."""
    work, stored, settlement = await locked_settlement(ctx, settlement_id)
    check_status(settlement, SettlementStatus.PENDING_APPROVAL, on=ctx.business_date)
    proposer = Hand(key_id=stored.key_id, actor=stored.actor)
    refuse_same_hand(ctx, proposer, settlement_id=settlement_id)
    return work, stored, settlement


async def _end(
    work: Work,
    stored: StoredSettlement,
    settlement: Settlement,
    outcome: SettlementOutcome,
    reason: str | None,
) -> SettlementView:
    body = SettlementClosed(settlement_id=settlement.id, outcome=outcome, reason=reason)
    await enter_fact(work, body)
    await finish(work.ctx, [work])
    return view_after(work, stored)
