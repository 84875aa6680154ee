"""The functions of a spread database: a tenant's books written and its feed told where it lies.

One call travels to the tenant's server and does all there. A statement that adds to many tables
at once would travel in parts, and give events the number of a transaction of another server than
the one that shows them.

Each tenant is a slot of the feed: its row says by which start of which server its events are
numbered. No two starts are of one instant, so another instant means that the tenant was moved, or
its server started anew. Then an epoch is over, and the first who writes begins the next.
"""

from typing import Final

from app.storage.books.statement import PARTS, Part

#: Each takes the tenant first, and runs on its server.
DELEGATED: Final = ("accord_write_books", "accord_feed_place")


#: Asked by what must run on the tenant's own server. Elsewhere the transactions it would number, or
#: compare with, are another server's, and the feed would be wrong in silence.
_HERE: Final = """
    CREATE OR REPLACE FUNCTION accord_must_lie_here(tenant uuid) RETURNS void
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        IF NOT EXISTS (
            SELECT FROM pg_dist_placement AS p, pg_dist_local_group AS mine
            WHERE p.shardid = get_shard_id_for_distribution_column('public.feed_epoch', tenant)
                AND p.groupid = mine.groupid)
        THEN
            RAISE EXCEPTION 'The tenant does not lie on this server.' USING ERRCODE = 'AC001';
        END IF;
    END $$
"""
#: What had ended is noted every 500 transactions: that much a reader reads again after a move.
#: Seconds since 2000 tell an epoch from one of a life that was lost (the migration `continuity`).
_EPOCH: Final = """
    CREATE OR REPLACE FUNCTION accord_slot_epoch(tenant uuid) RETURNS integer
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        started timestamptz := pg_postmaster_start_time();
        ended xid8 := pg_snapshot_xmin(pg_current_snapshot());
        begun integer;
        noted record;
    BEGIN
        PERFORM public.accord_must_lie_here(tenant);
        SELECT * INTO noted FROM public.feed_epoch AS f WHERE f.slot = tenant;
        IF noted.server_started_at = started THEN
            IF noted.horizon::text::numeric + 500 < ended::text::numeric THEN
                PERFORM FROM public.feed_epoch AS f WHERE f.slot = tenant FOR UPDATE SKIP LOCKED;
                IF FOUND THEN
                    UPDATE public.feed_epoch AS f SET horizon = ended WHERE f.slot = tenant;
                END IF;
            END IF;
            RETURN noted.epoch;
        END IF;
        INSERT INTO public.feed_epoch (slot, epoch, system_identifier, database_oid, table_oid,
            server_started_at, horizon)
            VALUES (tenant, 0, 0, 0, 0, '-infinity', '0') ON CONFLICT DO NOTHING;
        SELECT * INTO noted FROM public.feed_epoch AS f WHERE f.slot = tenant FOR UPDATE;
        IF noted.server_started_at = started THEN
            RETURN noted.epoch;
        END IF;
        begun := greatest(
            noted.epoch + 1, floor(extract(epoch FROM clock_timestamp()))::bigint - 946684800);
        INSERT INTO public.feed_end (slot, epoch, horizon, ended_at)
            VALUES (tenant, noted.epoch, noted.horizon, now());
        UPDATE public.feed_epoch AS f
            SET epoch = begun, server_started_at = started, horizon = ended WHERE f.slot = tenant;
        PERFORM pg_sleep(least(2,
            begun + 1 + 946684800 - extract(epoch FROM clock_timestamp()))::double precision);
        RETURN begun;
    END $$
"""
#: Who reads right after a move sees all of the epoch that is over: nobody can write in it any more.
_PLACE: Final = """
    CREATE OR REPLACE FUNCTION accord_feed_place(tenant uuid, given integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    DECLARE
        stands record;
        ended record;
    BEGIN
        PERFORM public.accord_must_lie_here(tenant);
        SELECT * INTO stands FROM public.feed_epoch AS f WHERE f.slot = tenant;
        SELECT * INTO ended FROM public.feed_end AS e
            WHERE e.slot = tenant AND e.epoch <= given ORDER BY e.epoch DESC LIMIT 1;
        RETURN jsonb_build_object(
            'current_epoch', coalesce(stands.epoch, 0),
            'epoch', ended.epoch,
            'horizon', ended.horizon::text,
            'end_epoch', CASE
                WHEN stands.epoch IS NULL THEN 0
                WHEN stands.server_started_at = pg_postmaster_start_time() THEN stands.epoch
                ELSE stands.epoch + 1 END,
            'end_tx', pg_snapshot_xmin(pg_current_snapshot())::text);
    END $$
"""
#: As ever, but for a key's last use: keys lie on every server, so that to note it would commit on
#: all of them, and as another user than the request.
_AUTHENTICATE: Final = """
    CREATE OR REPLACE FUNCTION accord_authenticate(token_hash bytea) RETURNS TABLE (
        tenant_id uuid, key_id uuid, role text, scopes text[],
        time_zone text, sandbox boolean, business_date date, policy_epoch bigint)
    LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        bearer record;
    BEGIN
        SELECT * INTO bearer FROM public.api_key AS k
        WHERE (k.token_hash = accord_authenticate.token_hash
                OR k.former_token_hash = accord_authenticate.token_hash
                AND k.former_ends_at > now())
            AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
        ORDER BY k.token_hash = accord_authenticate.token_hash DESC LIMIT 1;
        IF FOUND THEN
            PERFORM public.accord_enter(bearer.tenant_id);
            RETURN QUERY
            SELECT bearer.tenant_id, bearer.id, bearer.role, bearer.scopes,
                t.time_zone, t.sandbox, c.business_date, t.policy_epoch
            FROM public.tenant AS t
            LEFT JOIN public.sandbox_clock AS c ON c.tenant_id = t.tenant_id AND t.sandbox
            WHERE t.tenant_id = bearer.tenant_id;
        END IF;
    END $$
"""
#: As ever, but for where each feed ends, which only its tenant's server knows: whoever follows it
#: asks that, and may find that what is written is not to be read yet.
_DUE: Final = """
    CREATE OR REPLACE FUNCTION accord_webhooks_due(by timestamptz, most integer)
    RETURNS TABLE (tenant_id uuid, webhook_id uuid)
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT w.tenant_id, w.id FROM public.webhook AS w
        WHERE w.status = 'enabled' AND (
            EXISTS (
                SELECT 1 FROM public.webhook_delivery AS d
                WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.id
                    AND d.status IN ('pending', 'retrying') AND NOT d.waits
                    AND d.next_at <= by AND (d.leased_until IS NULL OR d.leased_until <= by))
            OR EXISTS (
                SELECT 1 FROM public.event AS e
                WHERE e.tenant_id = w.tenant_id
                    AND (e.epoch, e.tx, e.account_id, e.sequence)
                        > (w.epoch, w.tx, w.after_account, w.sequence))
            OR EXISTS (
                SELECT 1 FROM public.sweep_run AS s
                WHERE s.tenant_id = w.tenant_id AND s.finished_at > w.swept_at
                    AND s.status = 'done'))
        ORDER BY w.paced_at, w.id LIMIT most;
    END $$
"""
#: What one server knows of itself says nothing here: each slot takes itself up.
_OWN: Final = (
    """
    CREATE OR REPLACE FUNCTION accord_take_up() RETURNS integer
    LANGUAGE sql STABLE RETURN NULL::integer
    """,
    """
    CREATE OR REPLACE FUNCTION accord_pulse() RETURNS integer
    LANGUAGE sql STABLE RETURN NULL::integer
    """,
    """
    CREATE OR REPLACE FUNCTION accord_feed_epoch() RETURNS integer
    LANGUAGE sql STABLE RETURN 0
    """,
)


