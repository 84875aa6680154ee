"""Replies kept for a retry, in the command's own transaction, for thirty days.

A reply past its time is treated as absent: the key's next use overwrites it, or upkeep deletes
it. Two requests with one key never run at once: the second does not get the lock.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from asyncpg import Record
from sqlalchemy import Interval, bindparam, func, literal, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from app.storage.accounts.accounts import Asked, Begun, stored_account
from app.storage.database.addresses import Seen
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared, driver
from app.storage.database.tenanted import THE_TENANT, of_tenant
from app.storage.database.together import Joined
from app.storage.database.types import json_dumps
from app.storage.tables import IdempotencyKey, table
from app.storage.tenancy import Identity, entered, hash_of

KEPT = timedelta(days=30)
TWICE = "A reply is already kept under this idempotency key."

_KEY = table(IdempotencyKey)
_ALIVE = _KEY.c.created_at > func.now() - literal(KEPT)
_LOOK = Prepared(
    text(
        "SELECT * FROM accord_look_for_calls(:token_hash, :key, now() - :kept, :account_id, :kind,"
        " :reference)"
    ).bindparams(bindparam("kept", type_=Interval)),
    alone=True,
    joined=Joined.EACH_ITS_ROW,
)
_HOLD = Prepared(
    text("SELECT accord_hold(:tenant_id, :key, now() - :kept, :account_id, :seen)").bindparams(
        bindparam("kept", type_=Interval)
    )
)
_ONCE = Prepared(
    text("SELECT * FROM accord_authenticate_once(:token_hash, :key, now() - :kept)").bindparams(
        bindparam("kept", type_=Interval)
    )
)
_BEGIN = Prepared(
    text(
        "SELECT * FROM accord_begin(:token_hash, :key, now() - :kept, :account_id, :kind,"
        " :reference)"
    ).bindparams(bindparam("kept", type_=Interval))
)
#: Where the account begins in what these answer.
_ACCOUNT_AT = 14
_NEW = upsert(_KEY).values(
    tenant_id=THE_TENANT,
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
            "created_at": _NEW.excluded.created_at,
        },
        # Asked of both instants, not of the clock: only what never varies may be asked here where
        # the table is spread over many servers.
        where=_NEW.excluded.created_at - _KEY.c.created_at >= literal(KEPT),
    ).returning(_KEY.c.status)
)
#: Those nobody else is at: a key used again at this moment is overwritten, not waited for. They are
#: listed once, as an array: a subquery might be asked again, and find others, for every row.
_FORGET = Prepared(
    of_tenant("""
        DELETE FROM idempotency_key WHERE tenant_id = :the_tenant AND key = ANY(ARRAY(
            SELECT key FROM idempotency_key
            WHERE tenant_id = :the_tenant AND created_at <= now() - CAST(:kept AS interval)
            ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED))
        RETURNING created_at
    """)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Who asks, whether their key is theirs alone now, and the reply kept under it.

    Where the transaction begins late, it is not known yet that the key is in use by another.
    """

    identity: Identity
    key: str
    taken: bool
    stored: StoredReply | None
    begun: Begun | None = None


async def take_up(tx: Transaction, token: str, key: str, asked: Asked) -> Held | None:
    """`authenticate_once`, and the account asked for locked, in one call.

    It is not where there is none, where a reply is kept, or the key is not free; nor where tables
    are spread, or a key's former secret was sent: then it is locked when the command comes to it.
    Of a transaction that begins late nothing is locked: the account is read as it stands, and what
    begins the transaction, or writes without one, finds out whether it still does.
    """
    connection = driver(tx)
    if connection.spread:
        return await authenticate_once(tx, token, key)
    given = {"token_hash": hash_of(token), "key": key, **asked._asdict()}
    looking = connection.unbegun is not None
    row = await (
        _LOOK.row(tx, kept=KEPT, **{name: [value] for name, value in given.items()})
        if looking
        else _BEGIN.row(tx, kept=KEPT, **given)
    )
    if row is None or row["tenant_id"] is None:
        return await authenticate_once(tx, token, key)
    if looking:
        mine = {"account_id": row["id"], "seen": row["seen"]}
        held = _HOLD.given(tenant_id=row["tenant_id"], key=key, kept=KEPT, **mine)
        connection.seen = Seen(row["id"], row["seen"], (_HOLD.sql, held))
    begun = None
    if row["id"] is not None and row["fingerprint"] is None:
        begun = Begun(asked, stored_account(row[_ACCOUNT_AT:]), row["taken"])
    return Held(
        identity=entered(tx, row),
        key=key,
        taken=looking or row["held"],
        stored=_stored(row, row["answered"]),
        begun=begun,
    )


async def authenticate_once(tx: Transaction, token: str, key: str) -> Held | None:
    """Who bears this token, as `tenancy.authenticate` finds them, and what their key stands for.

    The key is taken until the transaction ends; `taken` False: another request with it is
    running. None: nobody, any more, bears the token.
    """
    row = await _ONCE.row(tx, token_hash=hash_of(token), key=key, kept=KEPT)
    if row is None:
        return None
    stored = _stored(row, row["status"])
    return Held(identity=entered(tx, row), key=key, taken=row["held"], stored=stored)


def _stored(row: Record, status: int) -> StoredReply | None:
    if row["fingerprint"] is None:
        return None
    reply = Reply(status=status, headers=row["headers"], body=row["body"])
    return StoredReply(fingerprint=row["fingerprint"], reply=reply)


async def store(tx: Transaction, key: str, fingerprint: bytes, reply: Reply) -> None:
    """Keep the reply of a command that was done.

    `ValueError`, our own mistakes: another reply, or a living one under the same key (no lock
    was taken).
    """
    if await _STORE.row(tx, **kept(key, fingerprint, reply)) is None:
        raise ValueError(TWICE)


def kept(key: str, fingerprint: bytes, reply: Reply) -> dict[str, object]:
    """What is kept of a reply. `ValueError` for one to what was not done."""
    if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
        raise ValueError("Only what was done is kept for a retry.")
    return {
        "key": key,
        "fingerprint": fingerprint,
        "status": reply.status,
        "headers": json_dumps(dict(reply.headers)),
        "body": reply.body,
    }


async def forget_expired(tx: Transaction, *, limit: int) -> int:
    """Delete the tenant's oldest replies that are past their time; how many there were."""
    return len(await _FORGET.rows(tx, kept=KEPT, limit=limit))
