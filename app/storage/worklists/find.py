"""The items of a worklist as they are found: an account, why it is worked, and who has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from app.domain.worklists.lists import Worklist
from app.domain.worklists.score import WorkReason
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant
from app.storage.worklists.elsewhere import NOW
from app.storage.worklists.statement import (
    ORDER,
    Asked,
    page_of,
    statement_of,
    summary_of,
)
from app.storage.worklists.touched import WORK

__all__ = ["Asked", "FoundItem", "ReasonSum", "find", "groups", "next_change", "summarize"]

#: A list is asked in the same words again and again; long words take a while to be read.
_said = lru_cache(maxsize=128)(of_tenant)
#: Each is looked for behind the one before: there are few, of many accounts.
_GROUPS = of_tenant("""
    WITH RECURSIVE found AS (
        (SELECT work_group FROM account_work
        WHERE tenant_id = :the_tenant AND work_group IS NOT NULL ORDER BY work_group LIMIT 1)
        UNION ALL
        SELECT (SELECT w.work_group FROM account_work AS w
            WHERE w.tenant_id = :the_tenant AND w.work_group > f.work_group
            ORDER BY w.work_group LIMIT 1)
        FROM found AS f WHERE f.work_group IS NOT NULL)
    SELECT work_group FROM found WHERE work_group IS NOT NULL
""")


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundItem:
    """An account on a worklist. `since`: each reason that stands, with its day and its subject.

    `stray`: a message about no account; `account_id` is the contact's then, and nothing is owed;
    `sender_id`: who wrote it, where somebody is known by that address.
    """

    account_id: UUID
    reference: str
    overdue_minor: int
    since: Mapping[WorkReason, date]
    subjects: Mapping[WorkReason, UUID]
    score: int
    claimed_by: str | None
    claimed_until_at: datetime | None
    skipped_until_at: datetime | None
    callback_at: datetime | None
    callback_time_zone: str | None
    assigned_to: str | None
    attempts: int
    gate_until_at: datetime | None
    stray: bool
    sender_id: UUID | None
    place: tuple[int, int, int, date, int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonSum:
    """Of a reason, or of all (None): items that stand, those offered, the oldest day."""

    code: str | None
    open: int
    workable: int
    oldest: date | None


async def find(tx: Transaction, one: Worklist, asked: Asked, *, limit: int) -> list[FoundItem]:
    """Items in working order: callbacks whose hour has come, then by score."""
    if asked.only is None:
        sql, binds = page_of(one, asked, await groups(tx), limit)
    else:  # who may be found is known
        sql, binds = statement_of(one, asked, ())
        sql = f"SELECT * FROM ({sql}) AS items ORDER BY {ORDER} LIMIT :limit"
        binds["limit"] = limit
    rows = await tx.execute(_said(sql), binds)
    return [_item(row, one) for row in rows.mappings()]


async def groups(tx: Transaction) -> list[int]:
    """The groups that have accounts, by number: see `domain/worklists/groups.py`."""
    return list((await tx.execute(_GROUPS)).scalars())


async def next_change(tx: Transaction, one: Worklist, asked: Asked) -> datetime | None:
    """The next instant at which an item that waits may be offered; None: nobody knows."""
    sql, binds = statement_of(one, asked, await groups(tx))
    waits = f"""
        SELECT min(greatest(
            CASE WHEN claimed_until_at > {NOW} THEN claimed_until_at END,
            CASE WHEN skipped_until_at > {NOW} THEN skipped_until_at END,
            CASE WHEN callback_at > {NOW} THEN callback_at END,
            CASE WHEN gate_until_at > {NOW} THEN gate_until_at END)) FROM ({sql}) AS waiting
    """
    found: datetime | None = (await tx.execute(_said(waits), binds)).scalar_one()
    return found


async def summarize(tx: Transaction, one: Worklist, asked: Asked) -> list[ReasonSum]:
    """How a list stands: all of it first, then by reason."""
    sql, binds = summary_of(one, asked, await groups(tx))
    return [ReasonSum(**row) for row in (await tx.execute(_said(sql), binds)).mappings()]


def _item(row: Any, one: Worklist) -> FoundItem:  # noqa: ANN401 - a row's mapping
    since = {code: on for code in one.reasons if (on := row.get(f"{code}_on")) is not None}
    subjects = {code: of for code in one.reasons if (of := row.get(f"{code}_of")) is not None}
    if row["stray"]:
        subjects = dict.fromkeys(since, row["account_id"])
    return FoundItem(
        account_id=row["account_id"],
        reference=row["reference"],
        overdue_minor=row["overdue_minor"],
        since=since,
        subjects=subjects,
        score=row["score"],
        attempts=row["attempts"],
        stray=row["stray"],
        sender_id=row["sender_id"],
        place=(row["k_called"], row["k_asked"], row["k_score"], row["k_oldest"],
               row["k_overdue"], row["reference"]),
        **{name: row[name] for name in WORK},
    )  # fmt: skip
