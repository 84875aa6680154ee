"""The document integrators read: valid, complete, and its examples work."""

import json

import pytest
from openapi_spec_validator import validate

from app.schemas.edge.ids import PREFIXES
from app.schemas.edge.types import Model, Read
from tests.routers.samples import (
    answer_example,
    ids_in,
    inlined,
    operations,
    published,
    request_example,
    with_ids,
)

#: The order in which the examples tell one story. What is not named comes after, as it stands.
STORY = (
    "PUT /v1/sandbox/clock",
    "PUT /v1/policies/{name}",
    "PUT /v1/templates/{key}",
    "PUT /v1/contact-policies/{name}",
    "PUT /v1/worklists/{name}",
    "POST /v1/accounts",
    "PATCH /v1/accounts/{account_id}",
    "POST /v1/schedules",
    "POST /v1/accounts/{account_id}/charges",
    "POST /v1/charges/{charge_id}/reversals",
    "POST /v1/accounts/{account_id}/adjustments",
    "POST /v1/accounts/{account_id}/holds",
    "POST /v1/accounts/{account_id}/holds/{hold_id}/release",
    "POST /v1/accounts/{account_id}/plan-options",
    "POST /v1/plan-options/shares",
    "POST /v1/accounts/{account_id}/quotes/preview",
    "POST /v1/accounts/{account_id}/quotes",
    "POST /v1/accounts/{account_id}/settlement-offers/preview",
    "POST /v1/accounts/{account_id}/settlement-offers",
    "POST /v1/settlement-offers/{settlement_id}/accept",
    "POST /v1/plans/{plan_id}/cancel",
    "POST /v1/plans",
    "POST /v1/plans/{plan_id}/reamortizations/preview",
    "POST /v1/plans/{plan_id}/reamortizations",
    "POST /v1/plans/{plan_id}/revisions/{revision}/undo",
    "POST /v1/plans/{plan_id}/reschedules/preview",
    "POST /v1/plans/{plan_id}/reschedules",
    "POST /v1/plans/{plan_id}/deferrals/preview",
    "POST /v1/plans/{plan_id}/deferrals",
    "POST /v1/plans/{plan_id}/due-day-changes/preview",
    "POST /v1/plans/{plan_id}/due-day-changes",
    "POST /v1/plans/{plan_id}/payment-holidays/preview",
    "POST /v1/plans/{plan_id}/payment-holidays",
    "POST /v1/plans/{plan_id}/step-downs/preview",
    "POST /v1/plans/{plan_id}/step-downs",
    "POST /v1/plans/{plan_id}/accelerations/preview",
    "POST /v1/plans/{plan_id}/re-ages/preview",
    "POST /v1/plans/{plan_id}/pauses",
    "POST /v1/plans/{plan_id}/pauses/{pause_id}/resume",
    "POST /v1/payments/split",
    "POST /v1/payments/split/{reference}/reversals",
    "POST /v1/payments",
    "POST /v1/payments/{payment_id}/reversals",
    "POST /v1/payments/batch",
    "POST /v1/suspense/{payment_id}/assign",
    "POST /v1/payments/{payment_id}/chargebacks",
    "POST /v1/chargebacks/{chargeback_id}/reversals",
    "POST /v1/accounts/batch",
    "POST /v1/plans/{plan_id}/cancel",
    "POST /v1/accounts/{account_id}/placement-corrections/preview",
    "POST /v1/accounts/{account_id}/placement-corrections",
)
#: Examples that cannot work in that story, and why.
EXCUSED = {
    "POST /v1/contacts/{contact_id}/read": "the story's contact is a call; see test_inbound.py",
    "POST /v1/persons/{person_id}/merge": "the story knows one debtor; see test_parties.py",
    "POST /v1/persons/{person_id}/erase": "it must be kept still; see persons/test_erasure.py",
    "GET /v1/report-runs/{run_id}/file": "it is not done yet; see reports/test_runs.py",
    "POST /v1/report-runs/{run_id}/verify": "the same",
    "GET /v1/reports/compare": "it needs two runs; see reports/test_runs.py",
    "GET /v1/reports/{report}/rows": "it needs a cell; see reports/test_reports.py",
    "POST /v1/webhooks/{webhook_id}/ping": "it asks the network; see webhooks/test_endpoints.py",
    "POST /v1/webhook-deliveries/{delivery_id}/retry": "nothing was sent; see test_delivering.py",
    "GET /v1/external-ids": "it asks by an id; see persons/test_external_ids.py",
    "DELETE /v1/external-ids/{system}/{kind}/{external_id}": "the others need it; the same",
    "DELETE /v1/webhooks/{webhook_id}": "the others need it; see webhooks/test_endpoints.py",
    "POST /v1/plans/{plan_id}/reinstate": "the story's plan never broke; see test_reinstating.py",
    "POST /v1/plans/{plan_id}/re-ages": "too new, and of no such product; see test_reages.py",
    "POST /v1/plans/{plan_id}/re-ages/{re_age_id}/undo": "the same",
    "POST /v1/accounts/{account_id}/re-ages": "the same",
    "POST /v1/accounts/{account_id}/re-ages/{re_age_id}/undo": "the same",
    "POST /v1/plans/{plan_id}/revisions/{revision}/approve": "an admin's change needs no approval",
    "POST /v1/plans/{plan_id}/revisions/{revision}/reject": "the same; see test_amendments.py",
    "POST /v1/plans/{plan_id}/accelerations": "nothing was missed; see test_rewrites.py",
    "POST /v1/plans/{plan_id}/rewrites": "its quote has another hash; see test_rewrites.py",
    "POST /v1/plans/{plan_id}/rewrites/preview": "the same",
    "POST /v1/plans/{plan_id}/approve": "an admin's plan opens at once; see test_approvals.py",
    "POST /v1/plans/{plan_id}/reject": "the same",
    "POST /v1/settlement-offers/{settlement_id}/approve": "an admin's offer stands at once",
    "POST /v1/settlement-offers/{settlement_id}/reject": "the same; see test_settlements.py",
    "POST /v1/settlement-offers/{settlement_id}/decline": "it was accepted",
    "POST /v1/settlement-offers/{settlement_id}/withdraw": "the same; see test_settlements.py",
    "GET /v1/settlement-offers/{settlement_id}/letter": "its plan was cancelled; test_letters.py",
    "GET /v1/letters/{letter_id}": "the same",
    "GET /v1/accounts/{account_id}/invoice": "it asks by an installment; see test_statements.py",
    "GET /v1/templates/variables": "it asks by a purpose; see test_templates.py",
    "GET /v1/persons": "it asks by a reference, an address or a name; see test_persons.py",
    "POST /v1/payments/{payment_id}/refunds": "no money lies unapplied; see test_returns.py",
    "POST /v1/suspense/{payment_id}/refund": "what waited was assigned; see test_suspense.py",
    "POST /v1/messages": "a reminder is about an installment; see messages/test_messages.py",
    "GET /v1/messages/{message_id}": "the same",
    "GET /v1/messages/{message_id}/content": "the same",
    "POST /v1/messages/{message_id}/cancel": "the same",
    "POST /v1/messages/{message_id}/decide": "the same",
    "POST /v1/print-batches": "a provider that prints is wanted; see messages/test_printing.py",
    "GET /v1/print-batches/{print_batch_id}/content": "the same",
    "POST /v1/print-batches/{print_batch_id}/mailed": "the same",
    "POST /v1/providers/{name}/callbacks": "a carrier signs it; see messages/",
    "POST /v1/accounts/{account_id}/links": "it ends within 30 days of today; see test_links.py",
    "GET /v1/links/{link_id}": "the same",
    "POST /v1/links/{link_id}/revoke": "the same",
    "POST /v1/links/{link_id}/sessions": "the same",
    "POST /v1/imports": "it asks by a kind; see imports/test_imports.py",
    "GET /v1/imports/{import_id}": "the same",
    "GET /v1/imports/{import_id}/rejects": "the same",
    "POST /v1/imports/{import_id}/cancel": "the same",
    "POST /v1/dialer-lists/{dialer_list_id}/results": "no row is on it; see test_dialer.py",
    "POST /v1/escalations/{escalation_id}/send_to_attorney": "not to legal; test_escalations.py",
    "POST /v1/escalations/{escalation_id}/filed": "the same",
    "POST /v1/escalations/{escalation_id}/close": "the others need it; the same",
    "POST /v1/worklists/{name}/next": "nothing is to be worked; see test_worklists.py",
    **{
        f"POST /v1/work-items/{{work_item_id}}/{act}": "the same"
        for act in ("claim", "extend", "release", "complete", "skip", "callback", "assign")
    },
    "POST /v1/report-schedules/{schedule_id}/run-now": "no day is closed; see report_schedules/",
    "DELETE /v1/report-schedules/{schedule_id}": "the others need it; the same",
    "POST /v1/imports/dry-runs": "it asks by a kind; see dry_runs/test_dry_runs.py",
    "GET /v1/imports/dry-runs/{import_id}": "the same",
    "PATCH /v1/imports/dry-runs/{import_id}": "the same",
    "POST /v1/imports/dry-runs/{import_id}/commit": "the same",
    "GET /v1/imports/dry-runs/{import_id}/refused.xlsx": "the same",
    "POST /v1/approvals/{kind}/{thing_id}/decide": "its ETag is of the day; see test_inbox.py",
    "GET /v1/keys/{key_id}": "a key does it with its own; see test_keys.py",
    "POST /v1/keys/{key_id}/rotate": "a key does it with its own; see test_keys.py",
    "POST /v1/keys/{key_id}/revoke": "a key does it with its own; see test_keys.py",
}
#: Lists that are empty in that story.
EMPTY = {
    "GET /v1/print-batches",
    "GET /v1/report-schedules/{schedule_id}/deliveries",
    "GET /v1/accounts/{account_id}/links",
    "GET /v1/approvals",
    "GET /v1/imports",
    "GET /v1/worklists/{name}/done",
    "GET /v1/worklists/{name}/items",
    "GET /v1/messages",
    "GET /v1/events",
    "GET /v1/plans/{plan_id}/re-ages",
    "GET /v1/accounts/{account_id}/re-ages",
    "GET /v1/settlement-offers/{settlement_id}/letters",
    "GET /v1/webhooks/{webhook_id}/deliveries",
}
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: Answers that are no JSON, or not always.
TEXTS = {
    "GET /v1/print-batches/{print_batch_id}/content": "application/pdf text/csv application/json",
    "GET /v1/messages/{message_id}/content": "text/plain text/html message/rfc822 application/pdf",
    "GET /v1/accounts/{account_id}/evidence-files/{evidence_file_id}/content": "application/zip",
    "GET /v1/quotes/{quote_id}/text": "text/plain",
    "GET /v1/accounts/{account_id}/statement": "application/json application/pdf",
    "GET /v1/accounts/{account_id}/invoice": "application/json application/pdf",
    "GET /v1/dialer-lists/{dialer_list_id}.csv": "text/csv",
    "GET /v1/dialer-lists/{dialer_list_id}/rows.csv": "text/csv",
    "GET /v1/imports/dry-runs/{import_id}/refused.xlsx": "application/"
    "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "GET /v1/reports/journal": "text/csv",
    "GET /v1/reports/journal.csv": "text/csv",
    "GET /v1/reports/journal.xlsx": WORKBOOK,
    "GET /v1/reports/journal.pdf": "application/pdf",
    "GET /v1/reports/re-ages.csv": "text/csv",
    "GET /v1/reports/re-ages.xlsx": WORKBOOK,
    "GET /v1/reports/re-ages.pdf": "application/pdf",
    "GET /v1/reports/settlements.xlsx": WORKBOOK,
    "GET /v1/reports/settlements.pdf": "application/pdf",
    "GET /v1/report-runs/{run_id}/file": f"text/csv {WORKBOOK} application/pdf application/json",
    "GET /v1/reports/{report}.csv": "text/csv",
    "GET /v1/reports/{report}.pdf": "application/pdf",
    "GET /v1/reports/{report}.xlsx": WORKBOOK,
    "GET /v1/reports/settlements.csv": "text/csv",
    "GET /v1/settlement-offers/{settlement_id}/letter": "text/plain application/pdf",
    "GET /v1/letters/{letter_id}": "text/plain application/pdf",
}
#: Who acts: some operations ask for that.
ACTOR = {"Accord-Actor": "agent-17"}
#: What a path's own words stand for; `<noun>_id` is an id of the story.
NAMES = {
    "kind": "account", "system": "hubspot", "external_id": "9871204",
    "thing_id": "plan_01h455vb4pex5vsknk084sn02q",
    "name": "firm", "version": "1", "revision": "2", "reference": "BANK-2026-03-31-0042",
    "key": "of_ours", "report": "aging",
}  # fmt: skip


