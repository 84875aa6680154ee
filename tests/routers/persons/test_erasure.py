"""Forgetting a person: nothing of them is left in any table or kept reply, and every sum stands."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from app.services.imports import work
from app.services.keeping.erase import erase_due
from app.storage.books import stream
from app.storage.tables import METADATA
from tests.clock import real_now
from tests.database import as_tenant
from tests.routers.messages.conftest import NUDGE
from tests.routers.offers import asked
from tests.routers.persons.test_persons import CONSENT, DEBTOR, point

HOME = {
    "kind": "postal", "value": "12 Elm Street, Chicago",
    "postal": {"lines": ["12 Elm Street"], "city": "Chicago", "country": "US"},
}  # fmt: skip
#: What tells who somebody is, as it lies in rows.
TELLING = ("Jane", "jane@", "3125550100", "555-0100", "Elm Street", "gray cat")
OWN_LETTER = {
    "channel": "letter", "purpose": "collection", "asks_for_money": True,
    "locales": {"en-US": {
        "subject": "An offer", "text": "For {{ person.name }}: pay {{ settlement.amount }}.\n\n"
        "{{ disclosures.collector_identity }} {{ disclosures.time_barred }}",
    }},
}  # fmt: skip
WHY = {"reason": "asked in writing"}


@pytest.fixture
def kept(owner, database, tenant):
    """The database, as its owner and as the application, and whose rows are looked at."""
    return owner, database, tenant


@pytest.fixture
async def boss(desk, staff):
    await desk.at("2026-01-10")
    return await staff("supervisor", "boss")


@pytest.fixture
async def account(boss):
    """An account whose debtor was called, wrote, and is noted everywhere somebody can be."""
    body = {
        "reference": "A-77", "currency": "USD", "balance": {"principal_minor": 300_00},
        "debtor": DEBTOR, "metadata": {"card": "Jane D."},
    }  # fmt: skip
    keyed = {"Idempotency-Key": "place-77"}
    made = (await boss.client.post("/v1/accounts", json=body, headers=keyed)).json()
    person = made["debtor"]["id"]
    await boss.post(f"/v1/persons/{person}/contact-points", HOME)
    email = await point(boss, person, "email")
    await boss.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    await boss.client.patch(
        f"/v1/persons/{person}",
        json={"vulnerable": {"since_on": "2026-01-05", "note": "Jane has a gray cat"}},
    )
    due = {"amount_minor": 50_00, "due_on": "2026-01-30"}
    promise = await boss.post(f"/v1/accounts/{made['id']}/promises", due)
    call = {
        "links": {"promise_id": promise["id"]}, "voicemail": {"elements": ["salutation"]},
        "account_ids": [made["id"]], "person_id": person, "channel": "call", "direction": "out",
        "outcome": "conversation", "started_at": "2026-01-09T16:00:00Z",
        "summary": "Jane will pay", "recording": {"ref": "s3://calls/77"},
        "attachments": [{"name": "Jane's bank statement", "ref": "s3://files/78"}],
    }  # fmt: skip
    keyed = {"Idempotency-Key": "call-77"}
    contact = (await boss.client.post("/v1/contacts", json=call, headers=keyed)).json()
    for kind, thing in (("person", person), ("contact", contact["id"])):
        await boss.put(f"/v1/external-ids/crm/{kind}/Jane-77", {"id": thing}, status=201)
    said = {"summary": "Jane will pay on Friday", "reason": "misheard"}
    await boss.post(f"/v1/contacts/{contact['id']}/corrections", said)
    return made


async def noted_elsewhere(boss, account, database, tenant):
    """Words about Jane in escalations, work, letters, carriers' reports and a file's rejects."""
    own = f"/v1/accounts/{account['id']}"
    raised = {"to": "complaints", "reason": "Jane called", "note": "the gray cat again"}
    complaint = await boss.post(f"{own}/escalations", raised)
    for step, said in (("assign", {"assigned_to": "lex"}), ("answer", {"note": "Jane is right"})):
        await boss.post(f"/v1/escalations/{complaint['id']}/{step}", said)
    wrote = {"account_ids": [account["id"]], "channel": "email", "direction": "in",
             "outcome": "received", "started_at": "2026-01-10T01:00:00Z"}  # fmt: skip
    await boss.post("/v1/contacts", wrote)
    (item,) = (await boss.get("/v1/worklists/inbox/items"))["data"]
    done = {"did": "read", "note": "Jane asks for time"}
    await boss.post(f"/v1/work-items/{item['id']}/complete", done, status=200)

    await boss.put("/v1/templates/settlement_offer", OWN_LETTER, status=201)
    offer = await boss.post(f"{own}/settlement-offers", asked(amount_minor=150_00))
    letter = await boss.client.get(f"/v1/settlement-offers/{offer['id']}/letter")
    assert "For Jane Doe" not in letter.text
    assert "For :" in letter.text

    await boss.put("/v1/templates/nudge", NUDGE, status=201)
    message = {"account_id": account["id"], "template_key": "nudge", "channel": "email"}
    sent = await boss.post("/v1/messages", message)
    bounced = {"provider": "mail", "at": "2026-01-10T01:00:00Z", "code": "550",
               "detail": "550 <jane@example.com>: who?"}  # fmt: skip
    of_ours = {**bounced, "status": "opened", "message_id": sent["id"]}
    early = {**bounced, "status": "bounced", "provider_message_id": "m-1"}
    await boss.post("/v1/delivery-reports", {"items": [of_ours, early]})

    lines = (
        "reference,currency,principal_minor,opened_on,debtor_name\nB-1,USD,-1,2026-01-02,Jane Doe\n"
    )
    sheet = {"content": lines, "params": {"kind": "accounts"},
             "headers": {"Content-Type": "text/csv"}}  # fmt: skip
    assert (await boss.client.post("/v1/imports", **sheet)).status_code == 202
    at = real_now() + timedelta(hours=1)
    taken = await work.take(database, tenant, now=at)
    await work.carry_on(database, taken, now=lambda: at, payment_id=None, failed=None)


async def dump(owner, tenant):
    """Every row of the tenant's, by table, as text; bytes as they read."""
    found = {}
    async with as_tenant(owner, tenant) as tx:
        names = await tx.execute(text(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name = 'tenant_id'"
        ))  # fmt: skip
        for name in names.scalars().all():
            rows = await tx.execute(
                text(f"SELECT t::text FROM {name} AS t WHERE tenant_id = :tenant"),
                {"tenant": tenant},
            )
            found[name] = "\n".join(rows.scalars())
        replies = text(
            "SELECT encode(body, 'escape') FROM idempotency_key WHERE tenant_id = :tenant"
        )
        found["replies"] = "\n".join((await tx.execute(replies, {"tenant": tenant})).scalars())
    return found


