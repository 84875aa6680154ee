"""When a sweep was last heard of, and which quotes have been found over.

A quote itself never changes: `ended_on` is the sweep's own mark that nothing is left to tell.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE sweep_run ADD COLUMN noted_at timestamptz DEFAULT now() NOT NULL",
    "GRANT UPDATE (noted_at) ON sweep_run TO accord_app",
    "ALTER TABLE quote ADD COLUMN ended_on date",
    "GRANT UPDATE (ended_on) ON quote TO accord_app",
    """
    CREATE INDEX ix_quote_tenant_id_expires_at ON quote (tenant_id, expires_at)
        WHERE ended_on IS NULL
    """,
)

DOWN = (
    "DROP INDEX ix_quote_tenant_id_expires_at",
    "ALTER TABLE quote DROP COLUMN ended_on",
    "ALTER TABLE sweep_run DROP COLUMN noted_at",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for step in UP:
        op.execute(step)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for step in DOWN:
        op.execute(step)
