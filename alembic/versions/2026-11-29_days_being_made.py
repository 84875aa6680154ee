"""Who makes a closed day of facts says so in its row.

Revision ID: 0085
Revises: 0084
"""

from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None

UP = ("ALTER TABLE report_day ADD COLUMN making uuid",)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """A day that is being made is not kept, and can be made again."""
    _run(
        "DELETE FROM report_day WHERE making IS NOT NULL",
        "ALTER TABLE report_day DROP COLUMN making",
    )


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
