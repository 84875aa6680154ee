"""Settlements offered: a part of what is owed for the whole, worked out and kept."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.settlement import Settlement
from app.domain.account.state import State
from app.domain.agreement.settlement import (
    OfferDays,
    amount_of,
    check_authority,
    check_days,
    check_parts,
    check_room,
    check_status,
    parts_of,
)
from app.domain.errors import NotFound
from app.domain.facts.settlements import SettlementOffered
from app.domain.limits import LimitBreach
from app.domain.policy.model import Policy
from app.domain.refusals.accounts import ExceedsBalance, NothingOwed
from app.domain.schedule.build import Schedule, build
from app.domain.vocabulary import Role, SettlementStatus
from app.services import holidays
from app.services.context import Context
from app.services.guards import TERMS_REFUSED, refuse_closed, refuse_on_hold
from app.services.plans.agreement import agreed_installments
from app.services.plans.terms import SentTerms
from app.services.settlements.read import SettlementView, view_after
from app.services.work import Work, begin, check_date, enter_fact, finish, state_on
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
        installments=agreed_installments(made.schedule),
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


# --- What an offer asks ----------------------------------------------------------------------


async def _worked_out(work: Work, ask: OfferSettlement) -> Offering:
    """The offer as it would be made, with every limit of its author's role that it passes."""
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
    terms = parts_of(ask.terms.parsed, expires_on=ask.expires_on)
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
        refusals=refusals_of(state, schedule, policy, work.ctx.role, on=on, amount_minor=amount),
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


def refusals_of(
    state: State, schedule: Schedule, policy: Policy, role: Role, *, on: date, amount_minor: int
) -> tuple[LimitBreach, ...]:
    """Every limit of this role that the offer passes: the matrix, and the days of its parts."""
    parts = len(schedule.installments)
    of_matrix = check_authority(
        state, policy, role=role, amount_minor=amount_minor, parts=parts, on=on
    )
    return (*of_matrix, *check_parts(schedule, limits=policy.terms, role=role, on=on))


def check_account(work: Work, state: State, amount_minor: int) -> None:
    """Whether there is an account to settle, and enough owed on it for the amount agreed."""
    refuse_closed(work)
    refuse_on_hold(work, TERMS_REFUSED, forbids="new terms")
    owed = state.balance.total_minor
    if owed == 0:
        raise NothingOwed(account_id=work.account.id)
    if amount_minor > owed:
        raise ExceedsBalance(what="The settlement", limit_minor=owed, actual_minor=amount_minor)
