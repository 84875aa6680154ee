"""Notices: what whoever looks after an endpoint is written, waiting to be posted or posted.

`accord_webhook_notices_due` tells workers, who belong to no tenant, which.

Revision ID: 0028
Revises: 0027
"""

from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE webhook_notice (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        webhook_id uuid NOT NULL,
        kind text NOT NULL,
        because text,
        failing_since_at timestamptz,
        status text NOT NULL,
        tries integer NOT NULL,
        error text,
        next_at timestamptz,
        lease_id uuid,
        leased_until timestamptz,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_webhook_notice PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_webhook_notice_tenant_id_webhook_id FOREIGN KEY (tenant_id, webhook_id)
            REFERENCES webhook (tenant_id, id),
        CONSTRAINT ck_webhook_notice_kind CHECK (kind IN ('failing', 'disabled')),
        CONSTRAINT ck_webhook_notice_status CHECK (status IN ('pending', 'sent', 'given_up')),
        CONSTRAINT ck_webhook_notice_lease CHECK ((lease_id IS NULL) = (leased_until IS NULL)),
        CONSTRAINT ck_webhook_notice_next_at CHECK ((next_at IS NOT NULL) = (status = 'pending')),
        CONSTRAINT ck_webhook_notice_tries CHECK (tries >= 0)
    )
    """,
    """
    CREATE INDEX ix_webhook_notice_due ON webhook_notice (tenant_id, next_at)
        WHERE status = 'pending'
    """,
    """
    SELECT accord_guard('webhook_notice', inserts => true,
        updates => '{status, tries, error, next_at, lease_id, leased_until}')
    """,
    """
    CREATE FUNCTION accord_webhook_notices_due(by timestamptz, most integer)
    RETURNS TABLE (tenant_id uuid, notice_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT n.tenant_id, n.id FROM public.webhook_notice AS n
        WHERE n.status = 'pending' AND n.next_at <= by
            AND (n.leased_until IS NULL OR n.leased_until <= by)
        ORDER BY n.next_at LIMIT most;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_webhook_notices_due FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_webhook_notices_due TO accord_app",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for step in UP:
        op.execute(step)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("DROP FUNCTION accord_webhook_notices_due")
    op.execute("DROP TABLE webhook_notice")
