"""What was done about items: who has one, until when it waits, and each act as it was done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, func, insert, or_, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant
from app.storage.tables import Account, StrayFact, WorkFact, WorkItem, table

_ACCOUNT, _ITEM, _FACT = table(Account), table(WorkItem), table(WorkFact)
_STRAY = table(StrayFact)
_KEY = ("tenant_id", "account_id", "worklist")
#: The first of the accounts that nobody holds, held until the transaction ends.
_TAKE = of_tenant("""
    SELECT a.id FROM unnest(:ids) WITH ORDINALITY AS u(id, place)
    JOIN account AS a ON a.tenant_id = :the_tenant AND a.id = u.id
    ORDER BY u.place LIMIT 1 FOR NO KEY UPDATE OF a SKIP LOCKED
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))
_LAST_CONTACTS = of_tenant("""
    SELECT DISTINCT ON (l.account_id) l.account_id, c.id, c.started_at, c.channel, c.direction,
        c.outcome
    FROM contact_account AS l
    JOIN contact AS c ON c.tenant_id = :the_tenant AND c.id = l.contact_id
        AND c.voided_on IS NULL
    WHERE l.tenant_id = :the_tenant AND l.account_id = ANY(:ids)
    ORDER BY l.account_id, c.started_at DESC
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredItem:
    """How an item stands: who has it, until when it waits, how often it was worked."""

    claimed_by: str | None = None
    claimed_until_at: datetime | None = None
    skipped_until_at: datetime | None = None
    callback_at: datetime | None = None
    callback_time_zone: str | None = None
    assigned_to: str | None = None
    attempts: int = 0
    gate_until_at: datetime | None = None


_COLUMNS = tuple(_ITEM.c[name] for name in StoredItem.__dataclass_fields__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDone:
    """One thing done about an item. `note`: words, which can be erased.

    `about_id`: its account's, or that of a message about none.
    """

    id: UUID
    about_id: UUID
    worklist: str
    kind: str
    body: Mapping[str, Any]
    note: str | None
    at: datetime
    business_date: date
    actor: str | None
    role: str
    key_id: UUID | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastContact:
    """The latest contact about an account."""

    id: UUID
    started_at: datetime
    channel: str
    direction: str
    outcome: str | None


async def take(tx: Transaction, account_ids: Sequence[UUID]) -> UUID | None:
    """The first of them that nobody holds, now held by this transaction; None: all are held."""
    found: UUID | None = (
        await tx.execute(_TAKE, {"ids": list(account_ids)})
    ).scalar_one_or_none()  # fmt: skip
    return found


async def known(tx: Transaction, account_ids: Iterable[UUID]) -> list[UUID]:
    """Those of the ids that are accounts."""
    query = select(_ACCOUNT.c.id).where(_ACCOUNT.c.id.in_(list(account_ids)))
    return list((await tx.execute(query)).scalars())


async def read(tx: Transaction, account_id: UUID, worklist: str) -> StoredItem:
    """How an item stands; as nobody left it, where nobody did."""
    query = select(*_COLUMNS).where(_ITEM.c.account_id == account_id, _ITEM.c.worklist == worklist)
    row = (await tx.execute(query)).mappings().one_or_none()
    return StoredItem(**row) if row else StoredItem()


async def put(
    tx: Transaction, tenant_id: UUID, account_id: UUID, worklist: str, **values: object
) -> None:
    """Say of an item of a locked account how it stands now."""
    key = {"tenant_id": tenant_id, "account_id": account_id, "worklist": worklist}
    made = upsert(_ITEM).values(**key, **{"attempts": 0, **values})
    await tx.execute(made.on_conflict_do_update(index_elements=_KEY, set_=values))


async def claim(
    tx: Transaction,
    tenant_id: UUID,
    of: tuple[str, Sequence[UUID]],
    *,
    by: str,
    until_at: datetime,
    now: datetime,
) -> set[UUID]:
    """Give items of a list to somebody: those that nobody else has; which they got.

    `of`: the list, and the accounts.
    """
    worklist, account_ids = of
    rows = [
        {"tenant_id": tenant_id, "account_id": one, "worklist": worklist, "attempts": 0,
         "claimed_by": by, "claimed_until_at": until_at}
        for one in sorted(set(account_ids))
    ]  # fmt: skip
    if not rows:
        return set()
    made = upsert(_ITEM).values(rows)
    free = or_(
        _ITEM.c.claimed_until_at.is_(None),
        _ITEM.c.claimed_until_at <= now,
        _ITEM.c.claimed_by == by,
    )
    changed = {name: made.excluded[name] for name in ("claimed_by", "claimed_until_at")}
    got = made.on_conflict_do_update(index_elements=_KEY, set_=changed, where=free)
    return set((await tx.execute(got.returning(_ITEM.c.account_id))).scalars())


async def end_claims(
    tx: Transaction, worklist: str, account_ids: Sequence[UUID], *, by: str, worked: bool
) -> None:
    """Take items back from whoever has them. `worked`: they were, once more."""
    mine = (
        _ITEM.c.account_id.in_(account_ids),
        _ITEM.c.worklist == worklist,
        _ITEM.c.claimed_by == by,
    )
    values: dict[str, Any] = {"claimed_by": None, "claimed_until_at": None}
    if worked:
        values["attempts"] = _ITEM.c.attempts + 1
    await tx.execute(update(_ITEM).where(*mine).values(**values))


async def remember_gate(
    tx: Transaction, tenant_id: UUID, worklist: str, until: Mapping[UUID, datetime]
) -> None:
    """Say until when items need not be asked about again: the gate lets nobody through."""
    rows = [
        {"tenant_id": tenant_id, "account_id": one, "worklist": worklist, "attempts": 0,
         "gate_until_at": until[one]}
        for one in sorted(until)
    ]  # fmt: skip
    if rows:
        made = upsert(_ITEM)
        changed = {"gate_until_at": made.excluded.gate_until_at}
        await tx.execute(made.on_conflict_do_update(index_elements=_KEY, set_=changed), rows)


async def add_fact(tx: Transaction, tenant_id: UUID, done: WorkDone) -> None:
    """Append what was done about an account's item."""
    said = asdict(done)
    await tx.execute(
        insert(_FACT).values(tenant_id=tenant_id, account_id=said.pop("about_id"), **said)
    )


async def done_on(tx: Transaction, worklist: str, on: date) -> list[tuple[str, str | None, int]]:
    """What was done on a day, by kind and actor: (kind, actor, how often).

    About accounts and about messages of none alike.
    """
    parts = [
        select(one.c.kind, one.c.actor).where(one.c.worklist == worklist, one.c.business_date == on)
        for one in (_FACT, _STRAY)
    ]
    done = union_all(*parts).subquery()
    by = (done.c.kind, done.c.actor)
    query = select(*by, func.count()).group_by(*by).order_by(*by)
    return [(row[0], row[1], row[2]) for row in await tx.execute(query)]


async def last_contacts(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, LastContact]:
    """The latest contact about each of the accounts that had any."""
    rows = (await tx.execute(_LAST_CONTACTS, {"ids": list(account_ids)})).mappings()
    return {
        row["account_id"]: LastContact(**{n: row[n] for n in LastContact.__dataclass_fields__})
        for row in rows
    }
