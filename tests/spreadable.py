"""Every statement that a test sends through SQLAlchemy, held to what an engine could spread.

Most statements are built where they are sent, so no test that reads modules sees them whole. This
looks at each as it is executed, on one server too: whoever writes one that is refused where tables
are spread has it refused here, by name.
"""

import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Alias, ClauseElement, FromClause, Insert, Join, Select, Table
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import ScalarSelect

#: Said twice by a condition that ties a row's tenant to another's, or to the one that was entered.
_TENANT = re.compile(r"\btenant_id\b|:the_tenant\b")


class NotSpreadable(AssertionError):
    """A statement that is refused where tables are spread by tenant."""


def wrong_in(statement: ClauseElement) -> Iterator[str]:
    """What an engine that spreads tables would refuse in a statement."""
    for part in visitors.iterate(statement):
        for right, on in _outer_joins(part):
            if _of_tenants(right) and len(_TENANT.findall(str(on))) < 2:
                yield f"an outer join of {right.description} without the tenant in its own"
        if isinstance(part, Insert) and any(map(_asks, _values(part))):
            yield f"an INSERT into {part.table.description} of values that are asked for within it"


def _outer_joins(part: Any) -> Iterator[tuple[FromClause, object]]:
    """What is joined on what condition: said apart, or to a SELECT that is not compiled yet."""
    if isinstance(part, Join) and (part.isouter or part.full):
        yield part.right, part.onclause
    elif isinstance(part, Select):
        for right, on, _, how in part._setup_joins:
            if how["isouter"] or how["full"]:
                yield right, on


def _of_tenants(source: FromClause) -> bool:
    """Whether it is a table of tenants' rows; a statement within says so itself."""
    table = source.element if isinstance(source, Alias) else source
    return isinstance(table, Table) and "tenant_id" in table.c


def _values(statement: Insert) -> Iterator[object]:
    compiled: Any = statement
    yield from (compiled._values or {}).values()
    for many in compiled._multi_values or ():
        for row in many:
            yield from row.values() if isinstance(row, dict) else row


def _asks(value: object) -> bool:
    return isinstance(value, ClauseElement) and any(
        isinstance(part, Select | ScalarSelect) for part in visitors.iterate(value)
    )


def look(_connection: object, statement: object, *_: object) -> None:
    """Listens to `before_execute` of an engine. Raises `NotSpreadable`."""
    if isinstance(statement, ClauseElement):
        for wrong in wrong_in(statement):
            raise NotSpreadable(wrong)
