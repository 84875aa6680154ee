"""Dialer lists: each row a reserved decision, and what came of it.

Revision ID: 0055
Revises: 0054
"""

from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE dialer_list (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        worklist text NOT NULL,
        purpose text NOT NULL,
        format text NOT NULL,
        columns text[],
        made_at timestamptz NOT NULL,
        valid_until_at timestamptz NOT NULL,
        business_date date NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        closed_at timestamptz,
        CONSTRAINT pk_dialer_list PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_dialer_list_format CHECK (format IN ('json', 'csv', 'vicidial')),
        CONSTRAINT ck_dialer_list_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    )
    """,
    "SELECT accord_guard('dialer_list', true, '{closed_at}')",
    """
    CREATE TABLE dialer_row (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        list_id uuid NOT NULL,
        number integer NOT NULL,
        person_id uuid NOT NULL,
        point_id uuid NOT NULL,
        decision_id uuid NOT NULL,
        reference text NOT NULL,
        reason text NOT NULL,
        priority integer NOT NULL,
        time_zone text NOT NULL,
        call_after_at timestamptz NOT NULL,
        call_before_at timestamptz NOT NULL,
        contact_id uuid,
        released_at timestamptz,
        CONSTRAINT pk_dialer_row PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT fk_dialer_row_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT ck_dialer_row_number CHECK (number > 0)
    )
    """,
    "CREATE INDEX ix_dialer_row_list ON dialer_row (tenant_id, list_id, number)",
    "SELECT accord_guard('dialer_row', true, '{contact_id,released_at}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Which calls were given to a dialer is forgotten; the decisions and contacts stay."""
    _run("DROP TABLE dialer_row, dialer_list")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
