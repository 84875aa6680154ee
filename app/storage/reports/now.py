"""How accounts stand on the business date, by their rows alone, and what the ledger says of them.

One statement sees the rows and the postings, so that both are of one moment.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, NamedTuple

from app.domain.overview.positions import COMPONENTS, FIGURES, LASTING, Key
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant
from app.storage.reports.by_hash import by_hash
from app.storage.reports.rollups import add_to
from app.storage.reports.stands import grouped

_POSTED: Final = f"""
    SELECT a.currency, {", ".join(f"sum(p.{one}) AS {one}" for one in COMPONENTS)}
    FROM posting AS p
    JOIN account AS a ON a.tenant_id = :the_tenant AND a.id = p.account_id
    WHERE p.tenant_id = :the_tenant AND p.business_date > CAST(:since AS date)
        AND p.business_date <= CAST(:on AS date) {{narrowed}}
    GROUP BY a.currency
"""
#: Where an account has what it keeps all its life, but for its batch.
_OF: Final = dict(
    zip(LASTING, ("a.currency", "a.creditor_reference", "a.product", "a.policy_name"), strict=False)
)


class Now(NamedTuple):
    """Figures of who owes by groups, and by currency what was posted since a day.

    `others`: accounts that have a day to be judged first, and are in neither.
    """

    sums: Mapping[Key, dict[str, int]]
    posted: Mapping[str, int]
    others: int


async def stand_now(
    tx: Transaction, on: date, groups: Sequence[str], filters: Mapping[str, str], *, since: date,
    of: Sequence[str],
) -> Now:  # fmt: skip
    """By groups and filters of `DIMENSIONS`; filters of `_OF` alone narrow what was posted.

    `of`: which of `FIGURES`; the others are nothing, and what has them is not joined.
    """
    lasting = "".join(f" AND {_OF[name]} = :{name}" for name in filters if name in _OF)
    nothing = ", ".join(["CAST(NULL AS text)"] * (len(groups) - 1))
    sums = ", ".join(f"sum({one})" if one in of else "0" for one in FIGURES)
    zeros = ", ".join("0" for one in FIGURES if one not in COMPONENTS and one != "accounts")
    statement = f"""
        {grouped(groups, sums=sums, narrowed=lasting)}
        UNION ALL
        SELECT currency, {nothing}, NULL, NULL, NULL, 0, 0, {", ".join(COMPONENTS)}, {zeros}
        FROM ({_POSTED.format(narrowed=lasting)}) AS posted
    """
    async with by_hash(tx):
        rows = (await tx.execute(of_tenant(statement), {"on": on, "since": since, **filters})).all()
    size, posted, others = len(groups), dict[str, int](), 0
    stood: dict[Key, dict[str, int]] = {}
    for row in rows:
        cells = dict(zip(FIGURES, map(int, row[-len(FIGURES) :]), strict=True))
        if row.goes_on is None:
            posted[str(row[0])] = sum(cells[one] for one in COMPONENTS)
        elif row.unkept or not row.goes_on:
            others += row.number
        elif row.owes:
            add_to(stood, tuple(row[:size]), cells)
    return Now(sums=stood, posted=posted, others=others)
