"""Lanes: one index for what an endpoint was not told yet, by account, and none beside it.

How far an endpoint is behind is read from the first of each account's; the index by instant was
as cheap to a planner without statistics, and made it look through all that waits for each account.

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("DROP INDEX ix_webhook_delivery_lag")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute(
        """
        CREATE INDEX ix_webhook_delivery_lag
            ON webhook_delivery (tenant_id, webhook_id, occurred_at)
            WHERE status IN ('pending', 'retrying')
        """
    )
