"""The keys of a fact and of a ledger row begin with their id: a new one comes last in its index.

The other order put it among those of its account, on a page of its own. The columns are the same,
so whatever names such a row names it as before, and an account's own are found by their sequence.
Of a fact, one index does what its key and an index by id did.

Revision ID: 0102
Revises: 0101
"""

from alembic import op

revision = "0102"
down_revision = "0101"
branch_labels = None
depends_on = None

#: What names them: table, column and the table named.
NAMING = (
    ("plan", "id", "fact"),
    ("revision", "fact_id", "fact"),
    ("settlement", "id", "fact"),
    ("posting", "reverses", "posting"),
)
KEYED = ("fact", "posting")
_TIE = "fk_{table}_tenant_id_account_id_{column}"


def upgrade() -> None:
    _begin()
    _exchange("tenant_id, id, account_id")
    op.execute("DROP INDEX ix_fact_tenant_id_id")


def downgrade() -> None:
    _begin()
    op.execute("CREATE INDEX ix_fact_tenant_id_id ON fact (tenant_id, id)")
    _exchange("tenant_id, account_id, id")


def _begin() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    # Who writes waits until this is over.
    op.execute("LOCK TABLE fact, plan, revision, settlement, posting IN SHARE ROW EXCLUSIVE MODE")
    op.execute("SET LOCAL statement_timeout = '1h'")  # an index reads the whole table


def _exchange(columns: str) -> None:
    """Have the key of these columns; who reads waits only once the indexes are made."""
    for table in KEYED:
        op.execute(f"CREATE UNIQUE INDEX {table}_key ON {table} ({columns})")
    for table, column, _ in NAMING:
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {_name(table, column)}")
    for table in KEYED:
        # Two statements: where tables are spread, a constraint is added by one of its own.
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}")
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT pk_{table} PRIMARY KEY USING INDEX {table}_key"
        )
    for table, column, named in NAMING:
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {_name(table, column)}"
            f" FOREIGN KEY (tenant_id, account_id, {column})"
            f" REFERENCES {named} (tenant_id, account_id, id) NOT VALID"
        )
    for table, column, _ in NAMING:
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {_name(table, column)}")


def _name(table: str, column: str) -> str:
    return _TIE.format(table=table, column=column)
