"""What the application's role may see, write and change; the database itself says no."""

import os

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from app.storage.tables import METADATA
from tests.database import SPREAD, as_tenant
from tests.storage.rows import add_one_of_each

HIDDEN = {"api_key", "reporting_login"}  # asked for by functions alone
OF_OWNER = {"tenant", "api_key", "reporting_login"}  # made with the owner's URL
TABLES = [t for t in METADATA.sorted_tables if not t.name.startswith("feed_")]
APPEND_ONLY = (
    "fact", "posting", "allocation", "event", "handle", "revision", "policy", "letter",
    "suspense_end", "amendment_end", "webhook_attempt",
    "person_fact", "contact_fact", "contact_account", "team", "template",
    "contact_policy", "suppression_key", "evidence_file",
    "link_session", "link_attempt", "notice_day", "print_letter", "worklist", "rollup_day",
    "flow_day",
)  # fmt: skip
KEPT = {
    "erasure": "due_on done_at",
    "external_id": "external_id ended_at end_actor",
    "person_words": "ip user_agent words",
    "party": "note ended_on ended_at end_reason end_actor",
    "legal_hold": "released_on released_at release_reason release_actor",
    "suppression": "ended_at end_reason end_actor",
}
#: Replies past their time (`test_idempotency.py`), and what facts make again.
DELETED = {
    "idempotency_key",
    "early_report",
    "report_day",
    "rollup_day",
    "flow_day",
    "position_month",
    "cohort_point",
    "age_month",
}
VISIBLE = [t for t in TABLES if t.name not in HIDDEN]


@pytest.fixture
async def furnished(owner, tenant, key):
    """A tenant with a row in every table."""
    async with as_tenant(owner, tenant) as tx:
        await add_one_of_each(tx, tenant)
    return tenant


async def refused(database, tenant_id, statement, *, saying="permission denied"):
    with pytest.raises(DBAPIError) as told:
        async with as_tenant(database, tenant_id) as tx:
            await tx.execute(statement)
    assert told.value.orig.sqlstate == "42501"
    assert saying in str(told.value)


async def refuse_to_change(database, tenant_id, name, *, but=()):
    """No column of a table may be set to anything by the application.

    By which column rows are spread is not asked there: no engine lets anybody change that.
    """
    spread_by = {"tenant_id"} if SPREAD in os.environ else set()
    for column in set(METADATA.tables[name].columns.keys()) - spread_by - {*but}:
        changed = f"UPDATE {name} SET {column} = DEFAULT WHERE tenant_id = '{tenant_id}'"
        await refused(database, tenant_id, text(changed))


async def test_a_tenant_sees_its_rows_and_another_none(database, furnished, other, subtests):
    for row in VISIBLE:
        with subtests.test(str(row.name)):
            of_furnished = select(row).where(row.c.tenant_id == furnished)
            of_others = select(row).where(row.c.tenant_id != furnished)
            async with as_tenant(database, furnished) as tx:
                assert (await tx.execute(of_furnished)).first()
                assert not (await tx.execute(of_others)).first()
            async with as_tenant(database, other) as tx:
                assert not (await tx.execute(of_furnished)).first()


async def test_without_a_tenant_there_are_no_rows(database, furnished, subtests):
    for row in VISIBLE:
        with subtests.test(str(row.name)):
            async with database.transaction() as tx:
                assert not (await tx.execute(select(row))).first()
            async with as_tenant(database, furnished) as tx:
                await tx.execute(select(row))
            async with database.transaction() as tx:  # the connection has been somebody's before
                assert not (await tx.execute(select(row))).first()


async def test_nobody_writes_into_another_tenant(database, owner, furnished, other, subtests):
    for row in VISIBLE:
        with subtests.test(str(row.name)):
            of_furnished = select(row).where(row.c.tenant_id == furnished)
            async with as_tenant(owner, furnished) as tx:
                theirs = (await tx.execute(of_furnished)).mappings().first()
            made = {one.name for one in row.columns if one.computed is not None}
            forged = insert(row).values({k: v for k, v in theirs.items() if k not in made})
            owned = row.name in OF_OWNER
            saying = "permission denied" if owned else "violates row-level security"

            await refused(database, other, forged, saying=saying)


async def test_nothing_is_deleted_and_nothing_emptied(database, furnished, subtests):
    for row in TABLES:
        with subtests.test(str(row.name)):
            if row.name not in DELETED:
                await refused(database, furnished, text(f"DELETE FROM {row.name}"))
            await refused(database, furnished, text(f"TRUNCATE {row.name}"))


