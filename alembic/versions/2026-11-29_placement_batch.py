"""What an account was placed with, by name: beside what else reports ask of it.

Revision ID: 0078
Revises: 0077
"""

from alembic import op

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("ALTER TABLE account_work ADD COLUMN batch text")
    op.execute("GRANT UPDATE (batch) ON account_work TO accord_app")


def downgrade() -> None:
    """The facts have it."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("ALTER TABLE account_work DROP COLUMN batch")
