"""Spreadsheets that are tried before anything of them is stored, and kept mappings of columns.

Revision ID: 0057
Revises: 0056
"""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('accounts', 'payments', 'promises', 'assignments', 'targets')"
_ROLES = "role IN ('agent', 'supervisor', 'admin')"
UP = (
    f"""
    CREATE TABLE dry_run (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL,
        sha256 bytea NOT NULL,
        sheets text[] NOT NULL,
        sheet text NOT NULL,
        headings text[] NOT NULL,
        rows integer NOT NULL,
        blank_rows integer NOT NULL,
        hidden_rows integer NOT NULL,
        columns jsonb NOT NULL,
        formats jsonb NOT NULL,
        counts jsonb NOT NULL,
        shown jsonb,
        found bytea NOT NULL,
        status text NOT NULL,
        outcome jsonb,
        version integer NOT NULL,
        business_date date NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        committed_at timestamptz,
        forget_at timestamptz,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        CONSTRAINT pk_dry_run PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_dry_run_kind CHECK ({_KINDS}),
        CONSTRAINT ck_dry_run_status CHECK (status IN ('open', 'committed')),
        CONSTRAINT ck_dry_run_role CHECK ({_ROLES}),
        CONSTRAINT ck_dry_run_rows CHECK (rows >= 0),
        CONSTRAINT ck_dry_run_blank_rows CHECK (blank_rows >= 0),
        CONSTRAINT ck_dry_run_hidden_rows CHECK (hidden_rows >= 0),
        CONSTRAINT ck_dry_run_version CHECK (version > 0)
    )
    """,
    """
    CREATE INDEX ix_dry_run_tenant_id_forget_at ON dry_run (tenant_id, forget_at)
        WHERE forget_at IS NOT NULL
    """,
    """
    SELECT accord_guard('dry_run', true, '{columns,formats,counts,shown,found,status,outcome,
        version,committed_at,forget_at}')
    """,
    """
    CREATE TABLE dry_run_page (
        tenant_id uuid NOT NULL,
        dry_run_id uuid NOT NULL,
        number integer NOT NULL,
        cells jsonb,
        verdicts jsonb,
        CONSTRAINT pk_dry_run_page PRIMARY KEY (tenant_id, dry_run_id, number),
        CONSTRAINT fk_dry_run_page_tenant_id_dry_run_id
            FOREIGN KEY (tenant_id, dry_run_id) REFERENCES dry_run (tenant_id, id),
        CONSTRAINT ck_dry_run_page_number CHECK (number > 0)
    )
    """,
    "SELECT accord_guard('dry_run_page', true, '{cells,verdicts}')",
    f"""
    CREATE TABLE import_mapping (
        tenant_id uuid NOT NULL,
        name text NOT NULL,
        kind text NOT NULL,
        columns jsonb NOT NULL,
        formats jsonb NOT NULL,
        version integer NOT NULL,
        changed_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_import_mapping PRIMARY KEY (tenant_id, name),
        CONSTRAINT ck_import_mapping_kind CHECK ({_KINDS}),
        CONSTRAINT ck_import_mapping_role CHECK ({_ROLES}),
        CONSTRAINT ck_import_mapping_version CHECK (version > 0)
    )
    """,
    """
    SELECT accord_guard('import_mapping', true,
        '{kind,columns,formats,version,changed_at,actor,role,key_id}')
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Sheets that were tried and kept mappings are forgotten; what was stored of them stays."""
    _run("DROP TABLE import_mapping, dry_run_page, dry_run")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
