"""A posting begins with one call instead of two: who asks, which key, and their account, locked.

`accord_begin` does what `accord_authenticate_once` and `accord_lock_account` do, for a request
whose body names the account and the reference. Where a reply is kept under the key, or another
request holds it, no account is locked. `accord_bearer` finds who bears a token by one look where
`accord_authenticate` takes two, and enters the tenant without making a statement of words: only a
database that is spread over servers needs that.

Every statement within sees anew what is committed by then, as before.

Revision ID: 0071
Revises: 0070
"""

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

BEARER_TYPE = """
    CREATE TYPE accord_known_bearer AS (
        tenant_id uuid, key_id uuid, role text, scopes text[],
        time_zone text, sandbox boolean, business_date date, policy_epoch bigint)
"""
#: Null: nobody bears it, any more, or a former secret is used, which is looked for elsewhere.
BEARER = """
    CREATE FUNCTION accord_bearer(given_hash bytea) RETURNS accord_known_bearer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        bearer public.accord_known_bearer;
        entered text;
    BEGIN
        SELECT k.tenant_id, k.id, k.role, k.scopes, t.time_zone, t.sandbox,
            c.business_date, t.policy_epoch
        INTO bearer
        FROM public.api_key AS k
        JOIN public.tenant AS t ON t.tenant_id = k.tenant_id
        LEFT JOIN public.sandbox_clock AS c ON c.tenant_id = k.tenant_id AND t.sandbox
        WHERE k.token_hash = given_hash AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > now());
        IF bearer.tenant_id IS NULL THEN
            RETURN NULL;
        END IF;
        entered := set_config('accord.tenant_id', bearer.tenant_id::text, true);
        RETURN bearer;
    END $$
"""
BEGIN = """
    CREATE FUNCTION accord_begin(
        token_hash bytea, given_key text, since timestamptz, given_account uuid, given_kind text,
        given_reference text,
        OUT tenant_id uuid, OUT key_id uuid, OUT role text, OUT scopes text[],
        OUT time_zone text, OUT sandbox boolean, OUT business_date date, OUT policy_epoch bigint,
        OUT held boolean, OUT fingerprint bytea, OUT answered integer, OUT headers jsonb,
        OUT body bytea, OUT taken boolean,
        OUT id uuid, OUT reference text, OUT currency char(3), OUT product text,
        OUT opened_on date, OUT validation_ends_on date, OUT policy_name text,
        OUT debtor_id uuid, OUT creditor_id uuid, OUT creditor_reference text,
        OUT created_at timestamptz, OUT status text, OUT fact_sequence integer,
        OUT posting_sequence integer, OUT event_sequence integer, OUT event_hash bytea,
        OUT latest_business_date date, OUT replays integer, OUT version bigint,
        OUT next_review_on date, OUT state text)
    LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    DECLARE
        bearer accord_known_bearer;
    BEGIN
        bearer := accord_bearer(token_hash);
        IF bearer.tenant_id IS NULL THEN
            RETURN;
        END IF;
        tenant_id := bearer.tenant_id;
        key_id := bearer.key_id;
        role := bearer.role;
        scopes := bearer.scopes;
        time_zone := bearer.time_zone;
        sandbox := bearer.sandbox;
        business_date := bearer.business_date;
        policy_epoch := bearer.policy_epoch;
        held := pg_try_advisory_xact_lock(
            hashtextextended('idempotency ' || bearer.tenant_id::text || ' ' || given_key, 0));
        IF NOT held THEN
            RETURN;
        END IF;
        SELECT k.fingerprint, k.status, k.headers, k.body
        INTO fingerprint, answered, headers, body
        FROM idempotency_key AS k
        WHERE k.tenant_id = bearer.tenant_id AND k.key = given_key AND k.created_at > since;
        IF FOUND THEN
            RETURN;
        END IF;
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
        FROM account AS a WHERE a.tenant_id = bearer.tenant_id AND a.id = given_account
        FOR NO KEY UPDATE;
        IF FOUND THEN
            taken := EXISTS (
                SELECT FROM handle AS h
                WHERE h.tenant_id = bearer.tenant_id AND h.kind = given_kind
                    AND h.key = given_reference);
        END IF;
    END $$
"""


def upgrade() -> None:
    _run(
        BEARER_TYPE,
        BEARER,
        BEGIN,
        "REVOKE ALL ON FUNCTION accord_bearer, accord_begin FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION accord_bearer, accord_begin TO accord_app",
    )


def downgrade() -> None:
    _run("DROP FUNCTION accord_begin, accord_bearer", "DROP TYPE accord_known_bearer")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
