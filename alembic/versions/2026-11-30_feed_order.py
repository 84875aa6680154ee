"""An account's events are in the feed in the order of their numbers.

The feed goes by transactions, and whoever waits for an account may have begun, or locked others,
before who holds it: such an event came before the one it follows. So an event says no earlier
transaction than its account's last one does. `accord_write_account` asks for that; what is written
as it was seen has begun after all it saw.

Revision ID: 0095
Revises: 0094
"""

from alembic import op

revision = "0095"
down_revision = "0094"
branch_labels = None
depends_on = None

INTO, VALUES = ", data, occurred_at, epoch", "r.data, at, feed_epoch"
TX = """greatest(pg_current_xact_id(), (
                    SELECT CASE WHEN e.epoch = feed_epoch THEN e.tx END FROM event AS e
                    WHERE e.tenant_id = tenant AND e.account_id = books.id
                    ORDER BY e.sequence DESC LIMIT 1))"""
ORDERED_INTO, ORDERED_VALUES = f"{INTO}, tx", f"{VALUES}, {TX}"
#: The function as it was made, but for these words of it.
REWRITE = """
    DO $do$
    DECLARE
        said text := pg_get_functiondef('accord_write_account'::regproc);
        old text[] := ARRAY[$w${0})$w$, $w${1}
$w$];
        new text[] := ARRAY[$w${2})$w$, $w${3}
$w$];
    BEGIN
        FOR n IN 1..2 LOOP
            IF strpos(said, old[n]) = 0 THEN
                RAISE EXCEPTION 'accord_write_account does not say %', old[n];
            END IF;
            said := replace(said, old[n], new[n]);
        END LOOP;
        EXECUTE said;
    END $do$
"""


def upgrade() -> None:
    _run(REWRITE.format(INTO, VALUES, ORDERED_INTO, ORDERED_VALUES))


def downgrade() -> None:
    _run(REWRITE.format(ORDERED_INTO, ORDERED_VALUES, INTO, VALUES))


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