def told(found):
    return {
        name for name, rows in found.items()
        for one in TELLING if one in rows or one.encode().hex() in rows
    }  # fmt: skip


async def test_nothing_of_a_person_is_left_and_every_sum_stands(boss, desk, account, kept):
    owner, database, tenant = kept
    person, own = account["debtor"]["id"], f"/v1/accounts/{account['id']}"
    path = f"/v1/persons/{person}"
    assert told(await dump(owner, tenant)) >= {
        "person",
        "contact_point",
        "contact",
        "external_id",
        "replies",
    }
    exported = await boss.get(f"{path}/export")
    assert exported["person"]["name"] == "Jane Doe"
    assert [one["summary"] for one in exported["contacts"]] == ["Jane will pay on Friday"]
    assert exported["account_ids"] == [account["id"]]

    refused = await boss.refused("POST", f"{path}/erase", json=WHY)
    assert refused[:2] == (409, "retention")
    assert refused[2]["until_on"] == "2029-01-10"
    before = await boss.get(own)

    await desk.at("2029-01-10")
    assert await erase_due(database, tenant, date(2029, 1, 10)) == 0
    hold = await boss.post(f"{own}/legal-holds", {"matter": "case 1", "from_on": "2029-01-10"})
    await desk.at("2029-01-11")
    held = await boss.refused("POST", f"{path}/erase", json=WHY)
    assert held[:2] == (409, "legal-hold")
    assert held[2]["legal_hold_ids"] == [hold["id"]]
    assert await erase_due(database, tenant, date(2029, 1, 11)) == 0
    await boss.post(f"{own}/legal-holds/{hold['id']}/release", WHY, status=200)

    await desk.at("2029-01-12")
    assert await erase_due(database, tenant, date(2029, 1, 12)) == 1
    assert await erase_due(database, tenant, date(2029, 1, 12)) == 0

    assert told(await dump(owner, tenant)) == set()
    after = await boss.get(own)
    assert (after["balance"], after["debtor"]["id"]) == (before["balance"], person)
    assert (after["debtor"]["name"], after["metadata"]) == (None, {})
    assert (await boss.get(f"{own}/self-check"))["ok"]
    async with as_tenant(database, tenant) as tx:
        events, broken = await stream.broken_at(tx, tenant)
    assert (events > 0, broken) == (True, None)
    feed = (await boss.get("/v1/events", types="person.erased", wait=20))["data"]
    (call,) = exported["contacts"]
    assert [one["data"] for one in feed] == [
        {
            "person_id": person,
            "recordings": [{"contact_id": call["id"], "ref": "s3://calls/77"}],
            "attachments": [{"contact_id": call["id"], "ref": "s3://files/78"}],
        }
    ]
    emptied = await boss.get(f"/v1/contacts/{call['id']}")
    assert (emptied["recording"], emptied["attachments"]) == (None, [])
    for name in ("links", "voicemail", "judged", "local", "corrected_by"):
        assert emptied[name] == call[name], name
    assert emptied["links"]["promise_id"] is not None
    assert (await boss.get(path))["erased_at"] is not None


