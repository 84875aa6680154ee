"""Which accounts have a day to close, and whose turn is next? The order of review, in pages."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import Date, Uuid, bindparam, select, tuple_

from app.storage import tables
from app.storage.accounts.accounts import (
    ACCOUNT_COLUMNS,
    StoredAccount,
    Turn,
    lock_many,
    stored_account,
)
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared

_ACCOUNT = tables.table(tables.Account)
#: Before every turn there is: no account has this id.
FIRST_TURN: Final = Turn(date.min, UUID(int=0))
_ORDER = (_ACCOUNT.c.next_review_on, _ACCOUNT.c.id)
_PAGE = (
    _ACCOUNT.c.next_review_on <= bindparam("business_date"),
    # A sandbox clock was moved back behind these: their days are closed already.
    _ACCOUNT.c.latest_business_date <= bindparam("business_date"),
    tuple_(*_ORDER) > tuple_(bindparam("after_on", type_=Date), bindparam("after_id", type_=Uuid)),
)
_DUE = Prepared(select(*_ORDER).where(*_PAGE).order_by(*_ORDER).limit(bindparam("limit")))
_LOCK_DUE = Prepared(
    select(*ACCOUNT_COLUMNS)
    .where(*_PAGE)
    .order_by(*_ORDER)
    .limit(bindparam("limit"))
    .with_for_update(key_share=True, skip_locked=True)
)


async def due_for_review(
    tx: Transaction, business_date: date, *, after: Turn = FIRST_TURN, limit: int
) -> tuple[StoredAccount, ...]:
    """A page of accounts with a day to close, locked, those due longest first.

    What others hold is skipped. `next_review_on` is the earliest day a verdict can change by
    itself; the page is read from its index, which a page done leaves behind.
    """
    rows = await _LOCK_DUE.rows(tx, business_date=business_date, **_after(after), limit=limit)
    return tuple(stored_account(row) for row in rows)


async def due_turns(
    tx: Transaction, business_date: date, *, after: Turn = FIRST_TURN, limit: int
) -> tuple[Turn, ...]:
    """The same page, unlocked and with those that others hold: only whose turn it is."""
    rows = await _DUE.rows(tx, business_date=business_date, **_after(after), limit=limit)
    return tuple(Turn(row["next_review_on"], row["id"]) for row in rows)


async def lock_due(
    tx: Transaction, business_date: date, account_ids: Iterable[UUID]
) -> tuple[StoredAccount, ...]:
    """Those of the accounts that still have a day to close, waited for by ascending id."""
    locked = await lock_many(tx, account_ids)
    return tuple(one for one in locked.values() if one.due(business_date))


def _after(turn: Turn) -> dict[str, object]:
    return {"after_on": turn.next_review_on, "after_id": turn.account_id}
