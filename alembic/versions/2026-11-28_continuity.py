"""Continuity: what may have been put back begins a new epoch of the feed; its owner may dump it.

Every restore, of a dump or of files, and every failover is another start of a PostgreSQL server.
So a database is the continuation of the one that was served last only where cluster, database,
table and start of the server are those that were noted. Where not, `accord_take_up` ends the
epoch; each connection of ours asks it first. What had certainly ended before is noted now and
then (`accord_pulse`): a reader who is not beyond that has lost nothing.

Row-level security no longer binds the tables' owner. It never served anybody, could lift it at
any time, and could not dump what it owns, or dumped nothing and called it a success.

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

HERE = """
    SELECT control.system_identifier,
        (SELECT oid FROM pg_database WHERE datname = current_database())::bigint,
        'public.feed_epoch'::regclass::oid::bigint,
        pg_postmaster_start_time()
    FROM pg_control_system() AS control
"""
NOTED = "system_identifier, database_oid, table_oid, server_started_at"

TABLES = (
    """
    ALTER TABLE feed_epoch
        ADD COLUMN database_oid bigint,
        ADD COLUMN table_oid bigint,
        ADD COLUMN server_started_at timestamptz,
        ADD COLUMN horizon xid8
    """,
    """
    UPDATE feed_epoch SET database_oid = 0, table_oid = 0, server_started_at = '-infinity',
        horizon = CASE
            WHEN system_identifier = (SELECT system_identifier FROM pg_control_system())
            THEN pg_snapshot_xmin(pg_current_snapshot()) ELSE '0'::xid8
        END
    """,
    f"""
    UPDATE feed_epoch SET ({NOTED}) = ({HERE})
    WHERE system_identifier = (SELECT system_identifier FROM pg_control_system())
    """,  # noqa: S608 - constants
    """
    ALTER TABLE feed_epoch
        ALTER COLUMN database_oid SET NOT NULL,
        ALTER COLUMN table_oid SET NOT NULL,
        ALTER COLUMN server_started_at SET NOT NULL,
        ALTER COLUMN horizon SET NOT NULL
    """,
    """
    CREATE TABLE feed_end (
        epoch integer NOT NULL,
        horizon xid8 NOT NULL,
        ended_at timestamptz DEFAULT now() NOT NULL,
        CONSTRAINT pk_feed_end PRIMARY KEY (epoch)
    )
    """,
)

FUNCTIONS = (
    f"""
    CREATE FUNCTION accord_continues() RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        RETURN EXISTS (SELECT {NOTED} FROM public.feed_epoch INTERSECT ({HERE}));
    END $$
    """,  # noqa: S608 - constants
    # Writers of the old epoch end first, and new ones wait: none comes after a reader of the new.
    # Seconds since 2000 tell an epoch from one of a life that was lost with a restore, of which
    # nothing is known here. So an epoch is used only when its second is over: whatever is put back
    # after anybody saw it begins in a later one.
    f"""
    CREATE FUNCTION accord_begin_epoch(anyhow boolean) RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        begun integer;
    BEGIN
        LOCK TABLE public.event IN SHARE ROW EXCLUSIVE MODE;
        IF NOT anyhow AND accord_continues() THEN
            RETURN NULL;
        END IF;
        INSERT INTO public.feed_end (epoch, horizon) SELECT epoch, horizon FROM public.feed_epoch;
        UPDATE public.feed_epoch SET ({NOTED}) = ({HERE}),
            epoch = greatest(
                epoch + 1, floor(extract(epoch FROM clock_timestamp()))::bigint - 946684800),
            horizon = pg_snapshot_xmin(pg_current_snapshot())
        RETURNING epoch INTO begun;
        PERFORM pg_sleep(least(2,
            begun + 1 + 946684800 - extract(epoch FROM clock_timestamp()))::double precision);
        RETURN begun;
    END $$
    """,  # noqa: S608 - constants
    """
    CREATE FUNCTION accord_take_up() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        RETURN CASE WHEN NOT accord_continues() THEN accord_begin_epoch(false) END;
    END $$
    """,
    """
    CREATE FUNCTION accord_pulse() RETURNS integer
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        begun integer := accord_take_up();
    BEGIN
        UPDATE public.feed_epoch SET horizon = pg_snapshot_xmin(pg_current_snapshot())
        WHERE horizon < pg_snapshot_xmin(pg_current_snapshot());
        RETURN begun;
    END $$
    """,
    """
    CREATE FUNCTION accord_feed_end(given integer)
    RETURNS TABLE (current_epoch integer, epoch integer, horizon xid8)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT f.epoch, e.epoch, e.horizon FROM public.feed_epoch AS f
        LEFT JOIN (SELECT * FROM public.feed_end WHERE epoch <= given ORDER BY epoch DESC LIMIT 1)
            AS e ON true;
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_begin_epoch FROM PUBLIC",
    "REVOKE ALL ON FUNCTION accord_take_up, accord_pulse, accord_feed_end FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_take_up, accord_pulse, accord_feed_end TO accord_app",
)

GUARD = """
    CREATE OR REPLACE FUNCTION accord_guard(guarded regclass, inserts boolean, updates name[])
    RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', guarded);
        {force}
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
"""
FORCE = "EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', guarded);"
EVERY_TABLE = """
    DO $$ DECLARE guarded regclass; BEGIN
        FOR guarded IN SELECT oid FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relrowsecurity
        LOOP
            EXECUTE format('ALTER TABLE %s {how} ROW LEVEL SECURITY', guarded);
        END LOOP;
    END $$
"""


def upgrade() -> None:
    _run(*TABLES, *FUNCTIONS, GUARD.format(force=""), EVERY_TABLE.format(how="NO FORCE"))


def downgrade() -> None:
    _run(
        EVERY_TABLE.format(how="FORCE"),
        GUARD.format(force=FORCE),
        "DROP FUNCTION accord_feed_end, accord_pulse, accord_take_up",
        "DROP FUNCTION accord_begin_epoch, accord_continues",
        "DROP TABLE feed_end",
        """
        ALTER TABLE feed_epoch
            DROP COLUMN database_oid, DROP COLUMN table_oid,
            DROP COLUMN server_started_at, DROP COLUMN horizon
        """,
    )


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
