"""How values travel between Python and PostgreSQL: ids, JSON, transaction ids, fact bodies."""

from typing import Annotated, Any

import orjson
from pydantic import Discriminator, TypeAdapter
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import UserDefinedType

from app.domain.facts.fact import Body


def json_dumps(value: object) -> str:
    """For jsonb. Dates, UUIDs, enums and dataclasses are written as they read."""
    return orjson.dumps(value).decode()


def json_loads(value: str | bytes) -> Any:  # noqa: ANN401
    return orjson.loads(value)


_BODY: TypeAdapter[Body] = TypeAdapter(Annotated[Body, Discriminator("kind")])


def fact_body_to_json(body: Body) -> dict[str, Any]:
    """What differs from the defaults, and the kind: a field added later changes no stored fact."""
    dumped: dict[str, Any] = _BODY.dump_python(body, mode="json", exclude_defaults=True)
    return {"kind": body.kind.value, **dumped}


def fact_body_from_json(stored: dict[str, Any]) -> Body:
    """The body as it was. Raises `ValueError` for a kind this version does not know."""
    return _BODY.validate_python(stored)


class Xid8(UserDefinedType[int]):
    """A 64-bit transaction id. Never wraps, and starts low again in another cluster."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


ischema_names["xid8"] = Xid8  # so that a comparison with the database knows the column
