"""What the books wrote of the payments of accounts: many at once, and of which version they are."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from msgspec.json import Decoder

from app.domain.account.lines import Line
from app.domain.values import Value
from app.storage.database.engine import Transaction
from app.storage.database.prepared import Prepared
from app.storage.database.tenanted import of_tenant


class Written(NamedTuple):
    """The lines of an account's payments in force, by payment; `version`: of its row then."""

    version: int
    splits: Mapping[UUID, Sequence[Line]]


class _Split(Value, kw_only=True):
    payment_id: UUID
    lines: tuple[Line, ...]


_SPLITS: Decoder[tuple[_Split, ...]] = Decoder(tuple[_Split, ...])
#: One statement, so that lines and version are of one moment.
_WRITTEN = Prepared(of_tenant("""
    SELECT a.id, a.version, CAST((
        SELECT json_agg(json_build_object('payment_id', s.payment_id, 'lines', s.lines))
        FROM (
            SELECT x.payment_id, json_agg(json_build_object(
                'component', x.component, 'amount_minor', x.amount_minor, 'rule', x.rule,
                'plan_id', x.plan_id, 'installment_id', x.installment_id, 'cell', x.cell
            ) ORDER BY x.line) AS lines
            FROM payment p
            JOIN allocation x ON x.tenant_id = p.tenant_id AND x.account_id = p.account_id
                AND x.payment_id = p.id AND x.generation = p.generation
            WHERE p.tenant_id = :the_tenant AND p.account_id = a.id
            GROUP BY x.payment_id
        ) AS s
    ) AS text) AS splits
    FROM account a WHERE a.tenant_id = :the_tenant AND a.id = ANY(CAST(:ids AS uuid[]))
"""))  # fmt: skip


async def written(tx: Transaction, account_ids: Sequence[UUID]) -> dict[UUID, Written]:
    """By account, as it stands now."""
    return {
        one["id"]: Written(
            one["version"],
            {each.payment_id: each.lines for each in _SPLITS.decode(one["splits"] or "[]")},
        )
        for one in await _WRITTEN.rows(tx, ids=list(account_ids))
    }
