"""The ledger's rows of accounts as reports are held against them: apart from facts and snapshots.

They are read as far as each account's books went when it was read itself, so that what is posted
meanwhile makes no difference between the two.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Uuid, bindparam

from app.domain.overview.ledger import LedgerRow
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant

#: A row that takes back another is of that one's kind and day, and its money that one's money.
_ROWS: Final = of_tenant("""
    SELECT p.account_id, coalesce(b.kind, p.kind), m.kind,
        coalesce(b.effective_on, p.effective_on), p.effective_on,
        sum(p.amount_minor), sum(p.unapplied_minor)
    FROM unnest(:ids, :through) AS read(account_id, sequence)
    JOIN posting AS p
        ON p.tenant_id = :the_tenant AND p.account_id = read.account_id
        AND p.sequence <= read.sequence AND p.business_date <= CAST(:until AS date)
    LEFT JOIN posting AS b
        ON b.tenant_id = :the_tenant AND b.account_id = p.account_id AND b.id = p.reverses
    LEFT JOIN payment AS m
        ON m.tenant_id = :the_tenant AND m.account_id = p.account_id
        AND m.id = coalesce(p.payment_id, b.payment_id)
    GROUP BY 1, 2, 3, 4, 5
""").bindparams(bindparam("ids", type_=ARRAY(Uuid)), bindparam("through", type_=ARRAY(BigInteger)))


async def rows_of(
    tx: Transaction, through: Mapping[UUID, int], *, until: date
) -> dict[UUID, list[LedgerRow]]:
    """What was booked of each account by the end of a business date, alike rows summed.

    `through`: the last row of each that counts.
    """
    if not through:
        return {}
    said = {"ids": list(through), "through": list(through.values()), "until": until}
    found: dict[UUID, list[LedgerRow]] = {}
    for account_id, kind, money, on, effective_on, minor, unapplied in await tx.execute(
        _ROWS, said
    ):
        row = LedgerRow(kind, money, on, effective_on, int(minor), int(unapplied))
        found.setdefault(account_id, []).append(row)
    return found
