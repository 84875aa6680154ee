"""Accounts whose clocks a charge, a chargeback, a refund or a waiver moved are judged anew.

Their snapshots know one sum past due, and of a charge not when it is due. Such a snapshot is
folded anew when it is looked at; marked as due now, the next sweep writes what that says, and
lists judge them in memory until then.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# Row-level security binds the owner too: tenant by tenant.
UP = """
    DO $$
    DECLARE
        one uuid;
    BEGIN
        FOR one IN SELECT tenant_id FROM tenant LOOP
            PERFORM set_config('accord.tenant_id', one::text, true);
            UPDATE account AS a SET next_review_on = a.judged_on
            WHERE a.tenant_id = one AND EXISTS (
                SELECT FROM fact AS f
                WHERE f.tenant_id = a.tenant_id AND f.account_id = a.id
                AND f.kind IN ('charge', 'chargeback', 'refund', 'adjustment'));
        END LOOP;
        PERFORM set_config('accord.tenant_id', '', true);
    END $$
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '10min'")
    op.execute(UP)


def downgrade() -> None:
    """Nothing to take back: an account judged once more than needed is judged the same."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
