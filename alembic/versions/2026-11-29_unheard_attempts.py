"""Messages that wait for another attempt after one that may have gone.

Revision ID: 0082
Revises: 0081
"""

from alembic import op

revision = "0082"
down_revision = "0081"
branch_labels = None
depends_on = None

UP = (
    "ALTER TABLE message ADD COLUMN unheard boolean NOT NULL DEFAULT false",
    "GRANT UPDATE (unheard) ON message TO accord_app",
    # Of what waits by now: a lease that ran out, or an attempt whose answer did not come.
    """
    UPDATE message AS m SET unheard = true
    WHERE m.next_at IS NOT NULL AND m.attempts > 0 AND EXISTS (
        SELECT FROM message_fact AS f
        WHERE f.tenant_id = m.tenant_id AND f.message_id = m.id AND (
            f.kind = 'lease_expired' OR f.kind = 'refused' AND m.provider_idempotent AND (
                f.body ->> 'code' IN ('HTTP_502', 'HTTP_504')
                OR f.body ->> 'code' NOT LIKE 'HTTP%' AND f.body ->> 'code' NOT IN (
                    'connection-failed', 'tls-failed', 'name-not-resolved', 'private-address',
                    'not-a-url'))))
    """,
    "ALTER TABLE message ALTER COLUMN unheard DROP DEFAULT",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    _run("ALTER TABLE message DROP COLUMN unheard")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
