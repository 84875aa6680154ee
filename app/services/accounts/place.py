"""Accounts: placing, reading, amending who is behind them, and what is charged or waived."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.account.state import State
from app.domain.books.enter import Draft
from app.domain.entries.events import Event, EventType
from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.facts.accounts import Placement
from app.domain.money import MAX_MINOR, Amounts
from app.domain.refusals.commands import OutsideAuthority, ReferenceTaken
from app.domain.refusals.payments import BalanceTooLarge
from app.domain.standing.status import AccountStatus
from app.domain.values import replace
from app.domain.vocabulary import Product
from app.services.authority import refuse_choice
from app.services.context import Context
from app.services.etags import Expected, etag
from app.services.judging import Judged, judge_behind
from app.services.policy_books import book_of, bucket_names
from app.services.reading import Reading, read_account, readings_of
from app.services.work import Work, begin, enter_fact, finish
from app.storage.accounts import accounts, persons
from app.storage.accounts.accounts import NewAccount, StoredAccount
from app.storage.accounts.persons import Note, PersonDetails, PersonRecord, PersonRole
from app.storage.books.entry import Attachment, ReferenceClaim
from app.storage.database.turns import in_turns
from app.storage.ids import new_id

__all__ = [
    "AccountView",
    "AmendAccount",
    "OpenAccount",
    "PersonDetails",
    "PersonRecord",
    "PersonRole",
    "amend_account",
    "find_accounts",
    "open_account",
    "open_accounts",
    "view_account",
]


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
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as of a day, with the people and the labels beside it."""

    reading: Reading
    debtor: PersonRecord | None
    creditor: PersonRecord | None
    metadata: Mapping[str, Any]

    @property
    def etag(self) -> str:
        return etag(self.reading.account.version)

    @property
    def placed(self) -> bool:
        """Whether the account was in the books by that day."""
        return self.reading.state.placed_on > date.min


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
    checks = (
        (placed_on > ctx.business_date, "/effective_on",
         f"must not lie after the business date {ctx.business_date}"),
        (command.opened_on > placed_on, "/opened_on",
         f"must not lie after the placement, {placed_on}"),
        ((command.past_due_minor or 0) > total, "/past_due_minor",
         f"must not exceed the balance of {total}"),
        (command.delinquent_since_on is not None and command.delinquent_since_on > placed_on,
         "/delinquent_since_on", f"must not lie after the placement, {placed_on}"),
        (command.delinquent_since_on is not None and not _past_due(command),
         "/delinquent_since_on", "needs an amount past due"),
        (command.charged_off_on is not None and command.charged_off_on > placed_on,
         "/charged_off_on", f"must not lie after the placement, {placed_on}"),
    )  # fmt: skip
    for wrong, pointer, detail in checks:
        if wrong:
            return InvalidInput.at(pointer, detail)
    return None


async def _unruled(ctx: Context, command: OpenAccount) -> DomainError | None:
    """The refusal of a policy the tenant does not have, or the role may not choose."""
    creditor = command.creditor.reference if command.creditor else None
    try:
        await book_of(ctx, command.policy, creditor)
        await refuse_choice(ctx, command.policy)
    except (InvalidInput, OutsideAuthority) as refusal:
        return refusal
    return None


def _past_due(command: OpenAccount) -> int:
    if command.past_due_minor is None:
        return command.balance.total_minor
    return command.past_due_minor


