"""What persons write to us: replies that wait to be read, from senders that may be unknown.

Revision ID: 0052
Revises: 0051
"""

from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

UP = (
    """
    ALTER TABLE contact ADD COLUMN needs_reading boolean NOT NULL DEFAULT false,
        ADD COLUMN read_at timestamptz, ADD COLUMN read_actor text
    """,
    "GRANT UPDATE (read_at, read_actor) ON contact TO accord_app",
    "ALTER TABLE contact DROP CONSTRAINT ck_contact_account_ids",
    """
    ALTER TABLE contact ADD CONSTRAINT ck_contact_account_ids
        CHECK (cardinality(account_ids) > 0 OR direction = 'in') NOT VALID
    """,
    "ALTER TABLE contact VALIDATE CONSTRAINT ck_contact_account_ids",
    """
    ALTER TABLE contact_point ADD COLUMN last_inbound_on date, ADD COLUMN last_used_at timestamptz
    """,
    "GRANT UPDATE (last_inbound_on, last_used_at) ON contact_point TO accord_app",
)
DOWN = (
    "ALTER TABLE contact_point DROP COLUMN last_used_at, DROP COLUMN last_inbound_on",
    "ALTER TABLE contact DROP CONSTRAINT ck_contact_account_ids",
    """
    ALTER TABLE contact ADD CONSTRAINT ck_contact_account_ids
        CHECK (cardinality(account_ids) > 0) NOT VALID
    """,
    "ALTER TABLE contact DROP COLUMN read_actor, DROP COLUMN read_at, DROP COLUMN needs_reading",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What came from unknown senders stays, about no account."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "VALIDATE" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
