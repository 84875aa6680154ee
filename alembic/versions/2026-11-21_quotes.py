"""Quotes: terms offered in writing, and the plan that was opened on one.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STEPS = (
    """
    CREATE TABLE quote (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        hash text NOT NULL,
        currency char(3) NOT NULL,
        opens_on date NOT NULL,
        balance_minor bigint NOT NULL,
        amount_minor bigint NOT NULL,
        policy_name text NOT NULL,
        policy_version integer NOT NULL,
        terms jsonb NOT NULL,
        schedule jsonb NOT NULL,
        refusals jsonb NOT NULL,
        role text NOT NULL,
        actor text,
        locale text NOT NULL,
        text text NOT NULL,
        text_hash text NOT NULL,
        supersedes uuid,
        reason text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_quote PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT ck_quote_currency CHECK (currency ~ '^[A-Z]{3}$'),
        CONSTRAINT ck_quote_balance_minor CHECK (balance_minor > 0),
        CONSTRAINT ck_quote_amount_minor CHECK (amount_minor > 0),
        CONSTRAINT ck_quote_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT fk_quote_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT fk_quote_tenant_id_account_id_supersedes
            FOREIGN KEY (tenant_id, account_id, supersedes)
            REFERENCES quote (tenant_id, account_id, id),
        CONSTRAINT fk_quote_tenant_id_policy_name_policy_version
            FOREIGN KEY (tenant_id, policy_name, policy_version)
            REFERENCES policy (tenant_id, name, version)
    )
    """,
    "CREATE INDEX ix_quote_tenant_id_id ON quote (tenant_id, id)",
    """
    CREATE INDEX ix_quote_tenant_id_account_id_supersedes
        ON quote (tenant_id, account_id, supersedes)
    """,
    "SELECT accord_guard('quote', true, '{}')",
    """
    ALTER TABLE plan
        ADD COLUMN quote_id uuid,
        ADD CONSTRAINT fk_plan_tenant_id_account_id_quote_id
            FOREIGN KEY (tenant_id, account_id, quote_id)
            REFERENCES quote (tenant_id, account_id, id)
    """,
    """
    CREATE INDEX ix_plan_tenant_id_account_id_quote_id
        ON plan (tenant_id, account_id, quote_id)
    """,
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("DROP INDEX ix_plan_tenant_id_account_id_quote_id")
    op.execute("ALTER TABLE plan DROP COLUMN quote_id")
    op.execute("DROP TABLE quote")
