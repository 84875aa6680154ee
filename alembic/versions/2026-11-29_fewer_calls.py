"""A posting begins with two calls instead of five: who asks and which key; which account.

`accord_authenticate_once` authenticates, takes the idempotency key and finds the reply kept for
it. `accord_lock_account` locks an account and then looks whether a reference is taken. Within
each, what is looked up after a lock is looked up in what is committed by then: every statement
of such a function sees anew, which is why they are not one statement.

Revision ID: 0030
Revises: 0029
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

AUTHENTICATE_ONCE = """
    CREATE FUNCTION accord_authenticate_once(token_hash bytea, given_key text, since timestamptz)
    RETURNS TABLE (
        tenant_id uuid, key_id uuid, role text, scopes text[], time_zone text, sandbox boolean,
        business_date date, policy_epoch bigint,
        held boolean, fingerprint bytea, status integer, headers jsonb, body bytea)
    LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    BEGIN
        SELECT a.tenant_id, a.key_id, a.role, a.scopes, a.time_zone, a.sandbox, a.business_date,
            a.policy_epoch
        INTO tenant_id, key_id, role, scopes, time_zone, sandbox, business_date, policy_epoch
        FROM accord_authenticate(token_hash) AS a;
        IF NOT FOUND THEN
            RETURN;
        END IF;
        held := pg_try_advisory_xact_lock(
            hashtextextended('idempotency ' || tenant_id::text || ' ' || given_key, 0));
        IF held THEN
            SELECT k.fingerprint, k.status, k.headers, k.body
            INTO fingerprint, status, headers, body
            FROM idempotency_key AS k
            WHERE k.tenant_id = accord_authenticate_once.tenant_id AND k.key = given_key
                AND k.created_at > since;
        END IF;
        RETURN NEXT;
    END $$
"""
LOCK_ACCOUNT = """
    CREATE FUNCTION accord_lock_account(
        given_tenant uuid, given_account uuid, given_kind text, given_key text)
    RETURNS TABLE (
        id uuid, reference text, currency char(3), product text, opened_on date,
        validation_ends_on date, policy_name text, debtor_id uuid, creditor_id uuid,
        creditor_reference text, created_at timestamptz, status text, fact_sequence integer,
        posting_sequence integer, event_sequence integer, event_hash bytea,
        latest_business_date date, replays integer, version bigint, next_review_on date,
        state text, taken boolean)
    LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    BEGIN
        SELECT
            a.id, a.reference, a.currency, a.product, a.opened_on, a.validation_ends_on,
            a.policy_name, a.debtor_id, a.creditor_id, a.creditor_reference, a.created_at,
            a.status, a.fact_sequence, a.posting_sequence, a.event_sequence, a.event_hash,
            a.latest_business_date, a.replays, a.version, a.next_review_on, a.state::text
        INTO
            id, reference, currency, product, opened_on, validation_ends_on,
            policy_name, debtor_id, creditor_id, creditor_reference, created_at,
            status, fact_sequence, posting_sequence, event_sequence, event_hash,
            latest_business_date, replays, version, next_review_on, state
        FROM account AS a WHERE a.tenant_id = given_tenant AND a.id = given_account
        FOR NO KEY UPDATE;
        IF FOUND THEN
            taken := EXISTS (
                SELECT FROM handle AS h
                WHERE h.tenant_id = given_tenant AND h.kind = given_kind AND h.key = given_key);
            RETURN NEXT;
        END IF;
    END $$
"""


def upgrade() -> None:
    _run(
        AUTHENTICATE_ONCE,
        LOCK_ACCOUNT,
        "REVOKE ALL ON FUNCTION accord_authenticate_once, accord_lock_account FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION accord_authenticate_once, accord_lock_account TO accord_app",
    )


def downgrade() -> None:
    _run("DROP FUNCTION accord_authenticate_once, accord_lock_account")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
