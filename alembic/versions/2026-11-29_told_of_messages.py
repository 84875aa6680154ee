"""What carriers said of messages in words may be emptied with the person it names.

Revision ID: 0067
Revises: 0066
"""

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

TABLES = ("message_fact", "early_report")


def upgrade() -> None:
    _run("GRANT UPDATE (body) ON {} TO accord_app")


def downgrade() -> None:
    """What was emptied stays so."""
    _run("REVOKE UPDATE (body) ON {} FROM accord_app")


def _run(statement: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for table in TABLES:
        op.execute(statement.format(table))
