"""What calls ask that go together is looked up by one call, and new things are written as new.

`accord_look_for_calls` does what `accord_look` does for any number of calls, of any tenants: it
answers a row for each, in their order. Who bears a token is asked once for all that follow each
other with it.

`accord_write_for_calls` does what `accord_write_calls` does. Where versions were seen, a reference
or a reply that is there already ends it by the table's own key (23505, `pk_handle` or
`pk_idempotency_key`), not by AC002: each place was looked for twice, and a row that might have met
another took two records of the journal. A reply past its time counts as there; it is replaced
behind the lock. What an account's events say of its last transaction is asked only where nothing
was seen.

What was called before stays for a release, for a service of the version before.

Revision ID: 0100
Revises: 0099
"""

from alembic import op

revision = "0100"
down_revision = "0099"
branch_labels = None
depends_on = None

LOOK = """
    CREATE FUNCTION accord_look_for_calls(
        token_hashes bytea[], given_keys text[], since timestamptz, given_accounts uuid[],
        given_kinds text[], given_references text[]
    ) RETURNS TABLE (
        tenant_id uuid, key_id uuid, role text, scopes text[],
        time_zone text, sandbox boolean, business_date date, policy_epoch bigint,
        fingerprint bytea, answered integer, headers jsonb, body bytea,
        taken boolean, seen xid,
        id uuid, reference text, currency char(3), product text,
        opened_on date, validation_ends_on date, policy_name text,
        debtor_id uuid, creditor_id uuid, creditor_reference text,
        created_at timestamptz, status text, fact_sequence integer,
        posting_sequence integer, event_sequence integer, event_hash bytea,
        latest_business_date date, replays integer, version bigint,
        next_review_on date, state text
    ) LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    DECLARE
        bearer accord_known_bearer;
        token bytea;
        last_token bytea;
        number integer := 0;
    BEGIN
        FOREACH token IN ARRAY token_hashes LOOP
            number := number + 1;
            IF token IS DISTINCT FROM last_token THEN
                bearer := accord_bearer(token);
                last_token := token;
            END IF;
            RETURN QUERY SELECT
                bearer.tenant_id, bearer.key_id, bearer.role, bearer.scopes, bearer.time_zone,
                bearer.sandbox, bearer.business_date, bearer.policy_epoch,
                k.fingerprint, k.status, k.headers, k.body,
                EXISTS (
                    SELECT FROM handle AS h
                    WHERE h.tenant_id = bearer.tenant_id AND h.kind = given_kinds[number]
                        AND h.key = given_references[number]),
                a.xmin, a.id, a.reference, a.currency, a.product, a.opened_on,
                a.validation_ends_on, a.policy_name, a.debtor_id, a.creditor_id,
                a.creditor_reference, a.created_at, a.status, a.fact_sequence,
                a.posting_sequence, a.event_sequence, a.event_hash, a.latest_business_date,
                a.replays, a.version, a.next_review_on, a.state::text
            FROM (SELECT) AS asked
            LEFT JOIN idempotency_key AS k
                ON k.tenant_id = bearer.tenant_id AND k.key = given_keys[number]
                    AND k.created_at > since
            LEFT JOIN account AS a
                ON a.tenant_id = bearer.tenant_id AND a.id = given_accounts[number];
        END LOOP;
    END $$
"""
WRITE = """
    CREATE FUNCTION accord_write_for_calls(
        tenant uuid, at timestamptz, accounts accord_written_account[], seen xid[],
        handles_of uuid[], handles accord_written_handle[],
        facts_of uuid[], facts accord_written_fact[],
        plan_changes_of uuid[], plan_changes accord_written_plan[],
        installments_of uuid[], installments accord_written_installment[],
        payments_of uuid[], payments accord_written_payment[],
        payment_changes_of uuid[], payment_changes accord_written_payment_change[],
        postings_of uuid[], postings accord_written_posting[],
        allocations_of uuid[], allocations accord_written_allocation[],
        events_of uuid[], events accord_written_event[],
        keys text[], asked bytea[], answered integer[], answer_headers jsonb[], answers bytea[],
        kept_for interval
    ) RETURNS integer LANGUAGE plpgsql VOLATILE SET plan_cache_mode = force_generic_plan AS $$
    #variable_conflict use_column
    DECLARE
        claimed integer := 0;
        number integer := 0;
        done integer;
        feed_epoch integer;
        written_by xid8;
        books accord_written_account;
        given_key text;
        one_plan accord_written_plan;
        one_payment accord_written_payment_change;
    BEGIN
        PERFORM set_config('accord.tenant_id', tenant::text, true);
        IF seen IS NOT NULL THEN
            FOREACH given_key IN ARRAY keys LOOP
                IF NOT pg_try_advisory_xact_lock(
                    hashtextextended('idempotency ' || tenant::text || ' ' || given_key, 0)
                ) THEN
                    RAISE EXCEPTION 'the key is in use' USING ERRCODE = 'AC002';
                END IF;
            END LOOP;
        END IF;
        FOREACH books IN ARRAY accounts LOOP
            number := number + 1;
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
            WHERE t.tenant_id = tenant AND t.id = books.id
                AND (seen IS NULL OR t.xmin = seen[number]);
            IF NOT FOUND THEN
                RAISE EXCEPTION 'the account was written meanwhile' USING ERRCODE = 'AC002';
            END IF;
        END LOOP;
        IF handles IS NOT NULL AND seen IS NOT NULL THEN
            INSERT INTO handle (
                tenant_id, account_id, kind, key, id, content_hash)
            SELECT
                tenant, r.account_id, r.kind, r.key, r.id, r.content_hash
            FROM unnest(handles_of, handles) AS r(account_id);
        ELSIF handles IS NOT NULL THEN
            INSERT INTO handle (
                tenant_id, account_id, kind, key, id, content_hash)
            SELECT
                tenant, r.account_id, r.kind, r.key, r.id, r.content_hash
            FROM unnest(handles_of, handles) AS r(account_id)
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
                tenant, r.account_id, r.id, r.sequence, r.kind, r.effective_on, r.business_date,
                r.actor, r.key_id, r.role, r.origin, r.body, at
            FROM unnest(facts_of, facts) AS r(account_id);
        END IF;
        IF plan_changes IS NOT NULL THEN
            number := 0;
            FOREACH one_plan IN ARRAY plan_changes LOOP
                number := number + 1;
                UPDATE plan AS t SET
                    status = one_plan.status, status_reason = one_plan.status_reason,
                    ended_on = one_plan.ended_on, completed_on = one_plan.completed_on,
                    total_minor = one_plan.total_minor, paid_minor = one_plan.paid_minor,
                    outstanding_minor = one_plan.outstanding_minor,
                    next_due_on = one_plan.next_due_on,
                    next_due_minor = one_plan.next_due_minor, revision = one_plan.revision,
                    standing = one_plan.standing
                WHERE t.tenant_id = tenant AND t.account_id = plan_changes_of[number]
                    AND t.id = one_plan.id;
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
                tenant, r.account_id, r.id, r.plan_id, r.kind, r.nominal_due_on, r.number,
                r.due_on, r.principal_minor, r.interest_minor, r.fees_minor,
                r.penalties_minor, r.costs_minor, r.paid_principal_minor,
                r.paid_interest_minor, r.paid_fees_minor, r.paid_penalties_minor,
                r.paid_costs_minor, r.paid_in_advance_minor, r.paid_late_minor,
                r.satisfied_on, r.missed_on, r.voided_on
            FROM unnest(installments_of, installments) AS r(account_id)
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
                tenant, r.account_id, r.id, r.reference, r.amount_minor, r.currency,
                r.effective_on, r.method, r.kind, r.funded_by, r.future, r.component,
                r.plan_id, r.content_hash, r.status, r.unapplied_minor, r.generation, at
            FROM unnest(payments_of, payments) AS r(account_id);
        END IF;
        IF payment_changes IS NOT NULL THEN
            number := 0;
            FOREACH one_payment IN ARRAY payment_changes LOOP
                number := number + 1;
                UPDATE payment AS t SET
                    status = one_payment.status,
                    unapplied_minor = one_payment.unapplied_minor,
                    generation = one_payment.generation
                WHERE t.tenant_id = tenant AND t.account_id = payment_changes_of[number]
                    AND t.id = one_payment.id;
            END LOOP;
        END IF;
        IF postings IS NOT NULL THEN
            INSERT INTO posting (
                tenant_id, account_id, id, sequence, fact_id, kind, effective_on,
                business_date, amount_minor, principal_minor, interest_minor, fees_minor,
                penalties_minor, costs_minor, unapplied_minor, balance_after_minor,
                payment_id, plan_id, reverses, reason, actor, posted_at)
            SELECT
                tenant, r.account_id, r.id, r.sequence, r.fact_id, r.kind, r.effective_on,
                r.business_date, r.amount_minor, r.principal_minor, r.interest_minor,
                r.fees_minor, r.penalties_minor, r.costs_minor, r.unapplied_minor,
                r.balance_after_minor, r.payment_id, r.plan_id, r.reverses, r.reason, r.actor,
                at
            FROM unnest(postings_of, postings) AS r(account_id);
        END IF;
        IF allocations IS NOT NULL THEN
            INSERT INTO allocation (
                tenant_id, account_id, payment_id, generation, line, component, plan_id,
                installment_id, cell, amount_minor, rule)
            SELECT
                tenant, r.account_id, r.payment_id, r.generation, r.line, r.component, r.plan_id,
                r.installment_id, r.cell, r.amount_minor, r.rule
            FROM unnest(allocations_of, allocations) AS r(account_id);
        END IF;
        IF events IS NOT NULL THEN
            feed_epoch := accord_feed_epoch();
            written_by := pg_current_xact_id();
            IF seen IS NULL THEN
                FOREACH books IN ARRAY accounts LOOP
                    written_by := greatest(written_by, (
                        SELECT CASE WHEN e.epoch = feed_epoch THEN e.tx END FROM event AS e
                        WHERE e.tenant_id = tenant AND e.account_id = books.id
                        ORDER BY e.sequence DESC LIMIT 1));
                END LOOP;
            END IF;
            INSERT INTO event (
                tenant_id, account_id, sequence, id, type, business_date, plan_id, payment_id,
                corrects, natural_key, previous_hash, hash, actor, role, origin, reason,
                balance_after_minor, unapplied_after_minor, data, occurred_at, epoch, tx)
            SELECT
                tenant, r.account_id, r.sequence, r.id, r.type, r.business_date, r.plan_id,
                r.payment_id, r.corrects, r.natural_key, r.previous_hash, r.hash, r.actor,
                r.role, r.origin, r.reason, r.balance_after_minor, r.unapplied_after_minor,
                r.data, at, feed_epoch,
                written_by
            FROM unnest(events_of, events) AS r(account_id);
        END IF;
        IF keys IS NOT NULL AND seen IS NOT NULL THEN
            INSERT INTO idempotency_key (
                tenant_id, key, fingerprint, status, headers, body, created_at)
            SELECT
                tenant, r.key, r.asked, r.answered, r.headers, r.body, at
            FROM unnest(keys, asked, answered, answer_headers, answers)
                AS r(key, asked, answered, headers, body);
        ELSIF keys IS NOT NULL THEN
            INSERT INTO idempotency_key AS k (
                tenant_id, key, fingerprint, status, headers, body, created_at)
            SELECT
                tenant, r.key, r.asked, r.answered, r.headers, r.body, at
            FROM unnest(keys, asked, answered, answer_headers, answers)
                AS r(key, asked, answered, headers, body)
            ON CONFLICT (tenant_id, key) DO UPDATE SET
                fingerprint = excluded.fingerprint, status = excluded.status,
                headers = excluded.headers, body = excluded.body,
                created_at = excluded.created_at
            WHERE excluded.created_at - k.created_at >= kept_for;
            GET DIAGNOSTICS done = ROW_COUNT;
            IF done <> cardinality(keys) THEN
                RETURN -1;
            END IF;
        END IF;
        RETURN claimed;
    END $$
"""


def upgrade() -> None:
    _run(
        LOOK,
        WRITE,
        "REVOKE ALL ON FUNCTION accord_look_for_calls, accord_write_for_calls FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION accord_look_for_calls, accord_write_for_calls TO accord_app",
    )


def downgrade() -> None:
    _run("DROP FUNCTION accord_look_for_calls, accord_write_for_calls")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
