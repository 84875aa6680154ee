"""Settlements: offers to take a part for the whole, and what became of them.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KINDS_BEFORE = """'placement', 'charge', 'charge_reversal', 'adjustment', 'cycle', 'workout',
    'charge_off', 'charge_off_undo', 'closure', 'closure_undo', 'hold', 'hold_release', 'promise',
    'payment', 'reversal', 'chargeback', 'chargeback_reversal', 'refund', 'plan_proposed',
    'plan_approved', 'plan_rejected', 'plan_opened', 'plan_cancelled', 'plan_reinstated', 'pause',
    'resume', 're_age', 'account_re_age', 'reamortization', 'reschedule', 'deferral',
    'due_day_change', 'payment_holiday', 'step_down', 'acceleration', 'rewrite', 'revision_undo',
    'settlement_offered'"""
KINDS_AFTER = "'settlement_accepted', 'settlement_closed'"
UP = (
    "ALTER TABLE fact DROP CONSTRAINT ck_fact_kind",
    f"""
    ALTER TABLE fact ADD CONSTRAINT ck_fact_kind
        CHECK (kind IN ({KINDS_BEFORE}, 'settlement_approved', {KINDS_AFTER}))
    """,
    """
    CREATE TABLE settlement (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        amount_minor bigint NOT NULL,
        balance_minor bigint NOT NULL,
        forgives_minor bigint NOT NULL,
        installment_count integer NOT NULL,
        offered_on date NOT NULL,
        expires_on date NOT NULL,
        policy_name text NOT NULL,
        policy_version integer NOT NULL,
        terms jsonb NOT NULL,
        schedule jsonb NOT NULL,
        refusals jsonb NOT NULL,
        role text NOT NULL,
        actor text,
        reason text,
        creditor_reference text,
        supersedes uuid,
        created_at timestamptz DEFAULT now() NOT NULL,
        status text NOT NULL,
        status_reason text,
        plan_id uuid,
        accepted_on date,
        satisfied_on date,
        voided_on date,
        closed_on date,
        paid_minor bigint NOT NULL,
        forgiven_minor bigint NOT NULL,
        CONSTRAINT pk_settlement PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT ck_settlement_status
            CHECK (status IN ('offered', 'pending_approval', 'accepted', 'satisfied', 'void',
                'expired', 'declined', 'withdrawn')),
        CONSTRAINT ck_settlement_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_settlement_amount_minor CHECK (amount_minor > 0),
        CONSTRAINT ck_settlement_installment_count CHECK (installment_count > 0),
        CONSTRAINT ck_settlement_forgives_minor CHECK (forgives_minor >= 0),
        CONSTRAINT ck_settlement_paid_minor CHECK (paid_minor >= 0),
        CONSTRAINT ck_settlement_forgiven_minor CHECK (forgiven_minor >= 0),
        CONSTRAINT ck_settlement_sums CHECK (amount_minor + forgives_minor = balance_minor),
        CONSTRAINT ck_settlement_expires_on CHECK (expires_on >= offered_on),
        CONSTRAINT fk_settlement_tenant_id_account_id_id
            FOREIGN KEY (tenant_id, account_id, id) REFERENCES fact (tenant_id, account_id, id),
        CONSTRAINT fk_settlement_tenant_id_account_id_supersedes
            FOREIGN KEY (tenant_id, account_id, supersedes)
            REFERENCES settlement (tenant_id, account_id, id),
        CONSTRAINT fk_settlement_tenant_id_account_id_plan_id
            FOREIGN KEY (tenant_id, account_id, plan_id)
            REFERENCES plan (tenant_id, account_id, id),
        CONSTRAINT fk_settlement_tenant_id_policy_name_policy_version
            FOREIGN KEY (tenant_id, policy_name, policy_version)
            REFERENCES policy (tenant_id, name, version)
    ) WITH (fillfactor = 70)
    """,
    "CREATE INDEX ix_settlement_tenant_id_status_id ON settlement (tenant_id, status, id)",
    "CREATE INDEX ix_settlement_tenant_id_offered_on_id ON settlement (tenant_id, offered_on, id)",
    """
    CREATE INDEX ix_settlement_tenant_id_satisfied_on_id
        ON settlement (tenant_id, satisfied_on, id)
    """,
    """
    SELECT accord_guard('settlement', true, '{status, status_reason, plan_id, accepted_on,
        satisfied_on, voided_on, closed_on, paid_minor, forgiven_minor}')
    """,
)
DOWN = (
    "DROP TABLE settlement",
    "ALTER TABLE fact DROP CONSTRAINT ck_fact_kind",
    f"""
    ALTER TABLE fact ADD CONSTRAINT ck_fact_kind
        CHECK (kind IN ({KINDS_BEFORE}, {KINDS_AFTER}))
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
