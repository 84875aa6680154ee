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
    _run(
        "ALTER TABLE account_work ADD COLUMN batch text",
        "GRANT UPDATE (batch) ON account_work TO accord_app",
    )


def downgrade() -> None:
    """The facts have it."""
    _run("ALTER TABLE account_work DROP COLUMN batch")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
