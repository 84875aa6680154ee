"""Imports over HTTP: the file as it was sent, how far it is, and its rejected lines.

`accord_imports_due` tells workers, who belong to no tenant, whose files wait. What names people,
the file and the rejected cells, can be emptied; the counts stay.

Revision ID: 0049
Revises: 0048
"""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE import_run (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL,
        dry_run boolean NOT NULL,
        said jsonb NOT NULL,
        header text[] NOT NULL,
        sha256 bytea NOT NULL,
        bytes integer NOT NULL,
        warnings text[] NOT NULL,
        status text NOT NULL,
        problem text,
        bytes_read integer NOT NULL,
        line integer NOT NULL,
        counts jsonb NOT NULL,
        tries integer NOT NULL,
        next_at timestamptz,
        lease_id uuid,
        business_date date NOT NULL,
        created_at timestamptz NOT NULL,
        started_at timestamptz,
        finished_at timestamptz,
        forget_at timestamptz,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        CONSTRAINT pk_import_run PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_import_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
        CONSTRAINT ck_import_run_kind CHECK (kind IN (
            'accounts', 'plans', 'charges', 'payments', 'returns', 'corrections')),
        CONSTRAINT ck_import_run_status CHECK (status IN (
            'queued', 'running', 'completed', 'incomplete')),
        CONSTRAINT ck_import_run_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_import_run_bytes CHECK (bytes >= 0),
        CONSTRAINT ck_import_run_bytes_read CHECK (bytes_read >= 0),
        CONSTRAINT ck_import_run_line CHECK (line >= 0),
        CONSTRAINT ck_import_run_tries CHECK (tries >= 0)
    )
    """,
    """
    CREATE INDEX ix_import_run_next_at ON import_run (tenant_id, next_at)
        WHERE next_at IS NOT NULL
    """,
    """
    CREATE INDEX ix_import_run_forget_at ON import_run (tenant_id, forget_at)
        WHERE forget_at IS NOT NULL
    """,
    """
    SELECT accord_guard('import_run', true,
        '{status,problem,bytes_read,line,counts,tries,next_at,lease_id,started_at,finished_at,
        forget_at}')
    """,
    """
    CREATE TABLE import_piece (
        tenant_id uuid NOT NULL,
        import_id uuid NOT NULL,
        number integer NOT NULL,
        content bytea,
        CONSTRAINT pk_import_piece PRIMARY KEY (tenant_id, import_id, number),
        CONSTRAINT fk_import_piece_tenant_id_import_id
            FOREIGN KEY (tenant_id, import_id) REFERENCES import_run (tenant_id, id),
        CONSTRAINT ck_import_piece_number CHECK (number > 0)
    )
    """,
    "SELECT accord_guard('import_piece', true, '{content}')",
    """
    CREATE TABLE import_reject (
        tenant_id uuid NOT NULL,
        import_id uuid NOT NULL,
        line integer NOT NULL,
        reason text,
        cells text[],
        CONSTRAINT pk_import_reject PRIMARY KEY (tenant_id, import_id, line),
        CONSTRAINT fk_import_reject_tenant_id_import_id
            FOREIGN KEY (tenant_id, import_id) REFERENCES import_run (tenant_id, id),
        CONSTRAINT ck_import_reject_line CHECK (line > 0)
    )
    """,
    "SELECT accord_guard('import_reject', true, '{reason,cells}')",
    """
    CREATE FUNCTION accord_imports_due(by timestamptz, most integer)
    RETURNS TABLE (tenant_id uuid, first_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT r.tenant_id, min(r.next_at) FROM public.import_run AS r
        WHERE r.next_at <= by
        GROUP BY r.tenant_id ORDER BY 2 LIMIT most;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_imports_due FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_imports_due TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Files that wait are forgotten; what was imported of them stays."""
    _run("DROP FUNCTION accord_imports_due", "DROP TABLE import_reject, import_piece, import_run")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
