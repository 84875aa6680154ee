"""How old what is owed was at the ends of months: made with the points of cohorts.

Revision ID: 0088
Revises: 0087
"""

from alembic import op

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None

_FIGURES = (
    "members", "accounts", "principal_minor", "interest_minor", "fees_minor", "penalties_minor",
    "costs_minor", "unapplied_minor", "overdue_minor", "plans_minor", "promises_open",
    "promised_minor", "not_due_minor", "due_1_minor", "due_30_minor", "due_60_minor",
    "due_90_minor", "due_120_minor", "due_150_minor", "due_180_minor",
)  # fmt: skip
UP = (
    f"""
    CREATE TABLE age_month (
        tenant_id uuid NOT NULL,
        month_on date NOT NULL,
        id uuid NOT NULL,
        band text NOT NULL,
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
        CONSTRAINT pk_age_month PRIMARY KEY (tenant_id, month_on, id)
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02)
    """,
    f"SELECT accord_guard('age_month', true, '{{{','.join(_FIGURES)}}}')",
    "GRANT DELETE ON age_month TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Facts make the cache again."""
    _run("DROP TABLE age_month")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
