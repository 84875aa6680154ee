"""Which table lies where when one database is spread over many servers, and what lies otherwise.

All of a tenant lies together on one server: so every key and foreign key stands, and no commit
spans two. What tells who a caller is lies on every server (`REFERENCE`), since it is asked before
anybody knows whose rows are wanted.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, bindparam, text

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.database.prepared import driver

REFERENCE: Final = ("tenant", "api_key", "sandbox_clock", "reporting_login")
#: The feed's own rows, of which each lies with the tenant that is its slot.
SLOTS: Final = ("feed_epoch", "feed_end")

_VERSION = text("SELECT extversion FROM pg_extension WHERE extname = 'citus'")
_FOUND = text("SELECT logicalrelid::text AS name, partmethod::text AS how FROM pg_dist_partition")
_DELEGATED = text("""
    SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND oid IN (
        SELECT objid FROM pg_dist_object
        WHERE classid = 'pg_proc'::regclass AND distribution_argument_index IS NOT NULL)
""")
#: What was there before a table was spread, unseen since.
_LEFT = text("""
    SELECT logicalrelid::text AS name FROM pg_dist_partition
    WHERE logicalrelid::text = ANY(CAST(:names AS text[])) AND pg_relation_size(logicalrelid) > 0
    ORDER BY 1
""")
_BODIES = text("""
    SELECT proname AS name, prosrc AS body FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND proname = ANY(CAST(:names AS text[]))
""")
_FUNCTION = re.compile(r"CREATE OR REPLACE FUNCTION (\w+)\(.*?(?:\$\$(.*)\$\$\s*)?$", re.DOTALL)
_NODES = text("""
    SELECT nodename || ':' || nodeport AS node FROM pg_dist_node
    WHERE shouldhaveshards AND isactive ORDER BY 1
""")
_PLACES = text("""
    SELECT t.tenant_id, p.groupid AS place FROM unnest(:tenants) AS t(tenant_id)
    JOIN pg_dist_placement AS p
        ON p.shardid = get_shard_id_for_distribution_column('public.account', t.tenant_id)
""").bindparams(bindparam("tenants", type_=ARRAY(Uuid)))


def wanted() -> dict[str, str]:
    """Every table and the column it is spread by; empty for one that lies on every server."""
    spread = {
        name: "tenant_id" for name, one in tables.METADATA.tables.items() if "tenant_id" in one.c
    }
    return spread | dict.fromkeys(SLOTS, "slot") | dict.fromkeys(REFERENCE, "")


async def engine_version(tx: Transaction) -> str | None:
    """The version of the extension that spreads tables; None where there is none."""
    version: str | None = (await tx.execute(_VERSION)).scalar_one_or_none()
    return version


async def nodes(tx: Transaction) -> list[str]:
    """The servers that hold tenants, as `name:port`."""
    return [row.node for row in await tx.execute(_NODES)]


async def places(tx: Transaction, tenant_ids: Iterable[UUID]) -> Mapping[UUID, int]:
    """By tenant the number of the server that holds it; nothing where there is one server."""
    if not driver(tx).spread:
        return {}
    asked = {"tenants": list(tenant_ids)}
    return {row.tenant_id: row.place for row in await tx.execute(_PLACES, asked)}


async def missing(tx: Transaction) -> list[str]:
    """What does not lie as it should: tables by name."""
    found = {row.name: row.how for row in await tx.execute(_FOUND)}
    return sorted(
        name for name, column in wanted().items() if found.get(name) != ("h" if column else "n")
    )


async def not_delegated(tx: Transaction, names: Iterable[str]) -> list[str]:
    """Those of the functions that do not run where their tenant lies."""
    found = {row.proname for row in await tx.execute(_DELEGATED)}
    return sorted(set(names) - found)


async def left_behind(tx: Transaction) -> list[str]:
    """Tables of which rows still lie where they lay before they were spread, unseen."""
    rows = await tx.execute(_LEFT, {"names": list(wanted())})
    return [row.name for row in rows]


async def replaced(tx: Transaction, statements: Iterable[str]) -> list[str]:
    """Functions, of those that the statements create, that are not as these say.

    A migration knows them as they are on one server.
    """
    found = [one for statement in statements if (one := _FUNCTION.search(statement))]
    said = {one[1]: one[2] or "" for one in found}
    rows = await tx.execute(_BODIES, {"names": list(said)})
    stand = {row.name: row.body for row in rows}
    return sorted(name for name, body in said.items() if stand.get(name) != body)
