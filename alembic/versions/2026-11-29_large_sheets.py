"""Large sheets: what a request does not store is queued, and a worker stores it page by page.

`accord_sheets_due` tells workers, who belong to no tenant, whose sheets wait.

Revision ID: 0070
Revises: 0069
"""

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

UP = (
    """
    ALTER TABLE dry_run
        ADD COLUMN mode text,
        ADD COLUMN pages_stored integer NOT NULL DEFAULT 0,
        ADD COLUMN tries integer NOT NULL DEFAULT 0,
        ADD COLUMN next_at timestamptz,
        ADD COLUMN lease_id uuid,
        ADD COLUMN problem text,
        DROP CONSTRAINT ck_dry_run_status,
        ADD CONSTRAINT ck_dry_run_status CHECK (status IN ('open', 'storing', 'committed')),
        ADD CONSTRAINT ck_dry_run_mode CHECK (mode IN ('atomic', 'continue')),
        ADD CONSTRAINT ck_dry_run_pages_stored CHECK (pages_stored >= 0),
        ADD CONSTRAINT ck_dry_run_tries CHECK (tries >= 0)
    """,
    "ALTER TABLE dry_run ALTER COLUMN pages_stored DROP DEFAULT, ALTER COLUMN tries DROP DEFAULT",
    """
    CREATE INDEX ix_dry_run_next_at ON dry_run (tenant_id, next_at) WHERE next_at IS NOT NULL
    """,
    """
    GRANT UPDATE (mode, pages_stored, tries, next_at, lease_id, problem) ON dry_run TO accord_app
    """,
    """
    CREATE FUNCTION accord_sheets_due(by timestamptz, most integer)
    RETURNS TABLE (tenant_id uuid, first_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT r.tenant_id, min(r.next_at) FROM public.dry_run AS r
        WHERE r.next_at <= by
        GROUP BY r.tenant_id ORDER BY 2 LIMIT most;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_sheets_due FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_sheets_due TO accord_app",
)
DOWN = (
    "DROP FUNCTION accord_sheets_due",
    "UPDATE dry_run SET status = 'open' WHERE status = 'storing'",
    """
    ALTER TABLE dry_run
        DROP CONSTRAINT ck_dry_run_status,
        ADD CONSTRAINT ck_dry_run_status CHECK (status IN ('open', 'committed')),
        DROP COLUMN mode,
        DROP COLUMN pages_stored,
        DROP COLUMN tries,
        DROP COLUMN next_at,
        DROP COLUMN lease_id,
        DROP COLUMN problem
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Sheets that wait are open again; what was stored of them stays."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
