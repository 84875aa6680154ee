"""Keys made, read, turned and ended over HTTP, and why a token that was good is good no more.

The application still sees no row of `api_key`: four functions do what an admin asks, for the tenant
that the transaction has entered and no other, and none gives a hash away. Times are the database's
own, which `accord_authenticate` compares with.

Revision ID: 0038
Revises: 0037
"""

from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

FUNCTIONS = (
    """
    CREATE FUNCTION accord_keys(only_id uuid, after_id uuid, most integer) RETURNS TABLE (
        id uuid, name text, role text, scopes text[], created_at timestamptz,
        expires_at timestamptz, last_used_at timestamptz, former_ends_at timestamptz,
        revoked_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT k.id, k.name, k.role, k.scopes, k.created_at, k.expires_at, k.last_used_at,
            k.former_ends_at, k.revoked_at
        FROM public.api_key AS k
        WHERE k.tenant_id = public.accord_tenant_id()
            AND (only_id IS NULL OR k.id = only_id) AND (after_id IS NULL OR k.id > after_id)
        ORDER BY k.id LIMIT most;
    END $$
    """,
    """
    CREATE FUNCTION accord_make_key(
        key_id uuid, key_hash bytea, key_name text, key_role text, key_scopes text[],
        lasts interval) RETURNS void
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        INSERT INTO public.api_key (tenant_id, id, token_hash, name, role, scopes, expires_at)
        VALUES (public.accord_tenant_id(), key_id, key_hash, key_name, key_role, key_scopes,
            now() + lasts);
    END $$
    """,
    """
    CREATE FUNCTION accord_rotate_key(
        key_id uuid, key_hash bytea, overlap interval, lasts interval) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        UPDATE public.api_key AS k SET former_token_hash = k.token_hash,
            former_ends_at = now() + overlap, token_hash = key_hash,
            expires_at = coalesce(now() + lasts, k.expires_at)
        WHERE k.tenant_id = public.accord_tenant_id() AND k.id = key_id AND k.revoked_at IS NULL
            AND (k.expires_at IS NULL OR k.expires_at > now());
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION accord_revoke_key(key_id uuid) RETURNS boolean
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        UPDATE public.api_key AS k SET revoked_at = now()
        WHERE k.tenant_id = public.accord_tenant_id() AND k.id = key_id AND k.revoked_at IS NULL;
        RETURN FOUND;
    END $$
    """,
    """
    CREATE FUNCTION accord_key_ended(given_hash bytea) RETURNS TABLE (
        reason text, ended_at timestamptz)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        RETURN QUERY
        SELECT CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked'
                WHEN k.expires_at <= now() THEN 'expired' ELSE 'rotated' END,
            coalesce(k.revoked_at, CASE WHEN k.expires_at <= now() THEN k.expires_at END,
                k.former_ends_at)
        FROM public.api_key AS k
        WHERE k.token_hash = given_hash OR k.former_token_hash = given_hash LIMIT 1;
    END $$
    """,
)
_NAMES = "accord_keys, accord_make_key, accord_rotate_key, accord_revoke_key, accord_key_ended"


def upgrade() -> None:
    _run(
        *FUNCTIONS,
        f"REVOKE ALL ON FUNCTION {_NAMES} FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION {_NAMES} TO accord_app",
    )


def downgrade() -> None:
    _run(f"DROP FUNCTION {_NAMES}")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
