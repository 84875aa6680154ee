"""One account's books are written by a function: typed rows, and only the parts that have any.

Changed rows are looked up one by one: joined to the rows given, they would be planned anew every
time, which took longer than the change.

The statement for many takes its rows as JSON, one document a table, and goes through fourteen
tables whatever there is to write. A posting has rows for nine, one or two each. Their columns
come as values of types made for it, so nothing is parsed, and each step's plan is kept.

The function is the caller's own (row-level security holds within), names the tenant in every
statement and asks no clock: the instant is given. So a server of many nodes may run it where the
tenant is. A later change makes another function of another name; this one goes a release later,
so that a service of the version before goes on writing meanwhile.

Revision ID: 0029
Revises: 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

#: What a row brings; the tenant and the account are given once. A document comes last.
TYPES = (
    """
    CREATE TYPE accord_written_account AS (
        id uuid, status text, principal_minor bigint, interest_minor bigint,
        fees_minor bigint, penalties_minor bigint, costs_minor bigint, unapplied_minor bigint,
        active_plan_id uuid, bucket text, first_delinquency_on date, reported_since_on date,
        next_review_on date, judged_on date, fact_sequence integer, posting_sequence integer,
        event_sequence integer, event_hash bytea, latest_on date, latest_business_date date,
        replays integer, state jsonb)
    """,
    """
    CREATE TYPE accord_written_handle AS (
        kind text, key text, id uuid, content_hash bytea)
    """,
    """
    CREATE TYPE accord_written_fact AS (
        id uuid, sequence integer, kind text, effective_on date, business_date date,
        actor text, key_id uuid, role text, origin text, body jsonb)
    """,
    """
    CREATE TYPE accord_written_plan AS (
        id uuid, status text, status_reason text, ended_on date, completed_on date,
        total_minor bigint, paid_minor bigint, outstanding_minor bigint, next_due_on date,
        next_due_minor bigint, revision integer, standing text)
    """,
    """
    CREATE TYPE accord_written_installment AS (
        id uuid, plan_id uuid, kind text, nominal_due_on date, number integer, due_on date,
        principal_minor bigint, interest_minor bigint, fees_minor bigint,
        penalties_minor bigint, costs_minor bigint, paid_principal_minor bigint,
        paid_interest_minor bigint, paid_fees_minor bigint, paid_penalties_minor bigint,
        paid_costs_minor bigint, paid_in_advance_minor bigint, paid_late_minor bigint,
        satisfied_on date, missed_on date, voided_on date)
    """,
    """
    CREATE TYPE accord_written_payment AS (
        id uuid, reference text, amount_minor bigint, currency char(3), effective_on date,
        method text, kind text, funded_by text, future text, component text, plan_id uuid,
        content_hash bytea, status text, unapplied_minor bigint, generation integer)
    """,
    """
    CREATE TYPE accord_written_payment_change AS (
        id uuid, status text, unapplied_minor bigint, generation integer)
    """,
    """
    CREATE TYPE accord_written_posting AS (
        id uuid, sequence integer, fact_id uuid, kind text, effective_on date,
        business_date date, amount_minor bigint, principal_minor bigint,
        interest_minor bigint, fees_minor bigint, penalties_minor bigint, costs_minor bigint,
        unapplied_minor bigint, balance_after_minor bigint, payment_id uuid, plan_id uuid,
        reverses uuid, reason text, actor text)
    """,
    """
    CREATE TYPE accord_written_allocation AS (
        payment_id uuid, generation integer, line integer, component text, plan_id uuid,
        installment_id uuid, cell text, amount_minor bigint, rule text)
    """,
    """
    CREATE TYPE accord_written_event AS (
        sequence integer, id uuid, type text, business_date date, plan_id uuid,
        payment_id uuid, corrects uuid, natural_key text, previous_hash bytea, hash bytea,
        actor text, role text, origin text, reason text, balance_after_minor bigint,
        unapplied_after_minor bigint, data jsonb)
    """,
)
WRITE = """
    CREATE FUNCTION accord_write_account(
        tenant uuid, at timestamptz, books accord_written_account,
        handles accord_written_handle[], facts accord_written_fact[],
        plan_changes accord_written_plan[], installments accord_written_installment[],
        payments accord_written_payment[], payment_changes accord_written_payment_change[],
        postings accord_written_posting[], allocations accord_written_allocation[],
        events accord_written_event[]
    ) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    DECLARE
        claimed integer := 0;
        feed_epoch integer;
        one_plan accord_written_plan;
        one_payment accord_written_payment_change;
    BEGIN
        IF handles IS NOT NULL THEN
            INSERT INTO handle (
                tenant_id, account_id, kind, key, id, content_hash)
            SELECT
                tenant, books.id, r.kind, r.key, r.id, r.content_hash
            FROM unnest(handles) AS r
            ON CONFLICT DO NOTHING;
            GET DIAGNOSTICS claimed = ROW_COUNT;
            IF claimed <> cardinality(handles) THEN
                RETURN claimed;
            END IF;
        END IF;
        IF facts IS NOT NULL THEN
            INSERT INTO fact (
                tenant_id, account_id, id, sequence, kind, effective_on, business_date, actor,
                key_id, role, origin, body, entered_at)
            SELECT
                tenant, books.id, r.id, r.sequence, r.kind, r.effective_on, r.business_date,
                r.actor, r.key_id, r.role, r.origin, r.body, at
            FROM unnest(facts) AS r;
        END IF;
        IF plan_changes IS NOT NULL THEN
            FOREACH one_plan IN ARRAY plan_changes LOOP
                UPDATE plan AS t SET
                    status = one_plan.status, status_reason = one_plan.status_reason,
                    ended_on = one_plan.ended_on, completed_on = one_plan.completed_on,
                    total_minor = one_plan.total_minor, paid_minor = one_plan.paid_minor,
                    outstanding_minor = one_plan.outstanding_minor,
                    next_due_on = one_plan.next_due_on,
                    next_due_minor = one_plan.next_due_minor, revision = one_plan.revision,
                    standing = one_plan.standing
                WHERE t.tenant_id = tenant AND t.account_id = books.id AND t.id = one_plan.id;
            END LOOP;
        END IF;
        IF installments IS NOT NULL THEN
            INSERT INTO installment (
                tenant_id, account_id, id, plan_id, kind, nominal_due_on, number, due_on,
                principal_minor, interest_minor, fees_minor, penalties_minor, costs_minor,
                paid_principal_minor, paid_interest_minor, paid_fees_minor,
                paid_penalties_minor, paid_costs_minor, paid_in_advance_minor,
                paid_late_minor, satisfied_on, missed_on, voided_on)
            SELECT
                tenant, books.id, r.id, r.plan_id, r.kind, r.nominal_due_on, r.number,
                r.due_on, r.principal_minor, r.interest_minor, r.fees_minor,
                r.penalties_minor, r.costs_minor, r.paid_principal_minor,
                r.paid_interest_minor, r.paid_fees_minor, r.paid_penalties_minor,
                r.paid_costs_minor, r.paid_in_advance_minor, r.paid_late_minor,
                r.satisfied_on, r.missed_on, r.voided_on
            FROM unnest(installments) AS r
            ON CONFLICT (tenant_id, account_id, id) DO UPDATE SET
                number = EXCLUDED.number, due_on = EXCLUDED.due_on,
                principal_minor = EXCLUDED.principal_minor,
                interest_minor = EXCLUDED.interest_minor, fees_minor = EXCLUDED.fees_minor,
                penalties_minor = EXCLUDED.penalties_minor,
                costs_minor = EXCLUDED.costs_minor,
                paid_principal_minor = EXCLUDED.paid_principal_minor,
                paid_interest_minor = EXCLUDED.paid_interest_minor,
                paid_fees_minor = EXCLUDED.paid_fees_minor,
                paid_penalties_minor = EXCLUDED.paid_penalties_minor,
                paid_costs_minor = EXCLUDED.paid_costs_minor,
                paid_in_advance_minor = EXCLUDED.paid_in_advance_minor,
                paid_late_minor = EXCLUDED.paid_late_minor,
                satisfied_on = EXCLUDED.satisfied_on, missed_on = EXCLUDED.missed_on,
                voided_on = EXCLUDED.voided_on;
        END IF;
        IF payments IS NOT NULL THEN
            INSERT INTO payment (
                tenant_id, account_id, id, reference, amount_minor, currency, effective_on,
                method, kind, funded_by, future, component, plan_id, content_hash, status,
                unapplied_minor, generation, created_at)
            SELECT
                tenant, books.id, r.id, r.reference, r.amount_minor, r.currency,
                r.effective_on, r.method, r.kind, r.funded_by, r.future, r.component,
                r.plan_id, r.content_hash, r.status, r.unapplied_minor, r.generation, at
            FROM unnest(payments) AS r;
        END IF;
        IF payment_changes IS NOT NULL THEN
            FOREACH one_payment IN ARRAY payment_changes LOOP
                UPDATE payment AS t SET
                    status = one_payment.status,
                    unapplied_minor = one_payment.unapplied_minor,
                    generation = one_payment.generation
                WHERE t.tenant_id = tenant AND t.account_id = books.id AND t.id = one_payment.id;
            END LOOP;
        END IF;
        IF postings IS NOT NULL THEN
            INSERT INTO posting (
                tenant_id, account_id, id, sequence, fact_id, kind, effective_on,
                business_date, amount_minor, principal_minor, interest_minor, fees_minor,
                penalties_minor, costs_minor, unapplied_minor, balance_after_minor,
                payment_id, plan_id, reverses, reason, actor, posted_at)
            SELECT
                tenant, books.id, r.id, r.sequence, r.fact_id, r.kind, r.effective_on,
                r.business_date, r.amount_minor, r.principal_minor, r.interest_minor,
                r.fees_minor, r.penalties_minor, r.costs_minor, r.unapplied_minor,
                r.balance_after_minor, r.payment_id, r.plan_id, r.reverses, r.reason, r.actor,
                at
            FROM unnest(postings) AS r;
        END IF;
        IF allocations IS NOT NULL THEN
            INSERT INTO allocation (
                tenant_id, account_id, payment_id, generation, line, component, plan_id,
                installment_id, cell, amount_minor, rule)
            SELECT
                tenant, books.id, r.payment_id, r.generation, r.line, r.component, r.plan_id,
                r.installment_id, r.cell, r.amount_minor, r.rule
            FROM unnest(allocations) AS r;
        END IF;
        IF events IS NOT NULL THEN
            feed_epoch := accord_feed_epoch();
            INSERT INTO event (
                tenant_id, account_id, sequence, id, type, business_date, plan_id, payment_id,
                corrects, natural_key, previous_hash, hash, actor, role, origin, reason,
                balance_after_minor, unapplied_after_minor, data, occurred_at, epoch)
            SELECT
                tenant, books.id, r.sequence, r.id, r.type, r.business_date, r.plan_id,
                r.payment_id, r.corrects, r.natural_key, r.previous_hash, r.hash, r.actor,
                r.role, r.origin, r.reason, r.balance_after_minor, r.unapplied_after_minor,
                r.data, at, feed_epoch
            FROM unnest(events) AS r;
        END IF;
        UPDATE account AS t SET
                status = books.status, principal_minor = books.principal_minor,
                interest_minor = books.interest_minor, fees_minor = books.fees_minor,
                penalties_minor = books.penalties_minor, costs_minor = books.costs_minor,
                unapplied_minor = books.unapplied_minor,
                active_plan_id = books.active_plan_id, bucket = books.bucket,
                first_delinquency_on = books.first_delinquency_on,
                reported_since_on = books.reported_since_on,
                next_review_on = books.next_review_on, judged_on = books.judged_on,
                state = books.state, fact_sequence = books.fact_sequence,
                posting_sequence = books.posting_sequence,
                event_sequence = books.event_sequence, event_hash = books.event_hash,
                latest_on = books.latest_on,
                latest_business_date = books.latest_business_date, replays = books.replays,
                version = t.version + 1
        WHERE t.tenant_id = tenant AND t.id = books.id;
        RETURN claimed;
    END $$
"""
NAMES = (
    "accord_written_account",
    "accord_written_handle",
    "accord_written_fact",
    "accord_written_plan",
    "accord_written_installment",
    "accord_written_payment",
    "accord_written_payment_change",
    "accord_written_posting",
    "accord_written_allocation",
    "accord_written_event",
)


def upgrade() -> None:
    _run(
        *TYPES,
        WRITE,
        "REVOKE ALL ON FUNCTION accord_write_account FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION accord_write_account TO accord_app",
    )


def downgrade() -> None:
    _run("DROP FUNCTION accord_write_account", *(f"DROP TYPE {name}" for name in NAMES))


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
