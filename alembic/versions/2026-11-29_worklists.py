"""Worklists in versions, the days that are reasons to work an account, and what was done.

Revision ID: 0054
Revises: 0053
"""

from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_KEPT = """
    WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02)
"""
UP = (
    """
    CREATE TABLE worklist (
        tenant_id uuid NOT NULL,
        name text NOT NULL,
        version integer NOT NULL,
        document jsonb NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_worklist PRIMARY KEY (tenant_id, name, version),
        CONSTRAINT ck_worklist_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_worklist_version CHECK (version > 0)
    )
    """,
    "SELECT accord_guard('worklist', true, '{}')",
    f"""
    CREATE TABLE account_work (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        reference text NOT NULL,
        promise_broken_on date,
        first_payment_default_on date,
        plan_broken_on date,
        installment_missed_on date,
        settlement_expires_on date,
        plan_ends_on date,
        quiet_since_on date,
        overdue_minor bigint NOT NULL,
        unread_since_on date,
        last_communication_on date,
        silent_since_on date GENERATED ALWAYS AS (CASE WHEN quiet_since_on IS NOT NULL
            THEN GREATEST(quiet_since_on, last_communication_on) END) STORED,
        asks boolean NOT NULL,
        CONSTRAINT pk_account_work PRIMARY KEY (tenant_id, account_id),
        CONSTRAINT fk_account_work_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT ck_account_work_overdue_minor CHECK (overdue_minor >= 0)
    ) {_KEPT}
    """,
    "CREATE INDEX ix_account_work_asks ON account_work (tenant_id, account_id) WHERE asks",
    """
    CREATE INDEX ix_account_work_silent ON account_work (tenant_id, silent_since_on)
        WHERE silent_since_on IS NOT NULL
    """,
    """
    CREATE INDEX ix_account_work_ends ON account_work (tenant_id, plan_ends_on)
        WHERE plan_ends_on IS NOT NULL
    """,
    """
    SELECT accord_guard('account_work', true,
        '{reference,promise_broken_on,first_payment_default_on,plan_broken_on,
        installment_missed_on,settlement_expires_on,plan_ends_on,quiet_since_on,overdue_minor,
        unread_since_on,last_communication_on,asks}')
    """,
    f"""
    CREATE TABLE work_item (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        worklist text NOT NULL,
        claimed_by text,
        claimed_until_at timestamptz,
        skipped_until_at timestamptz,
        callback_at timestamptz,
        callback_time_zone text,
        assigned_to text,
        attempts integer NOT NULL,
        gate_until_at timestamptz,
        CONSTRAINT pk_work_item PRIMARY KEY (tenant_id, account_id, worklist),
        CONSTRAINT fk_work_item_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT ck_work_item_attempts CHECK (attempts >= 0)
    ) {_KEPT}
    """,
    "CREATE INDEX ix_work_item_list ON work_item (tenant_id, worklist, account_id)",
    """
    CREATE INDEX ix_work_item_callback ON work_item (tenant_id, worklist, account_id)
        WHERE callback_at IS NOT NULL
    """,
    """
    SELECT accord_guard('work_item', true,
        '{claimed_by,claimed_until_at,skipped_until_at,callback_at,callback_time_zone,assigned_to,
        attempts,gate_until_at}')
    """,
    """
    CREATE TABLE work_fact (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        worklist text NOT NULL,
        kind text NOT NULL,
        body jsonb NOT NULL,
        note text,
        at timestamptz NOT NULL,
        business_date date NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_work_fact PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT fk_work_fact_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT ck_work_fact_kind CHECK (kind IN ('claimed', 'released', 'completed',
            'skipped', 'called_back', 'assigned')),
        CONSTRAINT ck_work_fact_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)
    """,
    "CREATE INDEX ix_work_fact_day ON work_fact (tenant_id, worklist, business_date, id)",
    "SELECT accord_guard('work_fact', true, '{note}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What was done about items is forgotten; the accounts stand as they did."""
    _run("DROP TABLE work_fact, work_item, account_work, worklist")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
