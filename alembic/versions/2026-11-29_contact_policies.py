"""Contact policies: how persons are contacted, in versions.

Revision ID: 0039
Revises: 0038
"""

from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE contact_policy (
        tenant_id uuid NOT NULL,
        name text COLLATE "C" NOT NULL,
        version integer NOT NULL,
        effective_from date NOT NULL,
        document jsonb NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_contact_policy PRIMARY KEY (tenant_id, name, version),
        CONSTRAINT ck_contact_policy_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_contact_policy_version CHECK (version > 0)
    )
    """,
    "SELECT accord_guard('contact_policy', true, '{}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Which notices were wanted is forgotten."""
    _run("DROP TABLE contact_policy")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
