"""Sums of closed days: written at the close in one statement, and read.

An account whose row stands as it stood at the end of the day is summed where it lies; of the others
the ids are answered, and who asked folds them. One statement says which are which, so that none is
summed twice or left out, whatever commits meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    TextClause,
    Uuid,
    any_,
    delete,
    func,
    insert,
    literal,
    select,
)

from app.domain.overview.positions import COMPONENTS, DIMENSIONS, FIGURES, LASTING, Key, Position
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import counted, of_tenant
from app.storage.reports.by_hash import by_hash
from app.storage.reports.stands import BATCH, EVERY, GOES_ON, OWES, OWING, STANDS, SUMMED, UNKEPT


def _into(insert: str) -> TextClause:
    return of_tenant(counted(insert))


_ROLLUP, _FLOW = tables.table(tables.RollupDay), tables.table(tables.FlowDay)
_MONTH = tables.table(tables.PositionMonth)
_A_DAY = timedelta(days=1)
_NAMES: Final = ", ".join((*DIMENSIONS, *FIGURES))
_STOOD: Final = _NAMES.replace("placement_batch", BATCH)
_CELLS: Final = ", ".join(COMPONENTS)
_SUMS: Final = ", ".join(f"sum({one})" for one in COMPONENTS)
_CLOSE_DAY: Final = of_tenant(EVERY)
_CLOSE_MONTH: Final = _into(f"""
    INSERT INTO position_month (tenant_id, month_on, account_id, {_NAMES})
    SELECT :the_tenant, CAST(:on AS date), account_id, {_STOOD}
    FROM ({STANDS}) AS stands WHERE goes_on AND NOT unkept
""")
_SUM_MONTH: Final = _into(f"""
    INSERT INTO rollup_day (tenant_id, day_on, number, {_NAMES})
    SELECT :the_tenant, CAST(:on AS date), row_number() OVER (), {", ".join(DIMENSIONS)}, {SUMMED}
    FROM position_month
    WHERE tenant_id = :the_tenant AND month_on = CAST(:on AS date) AND {OWES}
    GROUP BY {", ".join(DIMENSIONS)}
""")
#: Whoever is new since, or went on, has no position by the statement before this.
_REST: Final = of_tenant("""
    SELECT count(*) AS accounts, bool_or(w.placed_on IS NULL) AS unkept,
        array_agg(a.id) FILTER (WHERE m.account_id IS NULL) AS others
    FROM account AS a
    LEFT JOIN account_work AS w ON w.tenant_id = :the_tenant AND w.account_id = a.id
    LEFT JOIN position_month AS m
        ON m.tenant_id = :the_tenant AND m.month_on = CAST(:on AS date) AND m.account_id = a.id
    WHERE a.tenant_id = :the_tenant
""")
_INTO_FLOWS: Final = (
    f"INSERT INTO flow_day (tenant_id, day_on, number, {', '.join(LASTING)}, kind, {_CELLS})"
)
#: Where an account has what its postings are summed by.
_OF: Final = dict(zip(LASTING, (
    "a.currency", "a.creditor_reference", "a.product", "a.policy_name",
    "coalesce(w.batch, to_char(w.placed_on, 'YYYY-MM'))",
), strict=True))  # fmt: skip
_OF_ACCOUNT: Final = ", ".join(_OF.values())
#: The product that a placement said on the day, where it was corrected later.
_SAID: Final = """
    LEFT JOIN (
        SELECT DISTINCT ON (account_id) account_id, body -> 'was' ->> 'product' AS product
        FROM fact
        WHERE tenant_id = :the_tenant AND kind = 'placement_correction'
            AND business_date > CAST(:on AS date)
        ORDER BY account_id, sequence
    ) AS c ON c.account_id = p.account_id
"""
_AS_SAID: Final = _OF_ACCOUNT.replace("a.product", "coalesce(c.product, a.product)")
_POSTED: Final = f"""
    SELECT {{first}} {{of}}, {{kind}}, {", ".join(f"sum(p.{one})" for one in COMPONENTS)}
    FROM posting AS p
    JOIN account AS a ON a.tenant_id = :the_tenant AND a.id = p.account_id
    JOIN account_work AS w ON w.tenant_id = :the_tenant AND w.account_id = p.account_id {{said}}
    WHERE p.tenant_id = :the_tenant AND p.business_date {{by}} CAST(:on AS date)
    GROUP BY {{of}}, {{kind}}
