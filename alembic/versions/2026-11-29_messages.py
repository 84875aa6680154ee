"""Messages: what is to be sent, what it says, and every fact of its way.

`accord_messages_due` tells workers, who belong to no tenant, whose turn it is.

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE message (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        account_id uuid NOT NULL,
        person_id uuid NOT NULL,
        point_id uuid,
        channel text NOT NULL,
        purpose text NOT NULL,
        template_key text,
        template_version integer,
        letter_id uuid,
        locale text,
        variables jsonb NOT NULL,
        notice text,
        subject text,
        subject_id uuid,
        about_on date,
        reference text,
        asked_hash bytea NOT NULL,
        automatic boolean NOT NULL,
        in_reply_to uuid,
        overriding jsonb,
        status text NOT NULL,
        reason text,
        not_before_at timestamptz,
        expires_at timestamptz,
        max_wait_days integer,
        attempts integer NOT NULL,
        next_at timestamptz,
        lease_id uuid,
        leased_until timestamptz,
        provider text,
        provider_idempotent boolean NOT NULL,
        provider_message_id text,
        content_hash bytea,
        decision_id uuid,
        contact_id uuid,
        sequence integer NOT NULL,
        asked_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        CONSTRAINT pk_message PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_message_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT fk_message_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_message_channel CHECK (channel IN ('call', 'sms', 'email', 'letter', 'chat',
            'visit', 'note')),
        CONSTRAINT ck_message_status CHECK (status IN ('scheduled', 'queued', 'sending',
            'uncertain', 'sent', 'delivered', 'bounced', 'failed', 'complained', 'returned',
            'suppressed', 'cancelled', 'expired')),
        CONSTRAINT ck_message_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_message_lease CHECK ((lease_id IS NULL) = (leased_until IS NULL)),
        CONSTRAINT ck_message_subject_id CHECK ((notice IS NULL) = (subject_id IS NULL)),
        CONSTRAINT ck_message_about_on CHECK ((notice IS NULL) = (about_on IS NULL)),
        CONSTRAINT ck_message_attempts CHECK (attempts >= 0),
        CONSTRAINT ck_message_sequence CHECK (sequence >= 0)
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02)
    """,
    """
    CREATE UNIQUE INDEX ix_message_notice ON message (tenant_id, notice, subject_id, about_on)
        WHERE notice IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX ix_message_reference ON message (tenant_id, reference)
        WHERE reference IS NOT NULL
    """,
    """
    CREATE INDEX ix_message_due ON message (tenant_id, next_at, id) WHERE next_at IS NOT NULL
    """,
    """
    CREATE INDEX ix_message_waiting ON message (tenant_id, person_id) WHERE next_at IS NOT NULL
    """,
    """
    CREATE INDEX ix_message_provider ON message (tenant_id, provider, provider_message_id)
        WHERE provider_message_id IS NOT NULL
    """,
    "CREATE INDEX ix_message_tenant_id_asked_at ON message (tenant_id, asked_at, id)",
    "CREATE INDEX ix_message_account ON message (tenant_id, account_id, asked_at, id)",
    "CREATE INDEX ix_message_person ON message (tenant_id, person_id, asked_at, id)",
    "CREATE INDEX ix_message_status ON message (tenant_id, status, asked_at, id)",
    """
    CREATE TABLE message_fact (
        tenant_id uuid NOT NULL,
        message_id uuid NOT NULL,
        sequence integer NOT NULL,
        kind text NOT NULL,
        body jsonb NOT NULL,
        at timestamptz NOT NULL,
        recorded_at timestamptz NOT NULL,
        business_date date NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_message_fact PRIMARY KEY (tenant_id, message_id, sequence),
        CONSTRAINT fk_message_fact_tenant_id_message_id
            FOREIGN KEY (tenant_id, message_id) REFERENCES message (tenant_id, id),
        CONSTRAINT ck_message_fact_kind CHECK (kind IN ('asked', 'prepared', 'claimed',
            'accepted', 'refused', 'lease_expired', 'reported', 'decided', 'cancelled',
            'forbidden')),
        CONSTRAINT ck_message_fact_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)
    """,
    """
    CREATE TABLE message_content (
        tenant_id uuid NOT NULL,
        message_id uuid NOT NULL,
        sent_to text,
        subject text,
        text text,
        html text,
        stored_at timestamptz NOT NULL,
        erased_at timestamptz,
        CONSTRAINT pk_message_content PRIMARY KEY (tenant_id, message_id),
        CONSTRAINT fk_message_content_tenant_id_message_id
            FOREIGN KEY (tenant_id, message_id) REFERENCES message (tenant_id, id)
    )
    """,
)

DUE = """
    CREATE FUNCTION accord_messages_due(by timestamptz, most integer)
    RETURNS TABLE (tenant_id uuid, first_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT m.tenant_id, min(m.next_at) FROM public.message AS m
        WHERE m.next_at <= by
        GROUP BY m.tenant_id ORDER BY 2 LIMIT most;
    END $$
"""

CHANGES = (
    "point_id, channel, purpose, template_version, locale, status, reason, not_before_at, "
    "attempts, next_at, lease_id, leased_until, provider, provider_idempotent, "
    "provider_message_id, content_hash, decision_id, contact_id, sequence"
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for step in (*TABLES, DUE):
        op.execute(step)
    _guard("message", CHANGES)
    _guard("message_fact", "")
    _guard("message_content", "sent_to, subject, text, html, stored_at, erased_at")
    op.execute("REVOKE ALL ON FUNCTION accord_messages_due FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION accord_messages_due TO accord_app")


def downgrade() -> None:
    """What was sent, and what it said, is forgotten."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("DROP FUNCTION accord_messages_due")
    op.execute("DROP TABLE message_content, message_fact, message")


def _guard(table: str, updates: str) -> None:
    op.execute(f"SELECT accord_guard('{table}', inserts => true, updates => '{{{updates}}}')")
