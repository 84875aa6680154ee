"""What was done on a worklist, day by day: about accounts and about messages of no account."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, literal, select, tuple_, union_all

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.worklists.items import WorkDone

_NAMES = tuple(name for name in WorkDone.__dataclass_fields__ if name != "about_id")


class Act(NamedTuple):
    """One thing that was done. `stray`: about a message of no account."""

    done: WorkDone
    stray: bool


async def between(
    tx: Transaction,
    worklist: str,
    *,
    from_on: date | None,
    to_on: date | None,
    after: tuple[date, UUID] | None,
    limit: int,
) -> list[Act]:
    """Acts of a span of business dates, the latest first."""

    def read(of: Any, about: str, *, stray: bool) -> Select[Any]:  # noqa: ANN401 - either table
        key = tuple_(of.c.business_date, of.c.id)
        query = select(
            of.c[about].label("about_id"), *(of.c[name] for name in _NAMES),
            literal(stray).label("stray"),
        ).where(of.c.worklist == worklist)  # fmt: skip
        if from_on is not None:
            query = query.where(of.c.business_date >= from_on)
        if to_on is not None:
            query = query.where(of.c.business_date <= to_on)
        if after is not None:
            query = query.where(key < after)
        return query.order_by(of.c.business_date.desc(), of.c.id.desc()).limit(limit)

    of_accounts = read(tables.table(tables.WorkFact), "account_id", stray=False).subquery()
    of_none = read(tables.table(tables.StrayFact), "contact_id", stray=True).subquery()
    both = union_all(select(of_accounts), select(of_none)).subquery()
    latest = select(both).order_by(both.c.business_date.desc(), both.c.id.desc()).limit(limit)
    return [
        Act(WorkDone(**{name: row[name] for name in ("about_id", *_NAMES)}), row["stray"])
        for row in (await tx.execute(latest)).mappings()
    ]
