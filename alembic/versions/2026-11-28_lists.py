"""Lists read from an index in their own order, however much there is.

Payments by entry, by day, and those that did not stay posted; settlements by entry and by each
of their days; postings and moves of suspense by the day they were booked; the verdicts told of a
day; re-ages granted and refused. The columns are written once, or so rarely (a payment's status,
a settlement's days) that no command pays for more than the entry of a new row.

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

RE_AGES = "kind IN ('re_age', 'account_re_age')"
TOLD = "type IN ('re_age.granted', 're_age.refused')"

#: Name, table, columns, and of which rows.
INDEXES = (
    ("ix_payment_tenant_id_id", "payment", "tenant_id, id", ""),
    ("ix_payment_tenant_id_effective_on_id", "payment", "tenant_id, effective_on, id", ""),
    ("ix_payment_tenant_id_status_id", "payment", "tenant_id, status, id", "status <> 'posted'"),
    (
        "ix_posting_tenant_id_business_date_account_id_sequence",
        "posting",
        "tenant_id, business_date, account_id, sequence",
        "",
    ),
    ("ix_suspense_tenant_id_effective_on_id", "suspense", "tenant_id, effective_on, id", ""),
    ("ix_suspense_tenant_id_business_date_id", "suspense", "tenant_id, business_date, id", ""),
    (
        "ix_suspense_end_tenant_id_business_date_suspense_id",
        "suspense_end",
        "tenant_id, business_date, suspense_id",
        "",
    ),
    ("ix_settlement_tenant_id_id", "settlement", "tenant_id, id", ""),
    ("ix_settlement_tenant_id_accepted_on", "settlement", "tenant_id, accepted_on", ""),
    ("ix_settlement_tenant_id_voided_on", "settlement", "tenant_id, voided_on", ""),
    ("ix_settlement_tenant_id_closed_on", "settlement", "tenant_id, closed_on", ""),
    (
        "ix_event_tenant_id_business_date",
        "event",
        "tenant_id, business_date",
        "natural_key IS NOT NULL",
    ),
    ("ix_event_tenant_id_type_business_date", "event", "tenant_id, type, business_date", TOLD),
    ("ix_fact_tenant_id_business_date", "fact", "tenant_id, business_date", RE_AGES),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '1h'")  # they read whole tables
    for name, table, columns, rows in INDEXES:
        where = f" WHERE {rows}" if rows else ""
        op.execute(f"CREATE INDEX {name} ON {table} ({columns}){where}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for name, *_ in INDEXES:
        op.execute(f"DROP INDEX {name}")
