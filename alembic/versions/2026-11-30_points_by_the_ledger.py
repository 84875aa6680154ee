"""Points of cohorts keep what the ledger says of them, which reports made of them are held against.

Of points that were kept nothing says it, so they are made again, as if the months had ended now.

Revision ID: 0104
Revises: 0103
"""

from alembic import op

revision = "0104"
down_revision = "0103"
branch_labels = None
depends_on = None

COLUMNS = tuple(
    f"ledger_{one}_minor" for one in ("base", "paid", "gross", "returned", "beside", "written_down")
)
UP = (
    (
        "UPDATE report_day SET points_kept = false, points_through = NULL"
        " WHERE points_kept IS NOT NULL"
    ),
    "TRUNCATE cohort_point, age_month",
    (
        "ALTER TABLE cohort_point "
        + ", ".join(f"ADD COLUMN {one} bigint NOT NULL" for one in COLUMNS)
    ),
    f"GRANT UPDATE ({', '.join(COLUMNS)}) ON cohort_point TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    _run("ALTER TABLE cohort_point " + ", ".join(f"DROP COLUMN {one}" for one in COLUMNS))


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
