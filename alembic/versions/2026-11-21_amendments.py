"""Amendments: changes of a plan that wait for approval, and what was decided of them.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE amendment (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        plan_id uuid NOT NULL,
        number integer NOT NULL,
        cause text NOT NULL,
        asked jsonb NOT NULL,
        terms jsonb NOT NULL,
        schedule jsonb NOT NULL,
        refusals jsonb NOT NULL,
        role text NOT NULL,
        actor text,
        business_date date NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_amendment PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT ck_amendment_number CHECK (number > 1),
        CONSTRAINT ck_amendment_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT fk_amendment_tenant_id_account_id_plan_id
            FOREIGN KEY (tenant_id, account_id, plan_id)
            REFERENCES plan (tenant_id, account_id, id)
    )
    """,
    """
    CREATE UNIQUE INDEX ix_amendment_tenant_id_account_id_plan_id_number
        ON amendment (tenant_id, account_id, plan_id, number)
    """,
    """
    CREATE TABLE amendment_end (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        amendment_id uuid NOT NULL,
        outcome text NOT NULL,
        role text NOT NULL,
        actor text NOT NULL,
        reason text,
        business_date date NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_amendment_end PRIMARY KEY (tenant_id, account_id, amendment_id),
        CONSTRAINT ck_amendment_end_outcome CHECK (outcome IN ('approved', 'rejected')),
        CONSTRAINT ck_amendment_end_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT fk_amendment_end_tenant_id_account_id_amendment_id
            FOREIGN KEY (tenant_id, account_id, amendment_id)
            REFERENCES amendment (tenant_id, account_id, id)
    )
    """,
    "SELECT accord_guard('amendment', true, '{}')",
    "SELECT accord_guard('amendment_end', true, '{}')",
)
DOWN = ("DROP TABLE amendment_end, amendment",)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
