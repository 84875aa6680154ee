"""Writing books of a tenant whose rows another server holds: one call travels there, and does all.

A tenant may be moved while it is written. Then the call finds that it came to the wrong server, or
that what was locked before lies elsewhere now. Either way nothing is stored, and the same command
is done when it is asked again.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from asyncpg import Record, UniqueViolationError
from sqlalchemy import text

from app.storage.books.statement import WRITE_WHERE_IT_LIES
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.unavailable import Unavailable

_WRITE: Final = Prepared(text(WRITE_WHERE_IT_LIES))
#: In the names of keys that hold an account's numbers: of facts, postings, events.
_NUMBERED: Final = ("_sequence", "pk_event")


async def write_where_it_lies(
    tx: Transaction, tenant_id: UUID, parameters: Mapping[str, str]
) -> Record | None:
    """How many references could be claimed; `parameters`: each part's rows, as a JSON document.

    Raises `Unavailable` where a number is taken: whoever locked an account before its tenant was
    moved holds nothing where it lies now, and another has written since.
    """
    try:
        return await _WRITE.row(tx, tenant_id=tenant_id, **parameters)
    except UniqueViolationError as error:
        if any(name in str(error) for name in _NUMBERED):  # another server names no key apart
            raise Unavailable("moving") from error
        raise
