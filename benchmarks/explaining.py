"""The plan of every statement that requests send, measured where and when it is sent.

Before a statement is executed, EXPLAIN ANALYZE executes it with the same values in the same
transaction, and a savepoint takes that back. So nothing is made up: not the values, not the rows
it meets, not what was locked before it.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sqlalchemy import event
from sqlalchemy.util import await_only

from app.storage.database.addresses import Driven
from app.storage.database.engine import Database

_BACK = "ROLLBACK TO SAVEPOINT explained; RELEASE SAVEPOINT explained"
_PLANNED = re.compile(r"Planning Time: ([\d.]+) ms")
_EXECUTED = re.compile(r"Execution Time: ([\d.]+) ms")
_BLOCKS = re.compile(r"Buffers: shared hit=(\d+)(?: read=(\d+))?")


@dataclass(slots=True)
class Explained:
    """A statement, and every time it was sent: planning and execution, blocks, the last plan."""

    sql: str
    planned_ms: list[float] = field(default_factory=list)
    executed_ms: list[float] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    plan: Sequence[str] = ()

    @property
    def cost(self) -> str:
        """Medians: planning, execution, blocks."""
        return (
            f"planning {median(self.planned_ms):.2f} ms, execution {median(self.executed_ms):.2f} "
            f"ms, {median(self.blocks):.0f} blocks"
        )

    def add(self, lines: Sequence[str]) -> None:
        text = "\n".join(lines)
        self.plan = lines
        self.planned_ms.append(_ms(_PLANNED, text))
        self.executed_ms.append(_ms(_EXECUTED, text))
        first = _BLOCKS.search(text)  # the topmost node's are of all below it
        self.blocks.append(sum(int(n or 0) for n in first.groups()) if first else 0)


@contextmanager
def explaining(database: Database) -> Iterator[dict[str, Explained]]:
    """What is sent meanwhile, by its text."""
    said: dict[str, Explained] = {}

    plain = Driven.fetch

    async def explain(connection: Driven, sql: str, values: Sequence[object]) -> None:
        within = connection.is_in_transaction()
        await connection.execute("SAVEPOINT explained" if within else "BEGIN")
        rows = await plain(connection, f"EXPLAIN (ANALYZE, BUFFERS) {sql}", *values)
        await connection.execute(_BACK if within else "ROLLBACK")
        said.setdefault(sql, Explained(sql)).add([str(row[0]) for row in rows])

    async def fetch(self: Driven, sql: str, *values: object) -> Any:  # noqa: ANN401 - records
        await explain(self, sql, values)
        return await plain(self, sql, *values)

    def before(connection: Any, _cursor: object, sql: str, values: Any, *_: object) -> None:  # noqa: ANN401
        await_only(explain(connection.connection.driver_connection, sql, values))

    engine = database._engine.sync_engine  # noqa: SLF001 - where its statements pass by
    event.listen(engine, "before_cursor_execute", before)
    Driven.fetch = fetch
    try:
        yield said
    finally:
        Driven.fetch = plain
        event.remove(engine, "before_cursor_execute", before)


def _ms(pattern: re.Pattern[str], text: str) -> float:
    found = pattern.search(text)
    return float(found[1]) if found else 0.0
