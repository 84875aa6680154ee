"""The one statement that writes an account's books, built from the tables' own columns.

Each table's new rows are a `jsonb_to_recordset` of a JSON document; what a client reference
claims comes first, and the statement answers how many references it could claim. Its parts are
also those of the function that writes where tenants are spread over many servers.
"""

from collections.abc import Iterable
from typing import NamedTuple

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
    made = _MADE.get(table.name, {})
    into = ", ".join((_names(names), *made))
    rows = ", ".join((_names(names, "r."), *made.values()))
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


_EPOCH = "(SELECT accord_feed_epoch())"
#: Never before the account's last one, so that the feed has them in the order of their numbers: who
#: waited for the account may have begun before it. It runs still, so nobody has read that far.
_TX = f"""
    greatest(pg_current_xact_id(), (
        SELECT CASE WHEN e.epoch = {_EPOCH} THEN e.tx END FROM event AS e
        WHERE e.tenant_id = CAST(:tenant_id AS uuid) AND e.account_id = r.account_id
        ORDER BY e.sequence DESC LIMIT 1))
"""
#: What rows say that are given by nobody. The epoch is asked for once, not by each as a default.
_MADE = {"event": {"epoch": _EPOCH, "tx": _TX}}
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


#: Never later than it stands: a sweep alone moves it on (`accounts/review.py`).
_BROUGHT_FORWARD = """
    ON CONFLICT (tenant_id, account_id) DO UPDATE SET review_on = EXCLUDED.review_on
    WHERE account_review.review_on IS NULL OR account_review.review_on > EXCLUDED.review_on
"""
_STANDS = """
    ON CONFLICT (tenant_id, account_id, plan_id) DO UPDATE SET standing = EXCLUDED.standing
"""


class Part(NamedTuple):
    """What one table gets: new rows or, where a `key` is named, changes of rows by it."""

    table: Table
    parameter: str
    names: tuple[str, ...]
    key: tuple[str, ...] = ()
    tail: str = ""

    def of_rows(self) -> str:
        """The part as a statement over all its rows at once."""
        if self.key:
            return _update(self.table, self.parameter, self.key, self.names, self.tail)
        return _insert(self.table, self.parameter, self.names, self.tail)

    def of_row(self) -> str:
        """The part as a statement over one row `r`, of the tenant `tenant`."""
        if self.key:
            sets = ", ".join(f'"{name}" = r."{name}"' for name in self.names)
            match = " AND ".join(f't."{name}" = r."{name}"' for name in self.key)
            where = f"WHERE t.tenant_id = tenant AND {match}"
            return f"UPDATE {self.table.name} AS t SET {sets}{self.tail} {where}"
        return (
            f"INSERT INTO {self.table.name} (tenant_id, {_names(self.names)}) "
            f"VALUES (tenant, {_names(self.names, 'r.')}){self.tail}"
        )

    @property
    def record(self) -> str:
        """The definition of its rows, as `jsonb_to_recordset` asks for one."""
        return _typed(self.table, self.key + self.names)


def _parts() -> tuple[Part, ...]:
    t = {row.__tablename__: tables.table(row) for row in (
        tables.Account, tables.AccountReview, tables.Allocation, tables.Event, tables.Fact,
        tables.Handle, tables.Installment, tables.Payment, tables.Plan, tables.PlanStanding,
        tables.Posting, tables.Revision, tables.Settlement,
    )}  # fmt: skip
    installment = _all_but(t["installment"])
    again = ", ".join(
        f'"{name}" = EXCLUDED."{name}"'
        for name in installment
        if name not in {*_OWNED, "plan_id", "kind", "nominal_due_on"}
    )
    merged = f" ON CONFLICT (tenant_id, account_id, id) DO UPDATE SET {again}"
    new = {
        "facts": "fact", "plans": "plan", "revisions": "revision", "payments": "payment",
        "settlements": "settlement", "postings": "posting", "allocations": "allocation",
        "events": "event",
    }  # fmt: skip
    made = {name: Part(t[of], name, _all_but(t[of])) for name, of in new.items()}
    handle = Part(t["handle"], "handles", _all_but(t["handle"]), tail=" ON CONFLICT DO NOTHING")
    return (
        handle,
        made["facts"],
        made["plans"],
        Part(t["plan"], "plan_changes", _PLAN_CACHED, _OWNED),
        made["revisions"],
        Part(t["installment"], "installments", installment, tail=merged),
        made["payments"],
        Part(t["payment"], "payment_changes", _PAYMENT_CACHED, _OWNED),
        made["settlements"],
        Part(t["settlement"], "settlement_changes", SETTLEMENT_CACHED, _OWNED),
        made["postings"],
        made["allocations"],
        made["events"],
        Part(t["account_review"], "reviews", ("account_id", "review_on"), tail=_BROUGHT_FORWARD),
        Part(t["plan_standing"], "standings", ("account_id", "plan_id", "standing"), tail=_STANDS),
        Part(t["account"], "accounts", _ACCOUNT_CACHED, ("id",), ", version = t.version + 1"),
    )


def _write_books() -> str:
    claim, *rest = PARTS
    ctes = ", ".join(f"{part.parameter}_written AS ({part.of_rows()})" for part in rest)
    claimed = f"claimed AS ({claim.of_rows()} RETURNING 1)"
    return f"WITH {claimed}, {ctes} SELECT count(*) AS claimed FROM claimed"


def _events() -> Part:
    return next(part for part in PARTS if part.parameter == "events")


def _tell() -> str:
    """Events, and where the chains of their accounts end by them."""
    heads = _update(
        tables.table(tables.Account), "heads", ("id",), ("event_sequence", "event_hash"),
        ", version = t.version + 1",
    )  # fmt: skip
    return f"WITH events_written AS ({_events().of_rows()}) {heads}"


#: In an order in which each may refer to what comes before it.
PARTS = _parts()
WRITE_BOOKS = _write_books()
TELL = _tell()
TELL_APART = _events().of_rows()
WRITE_WHERE_IT_LIES = "SELECT accord_write_books(CAST(:tenant_id AS uuid), {}) AS claimed".format(
    ", ".join(f"CAST(:{part.parameter} AS jsonb)" for part in PARTS)
)
