"""When a key was used is noted after its request, not while it authenticates.

To note it takes a transaction id. Taken before the account is locked, a request that then waited
for the account stood in the feed before those it had waited for: the first of a key in an hour.

Revision ID: 0076
Revises: 0075
"""

from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

AUTHENTICATE = """
    CREATE OR REPLACE FUNCTION accord_authenticate(token_hash bytea) RETURNS TABLE (
        tenant_id uuid, key_id uuid, role text, scopes text[],
        time_zone text, sandbox boolean, business_date date, policy_epoch bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        bearer record;
    BEGIN
        SELECT * INTO bearer FROM public.api_key AS k
        WHERE k.token_hash = accord_authenticate.token_hash AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > now());
        IF NOT FOUND THEN
            SELECT * INTO bearer FROM public.api_key AS k
            WHERE k.former_token_hash = accord_authenticate.token_hash AND k.revoked_at IS NULL
                AND (k.expires_at IS NULL OR k.expires_at > now())
                AND k.former_ends_at > now();
        END IF;
        IF FOUND THEN
            {noting}PERFORM public.accord_enter(bearer.tenant_id);
            RETURN QUERY
            SELECT bearer.tenant_id, bearer.id, bearer.role, bearer.scopes,
                t.time_zone, t.sandbox, c.business_date, t.policy_epoch
            FROM public.tenant AS t
            LEFT JOIN public.sandbox_clock AS c ON c.tenant_id = t.tenant_id AND t.sandbox
            WHERE t.tenant_id = bearer.tenant_id;
        END IF;
    END $$
"""
NOTING = """IF bearer.last_used_at IS NULL OR bearer.last_used_at < now() - interval '1 hour' THEN
                UPDATE public.api_key AS k SET last_used_at = now()
                FROM (
                    SELECT u.tenant_id, u.id FROM public.api_key AS u
                    WHERE u.tenant_id = bearer.tenant_id AND u.id = bearer.id
                    FOR NO KEY UPDATE SKIP LOCKED
                ) AS free
                WHERE k.tenant_id = free.tenant_id AND k.id = free.id;
            END IF;
            """
#: The row of a key that another request is just marking is passed over: nobody waits for it.
NOTE = """
    CREATE FUNCTION accord_note_key_use(tenant uuid, key uuid) RETURNS void
    LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
        UPDATE public.api_key AS k SET last_used_at = now()
        FROM (
            SELECT u.tenant_id, u.id FROM public.api_key AS u
            WHERE u.tenant_id = tenant AND u.id = key
                AND (u.last_used_at IS NULL OR u.last_used_at < now() - interval '1 hour')
            FOR NO KEY UPDATE SKIP LOCKED
        ) AS free
        WHERE k.tenant_id = free.tenant_id AND k.id = free.id
    $$
"""


def upgrade() -> None:
    _run(
        AUTHENTICATE.format(noting=""),
        NOTE,
        "REVOKE ALL ON FUNCTION accord_note_key_use FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION accord_note_key_use TO accord_app",
    )


def downgrade() -> None:
    _run("DROP FUNCTION accord_note_key_use", AUTHENTICATE.format(noting=NOTING))


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
