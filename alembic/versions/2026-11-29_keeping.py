"""What must be kept, what is forgotten, and which values are used for nothing.

Revision ID: 0040
Revises: 0039
"""

from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_ROLE = "CHECK (role IN ('agent', 'supervisor', 'admin'))"
UP = (
    """
    CREATE TABLE suppression_key (
        tenant_id uuid NOT NULL,
        secret bytea NOT NULL,
        CONSTRAINT pk_suppression_key PRIMARY KEY (tenant_id)
    )
    """,
    "SELECT accord_guard('suppression_key', true, '{}')",
    f"""
    CREATE TABLE suppression (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL,
        value_hash bytea NOT NULL,
        reason text NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        ended_at timestamptz,
        end_reason text,
        end_actor text,
        CONSTRAINT pk_suppression PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_suppression_kind CHECK (kind IN ('phone', 'email')),
        CONSTRAINT ck_suppression_reason CHECK (
            reason IN ('complaint', 'hard_bounce', 'court', 'erasure', 'other')),
        CONSTRAINT ck_suppression_role {_ROLE}
    )
    """,
    """
    CREATE UNIQUE INDEX ix_suppression_value ON suppression (tenant_id, value_hash)
        WHERE ended_at IS NULL
    """,
    "SELECT accord_guard('suppression', true, '{ended_at, end_reason, end_actor}')",
    f"""
    CREATE TABLE legal_hold (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        matter text NOT NULL,
        from_on date NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        released_on date,
        released_at timestamptz,
        release_reason text,
        release_actor text,
        CONSTRAINT pk_legal_hold PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT fk_legal_hold_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT ck_legal_hold_role {_ROLE}
    )
    """,
    """
    SELECT accord_guard('legal_hold', true,
        '{released_on, released_at, release_reason, release_actor}')
    """,
    f"""
    CREATE TABLE erasure (
        tenant_id uuid NOT NULL,
        person_id uuid NOT NULL,
        reason text NOT NULL,
        due_on date NOT NULL,
        asked_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        done_at timestamptz,
        CONSTRAINT pk_erasure PRIMARY KEY (tenant_id, person_id),
        CONSTRAINT fk_erasure_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_erasure_role {_ROLE}
    )
    """,
    "CREATE INDEX ix_erasure_due ON erasure (tenant_id, due_on, person_id) WHERE done_at IS NULL",
    "SELECT accord_guard('erasure', true, '{due_on, done_at}')",
    "GRANT UPDATE (variables) ON message TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What was suppressed may be used again, and what was asked to be forgotten is not."""
    _run(
        "REVOKE UPDATE (variables) ON message FROM accord_app",
        "DROP TABLE erasure, legal_hold, suppression, suppression_key",
    )


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
