"""A posting is two calls, each a transaction of its own: one that looks and one that writes.

`accord_look` does what `accord_begin` does and locks nothing: it reads the account, with the mark
of the row's version that it read (`seen`). `accord_write_as_seen` writes the books and the reply as
`accord_write_and_keep` does, if the account's row is still that very version: it is locked by being
rewritten. Where it is not, where the key is in use or a reference was claimed meanwhile, nothing is
written (AC002), and the command is done again as ever, behind the lock. `accord_hold` is for a
command that finds out between the two that it needs a transaction: it locks what was looked at, if
that still stands as it was seen.

Revision ID: 0087
Revises: 0086
"""

from alembic import op

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None

LOOK = """
    CREATE FUNCTION accord_look(
        token_hash bytea, given_key text, since timestamptz, given_account uuid, given_kind text,
        given_reference text,
        OUT tenant_id uuid, OUT key_id uuid, OUT role text, OUT scopes text[],
        OUT time_zone text, OUT sandbox boolean, OUT business_date date, OUT policy_epoch bigint,
        OUT fingerprint bytea, OUT answered integer, OUT headers jsonb, OUT body bytea,
        OUT taken boolean, OUT seen xid,
        OUT id uuid, OUT reference text, OUT currency char(3), OUT product text,
        OUT opened_on date, OUT validation_ends_on date, OUT policy_name text,
        OUT debtor_id uuid, OUT creditor_id uuid, OUT creditor_reference text,
        OUT created_at timestamptz, OUT status text, OUT fact_sequence integer,
        OUT posting_sequence integer, OUT event_sequence integer, OUT event_hash bytea,
        OUT latest_business_date date, OUT replays integer, OUT version bigint,
        OUT next_review_on date, OUT state text)
    LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    DECLARE
        bearer accord_known_bearer;
    BEGIN
        bearer := accord_bearer(token_hash);
        IF bearer.tenant_id IS NULL THEN
            RETURN;
        END IF;
        tenant_id := bearer.tenant_id;
        key_id := bearer.key_id;
        role := bearer.role;
        scopes := bearer.scopes;
        time_zone := bearer.time_zone;
        sandbox := bearer.sandbox;
        business_date := bearer.business_date;
        policy_epoch := bearer.policy_epoch;
        SELECT
            k.fingerprint, k.status, k.headers, k.body,
            EXISTS (
                SELECT FROM handle AS h
                WHERE h.tenant_id = bearer.tenant_id AND h.kind = given_kind
                    AND h.key = given_reference),
            a.xmin, a.id, a.reference, a.currency, a.product, a.opened_on, a.validation_ends_on,
            a.policy_name, a.debtor_id, a.creditor_id, a.creditor_reference, a.created_at,
            a.status, a.fact_sequence, a.posting_sequence, a.event_sequence, a.event_hash,
            a.latest_business_date, a.replays, a.version, a.next_review_on, a.state::text
        INTO
            fingerprint, answered, headers, body,
            taken,
            seen, id, reference, currency, product, opened_on, validation_ends_on,
            policy_name, debtor_id, creditor_id, creditor_reference, created_at,
            status, fact_sequence, posting_sequence, event_sequence, event_hash,
            latest_business_date, replays, version, next_review_on, state
        FROM (SELECT) AS asked
        LEFT JOIN idempotency_key AS k
            ON k.tenant_id = bearer.tenant_id AND k.key = given_key AND k.created_at > since
        LEFT JOIN account AS a ON a.tenant_id = bearer.tenant_id AND a.id = given_account;
    END $$
"""
HOLD = """
    CREATE FUNCTION accord_hold(
        tenant uuid, given_key text, since timestamptz, given_account uuid, given_seen xid
    ) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
    BEGIN
        PERFORM set_config('accord.tenant_id', tenant::text, true);
        IF NOT pg_try_advisory_xact_lock(
            hashtextextended('idempotency ' || tenant::text || ' ' || given_key, 0)
        ) THEN
            RETURN false;
        END IF;
        PERFORM FROM idempotency_key AS k
        WHERE k.tenant_id = tenant AND k.key = given_key AND k.created_at > since;
        IF FOUND THEN
            RETURN false;
        END IF;
        IF given_account IS NULL THEN
            RETURN true;
        END IF;
        PERFORM FROM account AS a
        WHERE a.tenant_id = tenant AND a.id = given_account AND a.xmin = given_seen
        FOR NO KEY UPDATE;
        RETURN FOUND;
    END $$
"""
WRITE = """
    CREATE FUNCTION accord_write_as_seen(
        tenant uuid, at timestamptz, books accord_written_account,
        handles accord_written_handle[], facts accord_written_fact[],
        plan_changes accord_written_plan[], installments accord_written_installment[],
        payments accord_written_payment[], payment_changes accord_written_payment_change[],
        postings accord_written_posting[], allocations accord_written_allocation[],
        events accord_written_event[], given_key text, asked bytea, answered integer,
        answer_headers jsonb, answer bytea, kept_for interval, seen xid
    ) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
    #variable_conflict use_column
    DECLARE
        claimed integer := 0;
        feed_epoch integer;
        one_plan accord_written_plan;
        one_payment accord_written_payment_change;
    BEGIN
        PERFORM set_config('accord.tenant_id', tenant::text, true);
        IF NOT pg_try_advisory_xact_lock(
            hashtextextended('idempotency ' || tenant::text || ' ' || given_key, 0)
        ) THEN
            RAISE EXCEPTION 'the key is in use' USING ERRCODE = 'AC002';
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
        WHERE t.tenant_id = tenant AND t.id = books.id AND t.xmin = seen;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the account was written meanwhile' USING ERRCODE = 'AC002';
        END IF;
        IF handles IS NOT NULL THEN
            INSERT INTO handle (
                tenant_id, account_id, kind, key, id, content_hash)
            SELECT
                tenant, books.id, r.kind, r.key, r.id, r.content_hash
            FROM unnest(handles) AS r
            ON CONFLICT DO NOTHING;
            GET DIAGNOSTICS claimed = ROW_COUNT;
            IF claimed <> cardinality(handles) THEN
                RAISE EXCEPTION 'a reference was claimed meanwhile' USING ERRCODE = 'AC002';
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
        INSERT INTO idempotency_key AS k (
            tenant_id, key, fingerprint, status, headers, body, created_at)
        VALUES (tenant, given_key, asked, answered, answer_headers, answer, at)
        ON CONFLICT (tenant_id, key) DO UPDATE SET
            fingerprint = excluded.fingerprint, status = excluded.status,
            headers = excluded.headers, body = excluded.body, created_at = excluded.created_at
        WHERE excluded.created_at - k.created_at >= kept_for;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a reply was kept meanwhile' USING ERRCODE = 'AC002';
        END IF;
        RETURN claimed;
    END $$
"""


def upgrade() -> None:
    _run(
        LOOK,
        HOLD,
        WRITE,
        "REVOKE ALL ON FUNCTION accord_look, accord_hold, accord_write_as_seen FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION accord_look, accord_hold, accord_write_as_seen TO accord_app",
    )


def downgrade() -> None:
    _run("DROP FUNCTION accord_look, accord_hold, accord_write_as_seen")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
