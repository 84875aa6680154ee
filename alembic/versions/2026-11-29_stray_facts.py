"""What is done about a message of no account is kept as of an account's item; found when unread.

Revision ID: 0094
Revises: 0093
"""

from alembic import op

revision = "0094"
down_revision = "0093"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE stray_fact (
        tenant_id uuid NOT NULL,
        contact_id uuid NOT NULL,
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
        CONSTRAINT pk_stray_fact PRIMARY KEY (tenant_id, contact_id, id),
        CONSTRAINT fk_stray_fact_tenant_id_contact_id
            FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id),
        CONSTRAINT ck_stray_fact_kind CHECK (kind IN ('claimed', 'released', 'completed',
            'skipped', 'called_back', 'assigned')),
        CONSTRAINT ck_stray_fact_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)
    """,
    "CREATE INDEX ix_stray_fact_day ON stray_fact (tenant_id, worklist, business_date, id)",
    """
    CREATE INDEX ix_stray_fact_worked ON stray_fact (tenant_id, business_date)
        WHERE kind = 'completed'
    """,
    "SELECT accord_guard('stray_fact', true, '{note}')",
    """
    CREATE INDEX ix_contact_stray ON contact (tenant_id, started_at)
        WHERE needs_reading AND account_ids = '{}' AND read_at IS NULL AND voided_on IS NULL
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What was done about messages of no account is forgotten; who read them, they say."""
    _run("DROP INDEX ix_contact_stray", "DROP TABLE stray_fact")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "ix_contact" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
