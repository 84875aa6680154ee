"""Hands: facts and events say by which role, from which system and why; events of no account.

What belongs to no account has events too, numbered by the thing they are about. So an event's
`account_id` is no foreign key any more. An account's events are written in one statement with its
locked row, and nothing is ever deleted.

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

#: Whoever wrote such a row did it in a role, and maybe from a system that names itself.
KEPT = ("fact", "suspense", "suspense_end")
ACCOUNT = "fk_event_tenant_id_account_id"

UP = (
    *(f"ALTER TABLE {table} ADD COLUMN role text, ADD COLUMN origin text" for table in KEPT),
    """
    ALTER TABLE event
        ADD COLUMN actor text, ADD COLUMN role text, ADD COLUMN origin text, ADD COLUMN reason text,
        ADD COLUMN balance_after_minor bigint, ADD COLUMN unapplied_after_minor bigint
    """,
    f"ALTER TABLE event DROP CONSTRAINT {ACCOUNT}",
)

DOWN = (
    f"""
    ALTER TABLE event ADD CONSTRAINT {ACCOUNT}
        FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
    """,
    """
    ALTER TABLE event
        DROP COLUMN actor, DROP COLUMN role, DROP COLUMN origin, DROP COLUMN reason,
        DROP COLUMN balance_after_minor, DROP COLUMN unapplied_after_minor
    """,
    *(f"ALTER TABLE {table} DROP COLUMN role, DROP COLUMN origin" for table in KEPT),
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Refused by the constraint where anything of no account was told."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
