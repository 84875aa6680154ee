"""The days that are reasons to work an account, kept beside its books and its contacts."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

import orjson

from app.domain.worklists.books import InBooks
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant

#: The columns that hold what the books say, as `InBooks` names them.
IN_BOOKS: Final = tuple(InBooks.__struct_fields__)
_TYPES: Final = {
    "batch": "text", "promises_open": "integer", "overdue_minor": "bigint",
    "promised_minor": "bigint",
}  # fmt: skip
TYPED: Final = ", ".join(f"{name} {_TYPES.get(name, 'date')}" for name in IN_BOOKS)
_NAMES = ", ".join(IN_BOOKS)
_SET = ", ".join(f"{name} = excluded.{name}" for name in IN_BOOKS)
_KEEP = of_tenant(f"""
    INSERT INTO account_work AS w (tenant_id, account_id, reference, {_NAMES}, asks)
    SELECT :the_tenant, account_id, reference, {_NAMES}, asks
    FROM jsonb_to_recordset(CAST(:rows AS jsonb))
        AS r(account_id uuid, reference text, {TYPED}, asks boolean)
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET {_SET},
        asks = excluded.asks OR w.unread_since_on IS NOT NULL
""")
_SPOKEN = of_tenant("""
    INSERT INTO account_work AS w (tenant_id, account_id, reference, overdue_minor,
        last_communication_on, unread_since_on, asks)
    SELECT :the_tenant, id, reference, 0, CAST(:last_on AS date), CAST(:unread_on AS date),
        CAST(:unread_on AS date) IS NOT NULL
    FROM account WHERE tenant_id = :the_tenant AND id = CAST(:account_id AS uuid)
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET
        last_communication_on = excluded.last_communication_on,
        unread_since_on = excluded.unread_since_on,
        asks = excluded.unread_since_on IS NOT NULL OR w.promise_broken_on IS NOT NULL
            OR w.first_payment_default_on IS NOT NULL OR w.plan_broken_on IS NOT NULL
            OR w.installment_missed_on IS NOT NULL OR w.settlement_expires_on IS NOT NULL
""")


def row_of(account_id: UUID, reference: str, known: InBooks) -> Mapping[str, Any]:
    """An account's days as a row of a JSON document."""
    days = {name: getattr(known, name) for name in IN_BOOKS}
    return {"account_id": account_id, "reference": reference, **days, "asks": known.asks}


async def keep(tx: Transaction, rows: Iterable[Mapping[str, Any]]) -> None:
    """Keep what the books of locked accounts say now."""
    found = sorted(rows, key=lambda row: str(row["account_id"]))
    if found:
        await tx.execute(_KEEP, {"rows": orjson.dumps(found, default=str).decode()})


async def note_spoken(
    tx: Transaction, spoken: Iterable[tuple[UUID, date | None, date | None]]
) -> None:
    """Keep of accounts when somebody was last spoken with, and since when a reply waits."""
    said = [
        {"account_id": account_id, "last_on": last_on, "unread_on": unread_on}
        for account_id, last_on, unread_on in spoken
    ]
    if said:
        await tx.execute(_SPOKEN, said)
