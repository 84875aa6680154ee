"""Tenants, their API keys, and how a transaction comes to belong to a tenant.

A transaction sees the rows of the tenant it entered and no others: row-level security compares
with the setting `accord.tenant_id`, which ends with the transaction. `authenticate` and
`enter_tenant` work as the application role; making tenants and keys needs the owner of the
tables (`accord keys create` runs with the owner's URL), since the application may do neither.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, insert, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert

from app.domain.policy.shipped import DOCUMENTS
from app.domain.vocabulary import Role
from app.storage.database.engine import Transaction
from app.storage.database.faults import ClockMoved
from app.storage.database.prepared import Prepared, driver
from app.storage.ids import new_id
from app.storage.tables import ApiKey, Policy, SandboxClock, Tenant, table

_API_KEY, _CLOCK = table(ApiKey), table(SandboxClock)
_POLICY, _TENANT = table(Policy), table(Tenant)
TOKEN_BYTES = 24  # 192 bits: a plain hash is enough, there is nothing to guess
_AUTHENTICATE = Prepared(text("SELECT * FROM accord_authenticate(:token_hash)"))
_NOTE_USE = Prepared(text("SELECT accord_note_key_use(:tenant_id, :key_id)"))
_TENANTS = text("SELECT * FROM accord_tenants()")
_EPOCH = Prepared(
    select(_TENANT.c.policy_epoch).where(_TENANT.c.tenant_id == bindparam("tenant_id"))
)
#: A row would not do: before its clock was set for the first time a sandbox has none.
_CLOCK_LOCK = "hashtextextended('sandbox clock ' || accord_tenant_id()::text, 0)"
_HOLD_CLOCK = text(f"SELECT pg_advisory_xact_lock_shared({_CLOCK_LOCK})")
_MOVE_CLOCK = text(f"SELECT pg_advisory_xact_lock({_CLOCK_LOCK})")
_ENTER = Prepared(text("SELECT accord_enter(:tenant_id)"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Whom a key speaks for. `business_date` is a sandbox's own clock, where one was set."""

    tenant_id: UUID
    key_id: UUID
    role: Role
    scopes: frozenset[str]
    time_zone: str
    sandbox: bool
    business_date: date | None
    policy_epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantRecord:
    """A tenant, for whoever works through all of them."""

    tenant_id: UUID
    name: str
    time_zone: str
    sandbox: bool
    business_date: date | None
    policy_epoch: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """An API key without its secret, which is not kept."""

    id: UUID
    name: str
    role: Role
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    former_ends_at: datetime | None
    revoked_at: datetime | None


async def authenticate(tx: Transaction, token: str) -> Identity | None:
    """Who bears this token, and enter that tenant, in one statement. None: nobody, any more."""
    row = await _AUTHENTICATE.row(tx, token_hash=hash_of(token))
    return None if row is None else entered(tx, row)


async def note_key_use(tx: Transaction, identity: Identity) -> None:
    """Note that the key is in use, to the hour; not where it would be noted on many servers."""
    if not driver(tx).spread:
        await _NOTE_USE.rows(tx, tenant_id=identity.tenant_id, key_id=identity.key_id)


def entered(tx: Transaction, row: Mapping[str, Any]) -> Identity:
    """Whom the database's answer to a token speaks of; it has entered their tenant."""
    driver(tx).tenant_id = row["tenant_id"]
    return Identity(
        tenant_id=row["tenant_id"],
        key_id=row["key_id"],
        role=Role(row["role"]),
        scopes=frozenset(row["scopes"]),
        time_zone=row["time_zone"],
        sandbox=row["sandbox"],
        business_date=row["business_date"],
        policy_epoch=row["policy_epoch"],
    )


async def enter_tenant(tx: Transaction, tenant_id: UUID) -> None:
    """See this tenant's rows, and no others, until the transaction ends."""
    await _ENTER.rows(tx, tenant_id=tenant_id)
    driver(tx).tenant_id = tenant_id


