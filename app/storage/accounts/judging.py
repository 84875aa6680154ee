"""Which accounts wait to be judged, and which a new policy version is to have judged earlier."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
    update,
)

from app.storage import tables
from app.storage.accounts.accounts import ACCOUNT_COLUMNS, StoredAccount, stored_account
from app.storage.accounts.narrowing import Narrowing
from app.storage.accounts.review import REVIEW_ORDER, bring_forward, due_by, each_due_by
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant

_ACCOUNT = tables.table(tables.Account)
_POLICY = tables.table(tables.Policy)
_RUN = tables.table(tables.SweepRun)
_SETTLEMENT = tables.table(tables.Settlement)

#: What a service of a version that knew of no such row left: lists by standing miss those plans.
_STAND_AS_SAID = of_tenant("""
    INSERT INTO plan_standing (tenant_id, account_id, plan_id, standing)
    SELECT p.tenant_id, p.account_id, p.id, p.standing FROM plan AS p
    LEFT JOIN plan_standing AS s
        ON s.tenant_id = :the_tenant AND s.account_id = p.account_id AND s.plan_id = p.id
    WHERE p.tenant_id = :the_tenant AND s.standing IS DISTINCT FROM p.standing
    ORDER BY p.account_id, p.id
    ON CONFLICT (tenant_id, account_id, plan_id) DO UPDATE SET standing = EXCLUDED.standing
""")


async def closed_through(tx: Transaction, policy_name: str) -> date | None:
    """The last day that was judged of any account under a policy; None: it has no accounts.

    A sweep that was done closed its day, also of the accounts on which nothing was to change.
    """
    swept = select(func.max(_RUN.c.business_date)).where(_RUN.c.status == "done")
    mine = select(func.max(_ACCOUNT.c.judged_on)).where(_ACCOUNT.c.policy_name == policy_name)
    row = (await tx.execute(select(mine.scalar_subquery(), swept.scalar_subquery()))).one()
    days: list[date] = [day for day in row if day is not None]
    return max(days) if row[0] is not None else None


async def judge_on(tx: Transaction, policy_name: str, on: date) -> None:
    """Let the accounts that a policy puts into buckets day by day be judged on a day, or earlier.

    Locked by ascending id, as everywhere.
    """
    late = and_(_ACCOUNT.c.active_plan_id.is_(None), _ACCOUNT.c.reported_since_on.is_not(None))
    later = or_(_ACCOUNT.c.next_review_on.is_(None), _ACCOUNT.c.next_review_on > on)
    locked = (
        select(_ACCOUNT.c.tenant_id, _ACCOUNT.c.id)
        .where(_ACCOUNT.c.policy_name == policy_name, late, later, _ACCOUNT.c.judged_on < on)
        .order_by(_ACCOUNT.c.id)
        .with_for_update(key_share=True)
        .cte("reached")
    )
    same = and_(_ACCOUNT.c.tenant_id == locked.c.tenant_id, _ACCOUNT.c.id == locked.c.id)
    await tx.execute(update(_ACCOUNT).where(same).values(next_review_on=on))
    await bring_forward(tx, on)


async def heed_changes(tx: Transaction, through: date) -> None:
    """Have every account judged by the day that a new policy version takes force for it.

    Saving a version does so; this repeats it for accounts that a command wrote in between, which
    began before the save and did not know the version. Whoever would be swept too late is then,
    and plans are found by how they stand.
    """
    newest = (
        select(_POLICY.c.name, func.max(_POLICY.c.effective_from).label("on"))
        .where(_POLICY.c.version > 1, _POLICY.c.effective_from <= through)
        .group_by(_POLICY.c.name)
        .order_by(_POLICY.c.name)
    )
    for row in (await tx.execute(newest)).all():
        await judge_on(tx, row.name, row.on)
    await bring_forward(tx, through)
    await tx.execute(_STAND_AS_SAID)


class Behind(NamedTuple):
    """Accounts with a day to close, how many there are, and by when the others have none."""

    accounts: tuple[StoredAccount, ...]
    in_all: int = 0
    others_from_on: date = date.min


async def behind(tx: Transaction, on: date, *, narrowed: Narrowing = (), limit: int) -> Behind:
    """Accounts with a day up to that one to close, in order of their turns, unlocked.

    One statement: they are counted only where there are any.
    """
    if narrowed:  # what narrows may lead to them sooner than their turns
        query = select(REVIEW_ORDER[0], *ACCOUNT_COLUMNS).where(*due_by(on), *narrowed)
        only = select(func.count()).where(*due_by(on), *narrowed).correlate(None)
    else:
        query = each_due_by(on, *ACCOUNT_COLUMNS)
        only = select(func.count()).select_from(
            each_due_by(on, _ACCOUNT.c.id).order_by(None).subquery()
        )
    counted = query.add_columns(only.scalar_subquery().label("in_all"))
    rows = (await tx.execute(counted.order_by(None).order_by(*REVIEW_ORDER).limit(limit))).all()
    if not rows:
        return Behind(())
    accounts = tuple(stored_account(row[1:-1]) for row in rows)
    return Behind(accounts, rows[0].in_all, others_from_on=rows[-1].review_on)


def with_named(
    found: Select[Any],
    judged: Mapping[UUID, Collection[UUID]],
    *,
    after: UUID | None,
    limit: int,
) -> Select[tuple[UUID, UUID]]:
    """A page of (id, account id), of what was found and of what is named of accounts judged."""
    page = found.subquery()
    named = sorted(
        (own_id, owner)
        for owner, own_ids in judged.items()
        for own_id in own_ids
        if after is None or own_id > after
    )[:limit]
    if named:
        ids, owners = zip(*named, strict=True)
        these = func.unnest(literal(list(ids), ARRAY(Uuid)), literal(list(owners), ARRAY(Uuid)))
        row = these.table_valued("id", "account_id").render_derived().c
        page = union_all(page.select(), select(row.id, row.account_id)).subquery()
    return select(page.c.id, page.c.account_id).order_by(page.c.id).limit(limit)


def of_settlements() -> ColumnElement[bool]:
    """Only accounts that anything was ever offered on: asked of each in turn."""
    mine = and_(
        _SETTLEMENT.c.tenant_id == _ACCOUNT.c.tenant_id, _SETTLEMENT.c.account_id == _ACCOUNT.c.id
    )
    one = select(true()).where(mine).correlate(_ACCOUNT).limit(1)
    return one.scalar_subquery()
