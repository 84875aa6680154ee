"""What the tables themselves say of an account, each summed on its own: for the self-check."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, RowMapping, Uuid, bindparam

from app.domain.money import Amounts, Component
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedSums:
    """What the tables themselves say of an account, each summed on its own."""

    balance: Amounts
    unapplied_minor: int
    ledger: Amounts
    ledger_unapplied_minor: int
    balance_after_minor: int
    allocated_minor: int
    events: int
    due_minor: int
    paid_minor: int
    forgiven_minor: int  # forgiveness rows, less the reversals of those
    untied: Mapping[str, int]  # rows that lack another one, by what they lack


#: Rows that one call writes with what they name, so that no foreign key asks for it at each
#: (docs/decisions/0071): by table, column and the table named, in words.
_TIES = {
    "payments without their fact": ("payment", "id", "fact"),
    "postings without their fact": ("posting", "fact_id", "fact"),
    "postings without their payment": ("posting", "payment_id", "payment"),
    "allocations without their payment": ("allocation", "payment_id", "payment"),
    "allocations without their plan": ("allocation", "plan_id", "plan"),
}


#: A sweep that finds no turn by then would leave the account's day open.
_TOO_LATE = """(
    CASE WHEN a.next_review_on IS NULL OR EXISTS (
        SELECT FROM account_review r
        WHERE r.tenant_id = :the_tenant AND r.account_id = a.id AND r.review_on <= a.next_review_on
    ) THEN 0 ELSE 1 END)
"""
#: A list by standing would miss them, or find them in vain.
_FOUND_OTHERWISE = """(
    SELECT count(*) FROM plan p
    WHERE p.tenant_id = :the_tenant AND p.account_id = a.id AND p.standing IS DISTINCT FROM (
        SELECT s.standing FROM plan_standing s
        WHERE s.tenant_id = :the_tenant AND s.account_id = a.id AND s.plan_id = p.id))
"""
_BESIDE = {
    "accounts without a turn by their day": _TOO_LATE,
    "plans found otherwise than they stand": _FOUND_OTHERWISE,
}


async def cached_sums(tx: Transaction, account_ids: Iterable[UUID]) -> dict[UUID, CachedSums]:
    """Sum each account's own tables, for the self-check."""
    rows = (await tx.execute(_SUMS, {"account_ids": list(account_ids)})).mappings()
    return {row["id"]: _sums_of(row) for row in rows}


def _sums_of(row: RowMapping) -> CachedSums:
    plain = ("unapplied_minor", "ledger_unapplied_minor", "balance_after_minor",
             "allocated_minor", "events", "due_minor", "paid_minor", "forgiven_minor")  # fmt: skip
    return CachedSums(
        balance=Amounts(**{f"{c}_minor": row[f"balance_{c}"] for c in Component}),
        ledger=Amounts(**{f"{c}_minor": row[f"ledger_{c}"] for c in Component}),
        **{name: row[name] for name in plain},
        untied=dict(zip((*_TIES, *_BESIDE), row["untied"], strict=True)),
    )


def _sums() -> str:
    cells = tuple(Component)
    ledger = ", ".join(f"coalesce(sum({c}_minor), 0)::bigint AS ledger_{c}" for c in cells)
    balance = ", ".join(f"a.{c}_minor AS balance_{c}" for c in cells)
    due = " + ".join(f"{c}_minor" for c in cells)
    paid = " + ".join(f"paid_{c}_minor" for c in cells)
    mine = "WHERE tenant_id = :the_tenant AND account_id = a.id"
    untied = ", ".join((*(_untied(*tie) for tie in _TIES.values()), *_BESIDE.values()))
    return f"""
        SELECT a.id, {balance}, a.unapplied_minor, l.*, i.*, ARRAY[{untied}] AS untied,
            coalesce((SELECT balance_after_minor FROM posting {mine}
                      ORDER BY sequence DESC LIMIT 1), 0) AS balance_after_minor,
            (SELECT count(*) FROM event {mine}) AS events,
            (SELECT coalesce(sum(x.amount_minor), 0)::bigint FROM allocation x
             JOIN payment p ON (p.tenant_id, p.account_id, p.id, p.generation)
                             = (x.tenant_id, x.account_id, x.payment_id, x.generation)
             WHERE x.tenant_id = :the_tenant AND x.account_id = a.id
                 AND p.status <> 'reversed') AS allocated_minor,
            (SELECT coalesce(-sum(p.amount_minor), 0)::bigint FROM posting p
             LEFT JOIN posting r ON (r.tenant_id, r.account_id, r.id)
                                  = (p.tenant_id, p.account_id, p.reverses)
             WHERE p.tenant_id = :the_tenant AND p.account_id = a.id
                 AND 'forgiveness' IN (p.kind, r.kind)) AS forgiven_minor
        FROM account a,
            LATERAL (SELECT {ledger},
                            coalesce(sum(unapplied_minor), 0)::bigint AS ledger_unapplied_minor
                     FROM posting {mine}) l,
            LATERAL (SELECT coalesce(sum({due}), 0)::bigint AS due_minor,
                            coalesce(sum({paid}), 0)::bigint AS paid_minor
                     FROM installment {mine}) i
        WHERE a.tenant_id = :the_tenant AND a.id = ANY(:account_ids)
    """


def _untied(table: str, column: str, named: str) -> str:
    return f"""(
        SELECT count(*) FROM {table} x
        WHERE x.tenant_id = :the_tenant AND x.account_id = a.id AND x.{column} IS NOT NULL
            AND NOT EXISTS (
                SELECT FROM {named} n
                WHERE n.tenant_id = :the_tenant AND n.account_id = a.id AND n.id = x.{column}))
    """


_SUMS = of_tenant(_sums()).bindparams(bindparam("account_ids", type_=ARRAY(Uuid)))
