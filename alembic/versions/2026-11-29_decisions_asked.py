"""Decisions by the instant they were asked for.

Revision ID: 0066
Revises: 0065
"""

from alembic import op

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("CREATE INDEX ix_contact_decision_asked ON contact_decision (tenant_id, asked_at, id)")


def downgrade() -> None:
    """What is asked of days takes longer again."""
    _run("DROP INDEX ix_contact_decision_asked")


def _run(statement: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute(statement)
