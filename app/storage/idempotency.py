"""Replies kept for a retry, in the command's own transaction, for thirty days.

Nothing is deleted: a reply past its time is treated as absent, and the key's next use
overwrites it. Two requests with one key never run at once: the second does not get the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.types import json_dumps
from app.storage.tables import IdempotencyKey, table

KEPT = timedelta(days=30)

_KEY = table(IdempotencyKey)
_ALIVE = _KEY.c.created_at > func.now() - literal(KEPT)
_LOCK = Prepared(
    text(
        "SELECT pg_try_advisory_xact_lock("
        "hashtextextended('idempotency ' || accord_tenant_id()::text || ' ' || :key, 0)) AS held"
    )
)
_FIND = Prepared(
    select(_KEY.c.fingerprint, _KEY.c.status, _KEY.c.headers, _KEY.c.body).where(
        _KEY.c.key == bindparam("key"), _ALIVE
    )
)
_NEW = upsert(_KEY).values(
    tenant_id=func.accord_tenant_id(),
    key=bindparam("key"),
    fingerprint=bindparam("fingerprint"),
    status=bindparam("status"),
    headers=bindparam("headers", type_=JSONB),
    body=bindparam("body"),
)
_STORE = Prepared(
    _NEW.on_conflict_do_update(
        index_elements=["tenant_id", "key"],
        set_={
            **{name: _NEW.excluded[name] for name in ("fingerprint", "status", "headers", "body")},
            "created_at": func.now(),
        },
        where=~_ALIVE,
    ).returning(_KEY.c.status)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was answered: the status, the headers worth repeating, the body byte for byte."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReply:
    """A reply and the hash of what had been asked."""

    fingerprint: bytes
    reply: Reply


async def try_lock(tx: Transaction, key: str) -> bool:
    """Take the key until the transaction ends. False: another request with it is running."""
    row = await _LOCK.row(tx, key=key)
    return row is not None and row["held"] is True


async def find(tx: Transaction, key: str) -> StoredReply | None:
    """The reply kept under the key. Call it under the lock."""
    row = await _FIND.row(tx, key=key)
    if row is None:
        return None
    reply = Reply(status=row["status"], headers=row["headers"], body=row["body"])
    return StoredReply(fingerprint=row["fingerprint"], reply=reply)


async def store(tx: Transaction, key: str, fingerprint: bytes, reply: Reply) -> None:
    """Keep a reply. A living one under the same key is a bug (no lock taken): `ValueError`."""
    kept = await _STORE.row(
        tx,
        key=key,
        fingerprint=fingerprint,
        status=reply.status,
        headers=json_dumps(dict(reply.headers)),
        body=reply.body,
    )
    if kept is None:
        raise ValueError("A reply is already kept under this idempotency key.")
