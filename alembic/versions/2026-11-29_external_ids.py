"""What accounts, persons and contacts are called by other systems.

Revision ID: 0059
Revises: 0058
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE external_id (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        system text NOT NULL,
        kind text NOT NULL,
        external_id text,
        thing_id uuid NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        ended_at timestamptz,
        end_actor text,
        CONSTRAINT pk_external_id PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_external_id_kind CHECK (kind IN ('account', 'person', 'contact')),
        CONSTRAINT ck_external_id_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    )
    """,
    """
    CREATE UNIQUE INDEX ix_external_id_named ON external_id (
        tenant_id, system, kind, external_id) WHERE ended_at IS NULL
    """,
    "CREATE INDEX ix_external_id_thing ON external_id (tenant_id, kind, thing_id)",
    "SELECT accord_guard('external_id', true, '{external_id, ended_at, end_actor}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What others call our things is forgotten; the things stay."""
    _run("DROP TABLE external_id")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
