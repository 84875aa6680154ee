"""Webhooks: endpoints that follow the feed, what is delivered to them, and each attempt.

`accord_webhooks_due` tells workers, who belong to no tenant, where there is something to do.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE webhook (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        url text NOT NULL,
        types text[],
        description text,
        ordering text NOT NULL,
        rate_per_second integer NOT NULL,
        headers jsonb NOT NULL,
        contact_email text,
        status text NOT NULL,
        disabled_because text,
        disabled_at timestamptz,
        secret bytea NOT NULL,
        former_secret bytea,
        former_ends_at timestamptz,
        epoch integer NOT NULL,
        tx xid8 NOT NULL,
        after_account uuid NOT NULL,
        sequence integer NOT NULL,
        given_in integer NOT NULL,
        skip_epoch integer,
        skip_tx xid8,
        swept_at timestamptz NOT NULL,
        failing_since_at timestamptz,
        warned integer NOT NULL,
        paced_at timestamptz NOT NULL,
        version integer NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        actor text,
        key_id uuid,
        CONSTRAINT pk_webhook PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_webhook_ordering CHECK (ordering IN ('account', 'none')),
        CONSTRAINT ck_webhook_status CHECK (status IN ('enabled', 'disabled', 'deleted')),
        CONSTRAINT ck_webhook_disabled_because CHECK (disabled_because IN ('gone', 'failing',
            'by_hand')),
        CONSTRAINT ck_webhook_former CHECK ((former_secret IS NULL) = (former_ends_at IS NULL)),
        CONSTRAINT ck_webhook_skip CHECK ((skip_epoch IS NULL) = (skip_tx IS NULL)),
        CONSTRAINT ck_webhook_rate_per_second CHECK (rate_per_second > 0),
        CONSTRAINT ck_webhook_version CHECK (version > 0),
        CONSTRAINT ck_webhook_warned CHECK (warned >= 0),
        CONSTRAINT fk_webhook_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    )
    """,
    """
    CREATE TABLE webhook_delivery (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        webhook_id uuid NOT NULL,
        event_id uuid NOT NULL,
        type text NOT NULL,
        account_id uuid,
        sequence integer,
        occurred_at timestamptz NOT NULL,
        body jsonb,
        status text NOT NULL,
        waits boolean NOT NULL,
        tries integer NOT NULL,
        attempts integer NOT NULL,
        next_at timestamptz,
        lease_id uuid,
        leased_until timestamptz,
        finished_at timestamptz,
        replay_id uuid,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_webhook_delivery PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_webhook_delivery_tenant_id_webhook_id FOREIGN KEY (tenant_id, webhook_id)
            REFERENCES webhook (tenant_id, id),
        CONSTRAINT ck_webhook_delivery_status CHECK (status IN ('pending', 'retrying',
            'delivered', 'failed', 'exhausted', 'skipped')),
        CONSTRAINT ck_webhook_delivery_place CHECK ((account_id IS NULL) = (sequence IS NULL)),
        CONSTRAINT ck_webhook_delivery_body CHECK ((account_id IS NULL) <> (body IS NULL)),
        CONSTRAINT ck_webhook_delivery_lease CHECK ((lease_id IS NULL) = (leased_until IS
            NULL)),
        CONSTRAINT ck_webhook_delivery_next_at CHECK ((next_at IS NOT NULL) = (status IN
            ('pending', 'retrying'))),
        CONSTRAINT ck_webhook_delivery_tries CHECK (tries >= 0),
        CONSTRAINT ck_webhook_delivery_attempts CHECK (attempts >= 0)
    )
    """,
    """
    CREATE INDEX ix_webhook_delivery_due
        ON webhook_delivery (tenant_id, webhook_id, next_at)
        WHERE status IN ('pending', 'retrying') AND NOT waits
    """,
    """
    CREATE INDEX ix_webhook_delivery_lag
        ON webhook_delivery (tenant_id, webhook_id, occurred_at)
        WHERE status IN ('pending', 'retrying')
    """,
    """
    CREATE INDEX ix_webhook_delivery_lane
        ON webhook_delivery (tenant_id, webhook_id, account_id, sequence)
        WHERE status IN ('pending', 'retrying')
    """,
    """
    CREATE UNIQUE INDEX ix_webhook_delivery_tenant_id_webhook_id_event_id
        ON webhook_delivery (tenant_id, webhook_id, event_id)
    """,
    """
    CREATE INDEX ix_webhook_delivery_tenant_id_webhook_id_id
        ON webhook_delivery (tenant_id, webhook_id, id)
    """,
    """
    CREATE INDEX ix_webhook_delivery_tenant_id_webhook_id_occurred_at
        ON webhook_delivery (tenant_id, webhook_id, occurred_at)
    """,
    """
    CREATE INDEX ix_webhook_delivery_tenant_id_webhook_id_status_id
        ON webhook_delivery (tenant_id, webhook_id, status, id)
    """,
    """
    CREATE TABLE webhook_attempt (
        tenant_id uuid NOT NULL,
        delivery_id uuid NOT NULL,
        number integer NOT NULL,
        at timestamptz NOT NULL,
        status integer,
        ms integer NOT NULL,
        error text,
        response_bytes integer NOT NULL,
        response_start text NOT NULL,
        CONSTRAINT pk_webhook_attempt PRIMARY KEY (tenant_id, delivery_id, number),
        CONSTRAINT fk_webhook_attempt_tenant_id_delivery_id FOREIGN KEY (tenant_id,
            delivery_id) REFERENCES webhook_delivery (tenant_id, id),
        CONSTRAINT ck_webhook_attempt_number CHECK (number > 0),
        CONSTRAINT ck_webhook_attempt_ms CHECK (ms >= 0),
        CONSTRAINT ck_webhook_attempt_response_bytes CHECK (response_bytes >= 0)
    )
    """,
    "CREATE INDEX ix_sweep_run_tenant_id_finished_at ON sweep_run (tenant_id, finished_at)",
)

