"""Offers decided on: approved, rejected, accepted, declined, withdrawn."""

from datetime import date
from uuid import UUID

from app.domain.account.settlement import Settlement
from app.domain.agreement.four_eyes import Hand
from app.domain.agreement.settlement import check_acceptable, check_status
from app.domain.entries.settlements import NOT_APPROVED
from app.domain.errors import InvalidInput
from app.domain.facts.settlements import (
    SettlementAccepted,
    SettlementApproved,
    SettlementClosed,
    SettlementOffered,
    SettlementOutcome,
)
from app.domain.letters import LetterKind
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.plans import ConsentMismatch
from app.domain.refusals.settlements import SettlementNotOpen, SettlementOutdated
from app.domain.vocabulary import SettlementStatus
from app.services.authority import refuse_same_hand
from app.services.context import Context
from app.services.plans.open import Consent, OpenPlan, evidence_of, note_plan
from app.services.settlements.offer import check_account, refusals_of
from app.services.settlements.read import SettlementView, locked_settlement, view_after
from app.services.work import Work, check_date, enter_fact, finish, state_on
from app.storage import letters
from app.storage.accounts import facts
from app.storage.books.entry import Attachment
from app.storage.settlements.settlements import StoredSettlement


async def approve(ctx: Context, settlement_id: UUID, *, reason: str | None) -> SettlementView:
    """Let a waiting offer stand, as somebody else who may.

    Raises `SettlementNotOpen`, `SettlementExpired`, `SettlementOutdated`, `SameActor`,
    `OutsideAuthority`, `ExceedsBalance`, `NothingOwed`, `AccountClosed`, `OnHold`, `NotFound`.
    """
    work, stored, settlement = await _waiting(ctx, settlement_id)
    check_account(work, work.state, settlement.amount_minor)
    schedule = stored.schedule
    first = schedule.installments[0].due_on
    if first < ctx.business_date:
        raise SettlementOutdated(settlement_id=settlement_id, first_due_on=first)
    policy = work.policies.pinned(settlement.policy)
    refusals = refusals_of(
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
    check_account(work, state, settlement.amount_minor)
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


def _check_late_entry(work: Work, settlement: Settlement, on: date) -> None:
    """Refuse an acceptance of an earlier day where something was decided since."""
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
