"""Escalations to another desk, and every step of each.

Revision ID: 0056
Revises: 0055
"""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE escalation (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        desk text NOT NULL,
        urgency text NOT NULL,
        status text NOT NULL,
        reason text,
        note text,
        contact_id uuid,
        assigned_to text,
        opened_on date NOT NULL,
        due_on date,
        closed_on date,
        outcome text,
        party_id uuid,
        evidence_file_id uuid,
        court text,
        case_number text,
        filed_on date,
        opened_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_escalation PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT fk_escalation_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT ck_escalation_desk CHECK (desk IN ('supervisor', 'legal', 'compliance',
            'complaints', 'vulnerability')),
        CONSTRAINT ck_escalation_urgency CHECK (urgency IN ('normal', 'today')),
        CONSTRAINT ck_escalation_status CHECK (status IN ('open', 'assigned', 'answered',
            'returned', 'with_attorney', 'filed', 'closed')),
        CONSTRAINT ck_escalation_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    )
    """,
    "CREATE INDEX ix_escalation_id ON escalation (tenant_id, id)",
    "CREATE INDEX ix_escalation_status ON escalation (tenant_id, status, id)",
    """
    CREATE INDEX ix_escalation_open ON escalation (tenant_id, account_id)
        WHERE status NOT IN ('closed', 'returned')
    """,
    """
    SELECT accord_guard('escalation', true, '{status,reason,note,assigned_to,closed_on,outcome,
        party_id,evidence_file_id,court,case_number,filed_on}')
    """,
    """
    CREATE TABLE escalation_fact (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        escalation_id uuid NOT NULL,
        number integer NOT NULL,
        step text NOT NULL,
        body jsonb NOT NULL,
        note text,
        at timestamptz NOT NULL,
        business_date date NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_escalation_fact PRIMARY KEY (tenant_id, account_id, escalation_id, number),
        CONSTRAINT fk_escalation_fact_tenant_id_account_id_escalation_id
            FOREIGN KEY (tenant_id, account_id, escalation_id)
            REFERENCES escalation (tenant_id, account_id, id),
        CONSTRAINT ck_escalation_fact_number CHECK (number > 0),
        CONSTRAINT ck_escalation_fact_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    )
    """,
    "SELECT accord_guard('escalation_fact', true, '{note}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What was escalated is forgotten; the accounts stand as they did."""
    _run("DROP TABLE escalation_fact, escalation")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
