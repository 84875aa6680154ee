"""The hot path's few statements, put to the driver itself, in the same transaction.

A posting is seven statements, and SQLAlchemy's cursor around one costs four times what the driver
takes for it (benchmarks/README.md). So these are written as ever, compiled once, when the module
is imported, and prepared by the driver once a connection. Values go as the driver takes them
(JSON as text); rows come as the driver makes them.

    _FIND = Prepared(select(_KEY.c.status).where(_KEY.c.key == bindparam("key")))
    row = await _FIND.row(tx, key="k")
"""

from typing import Any, Final

from asyncpg import Record
from sqlalchemy import ClauseElement
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from app.storage.database import tenanted
from app.storage.database.together import Alone, Joined

_DIALECT: Final = asyncpg.dialect()  # type: ignore[no-untyped-call]  # of SQLAlchemy
tenanted.use_in(_DIALECT)


def driver(tx: AsyncConnection) -> Any:  # noqa: ANN401 - an asyncpg.Connection, or its proxy
    """The driver's own connection, on which the transaction runs."""
    pooled = tx.sync_connection.connection  # type: ignore[union-attr]  # it is open
    return pooled.dbapi_connection.driver_connection  # type: ignore[union-attr]  # its own way is longer


class Prepared:
    """A statement compiled once. Give every value it binds by name, but for the tenant's."""

    __slots__ = ("_alone", "_fixed", "_names", "_of_tenant", "sql")

    def __init__(
        self,
        statement: ClauseElement,
        *,
        alone: bool = False,
        joined: Joined | None = None,
        beside: str = "",
    ) -> None:
        """`alone`: it is a transaction of its own where none was begun; others begin theirs.

        Such a one goes with others of its kind (`together.py`) and answers one row. `joined`: they
        are one call, of lists, with such an answer. `beside`: what is added to it then.
        """
        compiled = statement.compile(dialect=_DIALECT)
        self.sql = str(compiled)
        names = compiled.positiontup  # type: ignore[attr-defined]  # a SQL compiler's
        self._names: tuple[str, ...] = tuple(names or ())
        self._of_tenant = tenanted.NAME in self._names
        self._fixed = compiled.params
        self._alone = Alone(self.sql, self.sql + beside, joined=joined) if alone else None

    async def rows(self, tx: AsyncConnection, **values: object) -> list[Record]:
        """All its rows."""
        connection = driver(tx)
        alone = self._alone if connection.unbegun is not None else None
        if connection.unbegun is not None and alone is None:
            await connection.unbegun()
        if self._of_tenant:
            values[tenanted.NAME] = connection.tenant_id
        given = {**self._fixed, **values} if len(values) < len(self._names) else values
        ordered = [given[name] for name in self._names]
        rows: list[Record] = await (
            connection.fetch(self.sql, *ordered)
            if alone is None
            else connection.together.rows(connection, alone, ordered)
        )
        return rows

    def given(self, **values: object) -> list[object]:
        """Its values in the order that it binds them."""
        given = {**self._fixed, **values}
        return [given[name] for name in self._names]

    async def row(self, tx: AsyncConnection, **values: object) -> Record | None:
        """Its one row, if there is one."""
        rows = await self.rows(tx, **values)
        return rows[0] if rows else None
