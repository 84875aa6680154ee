"""Spreading a database over the servers it knows, by tenant: once, and again for what is new.

The extension refuses a foreign key from a table that is spread to one that is not yet, so keys of
the tables at hand are taken off and put back, all in one transaction. Nothing is lost: every key
stands afterwards as it did.
"""

import re
from collections.abc import Iterable
from typing import Final

from sqlalchemy import text

from app.storage.database.engine import Transaction
from app.storage.distribution import layout
from app.storage.distribution.functions import DELEGATED, FUNCTIONS
from app.storage.distribution.obstacles import obstacles
from app.storage.distribution.reports import REPORTS

_SETTINGS: Final = (
    "SET LOCAL citus.multi_shard_modify_mode = 'sequential'",
    "SET LOCAL citus.enable_unsafe_triggers = on",
    "SET LOCAL citus.override_table_visibility = on",  # shards are no tables of ours
)
#: Of every session: who writes learns that tables are spread, and the tenant is told to servers.
_KEPT: Final = ("accord.spread = 'on'", "citus.propagate_set_commands = 'local'")
#: A key of theirs, or to them.
_KEYS: Final = text("""
    SELECT conrelid::regclass::text AS name, conname, pg_get_constraintdef(oid) AS said
    FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace
        AND (conrelid::regclass::text = ANY(CAST(:names AS text[]))
            OR confrelid::regclass::text = ANY(CAST(:names AS text[])))
""")
_DATABASE: Final = text("SELECT quote_ident(current_database())")
_GUARD_SLOTS: Final = tuple(
    statement
    for name in layout.SLOTS
    for statement in (
        f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
        f"DROP POLICY IF EXISTS slot ON {name}",
        f"CREATE POLICY slot ON {name} USING (slot = accord_tenant_id())",
        f"GRANT SELECT, INSERT, UPDATE ON {name} TO accord_app",
    )
)
#: What one server numbered is over: each tenant's next event begins an epoch of its own.
_EPOCHS: Final = (
    """
    INSERT INTO feed_epoch
    SELECT t.tenant_id, f.epoch, f.system_identifier, 0, 0, '-infinity', f.horizon
    FROM tenant AS t, feed_epoch AS f WHERE f.slot = '00000000-0000-0000-0000-000000000000'
    ON CONFLICT DO NOTHING
    """,
    """
    INSERT INTO feed_end (slot, epoch, horizon, ended_at)
    SELECT t.tenant_id, e.epoch, e.horizon, e.ended_at
    FROM tenant AS t, feed_end AS e WHERE e.slot = '00000000-0000-0000-0000-000000000000'
    ON CONFLICT DO NOTHING
    """,
)
#: Shards get a restrictive policy as a permissive one, which would let through what it is to stop:
#: so the one there is becomes part of the policy for its own command.
_MINE: Final = "tenant_id = accord_tenant_id()"
_REPLIES: Final = (
    "DROP POLICY IF EXISTS expired ON idempotency_key",
    "DROP POLICY IF EXISTS tenant ON idempotency_key",
    f"CREATE POLICY tenant ON idempotency_key FOR SELECT USING ({_MINE})",
    f"CREATE POLICY tenant_insert ON idempotency_key FOR INSERT WITH CHECK ({_MINE})",
    f"CREATE POLICY tenant_update ON idempotency_key FOR UPDATE USING ({_MINE})",
    f"""
    CREATE POLICY expired ON idempotency_key FOR DELETE
        USING ({_MINE} AND created_at <= now() - interval '30 days')
    """,
)
#: A policy of reports asks whose login it is by a sub-select: once a statement on one server, where
#: it reads all of a table. No table that is spread may have one; without it, it is asked once a
#: search of an index, as all searches by tenant are, and once a row where a table is read through.
_SUB_SELECTS: Final = text("""
    SELECT polrelid::regclass::text AS name, quote_ident(polname) AS policy,
        pg_get_expr(polqual, polrelid) AS seen, pg_get_expr(polwithcheck, polrelid) AS checked
    FROM pg_policy
    WHERE coalesce(polqual::text, '') || coalesce(polwithcheck::text, '') LIKE '%{SUBLINK%'
""")
_SUB_SELECT: Final = re.compile(r"\(\s*SELECT (accord_\w+\(\))(?: AS \w+)?\)")
#: It reads what lies on every server, so it may be asked within what goes to one.
_ASKED_THERE: Final = """
    ALTER FUNCTION accord_reported_tenant() SET citus.allow_nested_distributed_execution = on
"""
_DELEGATE: Final = text("""
    SELECT create_distributed_function(oid::regprocedure, 'tenant',
        colocate_with := 'account', force_delegation := true)
    FROM pg_proc WHERE proname = ANY(CAST(:names AS text[]))
        AND pronamespace = 'public'::regnamespace
""")
_PLAIN: Final = text("""
    SELECT create_distributed_function(oid::regprocedure)
    FROM pg_proc WHERE proname IN ('accord_must_lie_here', 'accord_slot_epoch')
        AND pronamespace = 'public'::regnamespace
""")
#: What lay where commands run was copied to servers, and stays where nobody sees it: nor would what
#: erases a person.
_EMPTY: Final = text("SELECT truncate_local_data_after_distributing_table(CAST(:name AS regclass))")


