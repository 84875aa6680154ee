"""Reports asked for as a run, and their files for thirty days.

Revision ID: 0053
Revises: 0052
"""

from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE report_run (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        report text NOT NULL,
        parameters jsonb NOT NULL,
        form text NOT NULL,
        business_date date NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        status text NOT NULL,
        progress_bps integer NOT NULL,
        noted_at timestamptz DEFAULT now() NOT NULL,
        finished_at timestamptz,
        hash text,
        told jsonb,
        content bytea,
        problem text,
        CONSTRAINT pk_report_run PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_report_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
        CONSTRAINT ck_report_run_status
            CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
        CONSTRAINT ck_report_run_form CHECK (form IN ('json', 'csv', 'xlsx', 'pdf')),
        CONSTRAINT ck_report_run_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_report_run_progress_bps CHECK (progress_bps BETWEEN 0 AND 10000)
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
            autovacuum_analyze_scale_factor = 0.02)
    """,
    "CREATE INDEX ix_report_run_tenant_id_created_at ON report_run (tenant_id, created_at)",
    """
    SELECT accord_guard('report_run', true,
        '{status,progress_bps,noted_at,finished_at,hash,told,content,problem}')
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Files of reports are gone; each can be asked for again."""
    _run("DROP TABLE report_run")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
