"""Accounts escalated to another desk; to legal only where nothing stands against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput, NotFound
from app.domain.evidence.course import (
    COMPLAINT_DAYS,
    Desk,
    EscalationStatus,
    Step,
    Urgency,
    after,
)
from app.domain.evidence.escalation import Case, against_legal
from app.domain.refusals.escalations import EscalationRefused, EscalationStandsOtherwise
from app.domain.standing.status import Standing, standing
from app.domain.vocabulary import Role, SettlementStatus
from app.services.contact_policies import contact_policy_of
from app.services.contacts.facts import facts_of
from app.services.context import Context
from app.services.persons.persons import named_actor
from app.services.reading import Reading, read_account
from app.services.telling.tell import event, tell_of
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.contacts import contacts
from app.storage.escalations import escalations
from app.storage.escalations.escalations import FindEscalations, StepDone, StoredEscalation
from app.storage.ids import new_id
from app.storage.keeping import evidence_files
from app.storage.persons import parties

__all__ = ["FindEscalations", "StepDone", "StoredEscalation"]

_PAID = ("paid", "settled", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """To whom, why, and how soon. `note`: a supervisor's passes what a note can pass."""

    to: Desk
    reason: str
    urgency: Urgency = Urgency.NORMAL
    contact_id: UUID | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationView:
    """An escalation as it stands, and its steps."""

    stored: StoredEscalation
    steps: tuple[StepDone, ...]


async def reasons_against(ctx: Context, account_id: UUID, command: Escalate) -> tuple[str, ...]:
    """Everything that stands against it; nothing but of legal. Raises `NotFound`."""
    reading = await read_account(ctx, account_id)
    if command.to is not Desk.LEGAL:
        return ()
    return await _against(ctx, reading, noted=command.note is not None)


async def escalate(ctx: Context, account_id: UUID, command: Escalate) -> EscalationView:
    """Escalate an account. Raises `NotFound`, `InvalidInput`, `EscalationRefused`."""
    named_actor(ctx)
    account = await accounts.lock(ctx.tx, account_id)
    if account is None:
        raise NotFound(resource="account", key=str(account_id))
    if command.contact_id is not None:
        contact = await contacts.read(ctx.tx, command.contact_id)
        if contact is None or account_id not in contact.account_ids:
            raise InvalidInput.at("/contact_id", "is no contact about this account")
    refused = await reasons_against(ctx, account_id, command)
    if refused:
        raise EscalationRefused(reasons=refused)
    made = StoredEscalation(
        id=new_id(),
        account_id=account_id,
        desk=str(command.to),
        urgency=str(command.urgency),
        status=str(EscalationStatus.OPEN),
        reason=command.reason,
        note=command.note,
        contact_id=command.contact_id,
        assigned_to=None,
        opened_on=ctx.business_date,
        due_on=await _due_on(ctx, account, command),
        closed_on=None,
        outcome=None,
        party_id=None,
        evidence_file_id=None,
        court=None,
        case_number=None,
        filed_on=None,
        opened_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )
    await escalations.add(ctx.tx, ctx.tenant_id, made)
    told = {"escalation_id": made.id, "to": made.desk, "urgency": made.urgency}
    if made.due_on is not None:
        told["due_on"] = made.due_on
    await tell_of(ctx, account_id, event(ctx, EventType.ESCALATION_OPENED, told))
    return EscalationView(stored=made, steps=())


async def _due_on(ctx: Context, account: StoredAccount, command: Escalate) -> date | None:
    if command.urgency is Urgency.TODAY:
        return ctx.business_date
    if command.to is not Desk.COMPLAINTS:
        return None
    said = await _said(ctx, account)
    return ctx.business_date + timedelta(days=said.get("complaint_days") or COMPLAINT_DAYS)


async def _said(ctx: Context, account: StoredAccount) -> Mapping[str, Any]:
    """What the contact policy says of escalations."""
    policy = await contact_policy_of(
        ctx, account.policy_name, account.creditor_reference, ctx.instant
    )
    said: Mapping[str, Any] = policy.document.get("escalation") or {}
    return said


