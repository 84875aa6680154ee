"""Accounts placed, one or many: with their people, their policy and their balance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.account.state import State
from app.domain.books.enter import Draft
from app.domain.errors import DomainError, FieldProblem, InvalidInput
from app.domain.facts.accounts import Placed, Placement
from app.domain.money import MAX_MINOR, Amounts
from app.domain.refusals.commands import OutsideAuthority, ReferenceTaken
from app.domain.refusals.payments import BalanceTooLarge
from app.domain.values import replace
from app.domain.vocabulary import Product
from app.services.accounts.placement import placement_problems
from app.services.accounts.read import AccountView, person_ids
from app.services.authority import refuse_choice
from app.services.context import Context
from app.services.persons.debtors import add_points
from app.services.policy_books import book_of
from app.services.reading import Reading
from app.services.work import Work, enter_fact, finish
from app.storage.accounts import accounts, persons
from app.storage.accounts.accounts import NewAccount
from app.storage.accounts.persons import Note, PersonDetails, PersonRole
from app.storage.books.entry import Attachment, ReferenceClaim
from app.storage.database.turns import in_turns
from app.storage.ids import new_id

__all__ = ["OpenAccount", "PersonDetails", "PersonRole", "open_account", "open_accounts"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAccount:
    """What a client places."""

    reference: str
    currency: str
    product: Product
    opened_on: date
    balance: Amounts
    past_due_minor: int | None = None
    effective_on: date | None = None
    validation_ends_on: date | None = None
    delinquent_since_on: date | None = None
    charged_off_on: date | None = None
    debtor: PersonDetails | None = None
    creditor: PersonDetails | None = None
    policy: str = "default"
    placement_batch: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


async def open_account(ctx: Context, command: OpenAccount) -> AccountView:
    """Place one account. Raises `ReferenceTaken` naming the account that has the reference."""
    result = (await open_accounts(ctx, (command,)))[0]
    if isinstance(result, DomainError):
        raise result
    return result


async def open_accounts(
    ctx: Context, commands: Sequence[OpenAccount]
) -> tuple[AccountView | DomainError, ...]:
    """Place several; one that is refused keeps no other from being placed.

    Nothing is written of those refused. The caller decides whether a refusal undoes the rest.
    """
    taken = await accounts.resolve(ctx.tx, "account", (c.reference for c in commands))
    results: list[AccountView | DomainError | None] = []
    accepted: dict[str, OpenAccount] = {}
    async for command in in_turns(commands):
        refusal = _refusal(ctx, command, taken, accepted) or await _unruled(ctx, command)
        if refusal is None:
            accepted[command.reference] = command
        results.append(refusal)
    views = iter(await _place(ctx, tuple(accepted.values())))
    return tuple(next(views) if result is None else result for result in results)


def _refusal(
    ctx: Context,
    command: OpenAccount,
    taken: Mapping[str, tuple[UUID, UUID]],
    accepted: Mapping[str, OpenAccount],
) -> DomainError | None:
    if command.reference in taken:
        return ReferenceTaken(
            resource="account",
            reference=command.reference,
            existing_account_id=taken[command.reference][0],
        )
    if command.reference in accepted:
        return ReferenceTaken(resource="account", reference=command.reference)
    placed_on = command.effective_on or ctx.business_date
    total = command.balance.total_minor
    if total > MAX_MINOR:
        what = "What is owed"
        return BalanceTooLarge(what=what, limit_minor=MAX_MINOR, actual_minor=total)
    if placed_on > ctx.business_date:
        detail = f"must not lie after the business date {ctx.business_date}"
        return InvalidInput.at("/effective_on", detail)
    problems = list(placement_problems(_placed(command), placed_on=placed_on))
    if command.charged_off_on is not None and command.charged_off_on > placed_on:
        detail = f"must not lie after the placement, {placed_on}"
        problems.append(FieldProblem(pointer="/charged_off_on", detail=detail))
    return InvalidInput(errors=tuple(problems)) if problems else None


async def _unruled(ctx: Context, command: OpenAccount) -> DomainError | None:
    """The refusal of a policy the tenant does not have, or the role may not choose."""
    creditor = command.creditor.reference if command.creditor else None
    try:
        await book_of(ctx, command.policy, creditor)
        await refuse_choice(ctx, command.policy)
    except (InvalidInput, OutsideAuthority) as refusal:
        return refusal
    return None


def _placed(command: OpenAccount) -> Placed:
    return Placed(
        opened_on=command.opened_on,
        product=command.product,
        balance=command.balance,
        past_due_minor=command.past_due_minor,
        delinquent_since_on=command.delinquent_since_on,
        validation_ends_on=command.validation_ends_on,
    )


async def _place(ctx: Context, commands: Sequence[OpenAccount]) -> list[AccountView]:
    """Make the rows, enter the placements, write it all."""
    if not commands:
        return []
    named = [p for c in commands for p in (c.debtor, c.creditor) if p is not None]
    saved = await persons.save(ctx.tx, ctx.tenant_id, named)
    await add_points(ctx, zip(saved, named, strict=True))
    ids = iter(saved)
    works, views = list[Work](), list[AccountView]()
    rows = [_row(command, ids) for command in commands]
    made = await accounts.create(ctx.tx, ctx.tenant_id, rows)
    async for command, row in in_turns(zip(commands, rows, strict=True)):
        policies = await book_of(ctx, row.policy_name, row.creditor_reference)
        work = Work(ctx=ctx, account=made[row.id], policies=policies, draft=Draft(state=State()))
        beside = Attachment(handles=(ReferenceClaim(kind="account", key=row.reference),))
        placement = Placement(
            reference=command.reference,
            currency=command.currency,
            batch=command.placement_batch,
            balance=command.balance,
            past_due_minor=command.past_due_minor,
            delinquent_since_on=command.delinquent_since_on,
            charged_off_on=command.charged_off_on,
            product=command.product,
        )
        await enter_fact(
            work,
            placement,
            effective_on=command.effective_on,
            beside=beside,
            fact_id=row.id,  # the placement makes the account
        )
        works.append(work)
    await finish(ctx, works)
    notes = {
        row.id: {row.id: Note(metadata=command.metadata)}
        for command, row in zip(commands, rows, strict=True)
        if command.metadata
    }
    for account_id, own in notes.items():
        await persons.annotate(ctx.tx, ctx.tenant_id, account_id, own)
    known = await persons.read(ctx.tx, person_ids(rows)) if named else {}
    for command, row, work in zip(commands, rows, works, strict=True):
        reading = Reading(
            account=replace(work.account, version=work.account.version + 1),
            policies=work.policies,
            state=work.state,
            as_of=ctx.business_date,
        )
        views.append(
            AccountView(
                reading=reading,
                debtor=known.get(row.debtor_id) if row.debtor_id else None,
                creditor=known.get(row.creditor_id) if row.creditor_id else None,
                metadata=command.metadata,
            )
        )
    return views


def _row(command: OpenAccount, ids: Any) -> NewAccount:  # noqa: ANN401
    return NewAccount(
        id=new_id(),
        reference=command.reference,
        currency=command.currency,
        product=command.product,
        opened_on=command.opened_on,
        validation_ends_on=command.validation_ends_on,
        policy_name=command.policy,
        debtor_id=next(ids) if command.debtor else None,
        creditor_id=next(ids) if command.creditor else None,
        creditor_reference=command.creditor.reference if command.creditor else None,
    )
