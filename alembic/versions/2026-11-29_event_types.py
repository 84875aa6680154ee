"""The feed of a type by an index: whoever follows a rare one read all that was ever told.

A hundred bytes an event, and nothing that a posting rewrites. The table is read once for it, and
nothing is written meanwhile: a minute for some ten million events.

Revision ID: 0050
Revises: 0049
"""

from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout = '1h'")  # an index reads the whole table
    op.execute("""
        CREATE INDEX ix_event_type_order
            ON event (tenant_id, type, epoch, tx, account_id, sequence)
    """)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("DROP INDEX ix_event_type_order")
