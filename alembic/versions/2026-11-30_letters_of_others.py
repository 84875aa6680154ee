"""Of a batch of letters one of which was forgotten, the others' addresses are kept.

Revision ID: 0099
Revises: 0098
"""

from alembic import op

revision = "0099"
down_revision = "0098"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE print_file DROP CONSTRAINT ck_print_file_whole",
    """
    ALTER TABLE print_file ADD CONSTRAINT ck_print_file_whole CHECK (
        (pdf IS NULL) = (erased_at IS NOT NULL)
        AND (manifest IS NULL) = (pdf IS NULL) AND (pdf IS NULL OR addresses IS NOT NULL)
    )
    """,
)
DOWN = (
    "UPDATE print_file SET addresses = NULL WHERE pdf IS NULL",
    "ALTER TABLE print_file DROP CONSTRAINT ck_print_file_whole",
    """
    ALTER TABLE print_file ADD CONSTRAINT ck_print_file_whole CHECK (
        (pdf IS NULL) = (erased_at IS NOT NULL)
        AND (addresses IS NULL) = (pdf IS NULL) AND (manifest IS NULL) = (pdf IS NULL)
    )
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """The other letters of such batches are drawn to today's addresses, as they were before."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
