"""Bringing a database to the newest revision: what `accord migrate` does, as the tables' owner.

Under one lock and in one transaction: the application's role, the migrations, and the feed's
epoch, which ends when the data was put back (`continuity.py`). Migrating twice, or in two
processes at once, changes nothing the second time; within a process Alembic works for one at a
time.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

import app
from app.storage.database.engine import single_engine

APP_ROLE = "accord_app"

_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('accord migrate', 0))")
# Where tables are spread: what changes all shards at once keeps functions from being made after it.
_ONE_BY_ONE = text("SET LOCAL citus.multi_shard_modify_mode = 'sequential'")
# Roles belong to the cluster, the lock to the database: another database's migrate may be first.
_CREATE_ROLE = text(f"""
DO $$ BEGIN
    CREATE ROLE {APP_ROLE} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOINHERIT;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$""")
_FIND_ROLE = text(
    "SELECT rolsuper OR rolbypassrls OR NOT rolcanlogin FROM pg_roles WHERE rolname = :role"
)
_PASSWORD = text(f"SELECT format('ALTER ROLE {APP_ROLE} PASSWORD %L', CAST(:password AS text))")
_TAKE_UP = text("""
DO $$ BEGIN
    IF to_regproc('accord_take_up') IS NOT NULL THEN PERFORM accord_take_up(); END IF;
END $$""")


class UnsafeRole(RuntimeError):
    """The application's role exists and could see or change what it must not."""


async def upgrade(
    owner_url: str, *, revision: str = "head", app_password: str | None = None
) -> str:
    """Bring the database to `revision` (default: the newest); answers the revision it is at.

    `app_password` becomes the application role's, for a server that asks for one.
    """
    async with _owner(owner_url) as connection:
        await connection.execute(_LOCK)
        await _ensure_role(connection, app_password)
        await connection.run_sync(_alembic_upgrade, revision)
        if await connection.run_sync(_heads):
            await connection.execute(text(f"GRANT SELECT ON alembic_version TO {APP_ROLE}"))
            await connection.execute(_TAKE_UP)
        return await connection.run_sync(_heads)


async def downgrade(owner_url: str, revision: str) -> None:
    """Go back to `revision` (or `base`, or `-1`). For development and tests."""
    async with _owner(owner_url) as connection:
        await connection.execute(_LOCK)
        await connection.run_sync(_alembic_downgrade, revision)


async def draft(owner_url: str, message: str) -> None:
    """Write a new revision file: what the tables say and the database at head does not yet."""
    async with _owner(owner_url) as connection:
        await connection.run_sync(_alembic_draft, message)


async def current(connection: AsyncConnection) -> str:
    """The revision a database is at; empty before the first. The application may ask too."""
    return await connection.run_sync(_heads)


def head() -> str:
    """The newest revision there is."""
    return ScriptDirectory.from_config(config()).get_current_head() or ""


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration: beside the package in a checkout, inside it in a wheel."""
    package = Path(app.__file__).parent
    checkout = package.parent / "alembic.ini"
    made = Config(checkout) if checkout.exists() else Config()
    if not checkout.exists():
        made.set_main_option("script_location", str(package / "alembic").replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


@asynccontextmanager
async def _owner(url: str) -> AsyncIterator[AsyncConnection]:
    """One transaction of the owner's on a connection of its own, with no time limit yet."""
    engine = single_engine(url)
    try:
        async with engine.begin() as connection:
            await connection.execute(_ONE_BY_ONE)
            yield connection
    finally:
        await engine.dispose()


async def _ensure_role(connection: AsyncConnection, password: str | None) -> None:
    unsafe = (await connection.execute(_FIND_ROLE, {"role": APP_ROLE})).scalar_one_or_none()
    if unsafe is None:
        await connection.execute(_CREATE_ROLE)
    if unsafe:
        raise UnsafeRole(f"The role {APP_ROLE} must be LOGIN NOSUPERUSER NOBYPASSRLS.")
    if password is not None:
        statement = (await connection.execute(_PASSWORD, {"password": password})).scalar_one()
        await connection.exec_driver_sql(statement)


def _alembic_upgrade(connection: Connection, revision: str) -> None:
    command.upgrade(config(connection), revision)


def _alembic_downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(config(connection), revision)


def _alembic_draft(connection: Connection, message: str) -> None:
    made = config(connection)
    number = len(list(ScriptDirectory.from_config(made).walk_revisions())) + 1
    command.revision(made, message, autogenerate=True, rev_id=f"{number:04}")


def _heads(connection: Connection) -> str:
    return ", ".join(MigrationContext.configure(connection).get_current_heads())