"""
#: Where sums by what an account keeps all its life and the postings by the same are apart: a
#: placement was corrected, and with it the product.
_APART: Final = of_tenant(f"""
    SELECT 1 FROM (
        SELECT {", ".join(LASTING)}, {" + ".join(COMPONENTS)} AS minor FROM rollup_day
        WHERE tenant_id = :the_tenant AND day_on = CAST(:on AS date)
        UNION ALL
        SELECT {", ".join(LASTING)}, -({" + ".join(COMPONENTS)}) FROM flow_day
        WHERE tenant_id = :the_tenant AND day_on = CAST(:on AS date) AND kind IS NULL
    ) AS sides GROUP BY {", ".join(LASTING)} HAVING sum(minor) <> 0 LIMIT 1
""")
#: What accounts that were corrected on the day had been booked before it goes from the product they
#: were said to be to that they are. Of the day itself it is booked by what they are.
_WENT_OVER: Final = _into(f"""
    {_INTO_FLOWS}
    SELECT :the_tenant, CAST(:on AS date), (
            SELECT coalesce(min(number), 0) FROM flow_day
            WHERE tenant_id = :the_tenant AND day_on = CAST(:on AS date)
        ) - row_number() OVER (),
        {_OF_ACCOUNT.replace("a.product", "side.product")}, NULL,
        {", ".join(f"sum(side.sign * p.{one})" for one in COMPONENTS)}
    FROM (
        SELECT DISTINCT ON (f.account_id) f.account_id, f.body -> 'was' ->> 'product' AS product
        FROM account AS a
        JOIN fact AS f ON f.tenant_id = :the_tenant AND f.account_id = a.id
        WHERE a.tenant_id = :the_tenant AND a.latest_business_date >= CAST(:on AS date)
            AND f.kind = 'placement_correction' AND f.business_date = CAST(:on AS date)
        ORDER BY f.account_id, f.sequence
    ) AS was
    JOIN account AS a ON a.tenant_id = :the_tenant AND a.id = was.account_id
    JOIN account_work AS w ON w.tenant_id = :the_tenant AND w.account_id = was.account_id
    JOIN posting AS p ON p.tenant_id = :the_tenant AND p.account_id = was.account_id
        AND p.business_date < CAST(:on AS date)
    {_SAID}
    JOIN LATERAL (
        VALUES (-1, was.product), (1, coalesce(c.product, a.product))
    ) AS side(sign, product) ON was.product <> coalesce(c.product, a.product)
    GROUP BY {_OF_ACCOUNT.replace("a.product", "side.product")}
""")
_KEY: Final = ":the_tenant, CAST(:on AS date), row_number() OVER () * {sign},"
_OF_DAY: Final = {"kind": "p.kind", "by": "="}
_IN_ALL: Final = {"kind": "CAST(NULL AS text)", "by": "<="}
_NOW: Final = {"of": _OF_ACCOUNT, "said": ""}
_THEN: Final = {"of": _AS_SAID, "said": _SAID}
_DAYS: Final = _KEY.format(sign=1)
_ALL: Final = _KEY.format(sign=-1)
_MOVED: Final = _into(f"{_INTO_FLOWS} {_POSTED.format(first=_DAYS, **_OF_DAY, **_NOW)}")
_MOVED_THEN: Final = _into(f"{_INTO_FLOWS} {_POSTED.format(first=_DAYS, **_OF_DAY, **_THEN)}")
_BOOKED: Final = _into(f"{_INTO_FLOWS} {_POSTED.format(first=_ALL, **_IN_ALL, **_THEN)}")
_FROM_POSTINGS: Final = of_tenant(
    f"{_POSTED.format(first='', **_OF_DAY, **_THEN)}"
    f" UNION ALL {_POSTED.format(first='', **_IN_ALL, **_THEN)}"
)
_BOOKED_ON: Final = _into(f"""
    {_INTO_FLOWS}
    SELECT :the_tenant, CAST(:on AS date), -row_number() OVER (), {", ".join(LASTING)}, NULL,
        {_SUMS}
    FROM flow_day
    WHERE tenant_id = :the_tenant AND (
        day_on = CAST(:before AS date) AND kind IS NULL
        OR day_on = CAST(:on AS date) AND kind IS NOT NULL)
    GROUP BY {", ".join(LASTING)}
""")


_BESIDE: Final = (
    "JOIN account_work AS w ON w.tenant_id = :the_tenant AND w.account_id = p.account_id"
)
_IN: Final = f"""
    SELECT {{chosen}}, p.kind, {", ".join(f"sum(p.{one})" for one in COMPONENTS)}
    FROM posting AS p
    JOIN account AS a ON a.tenant_id = :the_tenant AND a.id = p.account_id {{beside}}
    WHERE p.tenant_id = :the_tenant {{narrowed}}
        AND p.business_date BETWEEN CAST(:from_on AS date) AND CAST(:to_on AS date)
    GROUP BY {{chosen}}, p.kind
