"""Letters taken to be printed together, and when they were posted.

Revision ID: 0051
Revises: 0050
"""

from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE print_batch (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        letters integer NOT NULL,
        made_at timestamptz NOT NULL,
        business_date date NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        mailed_on date,
        mailed_at timestamptz,
        mailed_actor text,
        reference text,
        CONSTRAINT pk_print_batch PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_print_batch_tenant_id
            FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
        CONSTRAINT ck_print_batch_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_print_batch_mailed CHECK ((mailed_on IS NULL) = (mailed_at IS NULL)),
        CONSTRAINT ck_print_batch_letters CHECK (letters >= 0)
    )
    """,
    """
    CREATE TABLE print_letter (
        tenant_id uuid NOT NULL,
        batch_id uuid NOT NULL,
        number integer NOT NULL,
        message_id uuid NOT NULL,
        CONSTRAINT pk_print_letter PRIMARY KEY (tenant_id, batch_id, number),
        CONSTRAINT fk_print_letter_tenant_id_message_id
            FOREIGN KEY (tenant_id, message_id) REFERENCES message (tenant_id, id),
        CONSTRAINT fk_print_letter_tenant_id_batch_id
            FOREIGN KEY (tenant_id, batch_id) REFERENCES print_batch (tenant_id, id)
    ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)
    """,
    "CREATE INDEX ix_print_letter_tenant_id_message_id ON print_letter (tenant_id, message_id)",
    "SELECT accord_guard('print_batch', true, '{mailed_on, mailed_at, mailed_actor, reference}')",
    "SELECT accord_guard('print_letter', true, '{}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Which letters were printed together is forgotten; what was mailed stays told."""
    _run("DROP TABLE print_letter, print_batch")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
