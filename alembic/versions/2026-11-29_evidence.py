"""Evidence files: what was handed over about an account, byte for byte.

Revision ID: 0042
Revises: 0041
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE evidence_file (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        as_of date NOT NULL,
        made_for text NOT NULL,
        root text NOT NULL,
        manifest bytea NOT NULL,
        content bytea NOT NULL,
        files integer NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_evidence_file PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT fk_evidence_file_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT ck_evidence_file_made_for CHECK (
            made_for IN ('legal', 'complaint', 'subject_access', 'audit')),
        CONSTRAINT ck_evidence_file_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_evidence_file_files CHECK (files > 0)
    )
    """,
    "SELECT accord_guard('evidence_file', true, '{}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What was handed over is kept by whoever has it."""
    _run("DROP TABLE evidence_file")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
