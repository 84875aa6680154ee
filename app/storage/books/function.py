"""Books written by one function of the database: `accord_write_for_calls`.

Rows travel as values of the function's own types, one list a part with a list of their accounts
beside it, and a part without rows is null: nothing is parsed there, and nothing is touched that
does not change. What the parts are named and hold is said here in the types' order. Calls that go
together (`together.py`) are one: their lists joined.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from asyncpg import PostgresError, UniqueViolationError
from sqlalchemy import text

from app.domain.money import Component
from app.storage.database.engine import Overtaken, Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.together import Joined
from app.storage.database.types import Document

_MINOR = tuple(f"{component}_minor" for component in Component)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, init=False)
class Part:
    """One kind of rows, by the names of its columns; `document`: the last of them, JSON."""

    columns: tuple[str, ...]
    document: str | None
    _values: Callable[[Row], tuple[Any, ...]]

    def __init__(self, *columns: str, document: str | None = None) -> None:
        object.__setattr__(self, "columns", (*columns, document) if document else columns)
        object.__setattr__(self, "document", document)
        own = itemgetter(*columns)
        object.__setattr__(self, "_values", own if columns[1:] else lambda row: (own(row),))

    def values(self, row: Row) -> tuple[Any, ...]:
        """A row as the driver takes a value of the type."""
        if self.document is None:
            return self._values(row)
        document: Document = row[self.document]
        return (*self._values(row), document.text)


#: The function's rows, in the order of its parameters.
PARTS: Final[Mapping[str, Part]] = {
    "accounts": Part(
        "id", "status", *_MINOR, "unapplied_minor", "active_plan_id", "bucket",
        "first_delinquency_on", "reported_since_on", "next_review_on", "judged_on",
        "fact_sequence", "posting_sequence", "event_sequence", "event_hash", "latest_on",
        "latest_business_date", "replays", document="state",
    ),
    "handles": Part("kind", "key", "id", "content_hash"),
    "facts": Part(
        "id", "sequence", "kind", "effective_on", "business_date", "actor", "key_id", "role",
        "origin", document="body",
    ),
    "plan_changes": Part(
        "id", "status", "status_reason", "ended_on", "completed_on", "total_minor", "paid_minor",
        "outstanding_minor", "next_due_on", "next_due_minor", "revision", "standing",
    ),
    "installments": Part(
        "id", "plan_id", "kind", "nominal_due_on", "number", "due_on", *_MINOR,
        *(f"paid_{name}" for name in _MINOR), "paid_in_advance_minor", "paid_late_minor",
        "satisfied_on", "missed_on", "voided_on",
    ),
    "payments": Part(
        "id", "reference", "amount_minor", "currency", "effective_on", "method", "kind",
        "funded_by", "future", "component", "plan_id", "content_hash", "status",
        "unapplied_minor", "generation",
    ),
    "payment_changes": Part("id", "status", "unapplied_minor", "generation"),
    "postings": Part(
        "id", "sequence", "fact_id", "kind", "effective_on", "business_date", "amount_minor",
        *_MINOR, "unapplied_minor", "balance_after_minor", "payment_id", "plan_id", "reverses",
        "reason", "actor",
    ),
    "allocations": Part(
        "payment_id", "generation", "line", "component", "plan_id", "installment_id", "cell",
        "amount_minor", "rule",
    ),
    "events": Part(
        "sequence", "id", "type", "business_date", "plan_id", "payment_id", "corrects",
        "natural_key", "previous_hash", "hash", "actor", "role", "origin", "reason",
        "balance_after_minor", "unapplied_after_minor", document="data",
    ),
    "reviews": Part("review_on"),
    "standings": Part("plan_id", "standing"),
}  # fmt: skip
_ROWS: Final = ", ".join(f":{name}_of, :{name}" for name in PARTS if name != "accounts")
_REPLIES: Final = ("key", "fingerprint", "status", "headers", "body")
_CALL: Final = text(
    f"SELECT accord_write_for_calls(:tenant_id, now(), :accounts, :seen, {_ROWS},"
    f" {', '.join(f':{name}' for name in _REPLIES)}, :kept) AS claimed"
)
_WRITE: Final = Prepared(_CALL)
_WRITE_AS_SEEN: Final = Prepared(
    _CALL,
    alone=True,
    joined=Joined.ALL_ONE_ROW,
    beside=" FROM set_config('lock_timeout', '5ms', true)",  # one that waits keeps others waiting
)
_OVERTAKEN: Final = "AC002"
#: Keys of what is new unless somebody came before: a reference, and a reply.
_NEW: Final = ("pk_handle", "pk_idempotency_key")


def writes(rows: Mapping[str, Sequence[Row]]) -> bool:
    """Whether these are all the rows there can be of one account here: no new plan, no offer."""
    return len(rows["accounts"]) == 1 and not any(
        many for name, many in rows.items() if name not in PARTS
    )


async def write(tx: Transaction, tenant_id: UUID, rows: Mapping[str, Sequence[Row]]) -> int:
    """Write an account's rows; answers how many references were free and are claimed now.

    Where that is not all of them, nothing of the transaction may be kept.
    """
    return await _found(tx, tenant_id, rows, **dict.fromkeys((*_REPLIES, "kept")))


async def write_and_keep(
    tx: Transaction,
    tenant_id: UUID,
    rows: Mapping[str, Sequence[Row]],
    *,
    kept: timedelta,
    **reply: object,
) -> int:
    """`write`, and the reply to its command kept with it (`idempotency.kept`), in one call.

    -1: a living reply was kept under its key already.
    """
    return await _found(tx, tenant_id, rows, kept=kept, **_listed(reply))


async def write_as_seen(
    tx: Transaction,
    tenant_id: UUID,
    rows: Mapping[str, Sequence[Row]],
    *,
    seen: int,
    kept: timedelta,
    **reply: object,
) -> None:
    """`write_and_keep`, as a transaction of its own: if the account's row is still as it was seen.

    Raises `Overtaken`: it is not, its key is in use, or a reference was claimed or a reply kept
    meanwhile.
    """
    given = {**_given(rows), **_listed(reply), "seen": [seen], "kept": kept}
    try:
        await _WRITE_AS_SEEN.row(tx, tenant_id=tenant_id, **given)
    except UniqueViolationError as error:
        if error.constraint_name not in _NEW:
            raise
        raise Overtaken from error
    except PostgresError as error:
        if error.sqlstate != _OVERTAKEN:
            raise
        raise Overtaken from error


async def _found(
    tx: Transaction, tenant_id: UUID, rows: Mapping[str, Sequence[Row]], **reply: object
) -> int:
    found = await _WRITE.row(tx, tenant_id=tenant_id, seen=None, **_given(rows), **reply)
    return int(found["claimed"]) if found is not None else 0


def _listed(reply: Mapping[str, object]) -> dict[str, object]:
    return {name: [value] for name, value in reply.items()}


def _given(rows: Mapping[str, Sequence[Row]]) -> dict[str, object]:
    """The rows by part, and of each but the accounts themselves whose it is."""
    given: dict[str, object] = {}
    for name, part in PARTS.items():
        many = rows[name]
        given[name] = list(map(part.values, many)) if many else None
        if name != "accounts":
            given[f"{name}_of"] = [row["account_id"] for row in many] if many else None
    return given
