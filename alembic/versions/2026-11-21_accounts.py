"""Accounts, the references that name things in them, their facts and their events.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    """
    CREATE TABLE account (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        reference text NOT NULL,
        currency char(3) NOT NULL,
        product text NOT NULL,
        opened_on date NOT NULL,
        validation_ends_on date,
        policy_name text NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        debtor_id uuid,
        creditor_id uuid,
        creditor_reference text,
        status text NOT NULL,
        principal_minor bigint NOT NULL,
        interest_minor bigint NOT NULL,
        fees_minor bigint NOT NULL,
        penalties_minor bigint NOT NULL,
        costs_minor bigint NOT NULL,
        unapplied_minor bigint NOT NULL,
        active_plan_id uuid,
        bucket text NOT NULL,
        first_delinquency_on date,
        reported_since_on date,
        next_review_on date,
        judged_on date,
        state jsonb NOT NULL,
        fact_sequence integer NOT NULL,
        posting_sequence integer NOT NULL,
        event_sequence integer NOT NULL,
        event_hash bytea,
        latest_on date NOT NULL,
        latest_business_date date NOT NULL,
        replays integer NOT NULL,
        version bigint NOT NULL,
        CONSTRAINT pk_account PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_account_product
            CHECK (product IN ('open_end', 'closed_end', 'invoice', 'medical', 'utility', 'tax',
                'legal', 'other')),
        CONSTRAINT ck_account_status
            CHECK (status IN ('open', 'paid', 'settled', 'charged_off', 'closed')),
        CONSTRAINT ck_account_currency CHECK (currency ~ '^[A-Z]{3}$'),
        CONSTRAINT ck_account_principal_minor CHECK (principal_minor >= 0),
        CONSTRAINT ck_account_interest_minor CHECK (interest_minor >= 0),
        CONSTRAINT ck_account_fees_minor CHECK (fees_minor >= 0),
        CONSTRAINT ck_account_penalties_minor CHECK (penalties_minor >= 0),
        CONSTRAINT ck_account_costs_minor CHECK (costs_minor >= 0),
        CONSTRAINT ck_account_unapplied_minor CHECK (unapplied_minor >= 0),
        CONSTRAINT ck_account_fact_sequence CHECK (fact_sequence >= 0),
        CONSTRAINT ck_account_posting_sequence CHECK (posting_sequence >= 0),
        CONSTRAINT ck_account_event_sequence CHECK (event_sequence >= 0),
        CONSTRAINT ck_account_replays CHECK (replays >= 0),
        CONSTRAINT ck_account_version CHECK (version > 0),
        CONSTRAINT fk_account_tenant_id_debtor_id
            FOREIGN KEY (tenant_id, debtor_id) REFERENCES person (tenant_id, id),
        CONSTRAINT fk_account_tenant_id_creditor_id
            FOREIGN KEY (tenant_id, creditor_id) REFERENCES person (tenant_id, id)
    ) WITH (fillfactor = 70)
    """,
    "CREATE INDEX ix_account_tenant_id_bucket_id ON account (tenant_id, bucket, id)",
    "CREATE INDEX ix_account_tenant_id_debtor_id_id ON account (tenant_id, debtor_id, id)",
    """
    CREATE INDEX ix_account_tenant_id_next_review_on_id
        ON account (tenant_id, next_review_on, id)
    """,
    "CREATE INDEX ix_account_tenant_id_status_id ON account (tenant_id, status, id)",
    """
    CREATE TABLE handle (
        tenant_id uuid NOT NULL,
        kind text NOT NULL,
        key text NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        CONSTRAINT pk_handle PRIMARY KEY (tenant_id, kind, key),
        CONSTRAINT ck_handle_kind
            CHECK (kind IN ('account', 'payment', 'charge', 'adjustment', 'plan', 'reversal',
                'chargeback', 'refund'))
    )
    """,
    """
    CREATE TABLE annotation (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        subject_id uuid NOT NULL,
        metadata jsonb NOT NULL,
        ip text,
        user_agent text,
        CONSTRAINT pk_annotation PRIMARY KEY (tenant_id, account_id, subject_id),
        CONSTRAINT fk_annotation_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
    )
    """,
    """
    CREATE TABLE fact (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        sequence integer NOT NULL,
        kind text NOT NULL,
        effective_on date NOT NULL,
        business_date date NOT NULL,
        entered_at timestamptz DEFAULT now() NOT NULL,
        actor text,
        body jsonb NOT NULL,
        CONSTRAINT pk_fact PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT uq_fact_tenant_id_account_id_sequence UNIQUE (tenant_id, account_id, sequence),
        CONSTRAINT ck_fact_kind
            CHECK (kind IN ('placement', 'charge', 'charge_reversal', 'adjustment', 'cycle',
                'workout', 'charge_off', 'charge_off_undo', 'closure', 'closure_undo', 'hold',
                'hold_release', 'promise', 'payment', 'reversal', 'chargeback',
                'chargeback_reversal', 'refund', 'plan_proposed', 'plan_approved',
                'plan_rejected', 'plan_opened', 'plan_cancelled', 'plan_reinstated', 'pause',
                'resume', 're_age', 'account_re_age', 'reamortization', 'reschedule',
                'deferral', 'due_day_change', 'payment_holiday', 'step_down', 'acceleration',
                'rewrite', 'revision_undo', 'settlement_offered', 'settlement_accepted',
                'settlement_closed')),
        CONSTRAINT ck_fact_sequence CHECK (sequence > 0),
        CONSTRAINT fk_fact_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
    )
    """,
    "CREATE INDEX ix_fact_tenant_id_id ON fact (tenant_id, id)",
    """
    CREATE TABLE event (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        sequence integer NOT NULL,
        id uuid NOT NULL,
        type text NOT NULL,
        occurred_at timestamptz DEFAULT now() NOT NULL,
        business_date date NOT NULL,
        plan_id uuid,
        payment_id uuid,
        data jsonb NOT NULL,
        corrects uuid,
        natural_key text,
        previous_hash bytea,
        hash bytea NOT NULL,
        tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
        epoch integer DEFAULT accord_feed_epoch() NOT NULL,
        CONSTRAINT pk_event PRIMARY KEY (tenant_id, account_id, sequence),
        CONSTRAINT ck_event_type CHECK (position('.' IN type) > 1),
        CONSTRAINT ck_event_sequence CHECK (sequence > 0),
        CONSTRAINT fk_event_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id)
    )
    """,
    """
    CREATE UNIQUE INDEX ix_event_tenant_id_account_id_natural_key
        ON event (tenant_id, account_id, natural_key) WHERE natural_key IS NOT NULL
    """,
    """
    CREATE INDEX ix_event_tenant_id_epoch_tx_account_id_sequence
        ON event (tenant_id, epoch, tx, account_id, sequence)
    """,
)

GUARDS = (
    """
    SELECT accord_guard('account', true, '{debtor_id, creditor_id, creditor_reference,
        status, principal_minor, interest_minor, fees_minor, penalties_minor, costs_minor,
        unapplied_minor, active_plan_id, bucket, first_delinquency_on, reported_since_on,
        next_review_on, judged_on, state, fact_sequence, posting_sequence, event_sequence,
        event_hash, latest_on, latest_business_date, replays, version}')
    """,
    "SELECT accord_guard('handle', true, '{}')",
    "SELECT accord_guard('annotation', true, '{metadata, ip, user_agent}')",
    "SELECT accord_guard('fact', true, '{}')",
    "SELECT accord_guard('event', true, '{}')",
)

DOWN = ("DROP TABLE event, fact, annotation, handle, account",)


def upgrade() -> None:
    _run(*TABLES, *GUARDS)


def downgrade() -> None:
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
