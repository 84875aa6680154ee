"""How an active plan stands, kept beside it so that a list can ask for it.

It is valid until the account's next review. Accounts with a live plan are marked as due now: the
next sweep, or command, writes their plan's standing; lists judge them in memory until then.

Revision ID: 0012
Revises: 0011
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE plan ADD COLUMN standing text",
    """
    ALTER TABLE plan ADD CONSTRAINT ck_plan_standing CHECK (
        standing IN ('paused', 'delinquent', 'in_grace', 'due', 'current'))
    """,
    "GRANT UPDATE (standing) ON plan TO accord_app",
    "CREATE INDEX ix_plan_tenant_id_standing_id ON plan (tenant_id, standing, id)",
    "CREATE INDEX ix_plan_tenant_id_id ON plan (tenant_id, id)",
    # Row-level security binds the owner too: tenant by tenant.
    """
    DO $$
    DECLARE
        one uuid;
    BEGIN
        FOR one IN SELECT tenant_id FROM tenant LOOP
            PERFORM set_config('accord.tenant_id', one::text, true);
            UPDATE account SET next_review_on = judged_on
            WHERE tenant_id = one AND active_plan_id IS NOT NULL;
        END LOOP;
        PERFORM set_config('accord.tenant_id', '', true);
    END $$
    """,
)

DOWN = (
    "DROP INDEX ix_plan_tenant_id_id",
    "DROP INDEX ix_plan_tenant_id_standing_id",
    "ALTER TABLE plan DROP COLUMN standing",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    for step in UP:
        op.execute(step)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for step in DOWN:
        op.execute(step)
