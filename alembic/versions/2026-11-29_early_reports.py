"""What carriers said of messages that nobody knew may be deleted once it is matched with none.

Revision ID: 0086
Revises: 0085
"""

from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None

UP = ("GRANT DELETE ON early_report TO accord_app",)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """They stay."""
    _run("REVOKE DELETE ON early_report FROM accord_app")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
