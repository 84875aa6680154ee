"""References: what a command said under its own, to know it when sent again; splits, replacements.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KINDS = (
    "account", "payment", "charge", "adjustment", "plan", "reversal", "chargeback", "refund",
)  # fmt: skip


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("ALTER TABLE handle ADD COLUMN content_hash bytea")
    _kinds(*KINDS, "split", "replacement")


def downgrade() -> None:
    """Refused by the constraint where payments were split or posted anew."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("ALTER TABLE handle DROP COLUMN content_hash")
    _kinds(*KINDS)


def _kinds(*kinds: str) -> None:
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute("ALTER TABLE handle DROP CONSTRAINT ck_handle_kind")
    op.execute(
        f"ALTER TABLE handle ADD CONSTRAINT ck_handle_kind CHECK (kind IN ({listed})) NOT VALID"
    )
    op.execute("SET LOCAL statement_timeout = '10min'")  # it reads the table, and locks nobody out
    op.execute("ALTER TABLE handle VALIDATE CONSTRAINT ck_handle_kind")
