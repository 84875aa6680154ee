"""Letters by templates: each says by which version it was worded; those before say none.

Revision ID: 0037
Revises: 0036
"""

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE letter ADD COLUMN template_version integer",
    """
    ALTER TABLE letter ADD CONSTRAINT ck_letter_template_version
        CHECK (template_version >= 0) NOT VALID
    """,
    "ALTER TABLE letter VALIDATE CONSTRAINT ck_letter_template_version",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Which template worded a letter is forgotten; its words stay."""
    _run("ALTER TABLE letter DROP COLUMN template_version")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
