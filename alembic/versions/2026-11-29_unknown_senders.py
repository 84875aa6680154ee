"""Whoever wrote and is not known is found by an index, until somebody has read it.

Revision ID: 0075
Revises: 0074
"""

from alembic import op

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run(
        """
        CREATE INDEX ix_contact_unknown_sender ON contact (tenant_id, started_at)
            WHERE person_id IS NULL AND needs_reading AND read_at IS NULL AND voided_on IS NULL
        """
    )


def downgrade() -> None:
    _run("DROP INDEX ix_contact_unknown_sender")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "CREATE" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
