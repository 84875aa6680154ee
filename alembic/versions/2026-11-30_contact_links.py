"""What a contact is linked to, and by which policy and zones it was judged.

Revision ID: 0103
Revises: 0102
"""

from alembic import op

revision = "0103"
down_revision = "0102"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE contact ADD COLUMN links jsonb, ADD COLUMN judged_by jsonb",
    "GRANT UPDATE (links, judged_by) ON contact TO accord_app",
)
DOWN = ("ALTER TABLE contact DROP COLUMN judged_by, DROP COLUMN links",)


def upgrade() -> None:
    """What was recorded before says neither: both may be null."""
    _run(*UP)


def downgrade() -> None:
    """What was linked is still read in the contact's facts."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
