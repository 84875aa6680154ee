"""Accounts to be worked in groups: by which days are known of them and how much is overdue.

Who stands first on a list was worked out for everybody who stands on it. Of a group, read by its
leading day, is known what none of its accounts can exceed; so most groups need not be read at all
(`app/domain/worklists/groups.py`, decision 0063). Columns of their own, since a condition on an
expression that might leak is read from no index where a policy holds.

Revision ID: 0077
Revises: 0076
"""

from alembic import op

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None

_DAYS = """promise_broken_on, first_payment_default_on, plan_broken_on, installment_missed_on,
    settlement_expires_on, plan_ends_on, unread_since_on, overdue_minor"""
_BANDS = (
    "5000,10000,15000,20000,25000,30000,40000,50000,60000,70000,80000,90000,"
    "100000,125000,150000,175000,200000,225000,250000,275000,300000,325000,350000,"
    "375000,400000,450000,500000,600000,700000,850000,1000000"
)
_SILENT = """CASE WHEN quiet_since_on IS NOT NULL
    THEN GREATEST(quiet_since_on, last_communication_on) ELSE NULL::date END"""

UP = (
    f"""
    ALTER TABLE account_work
        ADD COLUMN work_group integer GENERATED ALWAYS AS (CASE WHEN COALESCE(promise_broken_on,
            first_payment_default_on, installment_missed_on, unread_since_on, plan_broken_on,
            settlement_expires_on, quiet_since_on) IS NOT NULL
        THEN 32 * ((promise_broken_on IS NOT NULL)::integer
            + 2 * (first_payment_default_on IS NOT NULL)::integer
            + 4 * (installment_missed_on IS NOT NULL)::integer
            + 8 * (unread_since_on IS NOT NULL)::integer
            + 16 * (plan_broken_on IS NOT NULL)::integer
            + 32 * (settlement_expires_on IS NOT NULL)::integer
            + 64 * (quiet_since_on IS NOT NULL)::integer)
            + width_bucket(overdue_minor, '{{{_BANDS}}}'::bigint[])
        ELSE NULL::integer END) STORED,
        ADD COLUMN leading_on date GENERATED ALWAYS AS (COALESCE(LEAST(promise_broken_on,
            first_payment_default_on, installment_missed_on, unread_since_on), plan_broken_on,
            {_SILENT}, settlement_expires_on)) STORED
    """,
    "DROP INDEX ix_account_work_asks, ix_account_work_silent, ix_account_work_ends",
    f"""
    CREATE INDEX ix_account_work_group ON account_work (tenant_id, work_group, leading_on)
        INCLUDE (account_id, reference, {_DAYS}, silent_since_on) WHERE work_group IS NOT NULL
    """,
    """
    CREATE INDEX ix_account_work_ends ON account_work (tenant_id, plan_ends_on)
        WHERE plan_ends_on IS NOT NULL AND work_group IS NULL
    """,
    """
    CREATE INDEX ix_account_work_ends_besides ON account_work (tenant_id, plan_ends_on)
        WHERE plan_ends_on IS NOT NULL AND work_group IS NOT NULL
    """,
)
DOWN = (
    "DROP INDEX ix_account_work_group, ix_account_work_ends, ix_account_work_ends_besides",
    "ALTER TABLE account_work DROP COLUMN work_group, DROP COLUMN leading_on",
    f"""
    CREATE INDEX ix_account_work_asks ON account_work (tenant_id, account_id)
        INCLUDE (reference, {_DAYS}, silent_since_on) WHERE asks
    """,
    f"""
    CREATE INDEX ix_account_work_silent ON account_work (tenant_id, silent_since_on)
        INCLUDE (account_id, reference, {_DAYS}) WHERE NOT asks AND silent_since_on IS NOT NULL
    """,
    """
    CREATE INDEX ix_account_work_ends ON account_work (tenant_id, plan_ends_on)
        WHERE plan_ends_on IS NOT NULL
    """,
)


def upgrade() -> None:
    """The table is written anew: some seconds a million accounts, in which nobody reads it."""
    _run(*UP)


def downgrade() -> None:
    """Whoever stands on a list is worked out again."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "GENERATED" in statement or "CREATE INDEX" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