async def test_what_was_appended_is_never_updated(database, furnished, subtests):
    for name in APPEND_ONLY:
        with subtests.test(str(name)):
            await refuse_to_change(database, furnished, name)
            mine = f"SELECT 1 FROM {name} WHERE tenant_id = '{furnished}'"
            await refused(database, furnished, text(f"{mine} FOR NO KEY UPDATE"))


async def test_a_quote_never_changes_but_is_marked_as_ended(database, furnished):
    await refuse_to_change(database, furnished, "quote", but={"ended_on"})


COMPONENTS = "principal_minor interest_minor fees_minor penalties_minor costs_minor"
PAID = " ".join(f"paid_{name}" for name in COMPONENTS.split())
#: What the application may change of a row it has written: what is cached, and what is personal.
REWRITABLE = {
    "account": "opened_on product validation_ends_on debtor_id creditor_id "
    "creditor_reference status unapplied_minor "
    f"{COMPONENTS} active_plan_id bucket first_delinquency_on reported_since_on "
    "next_review_on judged_on state fact_sequence posting_sequence event_sequence "
    "event_hash latest_on latest_business_date replays version",
    "account_review": "review_on",
    "amendment": "decided",
    "annotation": "metadata ip user_agent",
    "assignment": "replaced",
    "debtor_link": "locale wrong_answers opened_at verified_at used_at locked_at revoked_at",
    "contact": "person_id point_id account_ids purpose started_at duration_seconds outcome "
    "links judged_by "
    "label right_party with_consent_id limited_content disposition language summary more "
    "outside corrections voided_on read_at read_actor says",
    "contact_decision": "ended_because end_reason ended_at contact_id",
    "contact_point": "value normalized label priority line_type shared employer_provided "
    "postal extension reference version last_inbound_on last_used_at",
    **KEPT,
    "message": "variables point_id channel purpose template_version locale status reason "
    "not_before_at attempts unheard next_at lease_id leased_until provider provider_idempotent "
    "provider_message_id content_hash decision_id contact_id sequence",
    "provider": "kind channel url headers secret_ref callback_secret_ref "
    "idempotent rate_per_second from_address return_path version changed_at actor key_id",
    "print_batch": "mailed_on mailed_at mailed_actor reference",
    "print_file": "pdf addresses manifest erased_at",
    "notice_follower": "epoch tx after_account sequence given_in",
    "message_fact": "body",
    "early_report": "body",
    "message_content": "sent_to subject text html stored_at erased_at",
    "day_spending": "sum_minor",
    "event_stream": "event_sequence event_hash epoch tx",
    "idempotency_key": "fingerprint status headers body created_at",
    "import_run": "status problem bytes_read line counts tries next_at lease_id started_at "
    "finished_at forget_at",
    "import_piece": "content",
    "import_reject": "reason cells",
    "installment": f"number due_on {COMPONENTS} {PAID} paid_in_advance_minor "
    "paid_late_minor satisfied_on missed_on voided_on",
    "payment": "status unapplied_minor generation",
    "person": "name email phone time_zone region language erased_at deceased_on "
    "accessibility vulnerable_since_on vulnerable_note fact_sequence version merged_into "
    "unreachable_on",
    "plan": "status status_reason ended_on completed_on total_minor paid_minor "
    "outstanding_minor next_due_on next_due_minor revision standing",
    "plan_standing": "standing",
    "quote": "ended_on",
    "report_run": "status progress_bps noted_at finished_at hash told content problem",
    "sandbox_clock": "business_date",
    "settlement": "status status_reason plan_id accepted_on satisfied_on voided_on "
    "closed_on paid_minor forgiven_minor",
    "suspense": "metadata",
    "target": "replaced",
    "report_schedule": "name report parameters period at every on_days business_days calendar "
    "form recipients max_wait_hours attach active due_on due_at version changed_at deleted_at",
    "report_delivery": "status problem tries next_at finished_at",
    "dry_run": "columns formats counts shown found status outcome version committed_at forget_at "
    "mode pages_stored tries next_at lease_id problem asked_id asked_at asked_actor asked_role "
    "asked_key_id asked_origin asked_because asks compared decision decided_at decided_actor "
    "decided_role decided_key_id decided_because expires_at",
    "dry_run_page": "cells verdicts",
    "import_mapping": "kind columns formats version changed_at actor role key_id",
    "sweep_run": "status examined changed counts finished_at noted_at",
    "webhook": "url types description ordering rate_per_second headers contact_email "
    "status disabled_because disabled_at secret former_secret former_ends_at epoch tx "
    "after_account sequence given_in skip_epoch skip_tx swept_at failing_since_at warned "
    "paced_at version actor key_id",
    "webhook_delivery": "status waits tries attempts next_at lease_id leased_until "
    "finished_at replay_id",
    "webhook_notice": "status tries error next_at lease_id leased_until",
    "tenant": "policy_epoch work_kept_to",
    "account_work": "reference promise_broken_on first_payment_default_on plan_broken_on "
    "installment_missed_on settlement_expires_on plan_ends_on quiet_since_on overdue_minor "
    "unread_since_on last_communication_on asks placed_on batch promises_open "
    "promised_minor",
    "report_day": "causes_since_on points_kept points_through",
    "age_month": "members accounts principal_minor interest_minor fees_minor penalties_minor "
    "costs_minor unapplied_minor overdue_minor plans_minor promises_open promised_minor "
    "not_due_minor due_1_minor due_30_minor due_60_minor due_90_minor due_120_minor "
    "due_150_minor due_180_minor",
    "cohort_point": "accounts accounts_of_kind members base_minor missed broken completed "
    "paid_minor gross_minor returned_minor beside_minor written_down_minor ledger_base_minor "
    "ledger_paid_minor ledger_gross_minor ledger_returned_minor ledger_beside_minor "
    "ledger_written_down_minor",
    "position_month": "ended_by",
    "validation": "initial_contact_id initial_at initial_on notice_contact_id sent_on received_on "
    "ends_on dispute_contact_id disputed_on original_creditor_contact_id "
    "original_creditor_requested_on ended_on",
    "work_item": "claimed_by claimed_until_at skipped_until_at callback_at "
    "callback_time_zone assigned_to attempts gate_until_at",
    "work_fact": "note",
    "stray_fact": "note",
    "dialer_list": "closed_at",
    "dialer_row": "contact_id released_at",
    "escalation": "status reason note assigned_to closed_on outcome party_id evidence_file_id "
    "court case_number filed_on",
    "escalation_fact": "note",
}