class NotSpreadable(Exception):
    """The database lacks what spreads tables, or servers to spread them over."""


async def distribute(tx: Transaction) -> list[str]:
    """Spread what is not yet; answers which tables. As the tables' owner.

    Raises `NotSpreadable`.
    """
    if await layout.engine_version(tx) is None:
        raise NotSpreadable("The database has no extension `citus`: CREATE EXTENSION it first.")
    if not await layout.nodes(tx):
        raise NotSpreadable("The database knows no server for tables: citus_add_node them first.")
    names = await layout.missing(tx)
    await _run(tx, _SETTINGS)
    await make_ready(tx, names)
    await _spread(tx, names)
    await _run(tx, (*FUNCTIONS, *REPORTS, _ASKED_THERE))
    await tx.execute(_PLAIN)
    await tx.execute(_DELEGATE, {"names": list(DELEGATED)})
    database = (await tx.execute(_DATABASE)).scalar_one()
    await _run(tx, [f"ALTER DATABASE {database} SET {setting}" for setting in _KEPT])
    for name in await layout.left_behind(tx):
        await tx.execute(_EMPTY, {"name": name})
    return names


async def make_ready(tx: Transaction, names: Iterable[str]) -> None:
    """Make otherwise what would keep these tables from being spread. It needs no extension.

    Raises `NotSpreadable`, where something would still.
    """
    if "feed_epoch" in names:
        await _run(tx, (*_GUARD_SLOTS, *_EPOCHS))
    if "idempotency_key" in names:
        await _run(tx, _REPLIES)
    for row in (await tx.execute(_SUB_SELECTS)).all():
        said = {"USING": row.seen, "WITH CHECK": row.checked}
        asked = {how: _SUB_SELECT.sub(r"\g<1>", one) for how, one in said.items() if one}
        conditions = " ".join(f"{how} ({one})" for how, one in asked.items())
        await _run(tx, [f"ALTER POLICY {row.policy} ON {row.name} {conditions}"])
    if found := await obstacles(tx, layout.wanted()):
        raise NotSpreadable(f"What follows keeps tables from being spread: {'; '.join(found)}.")


async def _run(tx: Transaction, statements: Iterable[str]) -> None:
    for statement in statements:
        await tx.execute(text(statement.replace(":", "\\:")))


async def _spread(tx: Transaction, names: list[str]) -> None:
    keys = (await tx.execute(_KEYS, {"names": names})).all()
    for key in keys:
        await tx.execute(text(f"ALTER TABLE {key.name} DROP CONSTRAINT {key.conname}"))
    columns = layout.wanted()
    first = [name for name in names if not columns[name]]
    for name in first:
        await tx.execute(text(f"SELECT create_reference_table('{name}')"))
    for name in sorted(set(names) - set(first), key=lambda name: (name != "account", name)):
        to = "" if name == "account" else ", colocate_with => 'account'"
        spread = f"SELECT create_distributed_table('{name}', '{columns[name]}'{to})"
        await tx.execute(text(spread.replace("=>", ":=").replace(":", "\\:")))
    for key in keys:
        await tx.execute(text(f"ALTER TABLE {key.name} ADD CONSTRAINT {key.conname} {key.said}"))
