"""What a database says of itself: who we are in it, what guards its rows, what its clock shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text

from app.storage.database.engine import Transaction

#: Tables nobody but the owner may change a row of.
UNCHANGING: Final = ("fact", "posting", "event")
_ROLE = text("""
    SELECT rolname AS name, rolsuper OR rolbypassrls AS sees_all,
        rolcreaterole OR rolcreatedb AS makes_roles,
        EXISTS (SELECT FROM pg_class WHERE relkind = 'r' AND relowner = pg_roles.oid
            AND relnamespace = 'public'::regnamespace) AS owns_tables,
        current_setting('server_version') AS version,
        current_setting('server_version_num')::integer / 10000 AS major,
        clock_timestamp() AS clock
    FROM pg_roles WHERE rolname = current_user
""")
_UNGUARDED = text("""
    SELECT c.relname AS name FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
        AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))
    ORDER BY 1
""")
_CHANGEABLE = text("""
    SELECT name || ': ' || held AS said
    FROM unnest(CAST(:names AS text[])) AS name, unnest(ARRAY['DELETE', 'TRUNCATE']) AS held
    WHERE has_table_privilege(current_user, name, held)
""")
_ROOM = text("""
    SELECT pg_database_size(current_database()) AS database_bytes,
        pg_size_bytes(current_setting('shared_buffers')) AS pages_bytes,
        pg_size_bytes(current_setting('max_wal_size')) AS journal_bytes
""")
_COUNTED = text("SELECT count(*) FROM (SELECT 1 FROM account LIMIT 1) AS one")


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """Whom the server takes us for, and what it is."""

    name: str
    sees_all: bool
    makes_roles: bool
    owns_tables: bool
    version: str
    major: int
    clock: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """How large the database is, and what its server may take for it, in bytes."""

    database_bytes: int
    pages_bytes: int
    journal_bytes: int


async def room(tx: Transaction) -> Room:
    """How large the database is, and what its server keeps of it in memory."""
    return Room(**(await tx.execute(_ROOM)).mappings().one())


async def login(tx: Transaction) -> Login:
    """Who we are here, and the server's own clock."""
    return Login(**(await tx.execute(_ROLE)).mappings().one())


async def unguarded(tx: Transaction) -> Sequence[str]:
    """Tables of tenants' rows without row security, or without a policy of it."""
    return [row.name for row in await tx.execute(_UNGUARDED)]


async def removable(tx: Transaction) -> Sequence[str]:
    """Rights to remove what was written, as `table: RIGHT`: there should be none."""
    rows = await tx.execute(_CHANGEABLE, {"names": list(UNCHANGING)})
    return [row.said for row in rows]


async def seen_without_tenant(tx: Transaction) -> bool:
    """Whether a transaction that entered no tenant sees any account."""
    return bool((await tx.execute(_COUNTED)).scalar_one())
