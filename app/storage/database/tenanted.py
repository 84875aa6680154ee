"""Whose rows a statement is about: each says `tenant_id = <the tenant that was entered>` itself.

Row-level security says the same and holds whatever a statement forgets. Said in the statement, too,
it finds the one node that holds the tenant where the tables are spread over many, and the planner
checks the policy once a statement instead of once a row. The compiler below adds it to every
SELECT, UPDATE and DELETE, however deep within another; a statement written as text says
`= :the_tenant` and binds `THE_TENANT`. An outer join names the tenant in its own condition: a
condition on its optional side would make it an inner one.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    CTE,
    Alias,
    ColumnElement,
    Connection,
    Delete,
    FromClause,
    Join,
    Select,
    Table,
    TextClause,
    Update,
    Uuid,
    bindparam,
    event,
    text,
)
from sqlalchemy.dialects.postgresql.asyncpg import PGCompiler_asyncpg
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.util import await_only

NAME: Final = "the_tenant"
_ENTERED: ContextVar[UUID | None] = ContextVar(NAME, default=None)
THE_TENANT: Final = bindparam(NAME, callable_=_ENTERED.get, type_=Uuid())


def of_tenant(sql: str) -> TextClause:
    """A statement written as text that says `:the_tenant` wherever it names a tenant's table."""
    return text(sql).bindparams(THE_TENANT)


def counted(insert: str) -> str:
    """An INSERT of what is selected, so that it tells how many rows it added.

    Without anything to tell, an engine that spreads tables copies what was selected to its server,
    which it refuses under row-level security.
    """
    return f"WITH added AS ({insert} RETURNING 1) SELECT count(*) AS added FROM added"  # noqa: S608 - of our own text


class TenantCompiler(PGCompiler_asyncpg):
    """Compiles statements so that they say whose rows they are about."""

    def visit_select(self, select_stmt: Select[Any], *args: object, **kw: object) -> str:
        """As ever, of one tenant."""
        plain: Any = super()
        mine = [one for source in select_stmt.get_final_froms() for one in _conditions(source)]
        return str(plain.visit_select(select_stmt.where(*mine), *args, **kw))

    def visit_update(self, update_stmt: Update, visiting_cte: CTE | None = None, **kw: Any) -> str:  # noqa: ANN401 - as above it
        """As ever, of one tenant."""
        mine = _conditions(update_stmt.table)
        return super().visit_update(update_stmt.where(*mine), visiting_cte, **kw)

    def visit_delete(self, delete_stmt: Delete, *args: object, **kw: object) -> str:
        """As ever, of one tenant."""
        plain: Any = super()
        mine = _conditions(delete_stmt.table)
        return str(plain.visit_delete(delete_stmt.where(*mine), *args, **kw))


def use_in(dialect: Dialect) -> None:
    """Have all statements of a dialect compiled so."""
    dialect.statement_compiler = TenantCompiler


def hold_to_tenants(engine: AsyncEngine) -> None:
    """Have an engine's statements compiled so, each for the tenant its connection has entered."""
    use_in(engine.sync_engine.dialect)
    event.listen(engine.sync_engine, "before_execute", _before)


def _before(connection: Connection, *_: object) -> None:
    driven: Any = connection.connection.driver_connection
    if driven.unbegun is not None:
        await_only(driven.unbegun())
    _ENTERED.set(driven.tenant_id)


def _conditions(source: FromClause) -> Iterator[ColumnElement[bool]]:
    """What a source of rows is held to; one that is itself a statement says it within."""
    if isinstance(source, Join):
        if not source.full:
            yield from _conditions(source.left)
            if not source.isouter:
                yield from _conditions(source.right)
    elif "tenant_id" in source.c and isinstance(_table(source), Table):
        yield source.c.tenant_id == THE_TENANT


def _table(source: FromClause) -> FromClause:
    return source.element if isinstance(source, Alias) else source
