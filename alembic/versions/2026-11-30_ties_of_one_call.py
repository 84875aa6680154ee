"""Rows that one call writes with what they name have no foreign key to it.

Each key looked its row up and locked it again, microseconds after the same call had written it. The
self-check counts rows that name what is not there. What names a row of an earlier call keeps its
key.

Revision ID: 0097
Revises: 0096
"""

from alembic import op

revision = "0097"
down_revision = "0096"
branch_labels = None
depends_on = None

#: By table, the columns that name a row of the same account, and where.
TIES = {
    "payment": {"id": "fact"},
    "posting": {"fact_id": "fact", "payment_id": "payment"},
    "allocation": {"payment_id": "payment", "plan_id": "plan"},
}
_NAME = "fk_{table}_tenant_id_account_id_{column}"
_BACK = """
    ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, account_id, {column})
    REFERENCES {named} (tenant_id, account_id, id)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for table, named in TIES.items():
        dropped = (f"DROP CONSTRAINT {_NAME.format(table=table, column=one)}" for one in named)
        op.execute(f"ALTER TABLE {table} {', '.join(dropped)}")


def downgrade() -> None:
    """Each row is looked up again, which takes as long as there are rows."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = 0")
    for table, named in TIES.items():
        added = (
            _BACK.format(name=_NAME.format(table=table, column=one), column=one, named=other)
            for one, other in named.items()
        )
        op.execute(f"ALTER TABLE {table} {', '.join(added)}")
