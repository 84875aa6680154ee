"""Roles bind: keys end, turn over and say when they were used; what was done keeps its key.

A rotated key keeps its id, so that its two secrets are one key to whoever asks who did what.
What an actor spent on a business date is summed in a row of its own, by key, act and currency.

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

#: Whoever wrote such a row did it with a key; null: before keys were kept, or without one.
KEPT = ("fact", "settlement", "amendment", "amendment_end", "suspense", "suspense_end", "policy")

AUTHENTICATE = """
    CREATE OR REPLACE FUNCTION accord_authenticate(token_hash bytea) RETURNS TABLE (
        tenant_id uuid, key_id uuid, role text, scopes text[],
        time_zone text, sandbox boolean, business_date date, policy_epoch bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        bearer record;
    BEGIN
        {found}
            PERFORM set_config('accord.tenant_id', bearer.tenant_id::text, true);
            RETURN QUERY
            SELECT bearer.tenant_id, bearer.id, bearer.role, bearer.scopes,
                t.time_zone, t.sandbox, c.business_date, t.policy_epoch
            FROM public.tenant AS t
            LEFT JOIN public.sandbox_clock AS c ON c.tenant_id = t.tenant_id AND t.sandbox
            WHERE t.tenant_id = bearer.tenant_id;
        END IF;
    END $$
    """

BEFORE = """
        SELECT * INTO bearer FROM public.api_key AS k
        WHERE k.token_hash = accord_authenticate.token_hash AND k.revoked_at IS NULL;
        IF FOUND THEN"""

#: The row of a key that another request is just marking is passed over: nobody waits for it.
AFTER = """
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
            END IF;"""

UP = (
    *(f"ALTER TABLE {table} ADD COLUMN key_id uuid" for table in KEPT),
    """
    ALTER TABLE api_key
        ADD COLUMN expires_at timestamptz,
        ADD COLUMN last_used_at timestamptz,
        ADD COLUMN former_token_hash bytea,
        ADD COLUMN former_ends_at timestamptz,
        ADD CONSTRAINT uq_api_key_former_token_hash UNIQUE (former_token_hash),
        ADD CONSTRAINT ck_api_key_former
            CHECK ((former_token_hash IS NULL) = (former_ends_at IS NULL))
    """,
    AUTHENTICATE.format(found=AFTER),
    """
    CREATE TABLE day_spending (
        tenant_id uuid NOT NULL,
        business_date date NOT NULL,
        key_id uuid NOT NULL,
        actor text NOT NULL,
        spending text NOT NULL,
        currency character(3) NOT NULL,
        sum_minor bigint NOT NULL,
        CONSTRAINT pk_day_spending
            PRIMARY KEY (tenant_id, business_date, key_id, actor, spending, currency),
        CONSTRAINT ck_day_spending_spending
            CHECK (spending IN ('waive', 'goodwill', 'charge', 'refund')),
        CONSTRAINT ck_day_spending_sum_minor CHECK (sum_minor >= 0)
    )
    """,
    "SELECT accord_guard('day_spending', true, '{sum_minor}')",
)

DOWN = (
    "DROP TABLE day_spending",
    AUTHENTICATE.format(found=BEFORE),
    """
    ALTER TABLE api_key
        DROP COLUMN former_token_hash, DROP COLUMN former_ends_at,
        DROP COLUMN expires_at, DROP COLUMN last_used_at
    """,
    *(f"ALTER TABLE {table} DROP COLUMN key_id" for table in KEPT),
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Rotated secrets stop at once, and who did what with which key is forgotten."""
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