async def policy_epoch(tx: Transaction, tenant_id: UUID) -> int:
    """How often the entered tenant's policies have changed by now."""
    (row,) = await _EPOCH.rows(tx, tenant_id=tenant_id)
    return int(row["policy_epoch"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Visited:
    """A tenant as whoever comes without a key finds it."""

    tenant_id: UUID
    time_zone: str
    sandbox: bool
    policy_epoch: int
    business_date: date | None


async def visited(tx: Transaction, tenant_id: UUID) -> Visited | None:
    """Enter a tenant that a token names, and say what day it is there; None: there is none."""
    await enter_tenant(tx, tenant_id)
    mine = select(
        _TENANT.c.tenant_id, _TENANT.c.time_zone, _TENANT.c.sandbox, _TENANT.c.policy_epoch
    ).where(_TENANT.c.tenant_id == tenant_id)
    row = (await tx.execute(mine)).mappings().one_or_none()
    if row is None:
        return None
    clock = (await tx.execute(select(_CLOCK.c.business_date))).scalar_one_or_none()
    return Visited(**row, business_date=clock if row["sandbox"] else None)


async def tenant_name(tx: Transaction, tenant_id: UUID) -> str:
    """The entered tenant's name."""
    mine = select(_TENANT.c.name).where(_TENANT.c.tenant_id == tenant_id)
    return str((await tx.execute(mine)).scalar_one())


async def list_tenants(tx: Transaction) -> tuple[TenantRecord, ...]:
    """All tenants: for sweeps and the command line. Enters none."""
    rows = (await tx.execute(_TENANTS)).mappings()
    return tuple(TenantRecord(**row) for row in rows)


async def read_tenant(tx: Transaction, tenant_id: UUID) -> TenantRecord:
    """The entered tenant, as it is now: a sandbox's clock may have been moved meanwhile."""
    clock = and_(_CLOCK.c.tenant_id == _TENANT.c.tenant_id, _TENANT.c.sandbox)
    query = select(
        _TENANT.c.tenant_id, _TENANT.c.name, _TENANT.c.time_zone, _TENANT.c.sandbox,
        _CLOCK.c.business_date, _TENANT.c.policy_epoch,
    ).select_from(_TENANT.outerjoin(_CLOCK, clock))  # fmt: skip
    row = (await tx.execute(query.where(_TENANT.c.tenant_id == tenant_id))).mappings().one()
    return TenantRecord(**row)


async def create_tenant(
    tx: Transaction,
    *,
    name: str,
    time_zone: str,
    sandbox: bool = False,
    documents: Mapping[str, Mapping[str, Any]] = DOCUMENTS,
) -> UUID:
    """A new tenant with the shipped policies as version 1, entered. As the tables' owner."""
    tenant_id = new_id()
    await enter_tenant(tx, tenant_id)
    await tx.execute(
        insert(_TENANT).values(
            tenant_id=tenant_id, name=name, time_zone=time_zone, sandbox=sandbox, policy_epoch=1
        )
    )
    await tx.execute(
        insert(_POLICY),
        [
            {
                "tenant_id": tenant_id,
                "name": policy,
                "version": 1,
                "extends": document.get("extends"),
                "effective_from": date.fromisoformat(document["effective_from"]),
                "document": document,
                "actor": None,
            }
            for policy, document in documents.items()
        ],
    )
    return tenant_id


async def create_key(
    tx: Transaction,
    tenant_id: UUID,
    *,
    name: str,
    role: Role,
    scopes: Iterable[str],
    lasts: timedelta | None = None,
) -> str:
    """A new key's token, shown once: only its hash is kept. As the tables' owner."""
    await enter_tenant(tx, tenant_id)
    token = await _new_token(tx, tenant_id)
    await tx.execute(
        insert(_API_KEY).values(
            tenant_id=tenant_id,
            id=new_id(),
            token_hash=hash_of(token),
            name=name,
            role=role,
            scopes=sorted(scopes),
            expires_at=None if lasts is None else func.now() + lasts,
        )
    )
    return token


async def _new_token(tx: Transaction, tenant_id: UUID) -> str:
    sandbox = select(_TENANT.c.sandbox).where(_TENANT.c.tenant_id == tenant_id)
    kind = "test" if (await tx.execute(sandbox)).scalar_one() else "live"
    return f"accord_{kind}_{secrets.token_hex(TOKEN_BYTES)}"


async def rotate_key(
    tx: Transaction,
    tenant_id: UUID,
    key_id: UUID,
    *,
    overlap: timedelta,
    lasts: timedelta | None = None,
) -> str | None:
    """A new token for a key; the one it had works on for `overlap`. As the tables' owner.

    The key keeps its id, so that two tokens do not make two keys of it, and, unless `lasts` is
    given, its end. A token that was rotated out before ends at once. None: no key to rotate.
    """
    await enter_tenant(tx, tenant_id)
    token = await _new_token(tx, tenant_id)
    ends = {} if lasts is None else {"expires_at": func.now() + lasts}
    turned = await tx.execute(
        update(_API_KEY)
        .where(
            _API_KEY.c.tenant_id == tenant_id,
            _API_KEY.c.id == key_id,
            _API_KEY.c.revoked_at.is_(None),
            or_(_API_KEY.c.expires_at.is_(None), _API_KEY.c.expires_at > func.now()),
        )
        .values(
            former_token_hash=_API_KEY.c.token_hash,
            former_ends_at=func.now() + overlap,
            token_hash=hash_of(token),
            **ends,
        )
    )
    return token if turned.rowcount == 1 else None


async def list_keys(tx: Transaction, tenant_id: UUID) -> tuple[KeyRecord, ...]:
    """The tenant's keys, oldest first, revoked ones too. As the tables' owner."""
    await enter_tenant(tx, tenant_id)
    columns = [_API_KEY.c[name] for name in KeyRecord.__dataclass_fields__]
    mine = select(*columns).where(_API_KEY.c.tenant_id == tenant_id).order_by(_API_KEY.c.id)
    return tuple(
        KeyRecord(**{**row, "role": Role(row["role"]), "scopes": frozenset(row["scopes"])})
        for row in (await tx.execute(mine)).mappings()
    )


async def revoke_key(tx: Transaction, tenant_id: UUID, key_id: UUID) -> bool:
    """End a key, from the next request on. False: there is none to end. As the tables' owner."""
    await enter_tenant(tx, tenant_id)
    mine = (_API_KEY.c.tenant_id == tenant_id) & (_API_KEY.c.id == key_id)
    ended = await tx.execute(
        update(_API_KEY).where(mine, _API_KEY.c.revoked_at.is_(None)).values(revoked_at=func.now())
    )
    return ended.rowcount == 1


async def read_clock(tx: Transaction) -> date | None:
    """The business date the entered sandbox set, if it did."""
    return (await tx.execute(select(_CLOCK.c.business_date))).scalar_one_or_none()


async def hold_clock(tx: Transaction) -> date | None:
    """The sandbox's business date, which stays so for this transaction; None: the calendar's."""
    await tx.execute(_HOLD_CLOCK)
    return await read_clock(tx)


async def hold_day(tx: Transaction, business_date: date) -> None:
    """That day of a sandbox is there for this transaction. Raises `ClockMoved`: it is to come."""
    clock = await hold_clock(tx)
    if clock is not None and clock < business_date:
        raise ClockMoved


async def set_clock(tx: Transaction, tenant_id: UUID, business_date: date) -> None:
    """Move the sandbox's business date, once nobody holds it any more.

    Whether the tenant is a sandbox is the caller's to ask.
    """
    await tx.execute(_MOVE_CLOCK)
    await tx.execute(
        upsert(_CLOCK)
        .values(tenant_id=tenant_id, business_date=business_date)
        .on_conflict_do_update(index_elements=["tenant_id"], set_={"business_date": business_date})
    )


def hash_of(token: str) -> bytes:
    """What is kept of a token."""
    return sha256(token.encode()).digest()
