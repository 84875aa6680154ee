"""Plans listed, each with its account and its labels: one statement a page.

The page is found first, by an index in its order; what is shown of each is read for the page alone.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    all_,
    and_,
    false,
    func,
    literal,
    select,
    true,
    union_all,
)

from app.domain.account.plan import PlanStatus
from app.storage import tables
from app.storage.accounts.accounts import ACCOUNT_COLUMNS, StoredAccount, stored_account
from app.storage.accounts.judging import with_named
from app.storage.database.engine import Transaction
from app.storage.plans.plans import PLAN_COLUMNS, StoredPlan, stored_plan

_ACCOUNT = tables.table(tables.Account)
_ANNOTATION = tables.table(tables.Annotation)
_INSTALLMENT = tables.table(tables.Installment)
_PLAN = tables.table(tables.Plan)
_STANDING = tables.table(tables.PlanStanding)
_PLAN_AND_STANDING = _PLAN.join(
    _STANDING,
    and_(
        _STANDING.c.tenant_id == _PLAN.c.tenant_id,
        _STANDING.c.account_id == _PLAN.c.account_id,
        _STANDING.c.plan_id == _PLAN.c.id,
    ),
)
_NOTHING: Mapping[UUID, Collection[UUID]] = {}
#: So many open installments of a span are sorted; of more, plans are asked in order of their ids.
FEW = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanListed:
    """A plan of a list, with its account and what was noted of it."""

    plan: StoredPlan
    account: StoredAccount
    metadata: Mapping[str, Any]


async def find(
    tx: Transaction,
    *,
    account_id: UUID | None,
    status: str | None,
    standing: str | None,
    judged: Mapping[UUID, Collection[UUID]] = _NOTHING,
    due_from: date | None,
    due_to: date | None,
    after: UUID | None,
    limit: int,
) -> tuple[PlanListed, ...]:
    """A page of plans by id; with `due_from`/`due_to`, those with something open due then.

    As last written, but for accounts `judged` since: of those, the plans that are named.
    """
    by_day = due_from is not None or due_to is not None
    beside = standing is not None and not by_day
    row, own_id = (_STANDING.c, _STANDING.c.plan_id) if beside else (_PLAN.c, _PLAN.c.id)
    asked: list[ColumnElement[bool]] = []
    if account_id is not None:
        asked.append(row.account_id == account_id)
    if standing is not None:
        asked.append(_STANDING.c.standing == standing)
        if status not in {None, PlanStatus.ACTIVE}:  # only those stand in any way
            asked.append(false())
    elif status is not None:
        asked.append(_PLAN.c.status == status)
    if judged:
        asked.append(row.account_id != all_(literal(list(judged), ARRAY(Uuid))))
    if after is not None:
        asked.append(own_id > after)
    own = select(own_id.label("id"), row.account_id).where(*asked).order_by(own_id).limit(limit)
    if by_day:
        own = own if standing is None else own.select_from(_PLAN_AND_STANDING)
        own = _due_between(own, due_from, due_to, limit=limit)
    return await _shown(tx, with_named(own, judged, after=after, limit=limit))


async def _shown(tx: Transaction, found: Select[tuple[UUID, UUID]]) -> tuple[PlanListed, ...]:
    page = found.subquery()
    note = _ANNOTATION.c
    query = (
        select(
            *ACCOUNT_COLUMNS,
            *(one.label(f"plan_{one.name}") for one in PLAN_COLUMNS),
            note.metadata,
        )
        .select_from(page)
        .join(_PLAN, and_(_PLAN.c.account_id == page.c.account_id, _PLAN.c.id == page.c.id))
        .join(
            _ACCOUNT,
            and_(_ACCOUNT.c.tenant_id == _PLAN.c.tenant_id, _ACCOUNT.c.id == page.c.account_id),
        )
        .outerjoin(
            _ANNOTATION,
            and_(
                note.tenant_id == _PLAN.c.tenant_id,
                note.account_id == page.c.account_id,
                note.subject_id == page.c.id,
            ),
        )
        .order_by(page.c.id)
    )
    account, plan = len(ACCOUNT_COLUMNS), [one.name for one in PLAN_COLUMNS]
    return tuple(
        PlanListed(
            plan=stored_plan(dict(zip(plan, row[account:-1], strict=True))),
            account=stored_account(row[:account]),
            metadata=row[-1] or {},
        )
        for row in await tx.execute(query)
    )


def _due_between(
    own: Select[Any], since: date | None, until: date | None, *, limit: int
) -> Select[Any]:
    """Those of the plans with something open due from one day to another, both inclusive.

    Where few installments are, they lead to their plans. Where many are, plans are asked in order
    until the page is full, which is soon: so neither way grows with the books. Which way it is,
    is found while it runs; subqueries with a limit keep the planner from ways of its own.
    """
    row = _INSTALLMENT.c
    open_then: list[ColumnElement[bool]] = [row.satisfied_on.is_(None), row.voided_on.is_(None)]
    if since is not None:
        open_then.append(row.due_on >= since)
    if until is not None:
        open_then.append(row.due_on <= until)
    due = select(row.plan_id).where(*open_then).order_by(row.due_on).limit(FEW + 1).subquery()
    few = select((func.count() <= FEW).label("few")).select_from(due).cte("how")
    are_few = select(few.c.few).scalar_subquery()

    plan_ids = select(due.c.plan_id).where(are_few).distinct().subquery()
    one = own.order_by(None).where(_PLAN.c.id == plan_ids.c.plan_id).limit(1)
    led_to = one.correlate(plan_ids).lateral("led_to")
    few_plans = (
        select(led_to.c.id, led_to.c.account_id)
        .select_from(plan_ids.join(led_to, true()))
        .order_by(led_to.c.id)
        .limit(limit)
    )
    mine: Select[Any] = select(true()).where(
        *open_then,
        row.tenant_id == _PLAN.c.tenant_id,
        row.account_id == _PLAN.c.account_id,
        row.plan_id == _PLAN.c.id,
    )
    has_one = mine.correlate(_PLAN).limit(1).scalar_subquery()
    in_turn = own.where(~are_few, has_one)
    both = union_all(few_plans.subquery().select(), in_turn.subquery().select()).subquery()
    return select(both.c.id, both.c.account_id).order_by(both.c.id).limit(limit)