#: Asked before, since a row that asks by itself does not go straight to where it lies.
_LAST_TOLD: Final = """told := NULL;
            SELECT e.tx INTO told FROM event AS e
            WHERE e.tenant_id = tenant AND e.account_id = r.account_id AND e.epoch = slot
            ORDER BY e.sequence DESC LIMIT 1;"""


def _loop(part: Part) -> str:
    """One part, row by row: only such a statement goes straight to its rows there."""
    before = {"events": _LAST_TOLD}
    more = {"handles": "GET DIAGNOSTICS one = ROW_COUNT; claimed := claimed + one;"}
    return f"""
        FOR r IN SELECT * FROM jsonb_to_recordset({part.parameter}) AS r({part.record}) LOOP
            {before.get(part.parameter, "")}
            {_numbered(part)};
            {more.get(part.parameter, "")}
        END LOOP;"""


def _numbered(part: Part) -> str:
    """An event takes the number of the transaction here, and the slot's epoch.

    None before its account's last one's (`books/statement.py`), or the stream's (`stream.py`).
    """
    if part.parameter != "events":
        return part.of_row()
    into, values = part.of_row().split(") VALUES (")
    ours = "greatest(pg_current_xact_id(), told)"
    tx = f"CASE WHEN r.account_id = tenant THEN streamed ELSE {ours} END"
    return f"{into}, tx, epoch) VALUES ({values.removesuffix(')')}, {tx}, slot)"


def _write() -> str:
    parameters = ", ".join(f"{part.parameter} jsonb" for part in PARTS)
    return f"""
    CREATE OR REPLACE FUNCTION accord_write_books(tenant uuid, {parameters}) RETURNS bigint
    LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, public, pg_temp AS $$
    #variable_conflict use_column
    DECLARE
        r record;
        one bigint;
        claimed bigint := 0;
        slot integer;
        streamed xid8;
        told xid8;
    BEGIN
        IF jsonb_array_length(events) > 0 THEN
            slot := accord_slot_epoch(tenant);
        END IF;
        IF events->0->>'account_id' = tenant::text THEN
            UPDATE event_stream AS s SET epoch = slot,
                tx = greatest(pg_current_xact_id(), CASE WHEN s.epoch = slot THEN s.tx END)
                WHERE s.tenant_id = tenant RETURNING s.tx INTO streamed;
        END IF;
        {"".join(map(_loop, PARTS))}
        RETURN claimed;
    END $$
    """


#: What wrote books before there was a part more: by its name two could not be told apart.
_FORMER: Final = f"""
    DO $$
    DECLARE
        one regprocedure;
    BEGIN
        FOR one IN
            SELECT oid::regprocedure FROM pg_proc
            WHERE proname = 'accord_write_books' AND pronamespace = 'public'::regnamespace
                AND pronargs <> {len(PARTS) + 1}
        LOOP
            EXECUTE format('DROP FUNCTION %s', one);
        END LOOP;
    END $$
"""


FUNCTIONS: Final = (_HERE, _EPOCH, _PLACE, _AUTHENTICATE, _DUE, *_OWN, _FORMER, _write())
