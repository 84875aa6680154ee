"""Persons: how they are reached, and what they said; facts of their own, that cross accounts.

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

UP = (
    """
    ALTER TABLE person
        ADD COLUMN deceased_on date,
        ADD COLUMN accessibility text[] NOT NULL DEFAULT '{}',
        ADD COLUMN vulnerable_since_on date,
        ADD COLUMN vulnerable_note text,
        ADD COLUMN fact_sequence bigint NOT NULL DEFAULT 0,
        ADD COLUMN version bigint NOT NULL DEFAULT 1
    """,
    "CREATE INDEX ix_person_tenant_id_name ON person (tenant_id, lower(name) text_pattern_ops, id)",
    """
    GRANT UPDATE (deceased_on, accessibility, vulnerable_since_on, vulnerable_note, fact_sequence,
        version) ON person TO accord_app
    """,
    """
    CREATE TABLE contact_point (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        person_id uuid NOT NULL,
        kind text NOT NULL,
        value text NOT NULL,
        normalized text,
        label text NOT NULL,
        priority integer NOT NULL,
        line_type text,
        shared boolean NOT NULL,
        employer_provided boolean NOT NULL,
        source text NOT NULL,
        obtained_on date,
        postal jsonb,
        extension text,
        reference text,
        version bigint NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT pk_contact_point PRIMARY KEY (tenant_id, id),
        CONSTRAINT fk_contact_point_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_contact_point_kind CHECK (kind IN ('phone', 'email', 'postal', 'chat')),
        CONSTRAINT ck_contact_point_label CHECK (label IN ('home', 'mobile', 'work', 'other')),
        CONSTRAINT ck_contact_point_source CHECK (
            source IN ('person', 'creditor', 'prior_collector', 'skip_trace', 'import'))
    )
    """,
    """
    CREATE UNIQUE INDEX ix_contact_point_tenant_id_person_id_kind_normalized
        ON contact_point (tenant_id, person_id, kind, normalized)
    """,
    """
    CREATE INDEX ix_contact_point_tenant_id_kind_normalized
        ON contact_point (tenant_id, kind, normalized)
    """,
    """
    SELECT accord_guard('contact_point', true,
        '{value, normalized, label, priority, line_type, shared, employer_provided, postal,
        extension, reference, version}')
    """,
    """
    CREATE TABLE person_fact (
        tenant_id uuid NOT NULL,
        person_id uuid NOT NULL,
        sequence integer NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL,
        body jsonb NOT NULL,
        business_date date NOT NULL,
        recorded_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        CONSTRAINT pk_person_fact PRIMARY KEY (tenant_id, person_id, sequence),
        CONSTRAINT uq_person_fact_tenant_id_id UNIQUE (tenant_id, id),
        CONSTRAINT fk_person_fact_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_person_fact_kind CHECK (kind IN ('consent', 'revocation', 'restriction',
            'lift', 'location', 'validity', 'number_check')),
        CONSTRAINT ck_person_fact_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_person_fact_sequence CHECK (sequence > 0)
    )
    """,
    "SELECT accord_guard('person_fact', true, '{}')",
)

#: What the debtors' blocks say already; a value that is no number stays as given, unused.
MOVE = """
    INSERT INTO contact_point (tenant_id, id, person_id, kind, value, normalized, label, priority,
        shared, employer_provided, source, version)
    SELECT p.tenant_id, gen_random_uuid(), p.id, found.kind, found.value, found.normalized,
        'other', 1, false, false, 'creditor', 1
    FROM person AS p
    CROSS JOIN LATERAL (VALUES
        ('email', p.email, CASE WHEN strpos(p.email, '@') > 1 THEN
            regexp_replace(p.email, '@.*$', '') || lower(substring(p.email FROM '@.*$')) END),
        ('phone', p.phone, CASE WHEN p.phone LIKE '+%' THEN
            '+' || regexp_replace(p.phone, '[^0-9]', '', 'g') END)
    ) AS found (kind, value, normalized)
    WHERE p.role = 'debtor' AND found.value IS NOT NULL
    """

DOWN = (
    "DROP TABLE person_fact, contact_point",
    "DROP INDEX ix_person_tenant_id_name",
    """
    ALTER TABLE person DROP COLUMN deceased_on, DROP COLUMN accessibility,
        DROP COLUMN vulnerable_since_on, DROP COLUMN vulnerable_note,
        DROP COLUMN fact_sequence, DROP COLUMN version
    """,
)


def upgrade() -> None:
    _run(*UP)
    op.execute("SET LOCAL statement_timeout = '30min'")  # as many rows as there are persons
    op.execute(MOVE)


def downgrade() -> None:
    """What persons said is forgotten."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
