"""A posting's books and the reply kept for its idempotency key are one call.

`accord_write_and_keep` writes an account's books as `accord_write_account` does and keeps the reply
where they were written. It answers how many references were claimed; -1 where a living reply was
kept under the key already, which nobody who holds the key finds.

Revision ID: 0073
Revises: 0072
"""

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

WRITE_AND_KEEP = """
    CREATE FUNCTION accord_write_and_keep(
        tenant uuid, at timestamptz, books accord_written_account,
        handles accord_written_handle[], facts accord_written_fact[],
        plan_changes accord_written_plan[], installments accord_written_installment[],
        payments accord_written_payment[], payment_changes accord_written_payment_change[],
        postings accord_written_posting[], allocations accord_written_allocation[],
        events accord_written_event[], given_key text, asked bytea, answered integer,
        answer_headers jsonb, answer bytea, kept_for interval
    ) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
    DECLARE
        claimed integer;
    BEGIN
        claimed := accord_write_account(
            tenant, at, books, handles, facts, plan_changes, installments, payments,
            payment_changes, postings, allocations, events);
        IF claimed <> coalesce(cardinality(handles), 0) THEN
            RETURN claimed;
        END IF;
        INSERT INTO idempotency_key AS k (
            tenant_id, key, fingerprint, status, headers, body, created_at)
        VALUES (tenant, given_key, asked, answered, answer_headers, answer, at)
        ON CONFLICT (tenant_id, key) DO UPDATE SET
            fingerprint = excluded.fingerprint, status = excluded.status,
            headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
        WHERE excluded.created_at - k.created_at >= kept_for;
        IF NOT FOUND THEN
            RETURN -1;
        END IF;
        RETURN claimed;
    END $$
"""


def upgrade() -> None:
    _run(
        WRITE_AND_KEEP,
        "REVOKE ALL ON FUNCTION accord_write_and_keep FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION accord_write_and_keep TO accord_app",
    )


def downgrade() -> None:
    _run("DROP FUNCTION accord_write_and_keep")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
