"""Files of contacts.

Revision ID: 0069
Revises: 0068
"""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

_BEFORE = ("accounts", "plans", "charges", "payments", "returns", "corrections")


def upgrade() -> None:
    _run((*_BEFORE, "contacts"), rest="NOT VALID")


def downgrade() -> None:
    """Refused by the database while there are imports of contacts."""
    _run(_BEFORE)


def _run(kinds: tuple[str, ...], rest: str = "") -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    op.execute("ALTER TABLE import_run DROP CONSTRAINT ck_import_run_kind")
    op.execute(
        "ALTER TABLE import_run ADD CONSTRAINT ck_import_run_kind"
        f" CHECK (kind IN ({listed})) {rest}"
    )
    if rest:
        op.execute("ALTER TABLE import_run VALIDATE CONSTRAINT ck_import_run_kind")
