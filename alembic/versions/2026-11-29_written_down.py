"""Points of cohorts tell what was written down; those that were kept are made again.

What a plan's balance lost is found by folding its account, as everything else of a point. So the
rows go, and the days they are of say that nothing of them is kept yet: whoever keeps points makes
them as if the months had ended now.

Revision ID: 0090
Revises: 0089
"""

from alembic import op

revision = "0090"
down_revision = "0089"
branch_labels = None
depends_on = None

UP = (
    (
        "UPDATE report_day SET points_kept = false, points_through = NULL"
        " WHERE points_kept IS NOT NULL"
    ),
    "TRUNCATE cohort_point, age_month",
    "ALTER TABLE cohort_point ADD COLUMN written_down_minor bigint NOT NULL",
    "GRANT UPDATE (written_down_minor) ON cohort_point TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    _run("ALTER TABLE cohort_point DROP COLUMN written_down_minor")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
