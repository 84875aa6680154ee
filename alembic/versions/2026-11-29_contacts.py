"""Contacts and decisions: what was done, whether it was within the rules, what was reserved.

A contact's row is what is said of it now; its facts, which are never changed, tell how that came
to be. Free text stands in a column of its own and can be erased.

Revision ID: 0026
Revises: 0025
"""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

CHANNELS = "'call', 'sms', 'email', 'letter', 'chat', 'visit', 'note'"
UP = (
    f"""
    CREATE TABLE contact (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        reference text,
        person_id uuid,
        point_id uuid,
        account_ids uuid[] NOT NULL,
        channel text NOT NULL,
        direction text NOT NULL,
        purpose text NOT NULL,
        started_at timestamptz NOT NULL,
        duration_seconds integer,
        outcome text,
        label text,
        right_party boolean,
        with_consent_id uuid,
        decision_id uuid,
        in_reply_to uuid,
        limited_content boolean NOT NULL,
        disposition text,
        language text,
        summary text,
        more jsonb NOT NULL,
        outside jsonb NOT NULL,
        corrections integer NOT NULL,
        voided_on date,
        content_hash bytea NOT NULL,
        actor text,
        origin text,
        entered_at timestamptz NOT NULL,
        CONSTRAINT pk_contact PRIMARY KEY (tenant_id, id),
        CONSTRAINT uq_contact_tenant_id_reference UNIQUE (tenant_id, reference),
        CONSTRAINT fk_contact_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_contact_channel CHECK (channel IN ({CHANNELS})),
        CONSTRAINT ck_contact_direction CHECK (direction IN ('out', 'in', 'internal')),
        CONSTRAINT ck_contact_account_ids CHECK (cardinality(account_ids) > 0)
    )
    """,
    """
    CREATE INDEX ix_contact_tenant_id_person_id_started_at
        ON contact (tenant_id, person_id, started_at)
    """,
    "CREATE INDEX ix_contact_tenant_id_started_at ON contact (tenant_id, started_at, id)",
    """
    SELECT accord_guard('contact', true,
        '{person_id, point_id, account_ids, purpose, started_at, duration_seconds, outcome, label,
        right_party, with_consent_id, limited_content, disposition, language, summary, more,
        outside, corrections, voided_on}')
    """,
    """
    CREATE TABLE contact_account (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        contact_id uuid NOT NULL,
        CONSTRAINT pk_contact_account PRIMARY KEY (tenant_id, account_id, contact_id),
        CONSTRAINT fk_contact_account_tenant_id_contact_id
            FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id),
        CONSTRAINT fk_contact_account_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
    )
    """,
    "SELECT accord_guard('contact_account', true, '{}')",
    """
    CREATE TABLE contact_fact (
        tenant_id uuid NOT NULL,
        contact_id uuid NOT NULL,
        sequence integer NOT NULL,
        kind text NOT NULL,
        body jsonb NOT NULL,
        recorded_at timestamptz NOT NULL,
        business_date date NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        CONSTRAINT pk_contact_fact PRIMARY KEY (tenant_id, contact_id, sequence),
        CONSTRAINT fk_contact_fact_tenant_id_contact_id
            FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id),
        CONSTRAINT ck_contact_fact_kind
            CHECK (kind IN ('recorded', 'corrected', 'voided', 'judged')),
        CONSTRAINT ck_contact_fact_role CHECK (role IN ('agent', 'supervisor', 'admin'))
    )
    """,
    "SELECT accord_guard('contact_fact', true, '{}')",
    f"""
    CREATE TABLE contact_decision (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        person_id uuid NOT NULL,
        point_id uuid,
        channel text NOT NULL,
        purpose text NOT NULL,
        label text,
        asked_at timestamptz NOT NULL,
        decided_at timestamptz NOT NULL,
        allowed boolean NOT NULL,
        answer jsonb NOT NULL,
        reserved_until_at timestamptz,
        overridden jsonb,
        actor text,
        role text NOT NULL,
        key_id uuid,
        ended_because text,
        end_reason text,
        ended_at timestamptz,
        contact_id uuid,
        CONSTRAINT pk_contact_decision PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT uq_contact_decision_tenant_id_id UNIQUE (tenant_id, id),
        CONSTRAINT fk_contact_decision_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT fk_contact_decision_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_contact_decision_channel CHECK (channel IN ({CHANNELS})),
        CONSTRAINT ck_contact_decision_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_contact_decision_ended_because CHECK (ended_because IN ('used', 'released'))
    )
    """,
    """
    CREATE INDEX ix_contact_decision_tenant_id_person_id_reserved_until_at
        ON contact_decision (tenant_id, person_id, reserved_until_at)
    """,
    """
    SELECT accord_guard('contact_decision', true,
        '{ended_because, end_reason, ended_at, contact_id}')
    """,
)

DOWN = ("DROP TABLE contact_decision, contact_fact, contact_account, contact",)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """What was done and decided is forgotten."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
