"""What waits for somebody to decide, of all kinds, as it was asked for: oldest first.

Each kind is found by an index that holds what waits in order of its places: the ids of the facts
that asked, and for a sheet the id of the asking. A page of all kinds is one statement.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Select,
    String,
    Uuid,
    and_,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from app.domain.account.plan import PlanStatus
from app.domain.vocabulary import Role, SettlementStatus
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import THE_TENANT

_DRY_RUN = tables.table(tables.DryRun)
_AMENDMENT = tables.table(tables.Amendment)
_FACT = tables.table(tables.Fact)
_PLAN = tables.table(tables.Plan)
_SETTLEMENT = tables.table(tables.Settlement)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Something that waits: whose it is, and who asked. `number`: the revision an amendment is.

    `place`: where it stands among all, in the order they were asked. `account_id` None: a sheet.
    """

    kind: str
    id: UUID
    place: UUID
    account_id: UUID | None
    plan_id: UUID | None
    number: int | None
    actor: str | None
    key_id: UUID | None
    role: Role | None
    asked_at: datetime


async def find(
    tx: Transaction, *, only: UUID | None = None, after: UUID | None = None, limit: int
) -> tuple[Waiting, ...]:
    """A page of what waits behind a place, oldest first. `only`: that one alone, by its id."""
    found = []
    for query, own_id, place in _kinds():
        asked = query if only is None else query.where(own_id == only)
        asked = asked if after is None else asked.where(place > after)
        part = asked.order_by(place).limit(limit).subquery()
        found.append(select(part))
    page = union_all(*found).subquery()
    fact, said = _FACT.c, page.c
    asked_by = and_(
        fact.tenant_id == THE_TENANT,
        fact.account_id == page.c.account_id,
        fact.id == page.c.id,
    )
    by = (page.c.kind, page.c.id, page.c.place, page.c.account_id, page.c.plan_id, page.c.number)
    query = (
        select(
            *by,
            func.coalesce(fact.actor, said.actor).label("actor"),
            func.coalesce(fact.key_id, said.key_id).label("key_id"),
            func.coalesce(fact.role, said.role).label("role"),
            func.coalesce(fact.entered_at, said.asked_at).label("asked_at"),
        )
        .select_from(page)
        .outerjoin(_FACT, asked_by)
        .order_by(page.c.place)
        .limit(limit)
    )
    rows = (await tx.execute(query)).mappings()
    return tuple(
        Waiting(**{**row, "role": None if row["role"] is None else Role(row["role"])})
        for row in rows
    )


def _kinds() -> Sequence[tuple[Select[Any], ColumnElement[UUID], ColumnElement[UUID]]]:
    """What waits of each kind, its own id and its place."""
    amendment, plan, settlement, run = _AMENDMENT.c, _PLAN.c, _SETTLEMENT.c, _DRY_RUN.c
    no_number, no_id = cast(null(), Integer), cast(null(), Uuid)
    by_fact = (
        cast(null(), String).label("actor"), no_id.label("key_id"),
        cast(null(), String).label("role"), cast(null(), DateTime(timezone=True)).label("asked_at"),
    )  # fmt: skip
    return (
        (
            select(literal("plan").label("kind"), plan.id, plan.id.label("place"),
                   plan.account_id, plan.id.label("plan_id"), no_number.label("number"), *by_fact)
            .where(plan.status == PlanStatus.PENDING_APPROVAL),
            plan.id, plan.id,
        ),
        (
            select(literal("settlement").label("kind"), settlement.id,
                   settlement.id.label("place"), settlement.account_id, no_id.label("plan_id"),
                   no_number.label("number"), *by_fact)
            .where(settlement.status == SettlementStatus.PENDING_APPROVAL),
            settlement.id, settlement.id,
        ),
        (
            select(literal("amendment").label("kind"), amendment.id, amendment.id.label("place"),
                   amendment.account_id, amendment.plan_id, amendment.number, amendment.actor,
                   amendment.key_id, amendment.role, amendment.created_at.label("asked_at"))
            .where(~amendment.decided),
            amendment.id, amendment.id,
        ),
        (
            select(literal("import").label("kind"), run.id, run.asked_id.label("place"),
                   no_id.label("account_id"), no_id.label("plan_id"), no_number.label("number"),
                   run.asked_actor.label("actor"), run.asked_key_id.label("key_id"),
                   run.asked_role.label("role"), run.asked_at)
            .where(run.status == "pending_approval"),
            run.id, run.asked_id,
        ),
    )  # fmt: skip


async def kinds_of(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What each of the ids is of which some kind waits: plan, settlement or amendment."""
    wanted = list(ids)
    if not wanted:
        return {}
    parts = (
        select(one.c.id, literal(kind)).where(one.c.id.in_(wanted))
        for kind, one in (("plan", _PLAN), ("settlement", _SETTLEMENT), ("amendment", _AMENDMENT))
    )
    return {row[0]: row[1] for row in await tx.execute(union_all(*parts))}
