"""API keys as an admin of their tenant makes, reads, turns and ends them.

The application sees no row of them: functions of the database act for the entered tenant. What the
owner of the tables does with keys is in `tenancy`.
"""

import secrets
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, INTERVAL
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.types import Integer, Text

from app.domain.vocabulary import Role
from app.storage.database.engine import Transaction
from app.storage.ids import new_id
from app.storage.tenancy import TOKEN_BYTES, KeyRecord, hash_of

Reason = Literal["rotated", "expired", "revoked"]

_ID = PG_UUID(as_uuid=True)
_LIST = text("SELECT * FROM accord_keys(:only_id, :after_id, :most)").bindparams(
    bindparam("only_id", type_=_ID),
    bindparam("after_id", type_=_ID),
    bindparam("most", type_=Integer),
)
_MAKE = text("SELECT accord_make_key(:id, :token_hash, :name, :role, :scopes, :lasts)").bindparams(
    bindparam("id", type_=_ID),
    bindparam("token_hash", type_=BYTEA),
    bindparam("name", type_=Text),
    bindparam("role", type_=Text),
    bindparam("scopes", type_=ARRAY(Text)),
    bindparam("lasts", type_=INTERVAL),
)
_ROTATE = text("SELECT accord_rotate_key(:id, :token_hash, :overlap, :lasts)").bindparams(
    bindparam("id", type_=_ID),
    bindparam("token_hash", type_=BYTEA),
    bindparam("overlap", type_=INTERVAL),
    bindparam("lasts", type_=INTERVAL),
)
_REVOKE = text("SELECT accord_revoke_key(:id)").bindparams(bindparam("id", type_=_ID))
_ENDED = text("SELECT * FROM accord_key_ended(:token_hash)").bindparams(
    bindparam("token_hash", type_=BYTEA)
)


async def listed(
    tx: Transaction, *, after: UUID | None, limit: int, only: UUID | None = None
) -> tuple[KeyRecord, ...]:
    """The entered tenant's keys in the order they were made, revoked ones too."""
    asked = {"only_id": only, "after_id": after, "most": limit}
    return tuple(
        KeyRecord(**{**row, "role": Role(row["role"]), "scopes": frozenset(row["scopes"])})
        for row in (await tx.execute(_LIST, asked)).mappings()
    )


async def make(
    tx: Transaction,
    *,
    sandbox: bool,
    name: str,
    role: Role,
    scopes: frozenset[str],
    lasts: timedelta | None,
) -> tuple[UUID, str]:
    """A new key's id and its token, of which only the hash is kept."""
    token, key_id = _token(sandbox=sandbox), new_id()
    await tx.execute(
        _MAKE,
        {
            "id": key_id,
            "token_hash": hash_of(token),
            "name": name,
            "role": str(role),
            "scopes": sorted(scopes),
            "lasts": lasts,
        },
    )
    return key_id, token


async def rotate(
    tx: Transaction, key_id: UUID, *, sandbox: bool, overlap: timedelta, lasts: timedelta | None
) -> str | None:
    """A new token; the one there was works on for `overlap`. None: no key that could be used."""
    token = _token(sandbox=sandbox)
    asked = {"id": key_id, "token_hash": hash_of(token), "overlap": overlap, "lasts": lasts}
    return token if (await tx.execute(_ROTATE, asked)).scalar_one() else None


async def revoke(tx: Transaction, key_id: UUID) -> bool:
    """End a key from the next request on. False: there is none that is not ended so."""
    return bool((await tx.execute(_REVOKE, {"id": key_id})).scalar_one())


async def ended(tx: Transaction, token: str) -> tuple[Reason, datetime] | None:
    """Why this token is good no more, and since when; None: it never was one that we remember."""
    row = (await tx.execute(_ENDED, {"token_hash": hash_of(token)})).first()
    return None if row is None else (row.reason, row.ended_at)


def _token(*, sandbox: bool) -> str:
    return f"accord_{'test' if sandbox else 'live'}_{secrets.token_hex(TOKEN_BYTES)}"
