"""The approvals inbox: all that waits for somebody to decide, and the decision, one at a time.

What was asked for, which rules it breaks, what it would change, and whether whoever looks may
decide it. A decision is the one that the plan, the settlement or the revision has of its own; a
spreadsheet is decided only here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal
from uuid import UUID

from app.domain.agreement.four_eyes import Hand, same_hand
from app.domain.errors import NotFound
from app.domain.limits import LimitBreach
from app.domain.vocabulary import Role
from app.services.approvals import amendments
from app.services.context import Context
from app.services.dry_runs.asking import breaches_of, reject_import
from app.services.dry_runs.commit import approve_import
from app.services.etags import Expected, etag
from app.services.plans import decide as plans
from app.services.plans.agreement import refusals_of_rows
from app.services.reading import Reading, readings_of
from app.services.settlements import decide as settlements
from app.storage import approvals, changes
from app.storage.accounts import accounts
from app.storage.accounts.accounts import StoredAccount
from app.storage.approvals import Waiting
from app.storage.changes import StoredAmendment
from app.storage.dry_runs import dry_runs
from app.storage.dry_runs.dry_runs import StoredDryRun
from app.storage.settlements import settlements as offers
from app.storage.settlements.settlements import StoredSettlement


class ApprovalKind(StrEnum):
    """What waits: a plan, a change of one, an offer, or a spreadsheet."""

    PLAN = "plan"
    AMENDMENT = "amendment"
    SETTLEMENT = "settlement"
    IMPORT = "import"


#: Beside whose hand it is: what keeps whoever looks from deciding.
OUTSIDE_AUTHORITY = "outside_authority"
EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What is owed before or after: how much, in how many installments, from when to when."""

    amount_minor: int
    installments: int
    first_due_on: date | None
    last_due_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetSide:
    """Before: the accounts a sheet names that are there, and what they owe. After: its rows."""

    count: int
    sums_minor: Mapping[str, int]  # by currency


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalView:
    """Something that waits, with what one needs to decide it. `account` None: of a spreadsheet.

    `version`: of the account, or the sheet, as it was read: what is decided is what was looked at.
    """

    waiting: Waiting
    account: StoredAccount | None
    asks: tuple[LimitBreach, ...]
    before: Side | SheetSide | None
    after: Side | SheetSide
    why_not: str | None  # None: whoever looks may decide it
    version: int
    because: str | None = None

    @property
    def etag(self) -> str:
        return etag(self.version)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decide:
    """What somebody decides of one thing that waits."""

    kind: ApprovalKind
    id: UUID
    decision: Literal["approve", "reject"]
    reason: str | None
    etag: str


async def find_approvals(ctx: Context, *, after: UUID | None, limit: int) -> list[ApprovalView]:
    """A page of what waits, in the order it was asked."""
    views = list[ApprovalView]()
    while len(views) < limit:  # what is not asked for yet, by a clock moved back, is passed over
        found = await approvals.find(ctx.tx, after=after, limit=limit)
        views += await _views(ctx, found)
        if len(found) < limit:
            break
        after = found[-1].place
    return views[:limit]


async def decide_approval(ctx: Context, asked: Decide) -> None:
    """Approve or reject one thing, as somebody else who may, as it was when it was read.

    Raises `EtagMismatch` where its account changed since, `NotFound` where nothing of that kind
    and id waits, and whatever its own decision raises.
    """
    found = await approvals.find(ctx.tx, only=asked.id, limit=1)
    if not found or found[0].kind != asked.kind:
        raise NotFound(resource="approval", key=str(asked.id))
    one, expected = found[0], Expected(frozenset({asked.etag}))
    approve, reason = asked.decision == "approve", asked.reason
    if one.account_id is None:
        decide_import = approve_import if approve else reject_import
        await decide_import(ctx, one.id, expected, reason=reason)
        return
    account = await accounts.lock(ctx.tx, one.account_id)
    if account is None:
        raise NotFound(resource="approval", key=str(asked.id))
    expected.check(account.version)
    match asked.kind:
        case ApprovalKind.PLAN:
            decided = plans.approve_plan if approve else plans.reject_plan
            await decided(ctx, one.id, reason=reason)
        case ApprovalKind.SETTLEMENT:
            settled = settlements.approve if approve else settlements.reject
            await settled(ctx, one.id, reason=reason)
        case _:
            await _decide_amendment(ctx, one, approve=approve, reason=reason)


async def _decide_amendment(
    ctx: Context, one: Waiting, *, approve: bool, reason: str | None
) -> None:
    if one.plan_id is None or one.number is None:
        raise NotFound(resource="approval", key=str(one.id))
    if approve:
        await amendments.approve_revision(ctx, one.plan_id, one.number, reason=reason)
    else:
        await amendments.reject_revision(ctx, one.plan_id, one.number, reason=reason)


