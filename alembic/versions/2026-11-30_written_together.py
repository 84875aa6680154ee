"""Calls that go together write their books by one call: each table's rows are one list for all.

`accord_write_calls` does what `accord_write_account`, `accord_write_and_keep` and
`accord_write_as_seen` did in three texts, for any number of accounts of a tenant. Beside the rows
of a part come their accounts, in the same order. Accounts are changed first, in the order given,
and so locked in it. Where versions are given (`seen`), each must still be the one that its
account's row has, or nothing is written (AC002), as where a key is in use, a reference claimed or a
reply kept meanwhile. Where none are, the accounts are locked already, and it answers what was
found: how many references were claimed, or -1 where a living reply was kept. Their events say no
earlier transaction than their account's last one, as with `accord_write_account`; what is written
as it was seen has begun after all it saw.

Its steps are planned once a connection: a plan for the list at hand seems cheaper each time, since
a list of one is shorter than one of any length, and making it took a third of a call.

What was called before stays for a release, for a service of the version before.

Revision ID: 0096
Revises: 0095
"""

from alembic import op

revision = "0096"
down_revision = "0095"
branch_labels = None
depends_on = None

WRITE = """
    CREATE FUNCTION accord_write_calls(
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
        IF handles IS NOT NULL THEN
            INSERT INTO handle (
                tenant_id, account_id, kind, key, id, content_hash)
            SELECT
                tenant, r.account_id, r.kind, r.key, r.id, r.content_hash
            FROM unnest(handles_of, handles) AS r(account_id)
            ON CONFLICT DO NOTHING;
            GET DIAGNOSTICS claimed = ROW_COUNT;
            IF claimed <> cardinality(handles) THEN
                IF seen IS NULL THEN
                    RETURN claimed;
                END IF;
                RAISE EXCEPTION 'a reference was claimed meanwhile' USING ERRCODE = 'AC002';
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
            INSERT INTO event (
                tenant_id, account_id, sequence, id, type, business_date, plan_id, payment_id,
                corrects, natural_key, previous_hash, hash, actor, role, origin, reason,
                balance_after_minor, unapplied_after_minor, data, occurred_at, epoch, tx)
            SELECT
                tenant, r.account_id, r.sequence, r.id, r.type, r.business_date, r.plan_id,
                r.payment_id, r.corrects, r.natural_key, r.previous_hash, r.hash, r.actor,
                r.role, r.origin, r.reason, r.balance_after_minor, r.unapplied_after_minor,
                r.data, at, feed_epoch,
                CASE WHEN seen IS NULL THEN
                    greatest(pg_current_xact_id(), (
                        SELECT CASE WHEN e.epoch = feed_epoch THEN e.tx END FROM event AS e
                        WHERE e.tenant_id = tenant AND e.account_id = r.account_id
                        ORDER BY e.sequence DESC LIMIT 1))
                ELSE pg_current_xact_id() END
            FROM unnest(events_of, events) AS r(account_id);
        END IF;
        IF keys IS NOT NULL THEN
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
                IF seen IS NULL THEN
                    RETURN -1;
                END IF;
                RAISE EXCEPTION 'a reply was kept meanwhile' USING ERRCODE = 'AC002';
            END IF;
        END IF;
        RETURN claimed;
    END $$
"""


def upgrade() -> None:
    _run(
        WRITE,
        "REVOKE ALL ON FUNCTION accord_write_calls FROM PUBLIC",
        "GRANT EXECUTE ON FUNCTION accord_write_calls TO accord_app",
    )


def downgrade() -> None:
    _run("DROP FUNCTION accord_write_calls")


def _run(*statements: str) -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute("SET LOCAL statement_timeout = '5s'")
    for statement in statements:
        op.execute(statement)
