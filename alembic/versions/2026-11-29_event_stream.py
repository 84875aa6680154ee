"""The tenant's stream: what belongs to no account is told in one order, without gaps.

Its events lie where all lie, under the tenant's own id in place of an account's. The row here is
their head, and the lock of whoever tells the next one. `tx` is that of the last, so that the feed,
which is ordered by transactions, has them in the order of their numbers: a transaction that began
first and waited takes the number of the one it waited for.

Revision ID: 0031
Revises: 0030
"""

from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE event_stream (
        tenant_id uuid NOT NULL,
        event_sequence integer NOT NULL,
        event_hash bytea,
        epoch integer NOT NULL,
        tx xid8 NOT NULL,
        CONSTRAINT pk_event_stream PRIMARY KEY (tenant_id),
        CONSTRAINT fk_event_stream_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id),
        CONSTRAINT ck_event_stream_event_sequence CHECK (event_sequence >= 0)
    ) WITH (fillfactor = 70)
    """,
    "SELECT accord_guard('event_stream', true, '{event_sequence, event_hash, epoch, tx}')",
)
DOWN = ("DROP TABLE event_stream",)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Where the stream stood is forgotten; what it told stays."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
