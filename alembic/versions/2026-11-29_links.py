"""Debtors' links, and who is asked for by a token alone.

`accord_open_link` is what `accord_authenticate` is for keys: it finds whose token it is over all
tenants, enters that tenant, and says nothing of anybody.

Revision ID: 0043
Revises: 0042
"""

from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE debtor_link (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        person_id uuid NOT NULL,
        token_hash bytea NOT NULL,
        purposes text[] NOT NULL,
        quote_ids uuid[] NOT NULL,
        settlement_id uuid,
        least_minor bigint,
        most_minor bigint,
        verify text NOT NULL,
        code_hash bytea,
        locale text NOT NULL,
        expires_at timestamptz NOT NULL,
        return_url text,
        frame_ancestors text[] NOT NULL,
        wrong_answers integer NOT NULL,
        opened_at timestamptz,
        verified_at timestamptz,
        used_at timestamptz,
        locked_at timestamptz,
        revoked_at timestamptz,
        created_at timestamptz NOT NULL,
        actor text,
        role text NOT NULL,
        key_id uuid,
        origin text,
        CONSTRAINT pk_debtor_link PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT fk_debtor_link_tenant_id_account_id
            FOREIGN KEY (tenant_id, account_id) REFERENCES account (tenant_id, id),
        CONSTRAINT fk_debtor_link_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_debtor_link_verify
            CHECK (verify IN ('postal_code', 'birth_year', 'last_four', 'code', 'none')),
        CONSTRAINT ck_debtor_link_role CHECK (role IN ('agent', 'supervisor', 'admin')),
        CONSTRAINT ck_debtor_link_wrong_answers CHECK (wrong_answers >= 0)
    )
    """,
    "CREATE INDEX ix_debtor_link_token_hash ON debtor_link (token_hash)",
    "CREATE INDEX ix_debtor_link_id ON debtor_link (tenant_id, id)",
    """
    SELECT accord_guard('debtor_link', true,
        '{wrong_answers,opened_at,verified_at,used_at,locked_at,revoked_at}')
    """,
    """
    CREATE TABLE link_session (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        id uuid NOT NULL,
        link_id uuid NOT NULL,
        token_hash bytea NOT NULL,
        frame_origin text,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT pk_link_session PRIMARY KEY (tenant_id, account_id, id),
        CONSTRAINT fk_link_session_tenant_id_account_id_link_id
            FOREIGN KEY (tenant_id, account_id, link_id)
            REFERENCES debtor_link (tenant_id, account_id, id)
    )
    """,
    "CREATE INDEX ix_link_session_token_hash ON link_session (token_hash)",
    "SELECT accord_guard('link_session', true, '{}')",
    """
    CREATE TABLE link_attempt (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        link_id uuid NOT NULL,
        number integer NOT NULL,
        person_id uuid NOT NULL,
        at timestamptz NOT NULL,
        CONSTRAINT pk_link_attempt PRIMARY KEY (tenant_id, account_id, link_id, number),
        CONSTRAINT fk_link_attempt_tenant_id_account_id_link_id
            FOREIGN KEY (tenant_id, account_id, link_id)
            REFERENCES debtor_link (tenant_id, account_id, id),
        CONSTRAINT fk_link_attempt_tenant_id_person_id
            FOREIGN KEY (tenant_id, person_id) REFERENCES person (tenant_id, id),
        CONSTRAINT ck_link_attempt_number CHECK (number > 0)
    )
    """,
    "CREATE INDEX ix_link_attempt_person_id_at ON link_attempt (tenant_id, person_id, at)",
    "SELECT accord_guard('link_attempt', true, '{}')",
    """
    CREATE FUNCTION accord_open_link(given bytea) RETURNS TABLE (
        tenant_id uuid, account_id uuid, link_id uuid, frame_origin text,
        session_ends_at timestamptz, name text, time_zone text, sandbox boolean,
        business_date date, policy_epoch bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        found_link record;
    BEGIN
        SELECT l.tenant_id, l.account_id, l.id AS link_id, NULL::text AS frame_origin,
            NULL::timestamptz AS ends_at INTO found_link
        FROM public.debtor_link AS l WHERE l.token_hash = given LIMIT 1;
        IF NOT FOUND THEN
            SELECT s.tenant_id, s.account_id, s.link_id, s.frame_origin, s.expires_at AS ends_at
            INTO found_link FROM public.link_session AS s
            WHERE s.token_hash = given AND s.frame_origin IS NOT NULL LIMIT 1;
        END IF;
        IF FOUND THEN
            PERFORM public.accord_enter(found_link.tenant_id);
            RETURN QUERY
            SELECT found_link.tenant_id, found_link.account_id, found_link.link_id,
                found_link.frame_origin, found_link.ends_at, t.name, t.time_zone, t.sandbox,
                c.business_date, t.policy_epoch
            FROM public.tenant AS t
            LEFT JOIN public.sandbox_clock AS c ON c.tenant_id = t.tenant_id AND t.sandbox
            WHERE t.tenant_id = found_link.tenant_id;
        END IF;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_open_link FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_open_link TO accord_app",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    """Links that were sent open nothing any more; what was agreed by them stays."""
    _run("DROP FUNCTION accord_open_link", "DROP TABLE link_attempt, link_session, debtor_link")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
