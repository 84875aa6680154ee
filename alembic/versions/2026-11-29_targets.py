"""Targets: what an actor, a team or a creditor's accounts are to reach in a span of days.

Revision ID: 0046
Revises: 0045
"""

from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE target (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        scope text NOT NULL,
        whose text NOT NULL,
        metric text NOT NULL,
        currency char(3),
        from_on date NOT NULL,
        to_on date NOT NULL,
        value bigint,
        number integer NOT NULL,
        replaced boolean NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        CONSTRAINT pk_target PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_target_scope CHECK (scope IN ('actor', 'team', 'creditor')),
        CONSTRAINT ck_target_metric CHECK (metric IN (
            'collected', 'kept_bps', 'plans_opened', 'promises_kept', 'contacts')),
        CONSTRAINT ck_target_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_target_number CHECK (number > 0),
        CONSTRAINT ck_target_value CHECK (value >= 0),
        CONSTRAINT ck_target_span CHECK (from_on <= to_on)
    )
    """,
    """
    CREATE UNIQUE INDEX ix_target_last ON target (
        tenant_id, scope, whose, metric, from_on, to_on, coalesce(currency, ''))
        WHERE NOT replaced
    """,
    """
    CREATE INDEX ix_target_standing ON target (tenant_id, id)
        WHERE NOT replaced AND value IS NOT NULL
    """,
    "SELECT accord_guard('target', true, '{replaced}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What was to be reached is forgotten; what was reached is in the books."""
    _run("DROP TABLE target")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