async def take_step(
    ctx: Context,
    escalation_id: UUID,
    step: Step,
    values: Mapping[str, Any],
    *,
    note: str | None = None,
) -> EscalationView:
    """One step of its course. `values`: what it says, by the names of the columns.

    Raises `NotFound`, `InvalidInput`, `EscalationStandsOtherwise`, `EscalationRefused`.
    """
    named_actor(ctx)
    seen = await escalations.read(ctx.tx, escalation_id)
    if seen is None:
        raise NotFound(resource="escalation", key=str(escalation_id))
    await accounts.lock(ctx.tx, seen.account_id)
    had = await escalations.read(ctx.tx, escalation_id) or seen
    status = after(EscalationStatus(had.status), step, Desk(had.desk))
    if status is None:
        raise EscalationStandsOtherwise(escalation_status=had.status, step=str(step))
    await _check(ctx, had, step, values)
    closed = {"closed_on": ctx.business_date} if step is Step.CLOSE else {}
    now = await escalations.change(ctx.tx, had, status=str(status), **values, **closed)
    codes = {name: str(value) for name, value in values.items() if name not in _WORDS}
    done = StepDone(
        step=str(step),
        body={"from": had.status, "to": str(status), **codes},
        note=note,
        at=ctx.instant,
        business_date=ctx.business_date,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
    )
    await escalations.append(ctx.tx, ctx.tenant_id, now, done)
    kind = EventType.ESCALATION_CLOSED if step is Step.CLOSE else EventType.ESCALATION_CHANGED
    told = {"escalation_id": now.id, "to": now.desk, "before": had.status, "after": now.status}
    await tell_of(ctx, now.account_id, event(ctx, kind, told))
    return await read_escalation(ctx, escalation_id)


#: What may name somebody: kept where it can be erased, and in no fact.
_WORDS = frozenset({"outcome", "court", "case_number"})


async def _check(
    ctx: Context, had: StoredEscalation, step: Step, values: Mapping[str, Any]
) -> None:
    """What a step needs beside the status."""
    if step is Step.SEND_TO_ATTORNEY:
        file_id = values["evidence_file_id"]
        file = await evidence_files.read(ctx.tx, had.account_id, file_id)
        if file is None:
            raise InvalidInput.at("/evidence_file_id", "is no evidence file of this account")
        mine = await parties.of_account(ctx.tx, had.account_id)
        stands = {one.id for one in mine if one.ended_on is None}
        if values["party_id"] not in stands:
            raise InvalidInput.at("/party_id", "is no party of this account")
        refused = await _against(
            ctx, await read_account(ctx, had.account_id), noted=had.note is not None
        )
        if refused:
            raise EscalationRefused(reasons=refused)
    filed_on = values.get("filed_on")
    if filed_on is not None and filed_on > ctx.business_date:
        raise InvalidInput.at("/on", f"must not lie after the business date {ctx.business_date}")


async def _against(ctx: Context, reading: Reading, *, noted: bool) -> tuple[str, ...]:
    state, on = reading.state, ctx.business_date
    account = reading.account
    said = await _said(ctx, account)
    plan = state.live_plan
    stands = None if plan is None else standing(state, plan, reading.policies.of(plan), on=on)
    offered = (SettlementStatus.OFFERED, SettlementStatus.ACCEPTED)
    case = Case(
        owed_minor=state.balance.total_minor,
        minimum_minor=said.get("legal_minimum_minor") or 0,
        role=ctx.role,
        paid_or_settled=str(reading.status) in _PAID,
        holds=frozenset(one.kind for one in state.holds if one.stands(on)),
        validation_ends_on=account.validation_ends_on,
        time_barred=await _time_barred(ctx, account),
        plan_stands=stands is not None and stands is not Standing.DELINQUENT,
        settlement_stands=any(one.status in offered for one in state.settlements),
        noted_by_supervisor=noted and ctx.role.rank >= Role.SUPERVISOR.rank,
    )
    return tuple(map(str, against_legal(case, on)))


async def _time_barred(ctx: Context, account: StoredAccount) -> bool:
    if account.debtor_id is None:
        return False
    found = await facts_of(ctx, account.id, None, ctx.instant)
    return found.time_barred_on(ctx.business_date)


async def read_escalation(ctx: Context, escalation_id: UUID) -> EscalationView:
    """An escalation and its steps. Raises `NotFound`."""
    stored = await escalations.read(ctx.tx, escalation_id)
    if stored is None:
        raise NotFound(resource="escalation", key=str(escalation_id))
    steps = await escalations.steps_of(ctx.tx, stored)
    return EscalationView(stored=stored, steps=tuple(steps))


async def find_escalations(
    ctx: Context, asked: FindEscalations, *, after: UUID | None, limit: int
) -> list[StoredEscalation]:
    """A page of them, in the order in which they were opened."""
    return await escalations.find(ctx.tx, asked, after=after, limit=limit)
