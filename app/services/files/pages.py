"""One page of an import: what its rows ask of the services, and what became of each."""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.facts.accounts import Charge, Placement
from app.domain.facts.fact import Fact, facts_of
from app.domain.refusals.commands import ReferenceTaken
from app.domain.refusals.payments import AlreadyReversed
from app.services.accounts.charge import AddCharge, add_charges
from app.services.accounts.correct import as_said_first, correct_placement, placed_at_first
from app.services.accounts.place import OpenAccount, open_accounts
from app.services.context import Context
from app.services.files.columns import Kind
from app.services.files.commands import (
    account_command,
    charge_command,
    correction_command,
    payment_command,
    plan_command,
    return_command,
)
from app.services.files.contact_rows import import_contacts
from app.services.files.rows import Row
from app.services.payments.debits import (
    Returned,
    ReturnOf,
    payments_of,
    return_payments,
    returned_before,
)
from app.services.payments.receive import Received, receive_payments
from app.services.payments.suspense import SuspenseView
from app.services.plans.open import OpenPlan
from app.services.plans.open_many import open_plans
from app.storage.accounts import accounts, facts
from app.storage.accounts.accounts import StoredAccount
from app.storage.plans import plans
from app.storage.plans.plans import StoredPlan


class Outcome(StrEnum):
    """What became of a row."""

    STORED = "stored"
    ALREADY_THERE = "already there"
    SUSPENSE = "in suspense"
    EMPTY = "empty"
    REJECTED = "rejected"
    READABLE = "readable"  # of a dry run, which stores nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A row and what became of it; `reason` says why it was rejected."""

    row: Row
    outcome: Outcome
    reason: str = ""


async def import_page(ctx: Context, kind: Kind, rows: Sequence[Row]) -> tuple[Result, ...]:
    """Enter a page's rows, in the order of the file; answers one result a row, in that order."""
    results: dict[int, Result] = {}
    for batch in _batches(kind, rows, results):
        for row, said in zip(batch, await _IMPORTS[kind](ctx, batch), strict=True):
            results[row.line.number] = _result(row, said)
    return tuple(results[row.line.number] for row in rows)


#: The kinds of which a line of nothing is passed over.
_EMPTY = frozenset({Kind.CHARGES, Kind.PAYMENTS})

#: What a service says of a row: an outcome, or the refusal that keeps it out.
_Said = Outcome | DomainError


def _result(row: Row, said: _Said) -> Result:
    if isinstance(said, DomainError):
        return Result(row=row, outcome=Outcome.REJECTED, reason=said.detail)
    return Result(row=row, outcome=said)


def _batches(
    kind: Kind, rows: Sequence[Row], results: dict[int, Result]
) -> Iterator[tuple[Row, ...]]:
    """The rows to enter, no reference twice at a time: a repeated one meets the first stored.

    Rows that are malformed or empty get their result here.
    """
    batch: dict[str, Row] = {}
    for row in rows:
        if row.problems:
            results[row.line.number] = Result(row=row, outcome=Outcome.REJECTED, reason=row.reason)
        elif row.amount_minor == 0 and kind in _EMPTY:
            results[row.line.number] = Result(row=row, outcome=Outcome.EMPTY)
        else:
            if row.about in batch:
                yield tuple(batch.values())
                batch = {}
            batch[row.about] = row
    if batch:
        yield tuple(batch.values())


# Each kind of row -------------------------------------------------------------------------


async def _accounts(ctx: Context, rows: Sequence[Row]) -> list[_Said]:
    commands = [account_command(row) for row in rows]
    taken = await accounts.resolve(ctx.tx, "account", (c.reference for c in commands))
    ids = [account_id for account_id, _ in taken.values()]
    stored = await accounts.read_many(ctx.tx, ids)
    placements = {f.id: f for f in facts_of((await facts.by_id(ctx.tx, ids)).values(), Placement)}
    said_first = await placed_at_first(ctx, ids)
    fresh = iter(await open_accounts(ctx, [c for c in commands if c.reference not in taken]))
    said: list[_Said] = []
    for command in commands:
        if command.reference in taken:
            there = taken[command.reference][0]
            account = as_said_first(stored[there], said_first.get(there))
            same = _same_account(account, placements[there], command)
            said.append(_known("account", command.reference, same=same))
        else:
            said.append(_new(next(fresh)))
    return said


