"""Report schedules whose mail carries the file.

Revision ID: 0074
Revises: 0073
"""

from alembic import op

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run(
        "ALTER TABLE report_schedule ADD COLUMN attach boolean NOT NULL DEFAULT false",
        "ALTER TABLE report_schedule ALTER COLUMN attach DROP DEFAULT",
        "GRANT UPDATE (attach) ON report_schedule TO accord_app",
    )


def downgrade() -> None:
    """Mail carries a link again."""
    _run("ALTER TABLE report_schedule DROP COLUMN attach")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