DUE = """
    CREATE FUNCTION accord_webhooks_due(by timestamptz, most integer)
    RETURNS TABLE (tenant_id uuid, webhook_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        now_epoch integer := (SELECT epoch FROM public.feed_epoch);
        now_tx xid8 := pg_snapshot_xmin(pg_current_snapshot());
    BEGIN
        RETURN QUERY
        SELECT w.tenant_id, w.id FROM public.webhook AS w
        WHERE w.status = 'enabled' AND (
            EXISTS (
                SELECT FROM public.webhook_delivery AS d
                WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.id
                    AND d.status IN ('pending', 'retrying') AND NOT d.waits
                    AND d.next_at <= by AND (d.leased_until IS NULL OR d.leased_until <= by))
            OR EXISTS (
                SELECT FROM public.event AS e
                WHERE e.tenant_id = w.tenant_id
                    AND (e.epoch, e.tx, e.account_id, e.sequence)
                        > (w.epoch, w.tx, w.after_account, w.sequence)
                    AND (e.epoch, e.tx) < (now_epoch, now_tx))
            OR EXISTS (
                SELECT FROM public.sweep_run AS s
                WHERE s.tenant_id = w.tenant_id AND s.finished_at > w.swept_at
                    AND s.status = 'done'))
        ORDER BY w.paced_at, w.id LIMIT most;
    END $$
"""

SETTLED = "status, waits, tries, attempts, next_at, lease_id, leased_until, finished_at, replay_id"
ALL_BUT_ITS_IDENTITY = (
    "url, types, description, ordering, rate_per_second, headers, contact_email, status, "
    "disabled_because, disabled_at, secret, former_secret, former_ends_at, epoch, tx, "
    "after_account, sequence, given_in, skip_epoch, skip_tx, swept_at, failing_since_at, warned, "
    "paced_at, version, actor, key_id"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for step in (*TABLES, DUE):
        op.execute(step)
    _guard("webhook", ALL_BUT_ITS_IDENTITY)
    _guard("webhook_delivery", SETTLED)
    _guard("webhook_attempt", "")
    op.execute("REVOKE ALL ON FUNCTION accord_webhooks_due FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION accord_webhooks_due TO accord_app")


def downgrade() -> None:
    """Endpoints, their secrets and the log of deliveries are gone with it."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("DROP FUNCTION accord_webhooks_due")
    op.execute("DROP TABLE webhook_attempt, webhook_delivery, webhook")
    op.execute("DROP INDEX ix_sweep_run_tenant_id_finished_at")


def _guard(table: str, updates: str) -> None:
    op.execute(f"SELECT accord_guard('{table}', inserts => true, updates => '{{{updates}}}')")
