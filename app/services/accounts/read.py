"""Accounts read as of a day, one or a page of them, with the people and labels beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.errors import InvalidInput, NotFound
from app.domain.standing.status import AccountStatus
from app.domain.vocabulary import SettlementStatus
from app.services.context import Context
from app.services.etags import etag
from app.services.judging import Judged, judge_behind
from app.services.persons.persons import debtors_named
from app.services.policy_books import bucket_names
from app.services.reading import Reading, read_account, readings_of
from app.storage.accounts import accounts, persons
from app.storage.accounts.accounts import NewAccount, StoredAccount
from app.storage.accounts.narrowing import Named, narrowed
from app.storage.accounts.persons import Assigned, PersonRecord

__all__ = [
    "AccountView",
    "AccountsFound",
    "PersonRecord",
    "find_accounts",
    "person_ids",
    "view_account",
    "views_of",
]

#: Buckets a refusal names; a tenant of very many policies may have more.
_NAMED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account as of a day, with the people and the labels beside it."""

    reading: Reading
    debtor: PersonRecord | None
    creditor: PersonRecord | None
    metadata: Mapping[str, Any]
    assigned_to: Assigned | None = None
    amendments_waiting: int = 0

    @property
    def pending_approvals(self) -> int:
        """How many of its plans, settlements and changes of plans wait for somebody to decide."""
        on, state = self.reading.as_of, self.reading.state
        plans = sum(plan.waiting for plan in state.plans)
        offers = sum(
            one.status is SettlementStatus.PENDING_APPROVAL and on <= one.expires_on
            for one in state.settlements
        )
        return plans + offers + self.amendments_waiting

    @property
    def etag(self) -> str:
        return etag(self.reading.account.version)

    @property
    def placed(self) -> bool:
        """Whether the account was in the books by that day."""
        return self.reading.state.placed_on > date.min


async def view_account(ctx: Context, account_id: UUID, *, as_of: date | None = None) -> AccountView:
    """An account as of a day (default: the business date).

    Raises `NotFound`, also where the account had not been placed by that day.
    """
    view = (await views_of(ctx, (await read_account(ctx, account_id, as_of=as_of),)))[0]
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
    assigned_to: str | None,
    assigned_team: str | None,
    debtor_id: UUID | None = None,
    q: str | None = None,
    status: AccountStatus | None,
    bucket: str | None,
    after: UUID | None,
    limit: int,
) -> AccountsFound:
    """A page of accounts by id, `status` and `bucket` as of the business date.

    `q`: an account's or a debtor's reference, a debtor's e-mail or phone, or how their name begins.
    Raises `InvalidInput` for a bucket that no policy of the tenant has, and for a `q` that many
    fit.
    """
    if bucket is not None and bucket not in (names := await bucket_names(ctx)):
        shown = ", ".join(names[:_NAMED])
        raise InvalidInput.at("?bucket", f"should be one of {shown}")
    judged = Judged(readings={}, through_on=ctx.business_date)
    same = narrowed(
        reference=reference,
        debtor_reference=debtor_reference,
        assigned_to=assigned_to,
        assigned_team=assigned_team,
        debtor_id=debtor_id,
        named=None if q is None else Named(reference=q, debtor_ids=await debtors_named(ctx, q)),
        after=after,
    )
    if status is not None or bucket is not None:
        judged = await judge_behind(ctx, same)
    found = await accounts.find(
        ctx.tx,
        same,
        status=status,
        bucket=bucket,
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
    views = await views_of(ctx, [one for one in page if fits(one)])
    # On a sandbox clock moved back, accounts placed later are hidden.
    placed = tuple(view for view in views if view.placed)
    return AccountsFound(views=placed, judged=judged, last=last)


async def views_of(ctx: Context, readings: Sequence[Reading]) -> tuple[AccountView, ...]:
    """Readings with the people and labels beside them."""
    known = await persons.beside(ctx.tx, [reading.account.id for reading in readings])
    return tuple(
        AccountView(
            reading=reading,
            debtor=known[reading.account.id].debtor,
            creditor=known[reading.account.id].creditor,
            metadata=known[reading.account.id].metadata,
            assigned_to=known[reading.account.id].assigned_to,
            amendments_waiting=known[reading.account.id].amendments_waiting,
        )
        for reading in readings
    )


def person_ids(rows: Sequence[NewAccount] | Sequence[StoredAccount]) -> set[UUID]:
    return {p for row in rows for p in (row.debtor_id, row.creditor_id) if p is not None}