async def test_what_is_forgotten_does_not_begin_again(boss, account, desk):
    await desk.at("2029-06-01")
    person = account["debtor"]["id"]
    done = await boss.post(f"/v1/persons/{person}/erase", WHY, status=202)
    assert done["done_at"] is not None
    assert (await boss.refused("POST", f"/v1/persons/{person}/erase", json=WHY))[0] == 404

    again = await boss.account(reference="A-78", debtor={**DEBTOR, "reference": "CUST-78"})
    phone = await point(boss, again["debtor"]["id"], "phone")
    assert phone["suppressed"]
    asked = {"channel": "call", "at": "2029-06-01T18:00:00Z"}
    decided = await boss.post(
        f"/v1/accounts/{again['id']}/contact-decisions/preview", asked, status=200
    )
    assert "SUPPRESSED" in {one["code"] for one in decided["reasons"]}
    back = await boss.account(reference="A-79", debtor=DEBTOR)
    assert (back["debtor"]["id"], back["debtor"]["name"]) == (person, None)


async def test_a_value_is_suppressed_by_its_hash_and_only_an_admin_ends_it(boss, desk):
    value = {"kind": "phone", "value": "+1 312 555 0199", "reason": "court"}
    made = await boss.post("/v1/suppressions", value)
    assert await boss.post("/v1/suppressions", value, status=200) == made
    listed = (await boss.client.get("/v1/suppressions")).text
    assert made["value_hash"] in listed
    assert "5550199" not in listed
    path = f"/v1/suppressions/{made['id']}"
    assert (await boss.refused("DELETE", path, json=WHY))[:2] == (409, "outside-authority")
    admin = await desk.client.request("DELETE", path, json=WHY)
    assert admin.json()["ended_at"] is not None
    assert (await desk.refused("DELETE", path, json=WHY))[0] == 404
    assert await boss.pointers("/v1/suppressions", {**value, "value": "12"}) == ["/value"]


IDS = "ids, codes, days, figures and hashes"
#: What the erasure of a person does with each table of a tenant's; a new one must say it here.
SAID = {
    "emptied": {
        "annotation",
        "contact",
        "contact_point",
        "early_report",
        "escalation",
        "escalation_fact",
        "external_id",
        "idempotency_key",
        "import_reject",
        "message",
        "message_content",
        "message_fact",
        "party",
        "person",
        "person_words",
        "print_file",
        "stray_fact",
        "work_fact",
    },
    IDS: {
        "account",
        "account_review",
        "account_work",
        "age_month",
        "allocation",
        "cohort_point",
        "contact_account",
        "contact_decision",
        "day_spending",
        "dialer_list",
        "dialer_row",
        "debtor_link",
        "erasure",
        "event",
        "event_stream",
        "flow_day",
        "handle",
        "import_run",
        "installment",
        "link_attempt",
        "link_session",
        "notice_day",
        "notice_follower",
        "payment",
        "plan",
        "plan_standing",
        "position_month",
        "posting",
        "print_batch",
        "print_letter",
        "report_day",
        "revision",
        "rollup_day",
        "settlement",
        "suppression",
        "sweep_run",
        "validation",
        "webhook_attempt",
        "webhook_delivery",
        "work_item",
    },
    "reasons and notes that clients keep names out of": {
        "amendment",
        "amendment_end",
        "assignment",
        "contact_fact",
        "fact",
        "itemization",
        "legal_hold",
        "person_fact",
        "quote",
        "suspense",
        "suspense_end",
        "target",
    },
    "made of the rows above, without their words": {"evidence_file", "letter"},  # as tried above
    "what others sent and files made of it, forgotten by themselves": {
        "dry_run",
        "dry_run_page",
        "import_piece",
        "report_run",
    },
    "of whoever works here": {
        "api_key",
        "contact_policy",
        "import_mapping",
        "policy",
        "provider",
        "report_delivery",
        "report_schedule",
        "reporting_login",
        "sandbox_clock",
        "suppression_key",
        "team",
        "template",
        "tenant",
        "webhook",
        "webhook_notice",
        "worklist",
    },
}


def test_of_every_table_it_is_said_what_an_erasure_does():
    tables = {one.name for one in METADATA.sorted_tables if "tenant_id" in one.columns}
    said = [name for names in SAID.values() for name in names]
    assert sorted(said) == sorted(tables)
