"""Tenants, keys, people, policies; who the application is and what it may touch.

`accord_guard` is how every later migration hands a table to the application: row-level security
forced, each row visible to its tenant only, and no right but those named.

Revision ID: 0001
Revises:
"""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FUNCTIONS = (
    """
    CREATE FUNCTION accord_tenant_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN NULLIF(current_setting('accord.tenant_id', true), '')::uuid
    """,
    """
    CREATE FUNCTION accord_guard(guarded regclass, inserts boolean, updates name[])
    RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);
        EXECUTE format(
            'CREATE POLICY tenant ON %s USING (tenant_id = (SELECT accord_tenant_id()))', guarded);
        EXECUTE format('GRANT SELECT ON %s TO accord_app', guarded);
        IF inserts THEN
            EXECUTE format('GRANT INSERT ON %s TO accord_app', guarded);
        END IF;
        IF cardinality(updates) > 0 THEN
            EXECUTE format('GRANT UPDATE (%s) ON %s TO accord_app',
                (SELECT string_agg(quote_ident(name), ', ') FROM unnest(updates) AS name), guarded);
        END IF;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_guard FROM PUBLIC",
    """
    CREATE FUNCTION accord_feed_epoch() RETURNS integer
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        RETURN (SELECT epoch FROM public.feed_epoch);
    END $$
    """,
    """
    CREATE FUNCTION accord_authenticate(token_hash bytea) RETURNS TABLE (
        tenant_id uuid, key_id uuid, role text, scopes text[],
        time_zone text, sandbox boolean, business_date date, policy_epoch bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        bearer record;
    BEGIN
        SELECT * INTO bearer FROM public.api_key AS k
        WHERE k.token_hash = accord_authenticate.token_hash AND k.revoked_at IS NULL;
        IF FOUND THEN
            PERFORM set_config('accord.tenant_id', bearer.tenant_id::text, true);
            RETURN QUERY
            SELECT bearer.tenant_id, bearer.id, bearer.role, bearer.scopes,
                t.time_zone, t.sandbox, c.business_date, t.policy_epoch
            FROM public.tenant AS t
            LEFT JOIN public.sandbox_clock AS c ON c.tenant_id = t.tenant_id AND t.sandbox
            WHERE t.tenant_id = bearer.tenant_id;
        END IF;
    END $$
    """,
    """
    CREATE FUNCTION accord_tenants() RETURNS TABLE (
        tenant_id uuid, name text, time_zone text, sandbox boolean, business_date date,
        policy_epoch bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT t.tenant_id, t.name, t.time_zone, t.sandbox, c.business_date, t.policy_epoch
        FROM public.tenant AS t
        LEFT JOIN public.sandbox_clock AS c ON c.tenant_id = t.tenant_id AND t.sandbox
        ORDER BY t.tenant_id;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_authenticate, accord_tenants FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_authenticate, accord_tenants TO accord_app",
    "GRANT USAGE ON SCHEMA public TO accord_app",
)

TABLES = (
    """
    CREATE TABLE tenant (
        tenant_id uuid NOT NULL,
        name text NOT NULL,
        time_zone text NOT NULL,
        sandbox boolean NOT NULL,
        policy_epoch bigint NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_tenant PRIMARY KEY (tenant_id),
        CONSTRAINT uq_tenant_name UNIQUE (name)
    )
    """,
    """
    CREATE TABLE sandbox_clock (
        tenant_id uuid NOT NULL,
        business_date date NOT NULL,
        CONSTRAINT pk_sandbox_clock PRIMARY KEY (tenant_id),
        CONSTRAINT fk_sandbox_clock_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    )
    """,
    """
    CREATE TABLE api_key (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        token_hash bytea NOT NULL,
        name text NOT NULL,
        role text NOT NULL,
        scopes text[] NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        revoked_at timestamptz,
        CONSTRAINT pk_api_key PRIMARY KEY (tenant_id, id),
        CONSTRAINT uq_api_key_token_hash UNIQUE (token_hash),
        CONSTRAINT ck_api_key_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT fk_api_key_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    )
    """,
    """
    CREATE TABLE person (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        role text NOT NULL,
        reference text,
        name text,
        email text,
        phone text,
        time_zone text,
        region text,
        language text,
        created_at timestamptz DEFAULT now() NOT NULL,
        erased_at timestamptz,
        CONSTRAINT pk_person PRIMARY KEY (tenant_id, id),
        CONSTRAINT uq_person_tenant_id_role_reference UNIQUE (tenant_id, role, reference),
        CONSTRAINT ck_person_role CHECK (role IN ('debtor', 'creditor'))
    )
    """,
    """
    CREATE TABLE policy (
        tenant_id uuid NOT NULL,
        name text NOT NULL,
        version integer NOT NULL,
        extends text,
        effective_from date NOT NULL,
        document jsonb NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        actor text,
        CONSTRAINT pk_policy PRIMARY KEY (tenant_id, name, version),
        CONSTRAINT ck_policy_version CHECK (version > 0),
        CONSTRAINT fk_policy_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    )
    """,
    """
    CREATE TABLE feed_epoch (
        id integer NOT NULL,
        epoch integer NOT NULL,
        system_identifier bigint NOT NULL,
        CONSTRAINT pk_feed_epoch PRIMARY KEY (id),
        CONSTRAINT ck_feed_epoch_one_row CHECK (id = 1)
    )
    """,
    """
    CREATE TABLE idempotency_key (
        tenant_id uuid NOT NULL,
        key text NOT NULL,
        fingerprint bytea NOT NULL,
        status integer NOT NULL,
        headers jsonb NOT NULL,
        body bytea NOT NULL,
        created_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_idempotency_key PRIMARY KEY (tenant_id, key),
        CONSTRAINT ck_idempotency_key_status CHECK (status BETWEEN 200 AND 299)
    )
    """,
    """
    CREATE TABLE sweep_run (
        tenant_id uuid NOT NULL,
        id uuid NOT NULL,
        business_date date NOT NULL,
        status text NOT NULL,
        examined integer NOT NULL,
        changed integer NOT NULL,
        counts jsonb NOT NULL,
        started_at timestamptz DEFAULT now() NOT NULL,
        finished_at timestamptz,
        CONSTRAINT pk_sweep_run PRIMARY KEY (tenant_id, id),
        CONSTRAINT ck_sweep_run_status CHECK (status IN ('running', 'done', 'incomplete')),
        CONSTRAINT ck_sweep_run_examined CHECK (examined >= 0),
        CONSTRAINT ck_sweep_run_changed CHECK (changed >= 0),
        CONSTRAINT fk_sweep_run_tenant_id FOREIGN KEY (tenant_id) REFERENCES tenant (tenant_id)
    )
    """,
    """
    CREATE INDEX ix_sweep_run_tenant_id_business_date_id
        ON sweep_run (tenant_id, business_date, id)
    """,
)

GUARDS = (
    "INSERT INTO feed_epoch SELECT 1, 1, system_identifier FROM pg_control_system()",
    "SELECT accord_guard('tenant', false, '{policy_epoch}')",
    "SELECT accord_guard('sandbox_clock', true, '{business_date}')",
    "SELECT accord_guard('api_key', false, '{}')",
    "REVOKE SELECT ON api_key FROM accord_app",
    """
    SELECT accord_guard('person', true,
        '{name, email, phone, time_zone, region, language, erased_at}')
    """,
    "SELECT accord_guard('policy', true, '{}')",
    """
    SELECT accord_guard('idempotency_key', true,
        '{fingerprint, status, headers, body, created_at}')
    """,
    """
    SELECT accord_guard('sweep_run', true,
        '{status, examined, changed, counts, finished_at}')
    """,
    # What runs as the owner must see these, also where the owner is no superuser.
    "CREATE POLICY owner ON tenant TO CURRENT_USER USING (true)",
    "CREATE POLICY owner ON api_key TO CURRENT_USER USING (true)",
    "CREATE POLICY owner ON sandbox_clock TO CURRENT_USER USING (true)",
)

DOWN = (
    "DROP TABLE sweep_run, idempotency_key, feed_epoch, policy, person, api_key, sandbox_clock",
    "DROP TABLE tenant",
    "DROP FUNCTION accord_tenants, accord_authenticate, accord_feed_epoch, accord_guard",
    "DROP FUNCTION accord_tenant_id",
    "REVOKE USAGE ON SCHEMA public FROM accord_app",
)


def upgrade() -> None:
    _run(*FUNCTIONS, *TABLES, *GUARDS)


def downgrade() -> None:
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