async def _place(ctx: Context, commands: Sequence[OpenAccount]) -> list[AccountView]:
    """Make the rows, enter the placements, write it all."""
    if not commands:
        return []
    named = [p for c in commands for p in (c.debtor, c.creditor) if p is not None]
    ids = iter(await persons.save(ctx.tx, ctx.tenant_id, named))
    works, views = list[Work](), list[AccountView]()
    rows = [_row(command, ids) for command in commands]
    made = await accounts.create(ctx.tx, ctx.tenant_id, rows)
    async for command, row in in_turns(zip(commands, rows, strict=True)):
        policies = await book_of(ctx, row.policy_name, row.creditor_reference)
        work = Work(ctx=ctx, account=made[row.id], policies=policies, draft=Draft(state=State()))
        beside = Attachment(handles=(ReferenceClaim(kind="account", key=row.reference),))
        placement = Placement(
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
    known = await persons.read(ctx.tx, _person_ids(rows)) if named else {}
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


async def view_account(ctx: Context, account_id: UUID, *, as_of: date | None = None) -> AccountView:
    """An account as of a day (default: the business date).

    Raises `NotFound`, also where the account had not been placed by that day.
    """
    view = (await _views(ctx, (await read_account(ctx, account_id, as_of=as_of),)))[0]
    if not view.placed:
        raise NotFound(resource="account", key=str(account_id))
    return view


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsFound:
    """A page of accounts; of a list by what changes with the days, how far those are judged."""

    views: tuple[AccountView, ...]
    judged: Judged
    last: UUID | None  # the last account looked at, where more follow


async def find_accounts(
    ctx: Context,
    *,
    reference: str | None,
    debtor_reference: str | None,
    status: AccountStatus | None,
    bucket: str | None,
    after: UUID | None,
    limit: int,
) -> AccountsFound:
    """A page of accounts by id, `status` and `bucket` as of the business date.

    Raises `InvalidInput` for a bucket that no policy of the tenant has.
    """
    if bucket is not None and bucket not in (names := await bucket_names(ctx)):
        shown = ", ".join(names[:_NAMED])
        raise InvalidInput.at("?bucket", f"should be one of {shown}")
    judged = Judged(readings={}, through_on=ctx.business_date)
    if status is not None or bucket is not None:
        same = accounts.narrowed(
            reference=reference, debtor_reference=debtor_reference, after=after
        )
        judged = await judge_behind(ctx, same)
    found = await accounts.find(
        ctx.tx,
        reference=reference,
        debtor_reference=debtor_reference,
        status=status,
        bucket=bucket,
        after=after,
        but=judged.readings.keys(),
        limit=limit + 1,
    )

    def fits(one: Reading) -> bool:
        return status in {None, one.status} and bucket in {None, one.state.bucket}

    moved = [one for one in judged.readings.values() if fits(one)]
    readings = (*await readings_of(ctx, found), *moved)
    ordered = sorted(readings, key=lambda one: one.account.id)
    page = ordered[:limit]
    last = page[-1].account.id if len(ordered) > limit else None
    views = await _views(ctx, [one for one in page if fits(one)])
    # On a sandbox clock moved back, accounts placed later are hidden.
    placed = tuple(view for view in views if view.placed)
    return AccountsFound(views=placed, judged=judged, last=last)


#: Buckets a refusal names; a tenant of very many policies may have more.
_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendAccount:
    """What may be amended: who owes, who is owed, the caller's labels. None: as it was."""

    debtor: PersonDetails | None = None
    creditor: PersonDetails | None = None
    metadata: Mapping[str, str] | None = None


async def amend_account(
    ctx: Context, account_id: UUID, command: AmendAccount, if_match: Expected | None
) -> AccountView:
    """Change the people or labels of an account. Raises `NotFound`, `EtagMismatch`.

    The creditor's reference stays: it chose the rules everything was folded under.
    """
    work = await begin(ctx, account_id)
    account = work.account
    if if_match is not None:
        if_match.check(account.version)
    people = await persons.read(ctx.tx, _person_ids([account]))
    debtor = _amended(people, account.debtor_id, command.debtor)
    creditor = _amended(people, account.creditor_id, command.creditor)
    if creditor is not None and creditor.reference != account.creditor_reference:
        raise InvalidInput.at("/creditor/reference", "cannot be changed")
    named = [p for p in (debtor, creditor) if p is not None]
    ids = iter(await persons.save(ctx.tx, ctx.tenant_id, named))
    await accounts.change_persons(
        ctx.tx,
        account,
        debtor_id=next(ids) if debtor else account.debtor_id,
        creditor_id=next(ids) if creditor else account.creditor_id,
    )
    if command.metadata is not None:
        note = {account_id: Note(metadata=command.metadata)}
        await persons.annotate(ctx.tx, ctx.tenant_id, account_id, note)
    changed = [name for name in _AMENDABLE if getattr(command, name) is not None]
    told = Event(
        type=EventType.ACCOUNT_UPDATED,
        business_date=ctx.business_date,
        data={"changed": changed},
    )
    work.tell(told)
    await finish(ctx, [work])
    return await view_account(ctx, account_id)


_AMENDABLE = ("debtor", "creditor", "metadata")


def _amended(
    people: Mapping[UUID, PersonRecord], person_id: UUID | None, told: PersonDetails | None
) -> PersonDetails | None:
    """Who was told, with what is known of the same person where nothing was said."""
    known = people.get(person_id) if person_id else None
    if told is None or known is None or told.reference not in {None, known.reference}:
        return told
    silent = (f.name for f in fields(told) if getattr(told, f.name) is None)
    return replace(told, **{name: getattr(known, name) for name in silent})


async def _views(ctx: Context, readings: Sequence[Reading]) -> tuple[AccountView, ...]:
    stored = [reading.account for reading in readings]
    people = await persons.read(ctx.tx, ids) if (ids := _person_ids(stored)) else {}
    labels = await persons.notes(ctx.tx, [one.id for one in stored]) if stored else {}
    return tuple(
        AccountView(
            reading=reading,
            debtor=people.get(reading.account.debtor_id) if reading.account.debtor_id else None,
            creditor=people.get(reading.account.creditor_id)
            if reading.account.creditor_id
            else None,
            metadata=labels[reading.account.id].metadata if reading.account.id in labels else {},
        )
        for reading in readings
    )


def _person_ids(rows: Sequence[NewAccount] | Sequence[StoredAccount]) -> set[UUID]:
    return {p for row in rows for p in (row.debtor_id, row.creditor_id) if p is not None}
