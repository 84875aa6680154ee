"""What the books say, by the names that templates know it under."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.account.plan import Installment, Plan
from app.domain.account.promise import Promised
from app.domain.account.settlement import Settlement
from app.domain.account.state import State
from app.domain.errors import NotFound
from app.services.context import Context
from app.services.naming import named
from app.services.reading import Reading
from app.services.templates.identity import Identity
from app.storage.payments import payments
from app.storage.persons.persons import StoredPerson

Raw = dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a message is about. Without a plan it is the live one; without an installment, none.

    `first_communication`: nothing was said to the person about the account before this.
    """

    plan_id: UUID | None = None
    installment_id: UUID | None = None
    payment_id: UUID | None = None
    promise_id: UUID | None = None
    settlement_id: UUID | None = None
    first_communication: bool = False
    time_barred: bool = False
    validation_ends_on: date | None = None


async def raw_values(
    ctx: Context, reading: Reading, person: StoredPerson | None, identity: Identity, about: About
) -> Raw:
    """Values by their names as the books have them on the reading's day. Raises `NotFound`.

    Who is owed and who is written to are empty text where nobody said, or the person was erased.
    """
    state, account = reading.state, reading.account
    names = (await named(ctx, account)).names
    made: Raw = {
        "message.dated_on": ctx.business_date,
        "account.reference": account.reference,
        "account.currency": account.currency,
        "account.balance": state.balance.total_minor,
        "account.past_due": reading.delinquency.overdue_minor,
        "collector.name": identity.name,
        "collector.phone": identity.phone,
        "collector.address": identity.address,
        "creditor.name": names.creditor or "",
        "person.name": (person.name if person else None) or "",
    }
    plan = _plan(state, about)
    if plan is not None:
        made |= of_plan(plan, on=reading.as_of)
    if about.installment_id is not None:
        made |= of_installment(*installment_of(state, about.installment_id))
    if about.promise_id is not None:
        made |= of_promise(_promise(state, about.promise_id))
    if about.settlement_id is not None:
        made |= of_settlement(_settlement(state, about.settlement_id), time_zone=ctx.time_zone)
    if about.payment_id is not None:
        made |= await _payment(ctx, reading, about.payment_id)
    return made


def of_plan(plan: Plan, *, on: date) -> Raw:
    """A plan; void installments are in none of its figures."""
    rows = [one for one in plan.installments if one.voided_on is None or one.paid.total_minor]
    return {
        "plan.opened_on": plan.opened_on,
        "plan.total": sum(one.amount_minor for one in rows),
        "plan.paid": plan.paid_minor,
        "plan.open": sum(one.open_minor for one in rows),
        "plan.installments": len(rows),
        "plan.missed": plan.missed_total,
        "plan.last_due_on": plan.last_due_on,
        "plan.ended_on": plan.ended_on or on,
        "plan.schedule": (
            "schedule",
            [(n, one.due_on, one.amount_minor) for n, one in enumerate(rows, start=1)],
        ),
    }


def of_installment(number: int, one: Installment) -> Raw:
    """An installment, and which it is of its plan."""
    return {
        "installment.number": number,
        "installment.due_on": one.due_on,
        "installment.amount": one.amount_minor,
        "installment.paid": one.paid.total_minor,
        "installment.open": one.open_minor,
        "installment.is_missed": one.missed_on is not None,
        "installment.is_part_paid": one.paid.total_minor > 0,
    }


def of_promise(one: Promised) -> Raw:
    """A promise, with what has come in for it."""
    return {
        "promise.amount": one.amount_minor,
        "promise.received": one.received_minor,
        "promise.due_on": one.due_on,
    }


def of_settlement(one: Settlement, *, time_zone: str) -> Raw:
    """An offer as it was made; its letters say the rest."""
    return {
        "settlement.amount": one.amount_minor,
        "settlement.dated_on": one.offered_on,
        "settlement.expires_on": one.expires_on,
        "settlement.time_zone": time_zone,
        "settlement.zero": 0,
    }


async def _payment(ctx: Context, reading: Reading, payment_id: UUID) -> Raw:
    found = await payments.read(ctx.tx, reading.account.id, payment_id)
    if found is None:
        raise NotFound(resource="payment", key=str(payment_id))
    return {
        "payment.amount": found.amount_minor,
        "payment.received_on": found.effective_on,
        "payment.reference": found.reference,
    }


# --- What it is about ---------------------------------------------------------------------------


def _plan(state: State, about: About) -> Plan | None:
    """The plan named, else the one the installment is of, else the live one."""
    if about.plan_id is not None:
        found = state.plan(about.plan_id)
        if found is None:
            raise NotFound(resource="plan", key=str(about.plan_id))
        return found
    if about.installment_id is not None:
        mine = about.installment_id
        return next(
            (plan for plan in state.plans if any(one.id == mine for one in plan.installments)),
            None,
        )
    return state.one_plan


def installment_of(state: State, installment_id: UUID) -> tuple[int, Installment]:
    """An installment and its number within its plan, as its schedule shows it.

    Raises `NotFound`.
    """
    for plan in state.plans:
        rows = [one for one in plan.installments if one.voided_on is None or one.paid.total_minor]
        for number, one in enumerate(rows, start=1):
            if one.id == installment_id:
                return number, one
    raise NotFound(resource="installment", key=str(installment_id))


def _promise(state: State, promise_id: UUID) -> Promised:
    found = next((one for one in state.promises if one.id == promise_id), None)
    if found is None:
        raise NotFound(resource="promise", key=str(promise_id))
    return found


def _settlement(state: State, settlement_id: UUID) -> Settlement:
    found = state.settlement(settlement_id)
    if found is None:
        raise NotFound(resource="settlement", key=str(settlement_id))
    return found