@pytest.fixture(scope="module")
def document():
    return published()


@pytest.fixture(scope="module")
def named(document):
    return {f"{method} {path}": one for method, path, one in operations(inlined(document))}


def test_the_document_is_valid(document):
    validate(document)


def test_every_operation_is_complete(named):
    for name, one in named.items():
        assert one["summary"], name
        assert len(one["description"]) > 40, name
        assert "\n" not in one["summary"], name
        for status, response in one["responses"].items():
            kind = "application/json" if status < "400" else "application/problem+json"
            if status < "400" and name in TEXTS:
                kind = TEXTS[name]
            if status == "204":
                kind = ""  # it has no content
            assert list(response.get("content", ())) == kind.split(), (name, status)
            assert response["description"], (name, status)
        assert answer_example(one) or "204" in one["responses"], name
        body = one.get("requestBody")
        assert body is None or request_example(one) is not None, name


def test_every_parameter_is_explained(named):
    for name, one in named.items():
        for parameter in one.get("parameters", ()):
            if parameter["in"] != "path":
                assert parameter.get("description"), (name, parameter["name"])


def test_the_story_is_of_operations_there_are(named):
    assert set(STORY) | set(EXCUSED) <= set(named)


def filled(path, known):
    """A path with the ids of the story."""
    by_word = {f"{noun}_id": known[p] for noun, p in PREFIXES.items() if p in known}
    return path.format_map({**by_word, **NAMES})


