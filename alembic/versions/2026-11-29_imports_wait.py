"""Sheets that wait for somebody else: who wanted one stored, by which limits it waits, who decided.

What is being stored already says nothing of it, and is stored in the name of who tried it.

Revision ID: 0093
Revises: 0092
"""

from alembic import op

revision = "0093"
down_revision = "0092"
branch_labels = None
depends_on = None

_ROLES = "('agent', 'supervisor', 'admin')"
_ASKED = "asked_id, asked_at, asked_actor, asked_role, asked_key_id, asked_origin, asked_because"
_DECIDED = "decision, decided_at, decided_actor, decided_role, decided_key_id, decided_because"
UP = (
    f"""
    ALTER TABLE dry_run
        ADD COLUMN asked_id uuid,
        ADD COLUMN asked_at timestamptz,
        ADD COLUMN asked_actor text,
        ADD COLUMN asked_role text,
        ADD COLUMN asked_key_id uuid,
        ADD COLUMN asked_origin text,
        ADD COLUMN asked_because text,
        ADD COLUMN asks jsonb,
        ADD COLUMN compared jsonb,
        ADD COLUMN decision text,
        ADD COLUMN decided_at timestamptz,
        ADD COLUMN decided_actor text,
        ADD COLUMN decided_role text,
        ADD COLUMN decided_key_id uuid,
        ADD COLUMN decided_because text,
        DROP CONSTRAINT ck_dry_run_status,
        ADD CONSTRAINT ck_dry_run_status CHECK (status IN ('open', 'pending_approval', 'storing',
            'committed', 'rejected', 'expired')),
        ADD CONSTRAINT ck_dry_run_asked_role CHECK (asked_role IN {_ROLES}),
        ADD CONSTRAINT ck_dry_run_decision CHECK (decision IN ('approved', 'rejected')),
        ADD CONSTRAINT ck_dry_run_decided_role CHECK (decided_role IN {_ROLES})
    """,
    f"GRANT UPDATE ({_ASKED}, asks, compared, {_DECIDED}, expires_at) ON dry_run TO accord_app",
    """
    CREATE INDEX ix_dry_run_waiting ON dry_run (tenant_id, asked_id)
        WHERE status = 'pending_approval'
    """,
)
DOWN = (
    """
    UPDATE dry_run SET status = 'open'
    WHERE status IN ('pending_approval', 'rejected', 'expired')
    """,
    "DROP INDEX ix_dry_run_waiting",
    f"REVOKE UPDATE ({_ASKED}, asks, compared, {_DECIDED}, expires_at) ON dry_run FROM accord_app",
    """
    ALTER TABLE dry_run
        DROP CONSTRAINT ck_dry_run_status,
        ADD CONSTRAINT ck_dry_run_status CHECK (status IN ('open', 'storing', 'committed')),
        DROP COLUMN asked_id,
        DROP COLUMN asked_at,
        DROP COLUMN asked_actor,
        DROP COLUMN asked_role,
        DROP COLUMN asked_key_id,
        DROP COLUMN asked_origin,
        DROP COLUMN asked_because,
        DROP COLUMN asks,
        DROP COLUMN compared,
        DROP COLUMN decision,
        DROP COLUMN decided_at,
        DROP COLUMN decided_actor,
        DROP COLUMN decided_role,
        DROP COLUMN decided_key_id,
        DROP COLUMN decided_because
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Sheets that wait are open again, and whoever tried one may store it."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
