"""Since when a person has no contact point that could be used: a reason to work their accounts.

It is kept as points and what is said of them change. Of those who were there before, it is found
when their accounts are gone through once more.

Revision ID: 0061
Revises: 0060
"""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _run(
        "ALTER TABLE person ADD COLUMN unreachable_on date",
        """
        CREATE INDEX ix_person_unreachable ON person (tenant_id, id)
            WHERE unreachable_on IS NOT NULL
        """,
        "GRANT UPDATE (unreachable_on) ON person TO accord_app",
        "UPDATE tenant SET work_kept_to = '00000000-0000-0000-0000-000000000000'",
    )


def downgrade() -> None:
    _run("DROP INDEX ix_person_unreachable", "ALTER TABLE person DROP COLUMN unreachable_on")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "INDEX" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
