"""The ledger: payments, where each part of them went, and the postings.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE payment (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        reference text NOT NULL,
        amount_minor bigint NOT NULL,
        currency char(3) NOT NULL,
        effective_on date NOT NULL,
        method text NOT NULL,
        kind text NOT NULL,
        funded_by text NOT NULL,
        future text,
        component text,
        plan_id uuid,
        content_hash bytea NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        status text NOT NULL,
        unapplied_minor bigint NOT NULL,
        generation integer NOT NULL,
        CONSTRAINT pk_payment PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT ck_payment_method
            CHECK (method IN ('ach', 'card', 'check', 'cash', 'wire', 'sepa', 'direct_debit',
                'other')),
        CONSTRAINT ck_payment_kind CHECK (kind IN ('repayment', 'goodwill', 'merchant_refund')),
        CONSTRAINT ck_payment_funded_by CHECK (funded_by IN ('borrower', 'institution')),
        CONSTRAINT ck_payment_future CHECK (future IN ('next', 'last', 'reamortize')),
        CONSTRAINT ck_payment_component
            CHECK (component IN ('principal', 'interest', 'fees', 'penalties', 'costs')),
        CONSTRAINT ck_payment_status
            CHECK (status IN ('posted', 'reversed', 'charged_back', 'partially_refunded',
                'refunded', 'suspense')),
        CONSTRAINT ck_payment_amount_minor CHECK (amount_minor > 0),
        CONSTRAINT ck_payment_unapplied_minor CHECK (unapplied_minor >= 0),
        CONSTRAINT ck_payment_generation CHECK (generation >= 0),
        CONSTRAINT ck_payment_unapplied_of_amount CHECK (unapplied_minor <= amount_minor),
        CONSTRAINT fk_payment_tenant_id_account_id_id
            FOREIGN KEY (tenant_id, account_id, id) REFERENCES fact (tenant_id, account_id, id),
        CONSTRAINT fk_payment_tenant_id_account_id_plan_id
            FOREIGN KEY (tenant_id, account_id, plan_id)
            REFERENCES plan (tenant_id, account_id, id)
    ) WITH (fillfactor = 70)
    """,
    """
    CREATE TABLE allocation (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        payment_id uuid NOT NULL,
        generation integer NOT NULL,
        line integer NOT NULL,
        component text NOT NULL,
        plan_id uuid,
        installment_id uuid,
        cell text,
        amount_minor bigint NOT NULL,
        rule text NOT NULL,
        CONSTRAINT pk_allocation PRIMARY KEY (tenant_id, account_id, payment_id, generation,
            line),
        CONSTRAINT ck_allocation_component
            CHECK (component IN ('principal', 'interest', 'fees', 'penalties', 'costs',
                'unapplied')),
        CONSTRAINT ck_allocation_cell
            CHECK (cell IN ('principal', 'interest', 'fees', 'penalties', 'costs')),
        CONSTRAINT ck_allocation_amount_minor CHECK (amount_minor > 0),
        CONSTRAINT ck_allocation_generation CHECK (generation > 0),
        CONSTRAINT ck_allocation_line CHECK (line > 0),
        CONSTRAINT fk_allocation_tenant_id_account_id_payment_id
            FOREIGN KEY (tenant_id, account_id, payment_id)
            REFERENCES payment (tenant_id, account_id, id),
        CONSTRAINT fk_allocation_tenant_id_account_id_plan_id
            FOREIGN KEY (tenant_id, account_id, plan_id)
            REFERENCES plan (tenant_id, account_id, id),
        CONSTRAINT fk_allocation_tenant_id_account_id_installment_id
            FOREIGN KEY (tenant_id, account_id, installment_id)
            REFERENCES installment (tenant_id, account_id, id)
    )
    """,
    """
    CREATE TABLE posting (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        sequence integer NOT NULL,
        fact_id uuid NOT NULL,
        kind text NOT NULL,
        effective_on date NOT NULL,
        business_date date NOT NULL,
        posted_at timestamptz DEFAULT now() NOT NULL,
        amount_minor bigint NOT NULL,
        principal_minor bigint NOT NULL,
        interest_minor bigint NOT NULL,
        fees_minor bigint NOT NULL,
        penalties_minor bigint NOT NULL,
        costs_minor bigint NOT NULL,
        unapplied_minor bigint NOT NULL,
        balance_after_minor bigint NOT NULL,
        payment_id uuid,
        plan_id uuid,
        reverses uuid,
        reason text,
        actor text,
        CONSTRAINT pk_posting PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT uq_posting_tenant_id_account_id_sequence UNIQUE (tenant_id, account_id,
            sequence),
        CONSTRAINT ck_posting_kind
            CHECK (kind IN ('placement', 'charge', 'interest', 'payment', 'reallocation',
                'reversal', 'chargeback', 'refund', 'adjustment', 'forgiveness', 'write_off')),
        CONSTRAINT ck_posting_sums
            CHECK (principal_minor + interest_minor + fees_minor + penalties_minor + costs_minor +
                unapplied_minor = amount_minor),
        CONSTRAINT ck_posting_sequence CHECK (sequence > 0),
        CONSTRAINT ck_posting_balance_after_minor CHECK (balance_after_minor >= 0),
        CONSTRAINT fk_posting_tenant_id_account_id_fact_id
            FOREIGN KEY (tenant_id, account_id, fact_id)
            REFERENCES fact (tenant_id, account_id, id),
        CONSTRAINT fk_posting_tenant_id_account_id_payment_id
            FOREIGN KEY (tenant_id, account_id, payment_id)
            REFERENCES payment (tenant_id, account_id, id),
        CONSTRAINT fk_posting_tenant_id_account_id_plan_id
            FOREIGN KEY (tenant_id, account_id, plan_id)
            REFERENCES plan (tenant_id, account_id, id),
        CONSTRAINT fk_posting_tenant_id_account_id_reverses
            FOREIGN KEY (tenant_id, account_id, reverses)
            REFERENCES posting (tenant_id, account_id, id)
    )
    """,
)

GUARDS = (
    "SELECT accord_guard('payment', true, '{status, unapplied_minor, generation}')",
    "SELECT accord_guard('allocation', true, '{}')",
    "SELECT accord_guard('posting', true, '{}')",
)

DOWN = ("DROP TABLE posting, allocation, payment",)


def upgrade() -> None:
    _run(*TABLES, *GUARDS)


def downgrade() -> None:
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
