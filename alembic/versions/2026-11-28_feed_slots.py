"""Slots: each part of the feed that one server numbers has its own epoch, and tells its own end.

Transactions are numbered by each server for itself. On one server there is one slot, nobody's, and
nothing changes. Where tenants are spread over many, each tenant is a slot, whose row lies with the
tenant's events on the same server (`accord distribute`).

`accord_feed_place` says in one answer what a reader needs: the epoch now, what a place given in an
earlier one is held against, and where the feed ends.

Revision ID: 0025
Revises: 0024
"""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NOBODY = "'00000000-0000-0000-0000-000000000000'"
#: PostgreSQL 18 names what a column must not be, after the column.
RENAME = """
    DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'feed_epoch_{was}_not_null') THEN
            ALTER TABLE feed_epoch
                RENAME CONSTRAINT feed_epoch_{was}_not_null TO feed_epoch_{now}_not_null;
        END IF;
    END $$
"""

UP = (
    "ALTER TABLE feed_epoch DROP CONSTRAINT ck_feed_epoch_one_row",
    f"ALTER TABLE feed_epoch ALTER COLUMN id TYPE uuid USING {NOBODY}",
    f"ALTER TABLE feed_epoch ALTER COLUMN id SET DEFAULT {NOBODY}",
    "ALTER TABLE feed_epoch RENAME COLUMN id TO slot",
    RENAME.format(was="id", now="slot"),
    f"""
    ALTER TABLE feed_end
        ADD COLUMN slot uuid DEFAULT {NOBODY} NOT NULL,
        DROP CONSTRAINT pk_feed_end,
        ADD CONSTRAINT pk_feed_end PRIMARY KEY (slot, epoch)
    """,
    "DROP FUNCTION accord_feed_end",
    # As JSON, a transaction's number as text: one value travels from server to server whole.
    """
    CREATE FUNCTION accord_feed_place(tenant uuid, given integer) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    BEGIN
        RETURN (
            SELECT jsonb_build_object(
                'current_epoch', f.epoch, 'epoch', e.epoch, 'horizon', e.horizon::text,
                'end_epoch', f.epoch,
                'end_tx', pg_snapshot_xmin(pg_current_snapshot())::text)
            FROM public.feed_epoch AS f
            LEFT JOIN (
                SELECT * FROM public.feed_end WHERE epoch <= given ORDER BY epoch DESC LIMIT 1
            ) AS e ON true);
    END $$
    """,
    "REVOKE ALL ON FUNCTION accord_feed_place FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_feed_place TO accord_app",
)

DOWN = (
    "DROP FUNCTION accord_feed_place",
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
    "REVOKE ALL ON FUNCTION accord_feed_end FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_feed_end TO accord_app",
    f"DELETE FROM feed_epoch WHERE slot <> {NOBODY}",  # noqa: S608 - a constant
    f"DELETE FROM feed_end WHERE slot <> {NOBODY}",  # noqa: S608 - a constant
    "ALTER TABLE feed_epoch RENAME COLUMN slot TO id",
    RENAME.format(was="slot", now="id"),
    "ALTER TABLE feed_epoch ALTER COLUMN id DROP DEFAULT",
    "ALTER TABLE feed_epoch ALTER COLUMN id TYPE integer USING 1",
    "ALTER TABLE feed_epoch ADD CONSTRAINT ck_feed_epoch_one_row CHECK (id = 1)",
    "ALTER TABLE feed_end DROP COLUMN slot, ADD CONSTRAINT pk_feed_end PRIMARY KEY (epoch)",
)


def upgrade() -> None:
    _run(*UP)


def downgrade() -> None:
    _run(*DOWN)


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
