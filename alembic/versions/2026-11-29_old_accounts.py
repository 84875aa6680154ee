"""How far a tenant's older accounts have the days beside them that are reasons to work them.

Accounts keep those days since 0054, from their next write on. Who was there before is gone through
in batches, by the accounts' ids: up to which one is kept with the tenant. A new tenant has none.

Revision ID: 0060
Revises: 0059
"""

from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

NONE, ALL = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"


def upgrade() -> None:
    _run(
        f"ALTER TABLE tenant ADD COLUMN work_kept_to uuid NOT NULL DEFAULT '{NONE}'",
        f"ALTER TABLE tenant ALTER COLUMN work_kept_to SET DEFAULT '{ALL}'",
        "GRANT UPDATE (work_kept_to) ON tenant TO accord_app",
    )


def downgrade() -> None:
    _run("ALTER TABLE tenant DROP COLUMN work_kept_to")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
