"""Worklists read from their indexes alone: who asks is spread over all pages of the table.

A page of a list is worked out for everybody who stands on it. With what that needs in the index,
a tenth of a million accounts are read from a thousand blocks instead of all of the table's.

Revision ID: 0072
Revises: 0071
"""

from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

_DAYS = """promise_broken_on, first_payment_default_on, plan_broken_on, installment_missed_on,
    settlement_expires_on, plan_ends_on, unread_since_on, overdue_minor"""


def upgrade() -> None:
    _run(
        "DROP INDEX ix_account_work_asks, ix_account_work_silent",
        f"""
        CREATE INDEX ix_account_work_asks ON account_work (tenant_id, account_id)
            INCLUDE (reference, {_DAYS}, silent_since_on) WHERE asks
        """,
        f"""
        CREATE INDEX ix_account_work_silent ON account_work (tenant_id, silent_since_on)
            INCLUDE (account_id, reference, {_DAYS}) WHERE NOT asks AND silent_since_on IS NOT NULL
        """,
    )


def downgrade() -> None:
    _run(
        "DROP INDEX ix_account_work_asks, ix_account_work_silent",
        "CREATE INDEX ix_account_work_asks ON account_work (tenant_id, account_id) WHERE asks",
        """
        CREATE INDEX ix_account_work_silent ON account_work (tenant_id, silent_since_on)
            WHERE silent_since_on IS NOT NULL
        """,
    )


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "CREATE" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
