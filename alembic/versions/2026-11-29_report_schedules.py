"""Schedules of reports, and each bringing of one to somebody.

Revision ID: 0058
Revises: 0057
"""

from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE report_schedule (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        report text NOT NULL,
        parameters jsonb NOT NULL,
        period text NOT NULL,
        at text NOT NULL,
        every text NOT NULL,
        on_days integer[] NOT NULL,
        business_days text NOT NULL,
        calendar text,
        form text NOT NULL,
        recipients jsonb NOT NULL,
        max_wait_hours integer NOT NULL,
        active boolean NOT NULL,
        due_on date,
        due_at timestamptz,
        version integer NOT NULL,
        created_at timestamptz NOT NULL,
        changed_at timestamptz NOT NULL,
        deleted_at timestamptz,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_report_schedule PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_report_schedule_every CHECK (every IN ('day', 'week', 'month')),
        CONSTRAINT ck_report_schedule_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_report_schedule_version CHECK (version > 0),
        CONSTRAINT ck_report_schedule_max_wait_hours CHECK (max_wait_hours >= 0)
    )
    """,
    """
    CREATE INDEX ix_report_schedule_tenant_id_due_at ON report_schedule (tenant_id, due_at)
        WHERE due_at IS NOT NULL
    """,
    """
    SELECT accord_guard('report_schedule', true,
        '{name,report,parameters,period,at,every,on_days,business_days,calendar,form,recipients,
        max_wait_hours,active,due_on,due_at,version,changed_at,deleted_at}')
    """,
    """
    CREATE TABLE report_delivery (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        schedule_id uuid NOT NULL,
        due_on date NOT NULL,
        recipient integer NOT NULL,
        kind text NOT NULL,
        address text NOT NULL,
        from_on date NOT NULL,
        to_on date NOT NULL,
        known_on date NOT NULL,
        run_id uuid,
        status text NOT NULL,
        problem text,
        tries integer NOT NULL,
        next_at timestamptz,
        created_at timestamptz NOT NULL,
        finished_at timestamptz,
        CONSTRAINT pk_report_delivery PRIMARY KEY (tenant_id, id),
        CONSTRAINT uq_report_delivery_tenant_id_schedule_id_due_on_recipient
            UNIQUE (tenant_id, schedule_id, due_on, recipient),
        CONSTRAINT fk_report_delivery_tenant_id_schedule_id
            FOREIGN KEY (tenant_id, schedule_id) REFERENCES report_schedule (tenant_id, id),
        CONSTRAINT ck_report_delivery_status CHECK (status IN (
            'making', 'pending', 'sending', 'delivered', 'failed', 'uncertain')),
        CONSTRAINT ck_report_delivery_recipient CHECK (recipient >= 0),
        CONSTRAINT ck_report_delivery_tries CHECK (tries >= 0)
    )
    """,
    """
    CREATE INDEX ix_report_delivery_tenant_id_next_at ON report_delivery (tenant_id, next_at)
        WHERE next_at IS NOT NULL
    """,
    "SELECT accord_guard('report_delivery', true, '{status,problem,tries,next_at,finished_at}')",
    """
    CREATE FUNCTION accord_reports_due(by timestamptz, most integer)
    RETURNS TABLE (tenant_id uuid, first_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT d.tenant_id, min(d.at) FROM (
            SELECT s.tenant_id, s.due_at AS at FROM public.report_schedule AS s
            WHERE s.due_at <= by
            UNION ALL
            SELECT r.tenant_id, r.next_at FROM public.report_delivery AS r WHERE r.next_at <= by
        ) AS d GROUP BY d.tenant_id ORDER BY 2 LIMIT most;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_reports_due FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_reports_due TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Nothing is made by the calendar any more; runs that were made stay."""
    _run("DROP FUNCTION accord_reports_due", "DROP TABLE report_delivery, report_schedule")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
