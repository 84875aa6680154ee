"""Teams, and who works which account. Beside the account's row: a payment never touches them.

Revision ID: 0032
Revises: 0031
"""

from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE team (
        tenant_id uuid NOT NULL,
        name text NOT NULL,
        version integer NOT NULL,
        actors text[] NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_team PRIMARY KEY (tenant_id, name, version),
        CONSTRAINT ck_team_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_team_version CHECK (version > 0)
    )
    """,
    "SELECT accord_guard('team', true, '{}')",
    """
    CREATE TABLE assignment (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        number integer NOT NULL,
        assigned_actor text,
        assigned_team text,
        reason text NOT NULL,
        replaced boolean NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        CONSTRAINT pk_assignment PRIMARY KEY (tenant_id, account_id, number),
        CONSTRAINT fk_assignment_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT ck_assignment_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_assignment_number CHECK (number > 0),
        CONSTRAINT ck_assignment_one CHECK (assigned_actor IS NULL OR assigned_team IS NULL)
    )
    """,
    """
    CREATE INDEX ix_assignment_actor ON assignment (tenant_id, assigned_actor, account_id)
        WHERE NOT replaced AND assigned_actor IS NOT NULL
    """,
    """
    CREATE INDEX ix_assignment_team ON assignment (tenant_id, assigned_team, account_id)
        WHERE NOT replaced AND assigned_team IS NOT NULL
    """,
    """
    CREATE UNIQUE INDEX ix_assignment_last ON assignment (tenant_id, account_id)
        WHERE NOT replaced
    """,
    "SELECT accord_guard('assignment', true, '{replaced}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Who worked what is forgotten."""
    _run("DROP TABLE assignment, team")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