# --- What one looks at --------------------------------------------------------------------------


async def _views(ctx: Context, found: Iterable[Waiting]) -> list[ApprovalView]:
    """What waits, each with its account: a bounded number of statements for all of them."""
    page = list(found)
    named = {one.account_id for one in page if one.account_id is not None}
    known = await accounts.read_many(ctx.tx, named)
    read = await readings_of(ctx, list(known.values()))
    readings = {one.account.id: one for one in read}
    asked = await changes.waiting(ctx.tx, _ids(page, ApprovalKind.AMENDMENT))
    offered = await offers.by_id(ctx.tx, _ids(page, ApprovalKind.SETTLEMENT))
    tried = await dry_runs.by_id(ctx.tx, _ids(page, ApprovalKind.IMPORT))
    views = list[ApprovalView]()
    for one in page:
        if one.account_id is None:
            views.append(_view_of_sheet(ctx, one, tried[one.id]))
            continue
        view = _view(ctx, one, readings[one.account_id], asked, offered)
        if view is not None:
            views.append(view)
    return views


def _view_of_sheet(ctx: Context, one: Waiting, run: StoredDryRun) -> ApprovalView:
    asks, said = breaches_of(run), run.compared or {}
    before, after = (
        SheetSide(count=said[side]["count"], sums_minor=said[side]["sums"])
        for side in ("before", "after")
    )
    return ApprovalView(
        waiting=one,
        account=None,
        asks=asks,
        before=before,
        after=after,
        why_not=EXPIRED if run.expires_at <= ctx.instant else _why_not(ctx, one, asks),
        version=run.version,
        because=run.asked_because,
    )


def _ids(page: Iterable[Waiting], kind: ApprovalKind) -> list[UUID]:
    return [one.id for one in page if one.kind == kind]


def _view(
    ctx: Context,
    one: Waiting,
    reading: Reading,
    asked: Mapping[UUID, StoredAmendment],
    offered: Mapping[UUID, StoredSettlement],
) -> ApprovalView | None:
    """None: on a sandbox clock moved back, it is not asked for yet."""
    before: Side | None = None
    because: str | None = None
    expired = False
    match one.kind:
        case ApprovalKind.PLAN:
            plan = reading.state.plan(one.id)
            if plan is None:
                return None
            asks = refusals_of_rows(plan, reading.policies.of(plan), one.role or Role.AGENT)
            after = _side((row.due_on, row.amount_minor) for row in plan.installments)
        case ApprovalKind.SETTLEMENT:
            offer = offered[one.id]
            asks = offer.refusals
            before = Side(
                amount_minor=offer.balance_minor, installments=0, first_due_on=None,
                last_due_on=None,
            )  # fmt: skip
            after = _side((row.due_on, row.amount_minor) for row in offer.schedule.installments)
            expired = ctx.business_date > offer.expires_on
            because = offer.reason
        case _:
            amendment = asked[one.id]
            asks, schedule = amendment.refusals, amendment.schedule
            because = amendment.asked.get("reason")
            after = _side((row.due_on, row.principal_minor) for row in schedule.installments)
            if schedule.before is not None:
                before = _side((row.due_on, row.principal_minor) for row in schedule.before)
    return ApprovalView(
        waiting=one,
        account=reading.account,
        asks=asks,
        before=before,
        after=after,
        why_not=EXPIRED if expired else _why_not(ctx, one, asks),
        version=reading.account.version,
        because=because,
    )


def _why_not(ctx: Context, one: Waiting, asks: Iterable[LimitBreach]) -> str | None:
    same = same_hand(
        Hand(key_id=one.key_id, actor=one.actor),
        Hand(key_id=ctx.key_id, actor=ctx.actor),
        ctx.role,
    )
    if same is not None:
        return same.value
    for breach in asks:
        if breach.override_role is None or ctx.role.rank < breach.override_role.rank:
            return OUTSIDE_AUTHORITY
    return None


def _side(rows: Iterable[tuple[date, int]]) -> Side:
    known = sorted(rows)
    return Side(
        amount_minor=sum(minor for _, minor in known),
        installments=len(known),
        first_due_on=known[0][0] if known else None,
        last_due_on=known[-1][0] if known else None,
    )


def asked_hours(ctx: Context, view: ApprovalView) -> int:
    """How many whole hours it has waited; none on a sandbox clock set before it was asked."""
    return max(0, int((ctx.instant - view.waiting.asked_at).total_seconds() // 3600))
