"""Contacts are listed in the order they were taken down, by an index.

Revision ID: 0083
Revises: 0082
"""

from alembic import op

revision = "0083"
down_revision = "0082"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run("CREATE INDEX ix_contact_tenant_id_entered_at ON contact (tenant_id, entered_at, id)")


def downgrade() -> None:
    _run("DROP INDEX ix_contact_tenant_id_entered_at")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "CREATE" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
