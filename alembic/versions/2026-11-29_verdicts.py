"""Verdicts are told once by a hash of their key: the index of keys was a tenth of an account.

The key is some seventy characters, the hash sixteen bytes. Nothing reads that index; it only
refuses a verdict told twice.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAME = "ix_event_tenant_id_account_id_natural_key"
INDEX = """
    CREATE UNIQUE INDEX {name} ON event (tenant_id, account_id, {key})
    WHERE natural_key IS NOT NULL
"""


def upgrade() -> None:
    _rebuild("(md5(natural_key)::uuid)")


def downgrade() -> None:
    _rebuild("natural_key")


def _rebuild(key: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute(f"DROP INDEX {NAME}")
    op.execute("SET LOCAL statement_timeout = '1h'")  # an index reads the whole table
    op.execute(INDEX.format(name=NAME, key=key))
