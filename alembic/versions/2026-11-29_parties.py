"""Parties of an account, and persons who turned out to be one.

A merged person's row stays: its facts, points and contacts keep naming it, and count for the
other through `merged_into`.

Revision ID: 0048
Revises: 0047
"""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

KINDS = "'consent', 'revocation', 'restriction', 'lift', 'location', 'validity', 'number_check'"
ROLES = """'debtor', 'co_debtor', 'guarantor', 'spouse', 'parent_of_minor', 'guardian', 'executor',
    'successor', 'attorney', 'debt_adviser', 'authorized_third_party', 'employer', 'relative',
    'neighbor', 'other'"""
UP = (
    "ALTER TABLE person DROP CONSTRAINT ck_person_role",
    """
    ALTER TABLE person ADD CONSTRAINT ck_person_role
        CHECK (role IN ('debtor', 'creditor', 'third_party')) NOT VALID
    """,
    "ALTER TABLE person VALIDATE CONSTRAINT ck_person_role",
    "ALTER TABLE person ADD COLUMN merged_into uuid",
    """
    CREATE INDEX ix_person_merged_into ON person (tenant_id, merged_into)
        WHERE merged_into IS NOT NULL
    """,
    "GRANT UPDATE (merged_into) ON person TO accord_app",
    "ALTER TABLE person_fact DROP CONSTRAINT ck_person_fact_kind",
    f"""
    ALTER TABLE person_fact ADD CONSTRAINT ck_person_fact_kind
        CHECK (kind IN ({KINDS}, 'merge')) NOT VALID
    """,
    "ALTER TABLE person_fact VALIDATE CONSTRAINT ck_person_fact_kind",
    f"""
    CREATE TABLE party (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        person_id uuid NOT NULL,
        party_role text NOT NULL,
        from_on date NOT NULL,
        note text,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        ended_on date,
        ended_at timestamptz,
        end_reason text,
        end_actor text,
        CONSTRAINT pk_party PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT fk_party_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT fk_party_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_party_party_role CHECK (party_role IN ({ROLES})),
        CONSTRAINT ck_party_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    )
    """,
    "CREATE INDEX ix_party_tenant_id_person_id ON party (tenant_id, person_id)",
    "SELECT accord_guard('party', true, '{note, ended_on, ended_at, end_reason, end_actor}')",
)
DOWN = (
    "DROP TABLE party",
    "ALTER TABLE person_fact DROP CONSTRAINT ck_person_fact_kind",
    f"""
    ALTER TABLE person_fact ADD CONSTRAINT ck_person_fact_kind CHECK (kind IN ({KINDS}))
    """,
    "DROP INDEX ix_person_merged_into",
    "ALTER TABLE person DROP COLUMN merged_into",
    "ALTER TABLE person DROP CONSTRAINT ck_person_role",
    """
    ALTER TABLE person ADD CONSTRAINT ck_person_role CHECK (role IN ('debtor', 'creditor'))
    """,
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Whoever was a party is known no more; persons that were one are two again."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        if "CREATE INDEX" in statement or "VALIDATE" in statement:
            op.execute("SET LOCAL statement_timeout = '120s'")
        op.execute(statement)