async def _charges(ctx: Context, rows: Sequence[Row]) -> list[_Said]:
    owners = await _Owners.of(ctx, rows)
    references = (row.values["plan_reference"] for row in rows if "plan_reference" in row.values)
    agreed = await accounts.resolve(ctx.tx, "plan", references)
    taken = await accounts.resolve(ctx.tx, "charge", (row.reference for row in rows))
    known = await facts.by_id(ctx.tx, (charge_id for _, charge_id in taken.values()))
    stored = {fact.id: fact for fact in facts_of(known.values(), Charge)}
    said: list[_Said | None] = []
    commands: list[tuple[UUID, AddCharge]] = []
    for row in rows:
        owner = owners.owner(row)
        plan = agreed.get(row.values.get("plan_reference", ""))
        if isinstance(owner, DomainError):
            said.append(owner)
        elif "plan_reference" in row.values and plan is None:
            said.append(NotFound(resource="plan", key=row.values["plan_reference"]))
        else:
            command = charge_command(row, plan[1] if plan else None)
            if row.reference in taken:
                account_id, charge_id = taken[row.reference]
                same = account_id == owner and _same_charge(stored[charge_id], command)
                said.append(_known("charge", row.reference, same=same))
            else:
                commands.append((owner, command))
                said.append(None)
    fresh = iter(await add_charges(ctx, commands))
    return [_new(next(fresh)) if one is None else one for one in said]


async def _plans(ctx: Context, rows: Sequence[Row]) -> list[_Said]:
    owners = await _Owners.of(ctx, rows)
    taken = await accounts.resolve(ctx.tx, "plan", (row.reference for row in rows))
    opened = await facts.by_id(ctx.tx, (plan_id for _, plan_id in taken.values()))
    said: list[_Said | None] = []
    commands = []
    for row in rows:
        owner = owners.owner(row)
        if isinstance(owner, DomainError):
            said.append(owner)
            continue
        command = plan_command(row, owner)
        if row.reference in taken:
            account_id, plan_id = taken[row.reference]
            stored = await plans.read(ctx.tx, account_id, plan_id)
            same = stored is not None and _same_plan(stored, opened[plan_id], command)
            said.append(_known("plan", row.reference, same=same))
        else:
            commands.append(command)
            said.append(None)
    fresh = iter(await open_plans(ctx, commands))
    return [_new(next(fresh)) if one is None else one for one in said]


async def _payments(ctx: Context, rows: Sequence[Row]) -> list[_Said]:
    return [
        _received(one)
        for one in await receive_payments(ctx, [payment_command(row) for row in rows])
    ]


def _received(one: Received | DomainError) -> _Said:
    if isinstance(one, DomainError):
        return one
    if one.repeated:
        return Outcome.ALREADY_THERE
    return Outcome.SUSPENSE if isinstance(one, SuspenseView) else Outcome.STORED


async def _returns(ctx: Context, rows: Sequence[Row]) -> list[_Said]:
    commands = [return_command(row) for row in rows]
    done = await return_payments(ctx, commands)
    return [await _returned(ctx, asked, one) for asked, one in zip(commands, done, strict=True)]


async def _returned(ctx: Context, asked: ReturnOf, done: Returned | DomainError) -> _Said:
    """A line without a reference of its own is known by its payment, reason and day."""
    if isinstance(done, AlreadyReversed) and asked.command.reference is None:
        for payment in await payments_of(ctx, asked):
            if await returned_before(ctx, payment, asked.command):
                return Outcome.ALREADY_THERE
    if isinstance(done, DomainError):
        return done
    return Outcome.ALREADY_THERE if done.view.repeated else Outcome.STORED


