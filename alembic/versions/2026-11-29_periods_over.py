"""Times to dispute that are over are told once, and found by an index.

Revision ID: 0081
Revises: 0080
"""

from alembic import op

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Those that are over are told by the next day close."""
    _run(
        "ALTER TABLE validation ADD COLUMN ended_on date",
        "GRANT UPDATE (ended_on) ON validation TO accord_app",
        """
        CREATE INDEX ix_validation_ends ON validation (tenant_id, ends_on, account_id)
            WHERE ended_on IS NULL AND ends_on IS NOT NULL
        """,
    )


def downgrade() -> None:
    _run("ALTER TABLE validation DROP COLUMN ended_on")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "CREATE" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
