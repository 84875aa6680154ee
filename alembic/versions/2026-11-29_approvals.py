"""Amendments say that they are decided, so that those that wait are found without the others.

Revision ID: 0041
Revises: 0040
"""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE amendment ADD decided boolean NOT NULL DEFAULT false",
    """
    UPDATE amendment AS asked SET decided = true FROM amendment_end AS ended
    WHERE ended.tenant_id = asked.tenant_id AND ended.account_id = asked.account_id
        AND ended.amendment_id = asked.id
    """,
    "ALTER TABLE amendment ALTER decided DROP DEFAULT",
    "CREATE INDEX ix_amendment_waiting ON amendment (tenant_id, id) WHERE NOT decided",
    "GRANT UPDATE (decided) ON amendment TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """That a decision was made, its own row says still."""
    _run("ALTER TABLE amendment DROP decided")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