async def test_every_example_request_works_and_answers_as_shown(client, named):
    writes = [name for name in named if not name.startswith("GET ")]
    story = [*STORY, *(name for name in writes if name not in STORY)]
    known = {}
    for name in (*story, *(name for name in named if name not in story)):
        if name in EXCUSED:
            continue
        method, path = name.split(" ")
        example = with_ids(request_example(named[name]), known)
        where = filled(path, known)
        text = {"content": example, "headers": {**ACTOR, "Content-Type": "text/csv"}}
        sent = text if isinstance(example, str) else {"json": example, "headers": ACTOR}
        answer = await client.request(method, where, **sent)

        assert answer.is_success, (name, answer.text)
        assert str(answer.status_code) in named[name]["responses"], name
        known |= ids_in(answer.text) if method in {"POST", "PUT"} else {}
        if name in TEXTS:
            continue
        shown, got = answer_example(named[name]), answer.json()
        if isinstance(shown.get("data"), list):
            assert got["data"] or name in EMPTY, name
            shown, got = shown["data"][0], (got["data"] or shown["data"])[0]
        assert shown.keys() <= got.keys(), name  # the framework drops members that are null


def examples():
    """Every model of ours that shows itself by example."""
    waiting = [Model, Read]
    while waiting:
        model = waiting.pop()
        waiting += model.__subclasses__()
        extra = model.model_config.get("json_schema_extra")
        if (
            extra
            and model.__module__.startswith("app.")
            and not getattr(model, "__parameters__", ())
        ):
            yield pytest.param(model, extra["examples"], id=model.__name__)


