"""Two indexes go that the primary keys do the work of: an account has few plans and few quotes.

Each plan carried an entry for its quote, mostly null, and each of its versions another.

Revision ID: 0023
Revises: 0022
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

SPARE = (
    ("ix_plan_tenant_id_account_id_quote_id", "plan", "quote_id"),
    ("ix_quote_tenant_id_account_id_supersedes", "quote", "supersedes"),
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for name, *_ in SPARE:
        op.execute(f"DROP INDEX {name}")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '1h'")  # an index reads the whole table
    for name, table, column in SPARE:
        op.execute(f"CREATE INDEX {name} ON {table} (tenant_id, account_id, {column})")
