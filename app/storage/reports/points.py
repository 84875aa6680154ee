"""Points of cohorts and ages of debt at the ends of months: added up by pages of accounts, read."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID, uuid5

import orjson
from sqlalchemy import ColumnElement, Table, TextClause, delete, func, select, update

from app.domain.overview import ages, points
from app.domain.overview.positions import Key
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant

_DAY = tables.table(tables.ReportDay)
#: Names a row by all that it is not a sum of.
_ROWS: Final = UUID("5f0f4f60-9d0c-4f57-9b5c-3b8a3a9f2c11")


class Kept(NamedTuple):
    """What is kept at the end of a month: in which table, of whom, which figures."""

    table: Table
    whose: tuple[str, ...]
    figures: tuple[str, ...]
    add: TextClause


def _kept(of: Table, whose: tuple[str, ...], figures: tuple[str, ...]) -> Kept:
    names = ", ".join((*whose, *figures))
    typed = ", ".join(
        (*(f"{one} {'integer' if one == 'age' else 'text'}" for one in whose),
         *(f"{one} bigint" for one in figures))
    )  # fmt: skip
    return Kept(of, whose, figures, of_tenant(f"""
        INSERT INTO {of.name} AS p (tenant_id, month_on, id, {names})
        SELECT :the_tenant, CAST(:on AS date), id, {names}
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(id uuid, {typed}) ORDER BY id
        ON CONFLICT (tenant_id, month_on, id) DO UPDATE SET
            {", ".join(f"{one} = p.{one} + excluded.{one}" for one in figures)}
    """))  # fmt: skip


POINTS: Final = _kept(tables.table(tables.CohortPoint), points.WHOSE, points.FIGURES)
AGES: Final = _kept(tables.table(tables.AgeMonth), ages.WHOSE, ages.FIGURES)


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


async def give_up(tx: Transaction, on: date) -> None:
    """Keep no points of a locked day, until somebody makes it again."""
    await forget(tx, on, until=on)
    none = {"points_kept": None, "points_through": None}
    await tx.execute(update(_DAY).where(_DAY.c.day_on == on).values(**none))


async def add(tx: Transaction, of: Kept, on: date, sums: Mapping[Key, Mapping[str, int]]) -> None:
    """Add to what is kept of a locked day."""
    rows = [
        {"id": uuid5(_ROWS, json.dumps(key)), **dict(zip(of.whose, key, strict=True)), **cell}
        for key, cell in sums.items()
    ]
    if rows:
        await tx.execute(of.add, {"on": on, "rows": orjson.dumps(rows).decode()})


async def kept(tx: Transaction, on: date) -> bool:
    """Whether a day has its points, all of them."""
    query = select(_DAY.c.points_kept).where(_DAY.c.day_on == on)
    return (await tx.execute(query)).scalar_one_or_none() is True


async def forget(tx: Transaction, on: date, *, until: date | None = None) -> None:
    """Keep nothing of a day and those after it, or of those until another."""
    for of in (POINTS, AGES):
        day = of.table.c.month_on
        ends = [] if until is None else [day <= until]
        await tx.execute(delete(of.table).where(day >= on, *ends))


async def summed(
    tx: Transaction, of: Kept, on: date, columns: Sequence[str],
    filters: Mapping[str, str] | None = None, *, cohorts: tuple[str, str] | None = None,
) -> dict[Key, dict[str, int]]:  # fmt: skip
    """The figures of a day by these columns, narrowed by others; of points, a span of cohorts."""
    row = of.table.c
    asked: list[ColumnElement[bool]] = [row.month_on == on]
    asked += [row[name] == value for name, value in (filters or {}).items()]
    if cohorts is not None:
        asked.append(row.cohort.between(*cohorts))
    groups = [row[name] for name in columns]
    query = select(*groups, *(func.sum(row[name]) for name in of.figures)).where(*asked)
    size = len(columns)
    return {
        tuple(None if one is None else str(one) for one in found[:size]): dict(
            zip(of.figures, map(int, found[size:]), strict=True)
        )
        for found in await tx.execute(query.group_by(*groups))
    }
