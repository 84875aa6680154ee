"""How a debt came about: said once at placement, counted on by the ledger, told in the notice.

What was owed on the itemization date and what came to it until the account was placed, somebody
says; from there on the figures are the ledger's. What is said must come to what was placed.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.domain.contact.validation import ItemizationReference, due_by, period, sums_up
from app.domain.errors import InvalidInput, NotFound
from app.domain.vocabulary import HoldKind
from app.services.contacts.validating import CALENDAR
from app.services.context import Context
from app.services.documents.statements import ledger_sums
from app.services.guards import known_account
from app.services.holidays import calendar
from app.services.persons.persons import named_actor
from app.services.reading import Reading, read_account
from app.services.templates.itemizing import Itemization, itemized
from app.storage.accounts import accounts
from app.storage.contacts import contacts, validations
from app.storage.contacts.validations import StoredItemization, StoredValidation

__all__ = [
    "Itemization", "SayItemization", "ValidationView", "dispute_values", "notice_values",
    "say_itemization", "view_validation",
]  # fmt: skip

_PAID = ("paid", "settled")


@dataclass(frozen=True, slots=True, kw_only=True)
class SayItemization:
    """What was owed on a day, and what came to it until the account was placed here."""

    reference: ItemizationReference
    on: date
    amount_minor: int
    interest_minor: int
    fees_minor: int
    payments_minor: int
    credits_minor: int
    original_creditor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationView:
    """How it stands with an account's validation notice. `itemization`: to today."""

    account_id: UUID
    validation: StoredValidation
    message_id: UUID | None
    due_by_on: date | None
    overdue: bool
    validation_ends_on: date | None
    disputed_on: date | None
    itemization: Itemization | None
    current_minor: int


async def say_itemization(
    ctx: Context, account_id: UUID, command: SayItemization
) -> ValidationView:
    """Take down how a debt came about; what was said before stays as it was said.

    Raises `NotFound`, `InvalidInput` for a day after the placement, for figures that do not come
    to what was placed, and for another date once a notice was sent by one.
    """
    named_actor(ctx)
    account = await accounts.lock(ctx.tx, account_id)
    if account is None:
        raise NotFound(resource="account", key=str(account_id))
    ledger = await ledger_sums(ctx, account_id)
    placed = ledger.placed_minor
    if ledger.placed_on is None or command.on > ledger.placed_on:
        raise InvalidInput.at("/on", f"must not lie after the placement on {ledger.placed_on}")
    if not _comes_to(command, placed):
        raise InvalidInput.at(
            "", f"comes to {_total(command)}, and the account was placed with {placed}"
        )
    had = await validations.itemization_of(ctx.tx, account_id)
    kept = await validations.read(ctx.tx, account_id)
    one_date = had is None or (had.reference, had.itemized_on) == (command.reference, command.on)
    if not one_date and kept is not None and kept.sent_on is not None:
        raise InvalidInput.at("/on", f"is one for a debt: the notice sent on {kept.sent_on} has it")
    said = StoredItemization(
        account_id=account_id,
        number=1 if had is None else had.number + 1,
        reference=str(command.reference),
        itemized_on=command.on,
        amount_minor=command.amount_minor,
        interest_minor=command.interest_minor,
        fees_minor=command.fees_minor,
        payments_minor=command.payments_minor,
        credits_minor=command.credits_minor,
        original_creditor=command.original_creditor,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
        origin=ctx.origin,
    )
    await validations.add_itemization(ctx.tx, ctx.tenant_id, said)
    return await view_validation(ctx, account_id)


def _comes_to(said: SayItemization, placed: int) -> bool:
    return sums_up(
        said.amount_minor,
        interest_minor=said.interest_minor,
        fees_minor=said.fees_minor,
        payments_minor=said.payments_minor,
        credits_minor=said.credits_minor,
        current_minor=placed,
    )


def _total(said: SayItemization) -> int:
    added = said.amount_minor + said.interest_minor + said.fees_minor
    return added - said.payments_minor - said.credits_minor


async def view_validation(ctx: Context, account_id: UUID) -> ValidationView:
    """The first communication, the notice, and the figures as of today. Raises `NotFound`."""
    await known_account(ctx, account_id)
    reading = await read_account(ctx, account_id)
    kept = await validations.read(ctx.tx, account_id) or StoredValidation(account_id=account_id)
    sent = None
    if kept.notice_contact_id is not None:
        sent = await contacts.read(ctx.tx, kept.notice_contact_id)
    message_id = None if sent is None else sent.more.get("message_id")
    due_by_on = None if kept.initial_on is None else due_by(kept.initial_on)
    ends_on = reading.account.validation_ends_on
    return ValidationView(
        account_id=account_id,
        validation=kept,
        message_id=None if message_id is None else UUID(message_id),
        due_by_on=due_by_on,
        overdue=due_by_on is not None
        and kept.sent_on is None
        and ends_on is None
        and due_by_on < ctx.business_date
        and str(reading.status) not in _PAID,
        validation_ends_on=ends_on,
        disputed_on=_disputed_on(reading, kept),
        itemization=await _to_today(ctx, account_id),
        current_minor=reading.state.balance.total_minor,
    )


def _disputed_on(reading: Reading, kept: StoredValidation) -> date | None:
    """The first day of a dispute: one in writing, or a hold."""
    disputes = [one.starts_on for one in reading.state.holds if one.kind is HoldKind.DISPUTE]
    return min([*disputes, *([kept.disputed_on] if kept.disputed_on else [])], default=None)


async def dispute_values(ctx: Context, reading: Reading) -> dict[str, object]:
    """What an answer to a dispute says of it: the day it came. Raises `InvalidInput` of none.

    Of several the first that nobody answered yet; where all are answered, the last.
    """
    kept = await validations.read(ctx.tx, reading.account.id)
    disputes = [one for one in reading.state.holds if one.kind is HoldKind.DISPUTE]
    standing = [one.starts_on for one in disputes if one.stands(reading.as_of)]
    last = max((one.starts_on for one in disputes), default=None)
    on = min(standing, default=last or (kept.disputed_on if kept else None))
    if on is None:
        raise InvalidInput.at("/template_key", "answers a dispute, and the account has none")
    return {"dispute.received_on": on}


async def notice_values(ctx: Context, reading: Reading) -> tuple[dict[str, object], date]:
    """What a notice sent today says, and the last day to dispute that it names.

    Raises `InvalidInput` where nobody said how the debt came about, or the figures do not add up.
    """
    said = await _to_today(ctx, reading.account.id)
    if said is None:
        raise InvalidInput.at("/template_key", "needs the account's itemization, which nobody said")
    ends_on = period(ctx.business_date, calendar(CALENDAR)).ends_on
    return itemized(reading, said, ends_on=ends_on), ends_on


async def _to_today(ctx: Context, account_id: UUID) -> Itemization | None:
    """What was said, and what the ledger added since."""
    said = await validations.itemization_of(ctx.tx, account_id)
    if said is None:
        return None
    since = await ledger_sums(ctx, account_id)
    return Itemization(
        reference=ItemizationReference(said.reference),
        on=said.itemized_on,
        amount_minor=said.amount_minor,
        interest_minor=said.interest_minor + since.interest_minor,
        fees_minor=said.fees_minor + since.fees_minor,
        payments_minor=said.payments_minor + since.payments_minor,
        credits_minor=said.credits_minor + since.credits_minor,
        original_creditor=said.original_creditor,
    )
