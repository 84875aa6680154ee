"""Days that events give, before which somebody may be reminded: of a promise, of an offer.

Revision ID: 0047
Revises: 0046
"""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE notice_day (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        arises text NOT NULL,
        subject_id uuid NOT NULL,
        about_on date NOT NULL,
        CONSTRAINT pk_notice_day
            PRIMARY KEY (tenant_id, account_id, arises, subject_id, about_on),
        CONSTRAINT fk_notice_day_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
    ) WITH (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)
    """,
    "CREATE INDEX ix_notice_day ON notice_day (tenant_id, arises, about_on, subject_id)",
    "SELECT accord_guard('notice_day', true, '{}')",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Of what was promised or offered before, nobody is reminded any more."""
    _run("DROP TABLE notice_day")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
