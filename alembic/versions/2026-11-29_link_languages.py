"""A debtor's link speaks the language that the debtor chose on its page, from then on.

Revision ID: 0090
Revises: 0089
"""

from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("GRANT UPDATE (locale) ON debtor_link TO accord_app")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("REVOKE UPDATE (locale) ON debtor_link FROM accord_app")