"""
_UNKEPT: Final = of_tenant("""
    SELECT a.id FROM account AS a
    LEFT JOIN account_work AS w ON w.tenant_id = :the_tenant AND w.account_id = a.id
    WHERE a.tenant_id = :the_tenant AND w.placed_on IS NULL ORDER BY a.id LIMIT :limit
""")


class Closed(NamedTuple):
    """What a close summed where it lies: of how many accounts, and whose rows have gone on since.

    `unkept`: of some account it is not kept what reports ask of it.
    """

    accounts: int
    unkept: bool
    others: Sequence[UUID]


class Moved(NamedTuple):
    """What was posted of a kind (None: all that was booked) by the groups asked for."""

    key: Key
    kind: str | None
    amounts: Mapping[str, int]


async def sum_where_it_lies(
    tx: Transaction, tenant_id: UUID, on: date, *, month_end: bool
) -> Closed:
    """Keep the sums of the accounts whose rows stand as they stood; answers the others.

    At the end of a month also where each stood.
    """
    if month_end:
        async with by_hash(tx, joins=True):
            await tx.execute(_CLOSE_MONTH, {"on": on})
            await tx.execute(_SUM_MONTH, {"on": on})
            row = (await tx.execute(_REST, {"on": on})).one()
        return Closed(int(row.accounts), bool(row.unkept), row.others or ())
    async with by_hash(tx):
        rows = (await tx.execute(_CLOSE_DAY, {"on": on})).all()
    size = len(DIMENSIONS)
    owing: dict[Key, dict[str, int]] = {}
    for row in rows:
        if row.marks == GOES_ON | OWING:
            add_to(owing, tuple(row[:size]), {name: int(getattr(row, name)) for name in FIGURES})
    await add_sums(tx, tenant_id, on, owing, lay=True)
    return Closed(
        accounts=sum(row.number for row in rows),
        unkept=any(row.marks & UNKEPT for row in rows),
        others=[one for row in rows for one in row.others or ()],
    )


def add_to(sums: dict[Key, dict[str, int]], key: Key, more: Mapping[str, int]) -> None:
    """Add figures to those of a group."""
    mine = sums.setdefault(key, dict.fromkeys(more, 0))
    for name, value in more.items():
        mine[name] += value


async def add_sums(
    tx: Transaction, tenant_id: UUID, on: date, sums: Mapping[Key, Mapping[str, int]], *,
    lay: bool = False,
) -> None:  # fmt: skip
    """Keep sums of a day beside those that are there. `lay`: of accounts where they lay."""
    of, sign = {"tenant_id": tenant_id, "day_on": on}, 1 if lay else -1
    rows = [
        {**of, "number": sign * number, **_named(key), **cells}
        for number, (key, cells) in enumerate(sums.items(), start=1)
    ]
    if rows:
        await tx.execute(insert(_ROLLUP), rows)


async def add_positions(
    tx: Transaction, tenant_id: UUID, on: date, positions: Iterable[Position]
) -> None:
    """Keep where accounts stood at the end of a month."""
    of = {"tenant_id": tenant_id, "month_on": on}
    rows = [
        {**of, "account_id": one.account_id, **_named(one.key), **one.figures} for one in positions
    ]
    if rows:
        await tx.execute(insert(_MONTH), rows)


def _named(key: Key) -> dict[str, str | None]:
    return dict(zip(DIMENSIONS, key, strict=True))


async def sum_postings(tx: Transaction, on: date, *, goes_on: bool) -> None:
    """Keep what a day posted by kind, and all that was booked by its end.

    `goes_on`: the day before is kept; else every posting is summed.
    """
    await tx.execute(_MOVED if goes_on else _MOVED_THEN, {"on": on})
    if goes_on:
        await tx.execute(_BOOKED_ON, {"on": on, "before": on - _A_DAY})
    else:
        await tx.execute(_BOOKED, {"on": on})


async def sum_postings_again(tx: Transaction, on: date) -> None:
    """Where postings carried on are not of whom the positions are: those of corrected accounts.

    Every posting where that is not all.
    """
    if (await tx.execute(_APART, {"on": on})).first() is None:
        return
    await tx.execute(_WENT_OVER, {"on": on})
    if (await tx.execute(_APART, {"on": on})).first() is not None:
        row = _FLOW.c
        await tx.execute(delete(_FLOW).where(row.day_on == on, row.kind.is_(None)))
        await tx.execute(_BOOKED, {"on": on})


async def summed(
    tx: Transaction, on: date, groups: Sequence[str], filters: Mapping[str, str]
) -> dict[Key, dict[str, int]]:
    """The figures of who owed on a kept day, by these groups."""
    columns = [_ROLLUP.c[name] for name in groups]
    sums = [func.sum(_ROLLUP.c[name]).label(name) for name in FIGURES]
    query = select(*columns, *sums).where(_ROLLUP.c.day_on == on, *_narrowed(_ROLLUP, filters))
    found: dict[Key, dict[str, int]] = {}
    for row in await tx.execute(query.group_by(*columns)):
        cells = {name: int(value) for name, value in zip(FIGURES, row[len(groups) :], strict=True)}
        found[tuple(row[: len(groups)])] = cells
    return found


async def booked(
    tx: Transaction, on: date, groups: Sequence[str], filters: Mapping[str, str]
) -> tuple[Moved, ...]:
    """All that was booked by the end of a kept day, by groups of `LASTING`."""
    return await _flows(tx, [_FLOW.c.day_on == on, _FLOW.c.kind.is_(None)], groups, filters)


async def posted_between(
    tx: Transaction, from_on: date, to_on: date, groups: Sequence[str], filters: Mapping[str, str]
) -> tuple[Moved, ...]:
    """What kept days posted by kind, by groups of `LASTING`."""
    span = [_FLOW.c.day_on.between(from_on, to_on), _FLOW.c.kind.is_not(None)]
    return await _flows(tx, span, groups, filters)


async def posted_in(
    tx: Transaction, from_on: date, to_on: date, groups: Sequence[str], filters: Mapping[str, str]
) -> tuple[Moved, ...]:
    """The same of any days, by the postings themselves."""
    chosen = ", ".join(_OF[one] for one in groups)
    batch = "placement_batch" in {*groups, *filters}
    statement = _IN.format(
        chosen=chosen, beside=_BESIDE if batch else "",
        narrowed="".join(f" AND {_OF[one]} = :{one}" for one in filters),
    )  # fmt: skip
    said = {"from_on": from_on, "to_on": to_on, **filters}
    return tuple(_moved(row, len(groups)) for row in await tx.execute(of_tenant(statement), said))


async def _flows(
    tx: Transaction, of: Sequence[ColumnElement[bool]], groups: Sequence[str],
    filters: Mapping[str, str],
) -> tuple[Moved, ...]:  # fmt: skip
    columns = [*(_FLOW.c[name] for name in groups), _FLOW.c.kind]
    sums = [func.sum(_FLOW.c[name]) for name in COMPONENTS]
    query = select(*columns, *sums).where(*of, *_narrowed(_FLOW, filters)).group_by(*columns)
    return tuple(_moved(row, len(groups)) for row in await tx.execute(query))


def _moved(row: Any, size: int) -> Moved:  # noqa: ANN401 - groups, the kind, the components
    amounts = zip(COMPONENTS, map(int, row[size + 1 :]), strict=True)
    return Moved(key=tuple(row[:size]), kind=row[size], amounts=dict(amounts))


async def from_postings(tx: Transaction, on: date) -> tuple[Moved, ...]:
    """What a day's flows come to by the postings themselves, by all of `LASTING`."""
    return tuple(_moved(row, len(LASTING)) for row in await tx.execute(_FROM_POSTINGS, {"on": on}))


async def positions(tx: Transaction, on: date, account_ids: Sequence[UUID]) -> tuple[Position, ...]:
    """Those kept of these accounts at the end of a month."""
    row = _MONTH.c
    query = select(row.account_id, *(row[name] for name in (*DIMENSIONS, *FIGURES))).where(
        row.month_on == on, row.account_id == any_(literal(list(account_ids), ARRAY(Uuid)))
    )
    size = 1 + len(DIMENSIONS)
    return tuple(
        Position(
            account_id=one[0],
            key=tuple(one[1:size]),
            figures=dict(zip(FIGURES, one[size:], strict=True)),
        )
        for one in await tx.execute(query)
    )


async def unkept(tx: Transaction, *, limit: int) -> Sequence[UUID]:
    """Accounts of which it is not kept what reports ask of them."""
    return (await tx.execute(_UNKEPT, {"limit": limit})).scalars().all()


def _narrowed(table: Any, filters: Mapping[str, str]) -> list[ColumnElement[bool]]:  # noqa: ANN401
    return [table.c[name] == value for name, value in filters.items()]
