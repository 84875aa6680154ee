"""Keyset pages: `limit`, an opaque `cursor`, `{"data": […], "next_cursor": …}`.

A list has one `Keyset`, named after it, with the types of the columns it is ordered by. A
cursor is the last row's key, so a page costs the same wherever it starts and no row is
passed over or shown twice while others are added. Services are asked for `limit + 1` rows;
`cut` keeps `limit` of them and finds out whether there is more.

    ACCOUNTS = Keyset("accounts", UUID)
    rows = await accounts.find(ctx, after=ACCOUNTS.read(cursor), limit=limit + 1)
    rows, next_cursor = ACCOUNTS.cut(rows, limit, key=lambda row: (row.id,))
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, NewType, TypeVar
from uuid import UUID

import orjson
from fastapi import Query, Response

from app.domain.errors import InvalidInput
from app.routers.edge.route import answer
from app.services.judging import Judged

Row = TypeVar("Row")
Part = int | str | date | UUID
#: A number of a `bigint` column; a plain `int` is an `integer`'s. None of ours is below nothing.
Long = NewType("Long", int)

DEFAULT_LIMIT = 50
MAX_LIMIT = 200

Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT, description=f"Rows a page, up to {MAX_LIMIT}.")]
Cursor = Annotated[
    str | None,
    Query(max_length=500, description="`next_cursor` of the page before; opaque, kept nowhere."),
]


def judged_page(data: Sequence[object], next_cursor: str | None, judged: Judged) -> Response:
    """The answer of a list that goes by what changes with the days."""
    return answer(
        {
            "data": data,
            "next_cursor": next_cursor,
            "judged_through_on": judged.through_on,
            "accounts_behind": judged.behind,
        }
    )


_VERSION = 1
_READ: dict[object, Callable[[object], Part]] = {
    int: lambda v: v if type(v) is int and 0 <= v < 2**31 else _refuse(),
    Long: lambda v: v if type(v) is int and 0 <= v < 2**63 else _refuse(),
    str: lambda v: v if isinstance(v, str) and "\0" not in v else _refuse(),
    date: lambda v: date.fromisoformat(v) if isinstance(v, str) else _refuse(),
    UUID: lambda v: UUID(v) if isinstance(v, str) else _refuse(),
}


def _refuse() -> Part:
    raise ValueError("another type")


class Keyset:
    """The order of one list, and its cursors' codec."""

    def __init__(self, name: str, *parts: object, parameter: str = "cursor") -> None:
        self._head = [_VERSION, name]
        self._parts = parts
        self._pointer = f"?{parameter}"

    def write(self, *key: Part) -> str:
        """The cursor that continues after the row with this key."""
        raw = orjson.dumps([*self._head, *key], default=str)  # the driver has UUIDs of its own
        return urlsafe_b64encode(raw).rstrip(b"=").decode()

    def read(self, cursor: str | None) -> tuple[Any, ...] | None:
        """The key in a cursor, None at the start; a cursor that is not ours is malformed."""
        if cursor is None:
            return None
        try:
            return self._key(orjson.loads(urlsafe_b64decode(cursor.encode("ascii") + b"===")))
        except (ValueError, TypeError, KeyError) as error:
            raise InvalidInput.at(
                self._pointer, "is not a cursor this list gave; start again without it"
            ) from error

    def _key(self, raw: list[object]) -> tuple[Part, ...]:
        head, values = raw[:2], raw[2:]
        if head != self._head:
            raise ValueError("another list's")
        return tuple(_READ[kind](value) for kind, value in zip(self._parts, values, strict=True))

    def cut(
        self, rows: Sequence[Row], limit: int, key: Callable[[Row], tuple[Part, ...]]
    ) -> tuple[Sequence[Row], str | None]:
        """Of up to `limit + 1` rows, the page and the cursor after it (None: nothing follows)."""
        if len(rows) <= limit:
            return rows, None
        page = rows[:limit]
        return page, self.write(*key(page[-1]))
