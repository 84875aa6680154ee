"""Plans, the schedules they went through, and their installments.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE plan (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        reference text,
        kind text NOT NULL,
        policy_name text NOT NULL,
        policy_version integer NOT NULL,
        opened_on date NOT NULL,
        terms jsonb NOT NULL,
        consent jsonb,
        created_at timestamptz DEFAULT now() NOT NULL,
        status text NOT NULL,
        status_reason text,
        ended_on date,
        completed_on date,
        total_minor bigint NOT NULL,
        paid_minor bigint NOT NULL,
        outstanding_minor bigint NOT NULL,
        next_due_on date,
        next_due_minor bigint,
        revision integer NOT NULL,
        CONSTRAINT pk_plan PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT ck_plan_kind CHECK (kind IN ('installment', 'settlement')),
        CONSTRAINT ck_plan_status
            CHECK (status IN ('pending_approval', 'active', 'completed', 'broken', 'cancelled',
                'rejected')),
        CONSTRAINT ck_plan_total_minor CHECK (total_minor >= 0),
        CONSTRAINT ck_plan_paid_minor CHECK (paid_minor >= 0),
        CONSTRAINT ck_plan_outstanding_minor CHECK (outstanding_minor >= 0),
        CONSTRAINT ck_plan_next_due_minor CHECK (next_due_minor >= 0),
        CONSTRAINT ck_plan_revision CHECK (revision > 0),
        CONSTRAINT fk_plan_tenant_id_account_id_id
            FOREIGN KEY (tenant_id, account_id, id) REFERENCES fact (tenant_id, account_id, id),
        CONSTRAINT fk_plan_tenant_id_policy_name_policy_version
            FOREIGN KEY (tenant_id, policy_name, policy_version)
            REFERENCES policy (tenant_id, name, version)
    ) WITH (fillfactor = 70)
    """,
    "CREATE INDEX ix_plan_tenant_id_status_id ON plan (tenant_id, status, id)",
    """
    CREATE TABLE revision (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        plan_id uuid NOT NULL,
        number integer NOT NULL,
        fact_id uuid NOT NULL,
        cause text NOT NULL,
        effective_on date NOT NULL,
        actor text,
        terms jsonb NOT NULL,
        schedule jsonb NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_revision PRIMARY KEY (tenant_id, account_id, plan_id, number),
        CONSTRAINT ck_revision_number CHECK (number > 0),
        CONSTRAINT fk_revision_tenant_id_account_id_plan_id
            FOREIGN KEY (tenant_id, account_id, plan_id)
            REFERENCES plan (tenant_id, account_id, id),
        CONSTRAINT fk_revision_tenant_id_account_id_fact_id
            FOREIGN KEY (tenant_id, account_id, fact_id)
            REFERENCES fact (tenant_id, account_id, id)
    )
    """,
    """
    CREATE TABLE installment (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        plan_id uuid NOT NULL,
        kind text NOT NULL,
        nominal_due_on date NOT NULL,
        number integer NOT NULL,
        due_on date NOT NULL,
        principal_minor bigint NOT NULL,
        interest_minor bigint NOT NULL,
        fees_minor bigint NOT NULL,
        penalties_minor bigint NOT NULL,
        costs_minor bigint NOT NULL,
        paid_principal_minor bigint NOT NULL,
        paid_interest_minor bigint NOT NULL,
        paid_fees_minor bigint NOT NULL,
        paid_penalties_minor bigint NOT NULL,
        paid_costs_minor bigint NOT NULL,
        paid_in_advance_minor bigint NOT NULL,
        paid_late_minor bigint NOT NULL,
        satisfied_on date,
        missed_on date,
        voided_on date,
        CONSTRAINT pk_installment PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT ck_installment_kind
            CHECK (kind IN ('down_payment', 'installment', 'charge', 'chargeback')),
        CONSTRAINT ck_installment_principal_minor CHECK (principal_minor >= 0),
        CONSTRAINT ck_installment_interest_minor CHECK (interest_minor >= 0),
        CONSTRAINT ck_installment_fees_minor CHECK (fees_minor >= 0),
        CONSTRAINT ck_installment_penalties_minor CHECK (penalties_minor >= 0),
        CONSTRAINT ck_installment_costs_minor CHECK (costs_minor >= 0),
        CONSTRAINT ck_installment_paid_principal_minor CHECK (paid_principal_minor >= 0),
        CONSTRAINT ck_installment_paid_interest_minor CHECK (paid_interest_minor >= 0),
        CONSTRAINT ck_installment_paid_fees_minor CHECK (paid_fees_minor >= 0),
        CONSTRAINT ck_installment_paid_penalties_minor CHECK (paid_penalties_minor >= 0),
        CONSTRAINT ck_installment_paid_costs_minor CHECK (paid_costs_minor >= 0),
        CONSTRAINT ck_installment_paid_in_advance_minor CHECK (paid_in_advance_minor >= 0),
        CONSTRAINT ck_installment_paid_late_minor CHECK (paid_late_minor >= 0),
        CONSTRAINT ck_installment_paid_principal_minor_of_due
            CHECK (paid_principal_minor <= principal_minor),
        CONSTRAINT ck_installment_paid_interest_minor_of_due
            CHECK (paid_interest_minor <= interest_minor),
        CONSTRAINT ck_installment_paid_fees_minor_of_due CHECK (paid_fees_minor <= fees_minor),
        CONSTRAINT ck_installment_paid_penalties_minor_of_due
            CHECK (paid_penalties_minor <= penalties_minor),
        CONSTRAINT ck_installment_paid_costs_minor_of_due CHECK (paid_costs_minor <= costs_minor),
        CONSTRAINT ck_installment_paid_when
            CHECK (paid_in_advance_minor + paid_late_minor <= paid_principal_minor +
                paid_interest_minor + paid_fees_minor + paid_penalties_minor + paid_costs_minor),
        CONSTRAINT ck_installment_number CHECK (number > 0),
        CONSTRAINT fk_installment_tenant_id_account_id_plan_id
            FOREIGN KEY (tenant_id, account_id, plan_id)
            REFERENCES plan (tenant_id, account_id, id)
    ) WITH (fillfactor = 70)
    """,
    "CREATE INDEX ix_installment_tenant_id_due_on ON installment (tenant_id, due_on)",
)

GUARDS = (
    """
    SELECT accord_guard('plan', true, '{status, status_reason, ended_on, completed_on,
        total_minor, paid_minor, outstanding_minor, next_due_on, next_due_minor, revision}')
    """,
    "SELECT accord_guard('revision', true, '{}')",
    """
    SELECT accord_guard('installment', true, '{number, due_on,
        principal_minor, interest_minor, fees_minor, penalties_minor, costs_minor,
        paid_principal_minor, paid_interest_minor, paid_fees_minor, paid_penalties_minor,
        paid_costs_minor, paid_in_advance_minor, paid_late_minor,
        satisfied_on, missed_on, voided_on}')
    """,
)

DOWN = ("DROP TABLE installment, revision, plan",)


def upgrade() -> None:
    _run(*TABLES, *GUARDS)


def downgrade() -> None:
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
