"""Upkeep: replies past their time may be deleted, and vacuum comes while there is little to do.

The application may delete replies of more than thirty days and no others: a second policy says so,
whatever a statement asks.

Vacuum looks at a table when a fifth of it has changed. Of rows that every command rewrites, that
is a long time at a million accounts: 200,000 old versions in heap and indexes, and then a long
vacuum. It comes at a fiftieth instead. Of tables that only grow, a twentieth that is new is
enough: it marks pages as seen by all, so that indexes alone answer and what is frozen is not read
again. Statistics are taken as often, so that the planner knows today's dates.

Revision ID: 0017
Revises: 0016
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

REWRITTEN = ("account", "plan", "installment", "settlement", "idempotency_key")
APPENDED = (
    "fact", "posting", "payment", "allocation", "event", "handle", "revision", "annotation",
)  # fmt: skip
OF_REWRITTEN = {"autovacuum_vacuum_scale_factor": 0.02, "autovacuum_analyze_scale_factor": 0.02}
OF_APPENDED = {
    "autovacuum_vacuum_insert_scale_factor": 0.05,
    "autovacuum_analyze_scale_factor": 0.02,
}

REPLIES = (
    """
    CREATE INDEX ix_idempotency_key_tenant_id_created_at ON idempotency_key (tenant_id, created_at)
    """,
    "GRANT DELETE ON idempotency_key TO accord_app",
    """
    CREATE POLICY expired ON idempotency_key AS RESTRICTIVE FOR DELETE
        USING (created_at <= now() - interval '30 days')
    """,
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '1h'")  # an index reads the whole table
    for statement in REPLIES:
        op.execute(statement)
    for tables, settings in ((REWRITTEN, OF_REWRITTEN), (APPENDED, OF_APPENDED)):
        for name in tables:
            said = ", ".join(f"{key} = {value}" for key, value in settings.items())
            op.execute(f"ALTER TABLE {name} SET ({said})")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for tables, settings in ((REWRITTEN, OF_REWRITTEN), (APPENDED, OF_APPENDED)):
        for name in tables:
            op.execute(f"ALTER TABLE {name} RESET ({', '.join(settings)})")
    op.execute("DROP POLICY expired ON idempotency_key")
    op.execute("REVOKE DELETE ON idempotency_key FROM accord_app")
    op.execute("DROP INDEX ix_idempotency_key_tenant_id_created_at")