@pytest.mark.parametrize(("model", "shown"), list(examples()))
def test_a_model_is_what_its_example_shows(model, shown):
    for example in shown:
        made = model.model_validate_json(json.dumps(example))
        if issubclass(model, Read):
            assert json.loads(made.model_dump_json(exclude_unset=True)) == example


#: Held against a list, or parsed, by whoever takes them.
CHECKED_OTHERWISE = {"time_zone", "locale", "url"}


def schemas_below(schema, name, components):
    """Every schema that a request's leads to, once, each with the field that it is of."""
    waiting, seen = [(schema, name)], set()
    while waiting:
        one, name = waiting.pop()
        if "$ref" in one:
            ref = one["$ref"].rpartition("/")[2]
            if ref not in seen:
                seen.add(ref)
                waiting.append((components[ref], ref))
            continue
        yield one, name
        of_it = [one.get(key) for key in ("items", "additionalProperties", "propertyNames")]
        of_it += [*one.get("patternProperties", {}).values()]
        of_it += [part for key in ("anyOf", "oneOf", "allOf") for part in one.get(key, ())]
        waiting += [(part, name) for part in of_it if isinstance(part, dict)]
        waiting += [(part, field) for field, part in one.get("properties", {}).items()]


def test_every_text_of_a_request_says_which_characters_it_takes(document):
    """What no pattern keeps out comes as far as the database, which has no NUL."""
    found = {
        (path, name)
        for _, path, one in operations(document)
        for form, kind in one.get("requestBody", {}).get("content", {}).items()
        if form == "application/json"  # a file's cells are checked one by one
        for text, name in schemas_below(kind["schema"], "", document["components"]["schemas"])
        if text.get("type") == "string"
        if not {"pattern", "format", "enum", "const"} & set(text)
        if name not in CHECKED_OTHERWISE
    }

    assert not found