#: And where tables are spread, of the feed's own rows those of its tenant.
OF_SLOTS = {
    "feed_epoch": "slot epoch system_identifier database_oid table_oid server_started_at horizon",
    "feed_end": "slot epoch horizon ended_at",
}


async def test_only_cached_and_personal_columns_may_be_rewritten(owner):
    query = """
        SELECT table_name, string_agg(column_name, ' ' ORDER BY column_name)
        FROM information_schema.column_privileges
        WHERE grantee = 'accord_app' AND privilege_type = 'UPDATE' GROUP BY 1"""
    async with owner.transaction() as tx:
        if SPREAD in os.environ:  # shards are no tables of ours
            await tx.execute(text("SET LOCAL citus.override_table_visibility = on"))
        rewritable = dict((await tx.execute(text(query))).all())

    wanted = REWRITABLE | (OF_SLOTS if SPREAD in os.environ else {})
    assert {name: set(found.split()) for name, found in rewritable.items()} == {
        name: set(columns.split()) for name, columns in wanted.items()
    }


async def test_the_application_is_nobody_special_and_owns_nothing(owner):
    role = "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
    owned = "SELECT count(*) FROM pg_class WHERE relowner = 'accord_app'::regrole"
    forced = """
        SELECT relname FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND NOT relrowsecurity"""
    async with owner.transaction() as tx:
        rights = (await tx.execute(text(role + "WHERE rolname = 'accord_app'"))).one()
        assert not any(rights)
        assert (await tx.execute(text(owned))).scalar_one() == 0
        unguarded = {"alembic_version"} | (set() if SPREAD in os.environ else set(OF_SLOTS))
        assert set((await tx.execute(text(forced))).scalars()) == unguarded


ONE_FEED = pytest.mark.one_server("each tenant has its own row of these, and sees no other's")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM api_key",
        "SELECT * FROM reporting_login",
        "SELECT accord_reported_tenant()",
        "SELECT accord_report('fact', '{body}')",
        pytest.param("SELECT * FROM feed_epoch", marks=ONE_FEED),
        pytest.param("SELECT * FROM feed_end", marks=ONE_FEED),
        "SELECT accord_begin_epoch(true)",
        "SELECT accord_guard('fact', true, '{body}')",
        "CREATE TABLE mine (id int)",
    ],
)
async def test_what_is_not_for_the_application(database, tenant, statement):
    await refused(database, tenant, text(statement))


async def test_the_ledger_adds_up_or_is_not_written(owner, furnished):
    wrong = text("""
        INSERT INTO posting SELECT tenant_id, account_id, gen_random_uuid(), 2, fact_id, kind,
            effective_on, business_date, posted_at, amount_minor + 1, principal_minor,
            interest_minor, fees_minor, penalties_minor, costs_minor, unapplied_minor, 0
        FROM posting WHERE tenant_id = :tenant_id""")
    with pytest.raises(DBAPIError, match="ck_posting_sums"):
        async with owner.transaction() as tx:
            await tx.execute(wrong, {"tenant_id": furnished})
