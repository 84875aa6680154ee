"""How values travel between Python and PostgreSQL: ids, JSON, transaction ids, fact bodies."""

from collections.abc import Mapping
from typing import Any

import orjson
from msgspec import convert
from msgspec.json import Decoder, encode
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

from app.domain.facts.fact import Body
from app.domain.values import Value, asdict


class Document:
    """A value of a jsonb column, written already."""

    __slots__ = ("said",)

    def __init__(self, said: bytes) -> None:
        self.said = said

    @property
    def text(self) -> str:
        """As the driver takes it."""
        return self.said.decode()


def json_dumps(value: object) -> str:
    """For jsonb. Dates, UUIDs, enums, dataclasses and values are written as they read."""
    return orjson.dumps(value, default=_fields).decode()


def _fields(value: object) -> object:
    if isinstance(value, Value):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def json_loads(value: str | bytes) -> Any:  # noqa: ANN401
    return orjson.loads(value)


async def take_json_as_text(connection: Any) -> None:  # noqa: ANN401 - a driver's connection
    """Have a connection that SQLAlchemy has not opened take and give jsonb as its own do."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        format="binary",
        encoder=lambda said: b"\x01" + said.encode(),  # the version of the binary form
        decoder=lambda said: json_loads(said[1:]),
    )


_BODY: Decoder[Body] = Decoder(Body)


def fact_body_to_json(body: Body) -> bytes:
    """What differs from the defaults, and the kind: a field added later changes no stored fact."""
    return encode(body)


def fact_body_from_json(stored: str | bytes) -> Body:
    """The body as it was. Raises `ValidationError` for a kind this version does not know."""
    return _BODY.decode(stored)


def fact_body_from_values(stored: Mapping[str, Any]) -> Body:
    """The same of what was parsed before."""
    body: Body = convert(stored, Body)
    return body


class Xid8(UserDefinedType[int]):
    """A 64-bit transaction id. Never wraps, and starts low again in another cluster."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


ischema_names["xid8"] = Xid8  # so that a comparison with the database knows the column
