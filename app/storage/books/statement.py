"""The one statement that writes an account's books, built from the tables' own columns.

Each table's new rows are a `jsonb_to_recordset` of a JSON document; what a client reference
claims comes first, and the statement answers how many references it could claim.
"""

from collections.abc import Iterable

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from app.storage import tables

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]  # of SQLAlchemy


def _typed(table: Table, names: Iterable[str]) -> str:
    """`name type, …` for a record definition, types as the table has them."""
    return ", ".join(f'"{name}" {table.c[name].type.compile(dialect=_DIALECT)}' for name in names)


def _names(names: Iterable[str], alias: str = "") -> str:
    return ", ".join(f'{alias}"{name}"' for name in names)


def _rows(table: Table, parameter: str, names: tuple[str, ...]) -> str:
    return f"jsonb_to_recordset(CAST(:{parameter} AS jsonb)) AS r({_typed(table, names)})"


def _insert(table: Table, parameter: str, names: tuple[str, ...], tail: str = "") -> str:
    once = _ONCE.get(table.name, {})
    into = ", ".join((_names(names), *once))
    rows = ", ".join((_names(names, "r."), *once.values()))
    return (
        f"INSERT INTO {table.name} (tenant_id, {into}) "
        f"SELECT CAST(:tenant_id AS uuid), {rows} "
        f"FROM {_rows(table, parameter, names)}{tail}"
    )


def _update(
    table: Table, parameter: str, key: tuple[str, ...], names: tuple[str, ...], more: str = ""
) -> str:
    sets = ", ".join(f'"{name}" = r."{name}"' for name in names)
    match = " AND ".join(f't."{name}" = r."{name}"' for name in key)
    return (
        f"UPDATE {table.name} AS t SET {sets}{more} FROM {_rows(table, parameter, key + names)} "
        f"WHERE t.tenant_id = CAST(:tenant_id AS uuid) AND {match}"
    )


def _all_but(table: Table, *omitted: str) -> tuple[str, ...]:
    """Every column but the tenant's, which is one for all, and those the database fills."""
    filled = {c.name for c in table.columns if c.server_default is not None}
    return tuple(c.name for c in table.columns if c.name not in {"tenant_id", *omitted, *filled})


#: Defaults that are the same for every row of a statement, asked for once instead of by each.
_ONCE = {"event": {"epoch": "(SELECT accord_feed_epoch())"}}
_OWNED = ("account_id", "id")
_PLAN_CACHED = (
    "status", "status_reason", "ended_on", "completed_on", "total_minor", "paid_minor",
    "outstanding_minor", "next_due_on", "next_due_minor", "revision", "standing",
)  # fmt: skip
_PAYMENT_CACHED = ("status", "unapplied_minor", "generation")
SETTLEMENT_CACHED = (
    "status", "status_reason", "plan_id", "accepted_on", "satisfied_on", "voided_on", "closed_on",
    "paid_minor", "forgiven_minor",
)  # fmt: skip
_ACCOUNT_CACHED = (
    "status", "principal_minor", "interest_minor", "fees_minor", "penalties_minor", "costs_minor",
    "unapplied_minor", "active_plan_id", "bucket", "first_delinquency_on", "reported_since_on",
    "next_review_on", "judged_on", "state", "fact_sequence", "posting_sequence",
    "event_sequence", "event_hash", "latest_on", "latest_business_date", "replays",
)  # fmt: skip


def _write_books() -> str:
    t = {row.__tablename__: tables.table(row) for row in (
        tables.Account, tables.Allocation, tables.Event, tables.Fact, tables.Handle,
        tables.Installment, tables.Payment, tables.Plan, tables.Posting, tables.Revision,
        tables.Settlement,
    )}  # fmt: skip
    installment = _all_but(t["installment"])
    again = ", ".join(
        f'"{name}" = EXCLUDED."{name}"'
        for name in installment
        if name not in {*_OWNED, "plan_id", "kind", "nominal_due_on"}
    )
    if_free = " ON CONFLICT DO NOTHING RETURNING 1"
    merged = f" ON CONFLICT (tenant_id, account_id, id) DO UPDATE SET {again}"
    steps = {
        "claimed": _insert(t["handle"], "handles", _all_but(t["handle"]), if_free),
        "fact_rows": _insert(t["fact"], "facts", _all_but(t["fact"])),
        "plan_rows": _insert(t["plan"], "plans", _all_but(t["plan"])),
        "plan_news": _update(t["plan"], "plan_changes", _OWNED, _PLAN_CACHED),
        "revision_rows": _insert(t["revision"], "revisions", _all_but(t["revision"])),
        "installment_rows": _insert(t["installment"], "installments", installment, merged),
        "payment_rows": _insert(t["payment"], "payments", _all_but(t["payment"])),
        "payment_news": _update(t["payment"], "payment_changes", _OWNED, _PAYMENT_CACHED),
        "settlement_rows": _insert(t["settlement"], "settlements", _all_but(t["settlement"])),
        "settlement_news": _update(
            t["settlement"], "settlement_changes", _OWNED, SETTLEMENT_CACHED
        ),
        "posting_rows": _insert(t["posting"], "postings", _all_but(t["posting"])),
        "allocation_rows": _insert(t["allocation"], "allocations", _all_but(t["allocation"])),
        "event_rows": _insert(t["event"], "events", _all_but(t["event"])),
        "account_news": _update(
            t["account"], "accounts", ("id",), _ACCOUNT_CACHED, ", version = t.version + 1"
        ),
    }
    ctes = ", ".join(f"{name} AS ({sql})" for name, sql in steps.items())
    return f"WITH {ctes} SELECT count(*) AS claimed FROM claimed"


WRITE_BOOKS = _write_books()
