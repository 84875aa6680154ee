"""Suspense: money nobody could match to an account, and how it left.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE suspense (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        reference text NOT NULL,
        account_reference text,
        named_account_id uuid,
        why text NOT NULL,
        amount_minor bigint NOT NULL,
        currency char(3) NOT NULL,
        effective_on date NOT NULL,
        method text NOT NULL,
        kind text NOT NULL,
        future text,
        component text,
        named_plan_id uuid,
        funded_by text NOT NULL,
        content_hash bytea NOT NULL,
        business_date date NOT NULL,
        actor text,
        received_at timestamptz DEFAULT now() NOT NULL,
        metadata jsonb NOT NULL,
        CONSTRAINT pk_suspense PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_suspense_why
            CHECK (why IN ('unknown_account', 'other_currency', 'closed_account')),
        CONSTRAINT ck_suspense_amount_minor CHECK (amount_minor > 0),
        CONSTRAINT ck_suspense_method
            CHECK (method IN ('ach', 'card', 'check', 'cash', 'wire', 'sepa', 'direct_debit',
                'other')),
        CONSTRAINT ck_suspense_kind CHECK (kind IN ('repayment', 'goodwill', 'merchant_refund')),
        CONSTRAINT ck_suspense_funded_by CHECK (funded_by IN ('borrower', 'institution')),
        CONSTRAINT ck_suspense_future CHECK (future IN ('next', 'last', 'reamortize')),
        CONSTRAINT ck_suspense_component
            CHECK (component IN ('principal', 'interest', 'fees', 'penalties', 'costs'))
    )
    """,
    """
    CREATE TABLE suspense_end (
        tenant_id uuid NOT NULL,
        suspense_id uuid NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL,
        account_id uuid,
        effective_on date NOT NULL,
        business_date date NOT NULL,
        reference text,
        actor text,
        entered_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_suspense_end PRIMARY KEY (tenant_id, suspense_id),
        CONSTRAINT ck_suspense_end_kind CHECK (kind IN ('assigned', 'refunded')),
        CONSTRAINT ck_suspense_end_account
            CHECK ((kind = 'assigned') = (account_id IS NOT NULL)),
        CONSTRAINT fk_suspense_end_tenant_id_suspense_id
            FOREIGN KEY (tenant_id, suspense_id) REFERENCES suspense (tenant_id, id),
        CONSTRAINT fk_suspense_end_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
    )
    """,
    "SELECT accord_guard('suspense', true, '{metadata}')",
    "SELECT accord_guard('suspense_end', true, '{}')",
)
DOWN = ("DROP TABLE suspense_end, suspense",)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
