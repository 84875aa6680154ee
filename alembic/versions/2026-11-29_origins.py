"""Which system said it, beside who: of contacts, decisions and of what is kept and forgotten.

Revision ID: 0062
Revises: 0061
"""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TABLES = ("contact_fact", "contact_decision", "suppression", "legal_hold", "erasure")


def upgrade() -> None:
    _run("ALTER TABLE {} ADD COLUMN origin text")


def downgrade() -> None:
    """The events keep what they told of it."""
    _run("ALTER TABLE {} DROP COLUMN origin")


def _run(statement: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for table in TABLES:
        op.execute(statement.format(table))
