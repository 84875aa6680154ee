"""Files of contacts, and imports that somebody cancelled.

Revision ID: 0069
Revises: 0068
"""

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

_KINDS = ("accounts", "plans", "charges", "payments", "returns", "corrections")
_STATUSES = ("queued", "running", "completed", "incomplete")


def upgrade() -> None:
    _run({"kind": (*_KINDS, "contacts"), "status": (*_STATUSES, "cancelled")})


def downgrade() -> None:
    """Refused by the database while there are such imports."""
    _run({"kind": _KINDS, "status": _STATUSES})


def _run(values: dict[str, tuple[str, ...]]) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for column, words in values.items():
        name, listed = f"ck_import_run_{column}", ", ".join(f"'{one}'" for one in words)
        check = f"CHECK ({column} IN ({listed}))"
        op.execute(f"ALTER TABLE import_run DROP CONSTRAINT {name}")
        op.execute(f"ALTER TABLE import_run ADD CONSTRAINT {name} {check}")
