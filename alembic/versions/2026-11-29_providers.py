"""Providers: ways out that tenants set up, and reports that came too early.

Revision ID: 0036
Revises: 0035
"""

from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE provider (
        tenant_id uuid NOT NULL,
        name text NOT NULL,
        kind text NOT NULL,
        channel text NOT NULL,
        url text NOT NULL,
        headers jsonb NOT NULL,
        secret_ref text,
        callback_secret_ref text,
        idempotent boolean NOT NULL,
        rate_per_second integer,
        from_address text,
        return_path text,
        version integer NOT NULL,
        changed_at timestamptz NOT NULL,
        actor text,
        key_id uuid,
        CONSTRAINT pk_provider PRIMARY KEY (tenant_id, name),
        CONSTRAINT ck_provider_kind CHECK (kind IN ('smtp', 'http', 'print')),
        CONSTRAINT ck_provider_channel CHECK (channel IN ('call', 'sms', 'email',
            'letter', 'chat', 'visit', 'note')),
        CONSTRAINT ck_provider_version CHECK (version > 0),
        CONSTRAINT ck_provider_rate_per_second CHECK (rate_per_second > 0),
        CONSTRAINT fk_provider_tenant_id
            FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    )
    """,
    """
    SELECT accord_guard('provider', true, '{kind, channel, url, headers, secret_ref,
        callback_secret_ref, idempotent, rate_per_second, from_address, return_path, version,
        changed_at, actor, key_id}')
    """,
    """
    CREATE TABLE early_report (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        provider text NOT NULL,
        provider_message_id text NOT NULL,
        body jsonb NOT NULL,
        at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        CONSTRAINT pk_early_report PRIMARY KEY (tenant_id, id)
    )
    """,
    """
    CREATE INDEX ix_early_report_known_as
        ON early_report (tenant_id, provider, provider_message_id, received_at)
    """,
    "SELECT accord_guard('early_report', true, '{}')",
    """
    CREATE INDEX ix_message_waiting_account ON message (tenant_id, account_id)
        WHERE next_at IS NOT NULL
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Who sent is forgotten, what was sent is not."""
    _run("DROP INDEX ix_message_waiting_account", "DROP TABLE early_report, provider")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
