"""Templates: what is said to debtors, in versions that a tenant saves.

Revision ID: 0033
Revises: 0032
"""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE template (
        tenant_id uuid NOT NULL,
        key text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        channel text NOT NULL,
        purpose text NOT NULL,
        locales jsonb NOT NULL,
        asks_for_money boolean NOT NULL,
        deadline boolean NOT NULL,
        sample jsonb NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_template PRIMARY KEY (tenant_id, key, version),
        CONSTRAINT ck_template_channel CHECK (channel IN ('email', 'sms', 'letter', 'voicemail')),
        CONSTRAINT ck_template_purpose CHECK (purpose IN (
            'collection', 'reminder', 'statement', 'consent_request', 'reply', 'receipt',
            'opt_out_confirmation', 'required_notice', 'validation_notice', 'cease_notice',
            'legal_process', 'location_information', 'marketing')),
        CONSTRAINT ck_template_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_template_version CHECK (version > 0)
    )
    """,
    "SELECT accord_guard('template', true, '{}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What tenants wrote is forgotten."""
    _run("DROP TABLE template")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
