"""Whose rows: policies the planner sees through, and a tenant entered as every server is told.

A policy compared with a sub-select, so that the tenant was asked once a statement. Statements name
the tenant themselves now (`tenanted.py`), and the planner then asks the policy once anyhow; but
where tables are spread over many servers a policy may not hold a sub-select.

`SET LOCAL` instead of `set_config`: it is the only way of setting the tenant that a coordinator
tells the servers that hold the rows. `lock_timeout`, which a connection sets for itself, is told
them the same way: else a sweep would wait there for what it skips.

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

ENTER = """
    CREATE FUNCTION accord_enter(tenant uuid) RETURNS void
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        EXECUTE format('SET LOCAL accord.tenant_id = %L; SET LOCAL lock_timeout = %L',
            tenant, current_setting('lock_timeout'));
    END $$
"""
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
            IF bearer.last_used_at IS NULL OR bearer.last_used_at < now() - interval '1 hour' THEN
                UPDATE public.api_key AS k SET last_used_at = now()
                FROM (
                    SELECT u.tenant_id, u.id FROM public.api_key AS u
                    WHERE u.tenant_id = bearer.tenant_id AND u.id = bearer.id
                    FOR NO KEY UPDATE SKIP LOCKED
                ) AS free
                WHERE k.tenant_id = free.tenant_id AND k.id = free.id;
            END IF;
            {enter};
            RETURN QUERY
            SELECT bearer.tenant_id, bearer.id, bearer.role, bearer.scopes,
                t.time_zone, t.sandbox, c.business_date, t.policy_epoch
            FROM public.tenant AS t
            LEFT JOIN public.sandbox_clock AS c ON c.tenant_id = t.tenant_id AND t.sandbox
            WHERE t.tenant_id = bearer.tenant_id;
        END IF;
    END $$
"""
NOW = "PERFORM public.accord_enter(bearer.tenant_id)"
BEFORE = "PERFORM set_config('accord.tenant_id', bearer.tenant_id::text, true)"

GUARD = """
    CREATE OR REPLACE FUNCTION accord_guard(guarded regclass, inserts boolean, updates name[])
    RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('CREATE POLICY tenant ON %s USING (tenant_id = {tenant})', guarded);
        EXECUTE format('GRANT SELECT ON %s TO accord_app', guarded);
        IF inserts THEN
            EXECUTE format('GRANT INSERT ON %s TO accord_app', guarded);
        END IF;
        IF cardinality(updates) > 0 THEN
            EXECUTE format('GRANT UPDATE (%s) ON %s TO accord_app',
                (SELECT string_agg(quote_ident(name), ', ') FROM unnest(updates) AS name), guarded);
        END IF;
    END $$
"""
EVERY_POLICY = """
    DO $$ DECLARE guarded regclass; BEGIN
        FOR guarded IN SELECT polrelid FROM pg_policy WHERE polname = 'tenant'
        LOOP
            EXECUTE format('ALTER POLICY tenant ON %s USING (tenant_id = {tenant})', guarded);
        END LOOP;
    END $$
"""
SEEN_THROUGH = "accord_tenant_id()"
ASKED_ONCE = "(SELECT accord_tenant_id())"


def upgrade() -> None:
    _run(
        ENTER,
        AUTHENTICATE.format(enter=NOW),
        GUARD.format(tenant=SEEN_THROUGH),
        EVERY_POLICY.format(tenant=SEEN_THROUGH),
    )


def downgrade() -> None:
    _run(
        EVERY_POLICY.format(tenant=ASKED_ONCE),
        GUARD.format(tenant=ASKED_ONCE),
        AUTHENTICATE.format(enter=BEFORE),
        "DROP FUNCTION accord_enter",
    )


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
