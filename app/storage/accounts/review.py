"""Which accounts have a day to close, and whose turn is next? The order of review, in pages.

They are found by `account_review`, whose day is the account's own `next_review_on` or one before
it: whoever moves an account's day on leaves that row as it is. So the account's own day is asked
again of each that is found, and a sweep that comes to one too early moves its row on.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    func,
    select,
    true,
    tuple_,
    update,
)

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
from app.storage.database.tenanted import of_tenant

_ACCOUNT = tables.table(tables.Account)
_REVIEW = tables.table(tables.AccountReview)
#: Before every turn there is: no account has this id.
FIRST_TURN: Final = Turn(date.min, UUID(int=0))
#: In this order accounts have their turns.
REVIEW_ORDER: Final = (_REVIEW.c.review_on, _REVIEW.c.account_id)


def due_by(business_date: ColumnElement[date] | date) -> tuple[ColumnElement[bool], ...]:
    """Accounts with a day to close by then, as conditions on them and their review."""
    return *_reached_by(business_date), _ACCOUNT.c.next_review_on <= business_date


def each_due_by(business_date: date, *columns: ColumnElement[Any]) -> Select[Any]:
    """Those accounts' columns in the order of their turns, each looked up by its turn.

    Nothing else may lead to them: where many are behind, a planner would read all accounts.
    """
    its_own = select(*columns).where(*due_by(business_date)).correlate(_REVIEW).limit(1)
    one = its_own.lateral("due")
    turns = select(REVIEW_ORDER[0], *one.c).select_from(_REVIEW.join(one, true()))
    return turns.where(_REVIEW.c.review_on <= business_date).order_by(*REVIEW_ORDER)


def _reached_by(business_date: ColumnElement[date] | date) -> tuple[ColumnElement[bool], ...]:
    return (
        _ACCOUNT.c.tenant_id == _REVIEW.c.tenant_id,
        _ACCOUNT.c.id == _REVIEW.c.account_id,
        _REVIEW.c.review_on <= business_date,
        # A sandbox clock was moved back behind these: their days are closed already.
        _ACCOUNT.c.latest_business_date <= business_date,
    )


_DATE = bindparam("business_date", type_=Date)
_NEXT = tuple_(*REVIEW_ORDER) > tuple_(
    bindparam("after_on", type_=Date), bindparam("after_id", type_=Uuid)
)
_DUE = Prepared(
    select(*REVIEW_ORDER)
    .where(*due_by(_DATE), _NEXT)
    .order_by(*REVIEW_ORDER)
    .limit(bindparam("limit"))
)
#: The state, which is the last column and most of a row, only where it is to be judged.
_STATE = case((_ACCOUNT.c.next_review_on <= _DATE, ACCOUNT_COLUMNS[-1]))
_LOCK_REACHED = Prepared(
    select(_REVIEW.c.review_on, *ACCOUNT_COLUMNS[:-1], _STATE)
    .where(*_reached_by(_DATE), _NEXT)
    .order_by(*REVIEW_ORDER)
    .limit(bindparam("limit"))
    .with_for_update(key_share=True, skip_locked=True, of=_ACCOUNT)
)
_MOVE_ON = Prepared(
    update(_REVIEW)
    .where(
        _REVIEW.c.account_id == any_(bindparam("account_ids", type_=ARRAY(Uuid))),
        and_(
            _ACCOUNT.c.tenant_id == _REVIEW.c.tenant_id,
            _ACCOUNT.c.id == _REVIEW.c.account_id,
        ),
        _REVIEW.c.review_on.is_distinct_from(_ACCOUNT.c.next_review_on),
    )
    .values(review_on=_ACCOUNT.c.next_review_on)
)
_BRING_FORWARD = of_tenant("""
    INSERT INTO account_review (tenant_id, account_id, review_on)
    SELECT a.tenant_id, a.id, a.next_review_on FROM account AS a
    WHERE a.tenant_id = :the_tenant AND a.next_review_on <= :by
        AND NOT EXISTS (
            SELECT FROM account_review AS r
            WHERE r.tenant_id = :the_tenant AND r.account_id = a.id
                AND r.review_on <= a.next_review_on)
    ORDER BY a.id
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET review_on = EXCLUDED.review_on
    WHERE account_review.review_on IS NULL OR account_review.review_on > EXCLUDED.review_on
""")


class Reached(NamedTuple):
    """One whose turn it is, locked; without its account where it has no day to close yet."""

    turn: Turn
    account: StoredAccount | None


async def reached(
    tx: Transaction, business_date: date, *, after: Turn = FIRST_TURN, limit: int
) -> tuple[Reached, ...]:
    """A page of accounts whose turn has come, locked, those due longest first.

    What others hold is skipped. A page that is done, and moved on, is left behind.
    """
    rows = await _LOCK_REACHED.rows(tx, business_date=business_date, **_after(after), limit=limit)
    return tuple(
        Reached(
            turn=Turn(row["review_on"], row["id"]),
            account=None if row[-1] is None else stored_account(row[1:]),
        )
        for row in rows
    )


async def due_turns(
    tx: Transaction, business_date: date, *, after: Turn = FIRST_TURN, limit: int
) -> tuple[Turn, ...]:
    """Whose turn it is of those with a day to close, unlocked and with those that others hold."""
    rows = await _DUE.rows(tx, business_date=business_date, **_after(after), limit=limit)
    return tuple(Turn(row["review_on"], row["account_id"]) for row in rows)


async def remaining(tx: Transaction, business_date: date) -> int:
    """How many accounts still have a day up to that one to close."""
    each = each_due_by(business_date, _ACCOUNT.c.id).order_by(None).subquery()
    query = select(func.count()).select_from(each)
    return int((await tx.execute(query)).scalar_one())


async def lock_due(
    tx: Transaction, business_date: date, account_ids: Iterable[UUID]
) -> tuple[StoredAccount, ...]:
    """Those of the accounts that still have a day to close, waited for by ascending id."""
    locked = await lock_many(tx, account_ids)
    return tuple(one for one in locked.values() if one.due(business_date))


async def move_on(tx: Transaction, account_ids: Iterable[UUID]) -> None:
    """Let accounts have their turn on their own next day. They must be locked.

    Else somebody who makes that day an earlier one might rely on the turn that is moved.
    """
    wanted = list(account_ids)
    if wanted:
        await _MOVE_ON.rows(tx, account_ids=wanted)


async def bring_forward(tx: Transaction, by: date) -> None:
    """Give a turn to each account with a day to close by then that would come to it too late.

    Every command does so for its own. This finds what a statement over many accounts left, or a
    service of a version that knew of no such row.
    """
    await tx.execute(_BRING_FORWARD, {"by": by})


def _after(turn: Turn) -> dict[str, object]:
    return {"after_on": turn.review_on, "after_id": turn.account_id}
