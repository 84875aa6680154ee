"""Letters: what was said to a debtor about a settlement, as it was said.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STEPS = (
    """
    CREATE TABLE letter (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        settlement_id uuid NOT NULL,
        kind text NOT NULL,
        locale text NOT NULL,
        facts_hash text NOT NULL,
        dated_on date NOT NULL,
        text text NOT NULL,
        text_hash text NOT NULL,
        wording_version integer NOT NULL,
        actor text,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_letter PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT ck_letter_kind CHECK (kind IN ('offer', 'acceptance', 'satisfaction')),
        CONSTRAINT ck_letter_wording_version CHECK (wording_version > 0),
        CONSTRAINT fk_letter_tenant_id_account_id_settlement_id
            FOREIGN KEY (tenant_id, account_id, settlement_id)
            REFERENCES settlement (tenant_id, account_id, id)
    )
    """,
    """
    CREATE UNIQUE INDEX ix_letter_tenant_id_account_id_settlement_id_facts_hash
        ON letter (tenant_id, account_id, settlement_id, facts_hash)
    """,
    "CREATE INDEX ix_letter_tenant_id_id ON letter (tenant_id, id)",
    "SELECT accord_guard('letter', true, '{}')",
)


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for step in STEPS:
        op.execute(step)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    op.execute("DROP TABLE letter")