async def _corrections(ctx: Context, rows: Sequence[Row]) -> list[_Said]:
    owners = await _Owners.of(ctx, rows)
    named = [(row, owners.owner(row)) for row in rows]
    await accounts.lock_many(ctx.tx, (one for _, one in named if isinstance(one, UUID)))
    said: list[_Said] = []
    for row, owner in named:
        if isinstance(owner, DomainError):
            said.append(owner)
            continue
        try:
            done = await correct_placement(ctx, owner, correction_command(row), again=True)
        except DomainError as refusal:
            said.append(refusal)
        else:
            said.append(Outcome.ALREADY_THERE if done is None else Outcome.STORED)
    return said


async def _contacts(ctx: Context, rows: Sequence[Row]) -> list[_Said]:
    return [
        one if isinstance(one, DomainError) else Outcome.STORED if one else Outcome.ALREADY_THERE
        for one in await import_contacts(ctx, rows)
    ]


_IMPORTS: Mapping[Kind, Callable[[Context, Sequence[Row]], Awaitable[list[_Said]]]] = {
    Kind.ACCOUNTS: _accounts,
    Kind.PLANS: _plans,
    Kind.CHARGES: _charges,
    Kind.PAYMENTS: _payments,
    Kind.RETURNS: _returns,
    Kind.CORRECTIONS: _corrections,
    Kind.CONTACTS: _contacts,
}


def _new(answer: object) -> _Said:
    return answer if isinstance(answer, DomainError) else Outcome.STORED


def _known(resource: str, reference: str, *, same: bool) -> _Said:
    if same:
        return Outcome.ALREADY_THERE
    return ReferenceTaken(resource=resource, reference=reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Owners:
    """The accounts a page's rows name, with their currencies."""

    ids: Mapping[str, tuple[UUID, UUID]]
    currencies: Mapping[UUID, str]

    @classmethod
    async def of(cls, ctx: Context, rows: Sequence[Row]) -> "_Owners":
        named = (row.values["account_reference"] for row in rows)
        ids = await accounts.resolve(ctx.tx, "account", named)
        if not any(row.currency for row in rows):
            return cls(ids=ids, currencies={})
        found = await accounts.currencies(ctx.tx, (account_id for account_id, _ in ids.values()))
        return cls(ids=ids, currencies=found)

    def owner(self, row: Row) -> UUID | DomainError:
        """The account the row names, or why it is not its."""
        reference = row.values["account_reference"]
        if reference not in self.ids:
            return NotFound(resource="account", key=reference)
        account_id = self.ids[reference][0]
        kept = self.currencies.get(account_id, row.currency)
        if row.currency and kept != row.currency:
            return InvalidInput.at("/currency", f"the account is kept in {kept}")
        return account_id


# What is stored, held against what a row says ---------------------------------------------


def _same_account(stored: StoredAccount, placed: Fact[Placement], command: OpenAccount) -> bool:
    """All but the people and the labels, which may have been amended since."""
    body = placed.body
    creditor = command.creditor.reference if command.creditor else None
    return (
        (stored.currency, stored.product, stored.opened_on, stored.validation_ends_on)
        == (command.currency, command.product, command.opened_on, command.validation_ends_on)
        and (stored.policy_name, stored.creditor_reference) == (command.policy, creditor)
        and (body.balance, body.past_due_minor) == (command.balance, command.past_due_minor)
        and (body.delinquent_since_on, body.charged_off_on, body.batch)
        == (command.delinquent_since_on, command.charged_off_on, command.placement_batch)
        and command.effective_on in {None, placed.effective_on}
    )


def _same_charge(stored: Fact[Charge], command: AddCharge) -> bool:
    body = stored.body
    due_on = command.due_on or command.effective_on
    return (
        (body.charge, body.amount_minor, body.plan_id, body.reason)
        == (command.kind, command.amount_minor, command.plan_id, command.reason)
        and due_on in {None, body.due_on}
        and command.effective_on in {None, stored.effective_on}
    )


def _same_plan(stored: StoredPlan, opened: Fact, command: OpenPlan) -> bool:
    return (
        stored.account_id == command.account_id
        and command.terms is not None
        and stored.terms == command.terms.as_sent
        and command.effective_on in {None, opened.effective_on}
    )
