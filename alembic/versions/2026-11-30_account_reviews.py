"""When a sweep looks at an account stands beside it, so that a payment leaves its row in its page.

`account_review` says the account's own day or one before it: who moves that day on leaves the row
as it is, and a sweep that comes there too early moves it on. The index of the day goes: a column
that stands in an index keeps a row from being changed in its page.

A service of the version before writes no such row. What it makes earlier has its turn by the next
sweep, which looks for such accounts as it begins.

Revision ID: 0106
Revises: 0105
"""

from alembic import op

revision = "0106"
down_revision = "0105"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE account_review (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        review_on date,
        CONSTRAINT pk_account_review PRIMARY KEY (tenant_id, account_id)
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02)
"""
FILL = """
    INSERT INTO account_review (tenant_id, account_id, review_on)
    SELECT tenant_id, id, next_review_on FROM account WHERE next_review_on IS NOT NULL
"""
INDEX = """
    CREATE INDEX ix_account_review_tenant_id_review_on_account_id
        ON account_review (tenant_id, review_on, account_id) WHERE review_on IS NOT NULL
"""
INDEX_BEFORE = """
    CREATE INDEX ix_account_tenant_id_next_review_on_id ON account (tenant_id, next_review_on, id)
"""


def upgrade() -> None:
    _begin()
    op.execute(TABLE)
    op.execute("SELECT accord_guard('account_review', true, '{review_on}')")
    for statement in (FILL, INDEX, "ANALYZE account_review"):
        op.execute(statement)
    op.execute("DROP INDEX ix_account_tenant_id_next_review_on_id")


def downgrade() -> None:
    _begin()
    op.execute(INDEX_BEFORE)
    op.execute("DROP TABLE account_review")


def _begin() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    # Who writes waits until this is over.
    op.execute("LOCK TABLE account IN SHARE ROW EXCLUSIVE MODE")
    op.execute("SET LOCAL statement_timeout = '1h'")  # it reads the whole table
