"""Where a tenant's notices stand in its feed, and what each notice arose from.

`accord_followers_due` tells workers, who belong to no tenant, whose feed goes on after that place.
It may name one whose next events a running transaction still precedes: then nothing is read.

Revision ID: 0045
Revises: 0044
"""

from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE notice_follower (
        tenant_id uuid NOT NULL,
        epoch integer NOT NULL,
        tx xid8 NOT NULL,
        after_account uuid NOT NULL,
        sequence integer NOT NULL,
        given_in integer NOT NULL,
        CONSTRAINT pk_notice_follower PRIMARY KEY (tenant_id),
        CONSTRAINT fk_notice_follower_tenant_id
            FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    ) WITH (fillfactor = 70)
    """,
    """
    SELECT accord_guard('notice_follower', true,
        '{epoch, tx, after_account, sequence, given_in}')
    """,
    "ALTER TABLE message ADD COLUMN arises text",
    """
    CREATE FUNCTION accord_followers_due(most integer) RETURNS TABLE (tenant_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT f.tenant_id FROM public.notice_follower AS f
        WHERE EXISTS (
            SELECT 1 FROM public.event AS e
            WHERE e.tenant_id = f.tenant_id
                AND (e.epoch, e.tx, e.account_id, e.sequence)
                    > (f.epoch, f.tx, f.after_account, f.sequence))
        ORDER BY f.tenant_id LIMIT most;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_followers_due FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_followers_due TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Where each tenant's notices stood is forgotten; what was made stays."""
    _run(
        "DROP FUNCTION accord_followers_due",
        "ALTER TABLE message DROP COLUMN arises",
        "DROP TABLE notice_follower",
    )


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
