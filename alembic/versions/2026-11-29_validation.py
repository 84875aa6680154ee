"""Validation notices: what was said to come first, when the notice went, and how a debt came about.

Revision ID: 0068
Revises: 0067
"""

from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

KEPT = (
    "initial_contact_id, initial_at, initial_on, notice_contact_id, sent_on, received_on, ends_on"
)
UP = (
    """
    CREATE TABLE validation (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        initial_contact_id uuid,
        initial_at timestamptz,
        initial_on date,
        notice_contact_id uuid,
        sent_on date,
        received_on date,
        ends_on date,
        CONSTRAINT pk_validation PRIMARY KEY (tenant_id, account_id),
        CONSTRAINT fk_validation_tenant_id_account_id FOREIGN KEY (tenant_id, account_id)
            REFERENCES account (tenant_id, id)
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02)
    """,
    """
    CREATE INDEX ix_validation_due ON validation (tenant_id, initial_on, account_id)
        WHERE sent_on IS NULL AND initial_on IS NOT NULL
    """,
    f"SELECT accord_guard('validation', true, '{{{KEPT}}}')",
    """
    CREATE TABLE itemization (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        number integer NOT NULL,
        reference text NOT NULL,
        itemized_on date NOT NULL,
        amount_minor bigint NOT NULL,
        interest_minor bigint NOT NULL,
        fees_minor bigint NOT NULL,
        payments_minor bigint NOT NULL,
        credits_minor bigint NOT NULL,
        original_creditor text NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        CONSTRAINT pk_itemization PRIMARY KEY (tenant_id, account_id, number),
        CONSTRAINT fk_itemization_tenant_id_account_id FOREIGN KEY (tenant_id, account_id)
            REFERENCES account (tenant_id, id),
        CONSTRAINT ck_itemization_reference CHECK (reference IN (
            'last_statement', 'charge_off', 'last_payment', 'transaction', 'judgment')),
        CONSTRAINT ck_itemization_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_itemization_number CHECK (number > 0),
        CONSTRAINT ck_itemization_amount_minor CHECK (amount_minor >= 0),
        CONSTRAINT ck_itemization_interest_minor CHECK (interest_minor >= 0),
        CONSTRAINT ck_itemization_fees_minor CHECK (fees_minor >= 0),
        CONSTRAINT ck_itemization_payments_minor CHECK (payments_minor >= 0),
        CONSTRAINT ck_itemization_credits_minor CHECK (credits_minor >= 0)
    )
    """,
    "SELECT accord_guard('itemization', true, '{}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Contacts stay, and what they began is worked out anew when it is wanted again."""
    _run("DROP TABLE itemization", "DROP TABLE validation")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
