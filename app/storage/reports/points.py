"""Points of cohorts at the ends of months: added up a page of accounts at a time, and read."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID, uuid5

import orjson
from sqlalchemy import delete, func, select, update

from app.domain.overview.points import FIGURES, WHOSE
from app.domain.overview.positions import Key
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant

_DAY, _POINT = tables.table(tables.ReportDay), tables.table(tables.CohortPoint)
#: Names a row by all that it is not a sum of.
_ROWS: Final = UUID("5f0f4f60-9d0c-4f57-9b5c-3b8a3a9f2c11")
_NAMES: Final = ", ".join((*WHOSE, *FIGURES))
_TYPED: Final = ", ".join(
    (*(f"{one} {'integer' if one == 'age' else 'text'}" for one in WHOSE),
     *(f"{one} bigint" for one in FIGURES))
)  # fmt: skip
_ADD: Final = of_tenant(f"""
    INSERT INTO cohort_point AS p (tenant_id, month_on, id, {_NAMES})
    SELECT :the_tenant, CAST(:on AS date), id, {_NAMES}
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, {_TYPED}) ORDER BY id
    ON CONFLICT (tenant_id, month_on, id) DO UPDATE SET
        {", ".join(f"{one} = p.{one} + excluded.{one}" for one in FIGURES)}
""")


class Unfinished(NamedTuple):
    """A day whose points are being added up, and the last account that is in them."""

    day_on: date
    through: UUID | None


async def unfinished(tx: Transaction, before: date, *, on: date | None = None) -> Unfinished | None:
    """The newest day whose points are not all there, locked; whoever has one has it alone.

    `on`: this one. None: there is none, or somebody is at work on it.
    """
    row = _DAY.c
    asked = row.day_on < before if on is None else row.day_on == on
    query = select(row.day_on, row.points_through).where(
        asked, row.points_kept.is_(False), row.making.is_(None)
    )
    query = query.order_by(row.day_on.desc()).limit(1).with_for_update(skip_locked=on is None)
    found = (await tx.execute(query)).one_or_none()
    return None if found is None else Unfinished(*found)


async def go_on(tx: Transaction, on: date, through: UUID | None, *, kept: bool) -> None:
    """Note how far the points of a locked day are, and whether that is all of them."""
    far = {"points_kept": kept, "points_through": None if kept else through}
    await tx.execute(update(_DAY).where(_DAY.c.day_on == on).values(**far))


async def add(tx: Transaction, on: date, sums: Mapping[Key, Mapping[str, int]]) -> None:
    """Add to the points of a locked day."""
    rows = [
        {"id": uuid5(_ROWS, json.dumps(key)), **dict(zip(WHOSE, key, strict=True)), **cell}
        for key, cell in sums.items()
    ]
    if rows:
        await tx.execute(_ADD, {"on": on, "rows": orjson.dumps(rows).decode()})


async def kept(tx: Transaction, on: date) -> bool:
    """Whether a day has its points, all of them."""
    query = select(_DAY.c.points_kept).where(_DAY.c.day_on == on)
    return (await tx.execute(query)).scalar_one_or_none() is True


async def forget(tx: Transaction, on: date, *, until: date | None = None) -> None:
    """Keep no points of a day and those after it, or of those until another."""
    ends = [] if until is None else [_POINT.c.month_on <= until]
    await tx.execute(delete(_POINT).where(_POINT.c.month_on >= on, *ends))


async def summed(
    tx: Transaction, on: date, columns: Sequence[str], *, curve: str | None = None,
    cohorts: tuple[str, str] | None = None, filters: Mapping[str, str] | None = None,
) -> dict[Key, dict[str, int]]:  # fmt: skip
    """The figures of a day by these columns of `WHOSE`: of a curve, of a span of cohorts."""
    row = _POINT.c
    asked = [row.month_on == on, *(row[name] == value for name, value in (filters or {}).items())]
    if curve is not None:
        asked.append(row.curve == curve)
    if cohorts is not None:
        asked.append(row.cohort.between(*cohorts))
    groups = [row[name] for name in columns]
    query = select(*groups, *(func.sum(row[name]) for name in FIGURES)).where(*asked)
    size = len(columns)
    return {
        tuple(None if one is None else str(one) for one in found[:size]): dict(
            zip(FIGURES, map(int, found[size:]), strict=True)
        )
        for found in await tx.execute(query.group_by(*groups))
    }
