"""Caches of reports: a closed day's sums, what it moved, and positions at the ends of months.

What the account's own row does not say of a position stands beside it, where it is written when it
changes: never with a payment alone. Rows of caches may be deleted, since facts make them again.

Revision ID: 0064
Revises: 0063
"""

from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_COMPONENTS = """
        principal_minor bigint NOT NULL,
        interest_minor bigint NOT NULL,
        fees_minor bigint NOT NULL,
        penalties_minor bigint NOT NULL,
        costs_minor bigint NOT NULL,
"""
_LASTING = """
        currency char(3) NOT NULL,
        creditor text,
        product text NOT NULL,
        policy text NOT NULL,
        placement_batch text NOT NULL,
"""
_POSITION = f"""
        {_LASTING}
        bucket text NOT NULL,
        status text NOT NULL,
        standing text,
        plan_kind text,
        assigned_to text,
        team text,
        accounts integer NOT NULL,
        {_COMPONENTS}
        unapplied_minor bigint NOT NULL,
        overdue_minor bigint NOT NULL,
        plans_minor bigint NOT NULL,
        promises_open integer NOT NULL,
        promised_minor bigint NOT NULL,
"""
_KEPT = """
    WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)
"""
_REWRITTEN = """
    WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02)
"""
UP = (
    """
    ALTER TABLE account_work ADD COLUMN placed_on date, ADD COLUMN promises_open integer,
        ADD COLUMN promised_minor bigint
    """,
    "GRANT UPDATE (placed_on, promises_open, promised_minor) ON account_work TO accord_app",
    f"""
    CREATE TABLE report_day (
        tenant_id uuid NOT NULL,
        day_on date NOT NULL,
        accounts integer NOT NULL,
        causes_since_on date,
        made_at timestamptz NOT NULL,
        CONSTRAINT pk_report_day PRIMARY KEY (tenant_id, day_on),
        CONSTRAINT fk_report_day_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    ) {_REWRITTEN}
    """,
    "SELECT accord_guard('report_day', true, '{causes_since_on}')",
    f"""
    CREATE TABLE rollup_day (
        tenant_id uuid NOT NULL,
        day_on date NOT NULL,
        number integer NOT NULL,
        {_POSITION}
        CONSTRAINT pk_rollup_day PRIMARY KEY (tenant_id, day_on, number)
    ) {_KEPT}
    """,
    "SELECT accord_guard('rollup_day', true, '{}')",
    f"""
    CREATE TABLE flow_day (
        tenant_id uuid NOT NULL,
        day_on date NOT NULL,
        number integer NOT NULL,
        {_LASTING}
        {_COMPONENTS}
        kind text,
        CONSTRAINT pk_flow_day PRIMARY KEY (tenant_id, day_on, number)
    ) {_KEPT}
    """,
    "SELECT accord_guard('flow_day', true, '{}')",
    f"""
    CREATE TABLE position_month (
        tenant_id uuid NOT NULL,
        month_on date NOT NULL,
        account_id uuid NOT NULL,
        {_POSITION}
        ended_by text,
        CONSTRAINT pk_position_month PRIMARY KEY (tenant_id, month_on, account_id),
        CONSTRAINT ck_position_month_ended_by
            CHECK (ended_by IN ('payment', 're_age', 'schedule_change'))
    ) {_KEPT}
    """,
    "SELECT accord_guard('position_month', true, '{ended_by}')",
    "GRANT DELETE ON report_day, rollup_day, flow_day, position_month TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Facts make the caches again."""
    _run(
        "DROP TABLE position_month, flow_day, rollup_day, report_day",
        """
        ALTER TABLE account_work DROP COLUMN placed_on, DROP COLUMN promises_open,
            DROP COLUMN promised_minor
        """,
    )


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
