"""Points of cohorts at the ends of months: a cache that facts make, a page of accounts at a time.

`points_through` says of a day which account was last; `points_kept` is null of a day that has none:
no end of a month, or kept before there were points.

Revision ID: 0084
Revises: 0083
"""

from alembic import op

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None

_FIGURES = (
    "accounts", "members", "base_minor", "missed", "broken", "completed", "paid_minor",
    "gross_minor", "returned_minor", "beside_minor",
)  # fmt: skip
UP = (
    "ALTER TABLE report_day ADD COLUMN points_kept boolean, ADD COLUMN points_through uuid",
    "GRANT UPDATE (points_kept, points_through) ON report_day TO accord_app",
    f"""
    CREATE TABLE cohort_point (
        tenant_id uuid NOT NULL,
        month_on date NOT NULL,
        id uuid NOT NULL,
        curve text NOT NULL,
        cohort text NOT NULL,
        age integer NOT NULL,
        kind_of_plan text,
        currency char(3) NOT NULL,
        creditor text,
        product text NOT NULL,
        policy text NOT NULL,
        placement_batch text NOT NULL,
        bucket text NOT NULL,
        status text NOT NULL,
        standing text,
        plan_kind text,
        assigned_to text,
        team text,
        {", ".join(f"{one} bigint NOT NULL" for one in _FIGURES)},
        CONSTRAINT pk_cohort_point PRIMARY KEY (tenant_id, month_on, id),
        CONSTRAINT ck_cohort_point_curve CHECK (curve IN ('vintages', 'survival', 'liquidation'))
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02)
    """,
    f"SELECT accord_guard('cohort_point', true, '{{{','.join(_FIGURES)}}}')",
    "GRANT DELETE ON cohort_point TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Facts make the cache again."""
    _run(
        "DROP TABLE cohort_point",
        "ALTER TABLE report_day DROP COLUMN points_kept, DROP COLUMN points_through",
    )


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
