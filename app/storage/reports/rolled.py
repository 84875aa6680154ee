"""Two ends of months joined: where those who owed at the one stood at the other."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, bindparam

from app.domain.overview.positions import COMPONENTS, DIMENSIONS
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant
from app.storage.reports.by_hash import by_hash

_OWED: Final = " + ".join(f"{{0}}.{one}" for one in COMPONENTS)
_OWES: Final = f"{{0}}.status IN ('open', 'charged_off') AND {_OWED} > 0"
_STATE: Final = "CASE WHEN {0}.status = 'open' THEN {0}.bucket ELSE {0}.status END"
#: Nothing is overdue any more, or nothing owed (`cures`).
_CURED: Final = "(t.status = 'paid' OR t.status IN ('open', 'charged_off') AND t.overdue_minor = 0)"
_JOINED: Final = f"""
    FROM position_month AS t
    LEFT JOIN position_month AS f
        ON f.tenant_id = :the_tenant AND f.month_on = CAST(:from_on AS date)
        AND f.account_id = t.account_id AND {_OWES.format("f")}
    WHERE t.tenant_id = :the_tenant AND t.month_on = CAST(:to_on AS date)
"""
#: Each is looked up by its key: statistics know nothing of a month that was written just now, and a
#: join planned for one row takes hours for all.
_ENDED: Final = f"""
    SELECT t.account_id
    FROM position_month AS t, LATERAL (
        SELECT 1 FROM position_month AS f
        WHERE f.tenant_id = :the_tenant AND f.month_on = CAST(:from_on AS date)
            AND f.account_id = t.account_id AND f.bucket <> 'current' AND {_OWES.format("f")}
        OFFSET 0) AS late
    WHERE t.tenant_id = :the_tenant AND t.month_on = CAST(:to_on AS date)
        AND ({_CURED} OR t.status = 'open' AND t.bucket = 'current')
        AND t.account_id > :after ORDER BY t.account_id LIMIT :limit
"""
_NOTE: Final = """
    UPDATE position_month AS t SET ended_by = r.ended_by
    FROM unnest(CAST(:ids AS uuid[]), CAST(:causes AS text[])) AS r(account_id, ended_by)
    WHERE t.tenant_id = :the_tenant AND t.month_on = CAST(:to_on AS date)
        AND t.account_id = r.account_id
"""


class Rolled(NamedTuple):
    """Accounts that went one way together. `start` None: they owed nothing then.

    `cured`: nothing is overdue at the end. `cause`: of a lateness that ended in between.
    """

    key: tuple[str | None, ...]  # by the groups asked for, at the end
    start: str | None
    start_bucket: str | None
    end: str
    cured: bool
    cause: str | None
    accounts: int
    opening_minor: int
    closing_minor: int


async def rolled(
    tx: Transaction, from_on: date, to_on: date, groups: Sequence[str], filters: Mapping[str, str]
) -> tuple[Rolled, ...]:
    """What became of those who owed, and those who owe since, by groups at the end."""
    chosen = [one for one in DIMENSIONS if one in groups]
    asked = [one for one in DIMENSIONS if one in filters]
    columns = "".join(f"t.{one}, " for one in chosen)
    statement = f"""
        SELECT {columns} CASE WHEN f.status IS NOT NULL THEN {_STATE.format("f")} END AS began,
            f.bucket AS began_in, {_STATE.format("t")} AS ended, {_CURED} AS cured, t.ended_by,
            count(*), coalesce(sum({_OWED.format("f")}), 0), sum({_OWED.format("t")})
        {_JOINED} AND (f.account_id IS NOT NULL OR {_OWES.format("t")})
            {"".join(f" AND t.{one} = :{one}" for one in asked)}
        GROUP BY {columns} began, began_in, ended, cured, t.ended_by
    """
    said = {"from_on": from_on, "to_on": to_on, **filters}
    size = len(chosen)
    places = [chosen.index(one) for one in groups]
    async with by_hash(tx, joins=True):
        rows = (await tx.execute(of_tenant(statement), said)).all()
    return tuple(
        Rolled(tuple(row[place] for place in places), *row[size:-3], *map(int, row[-3:]))
        for row in rows
    )


async def ended(
    tx: Transaction, from_on: date, to_on: date, *, after: UUID, limit: int
) -> Sequence[UUID]:
    """The next accounts that were late at the one end and are not at the other."""
    said = {"from_on": from_on, "to_on": to_on, "after": after, "limit": limit}
    return (await tx.execute(of_tenant(_ENDED), said)).scalars().all()


async def note_causes(tx: Transaction, to_on: date, causes: Mapping[UUID, str]) -> None:
    """Keep what ended each lateness."""
    ids, why = bindparam("ids", type_=ARRAY(Uuid)), bindparam("causes", type_=ARRAY(Text))
    said = {"to_on": to_on, "ids": list(causes), "causes": list(causes.values())}
    await tx.execute(of_tenant(_NOTE).bindparams(ids, why), said)
