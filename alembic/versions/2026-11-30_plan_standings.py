"""How a plan stands is found beside it, so that a payment leaves its row in its page, too.

`plan_standing` says it of each plan that stands in any way, and the index of `plan.standing` goes.
It is written with the plan, where that changed; so is an account's turn, by the function that
writes a posting, which no release called before.

A service of the version before writes no such row. What it left, the next sweep puts right as it
begins; until then a list by standing may be without such a plan.

Revision ID: 0107
Revises: 0106
"""

from alembic import op

revision = "0107"
down_revision = "0106"
branch_labels = None
depends_on = None

TABLE = """
    CREATE TABLE plan_standing (
        tenant_id uuid NOT NULL,
        account_id uuid NOT NULL,
        plan_id uuid NOT NULL,
        standing text,
        CONSTRAINT pk_plan_standing PRIMARY KEY (tenant_id, account_id, plan_id)
    ) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02,
        autovacuum_analyze_scale_factor = 0.02)
"""
FILL = """
    INSERT INTO plan_standing (tenant_id, account_id, plan_id, standing)
    SELECT tenant_id, account_id, id, standing FROM plan WHERE standing IS NOT NULL
"""
INDEX = """
    CREATE INDEX ix_plan_standing_tenant_id_standing_plan_id
        ON plan_standing (tenant_id, standing, plan_id) WHERE standing IS NOT NULL
"""
INDEX_BEFORE = "CREATE INDEX ix_plan_tenant_id_standing_id ON plan (tenant_id, standing, id)"
TYPES = (
    "CREATE TYPE accord_written_review AS (review_on date)",
    "CREATE TYPE accord_written_standing AS (plan_id uuid, standing text)",
)
_MORE = (
    ", reviews_of uuid[], reviews accord_written_review[],"
    " standings_of uuid[], standings accord_written_standing[]"
)
#: What the function says, before and since: its parameters, its names, and what it does last.
WORDS = (
    (
        ", keys text[]",
        f"{_MORE}, keys text[]",
    ),
    (
        "one_plan accord_written_plan;",
        "one_plan accord_written_plan;\n        one_standing accord_written_standing;",
    ),
    (
        "        IF keys IS NOT NULL AND seen IS NOT NULL THEN",
        """        IF reviews IS NOT NULL THEN
            INSERT INTO account_review (tenant_id, account_id, review_on)
            SELECT tenant, r.account_id, r.review_on
            FROM unnest(reviews_of, reviews) AS r(account_id)
            ON CONFLICT (tenant_id, account_id) DO UPDATE SET review_on = EXCLUDED.review_on
            WHERE account_review.review_on IS NULL
                OR account_review.review_on > EXCLUDED.review_on;
        END IF;
        IF standings IS NOT NULL THEN
            number := 0;
            FOREACH one_standing IN ARRAY standings LOOP
                number := number + 1;
                UPDATE plan_standing AS t SET standing = one_standing.standing
                WHERE t.tenant_id = tenant AND t.account_id = standings_of[number]
                    AND t.plan_id = one_standing.plan_id;
                IF NOT FOUND THEN
                    INSERT INTO plan_standing (tenant_id, account_id, plan_id, standing)
                    VALUES (tenant, standings_of[number], one_standing.plan_id,
                        one_standing.standing);
                END IF;
            END LOOP;
        END IF;
        IF keys IS NOT NULL AND seen IS NOT NULL THEN""",
    ),
)
REWRITE = """
    DO $do$
    DECLARE
        former regprocedure := 'accord_write_for_calls'::regproc::oid::regprocedure;
        said text := pg_get_functiondef(former);
        old text[] := ARRAY[{old}];
        new text[] := ARRAY[{new}];
    BEGIN
        FOR n IN 1..cardinality(old) LOOP
            IF strpos(said, old[n]) = 0 THEN
                RAISE EXCEPTION 'accord_write_for_calls does not say %', old[n];
            END IF;
            said := replace(said, old[n], new[n]);
        END LOOP;
        EXECUTE said;
        EXECUTE format('DROP FUNCTION %s', former);
    END $do$
"""
GRANTS = (
    "REVOKE ALL ON FUNCTION accord_write_for_calls FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION accord_write_for_calls TO accord_app",
)


def upgrade() -> None:
    _begin()
    op.execute(TABLE)
    op.execute("SELECT accord_guard('plan_standing', true, '{standing}')")
    for statement in (FILL, INDEX, "ANALYZE plan_standing"):
        op.execute(statement)
    op.execute("DROP INDEX ix_plan_tenant_id_standing_id")
    for statement in (*TYPES, _rewrite(WORDS), *GRANTS):
        op.execute(statement)


def downgrade() -> None:
    _begin()
    op.execute(_rewrite([(since, before) for before, since in WORDS]))
    for statement in GRANTS:
        op.execute(statement)
    op.execute("DROP TYPE accord_written_review, accord_written_standing")
    op.execute(INDEX_BEFORE)
    op.execute("DROP TABLE plan_standing")


def _begin() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    # Who writes waits until this is over.
    op.execute("LOCK TABLE account, plan IN SHARE ROW EXCLUSIVE MODE")
    op.execute("SET LOCAL statement_timeout = '1h'")  # it reads the whole table


def _rewrite(words: list[tuple[str, str]] | tuple[tuple[str, str], ...]) -> str:
    old, new = (", ".join(f"$w${said}$w$" for said in many) for many in zip(*words, strict=True))
    return REWRITE.format(old=old, new=new)
