"""What a contact says in writing about the debt: a dispute, a request for the original creditor.

Revision ID: 0080
Revises: 0079
"""

from alembic import op

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

KEPT = "dispute_contact_id, disputed_on, original_creditor_contact_id"
UP = (
    "ALTER TABLE contact ADD COLUMN says text[] NOT NULL DEFAULT '{}'",
    "GRANT UPDATE (says) ON contact TO accord_app",
    """
    ALTER TABLE validation ADD COLUMN dispute_contact_id uuid, ADD COLUMN disputed_on date,
        ADD COLUMN original_creditor_contact_id uuid,
        ADD COLUMN original_creditor_requested_on date
    """,
    f"GRANT UPDATE ({KEPT}, original_creditor_requested_on) ON validation TO accord_app",
)
DOWN = (
    """
    ALTER TABLE validation DROP COLUMN original_creditor_requested_on,
        DROP COLUMN original_creditor_contact_id, DROP COLUMN disputed_on,
        DROP COLUMN dispute_contact_id
    """,
    "ALTER TABLE contact DROP COLUMN says",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """The holds that were placed stand; what placed them is read in their facts."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
