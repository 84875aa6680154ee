"""Points of cohorts say of how many accounts they are told apart by the kind of plan, too.

An account with plans of two kinds is in one row of each. Which it was counted in already nothing
says, so points that were kept are made again, as if the months had ended now.

Revision ID: 0101
Revises: 0100
"""

from alembic import op

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None

UP = (
    (
        "UPDATE report_day SET points_kept = false, points_through = NULL"
        " WHERE points_kept IS NOT NULL"
    ),
    "TRUNCATE cohort_point, age_month",
    "ALTER TABLE cohort_point ADD COLUMN accounts_of_kind bigint NOT NULL",
    "GRANT UPDATE (accounts_of_kind) ON cohort_point TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    _run("ALTER TABLE cohort_point DROP COLUMN accounts_of_kind")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
