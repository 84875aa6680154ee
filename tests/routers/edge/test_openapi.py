"""The document integrators read: valid, complete, and its examples work."""

import json

import pytest
from openapi_spec_validator import validate

from app.main import create_app
from app.schemas.edge.ids import PREFIXES
from app.schemas.edge.types import Model, Read
from tests.routers.samples import answer_example, ids_in, operations, request_example, with_ids

#: The order in which the examples tell one story. What is not named comes after, as it stands.
STORY = (
    "PUT /v1/sandbox/clock",
    "PUT /v1/policies/{name}",
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
)
#: Examples that cannot work in that story, and why.
EXCUSED = {
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
    "POST /v1/payments/{payment_id}/refunds": "no money lies unapplied; see test_returns.py",
    "POST /v1/suspense/{payment_id}/refund": "what waited was assigned; see test_suspense.py",
}
#: Lists that are empty in that story.
EMPTY = {
    "GET /v1/events",
    "GET /v1/plans/{plan_id}/re-ages",
    "GET /v1/accounts/{account_id}/re-ages",
    "GET /v1/settlement-offers/{settlement_id}/letters",
}
#: Answers that are no JSON.
TEXTS = {
    "GET /v1/quotes/{quote_id}/text": "text/plain",
    "GET /v1/reports/journal": "text/csv",
    "GET /v1/reports/re-ages.csv": "text/csv",
    "GET /v1/reports/settlements.csv": "text/csv",
    "GET /v1/settlement-offers/{settlement_id}/letter": "text/plain application/pdf",
    "GET /v1/letters/{letter_id}": "text/plain application/pdf",
}
#: What a path's own words stand for; `<noun>_id` is an id of the story.
NAMES = {"name": "firm", "version": "1", "revision": "2", "reference": "BANK-2026-03-31-0042"}


@pytest.fixture(scope="module")
def document():
    return json.loads(json.dumps(create_app().openapi()))


@pytest.fixture(scope="module")
def named(document):
    return {f"{method} {path}": one for method, path, one in operations(document)}


def test_the_document_is_valid(document):
    validate(document)


def test_every_operation_is_complete(document, named):
    for name, one in named.items():
        assert one["summary"], name
        assert len(one["description"]) > 40, name
        assert "\n" not in one["summary"], name
        for status, response in one["responses"].items():
            kind = "application/json" if status < "400" else "application/problem+json"
            if status < "400" and name in TEXTS:
                kind = TEXTS[name]
            assert list(response["content"]) == kind.split(), (name, status)
            assert response["description"], (name, status)
        assert answer_example(document, one), name
        body = one.get("requestBody")
        assert body is None or request_example(document, one) is not None, name


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


async def test_every_example_request_works_and_answers_as_shown(client, document, named):
    writes = [name for name in named if not name.startswith("GET ")]
    story = [*STORY, *(name for name in writes if name not in STORY)]
    known = {}
    for name in (*story, *(name for name in named if name not in story)):
        if name in EXCUSED:
            continue
        method, path = name.split(" ")
        example = with_ids(request_example(document, named[name]), known)
        answer = await client.request(method, filled(path, known), json=example)

        assert answer.is_success, (name, answer.text)
        assert str(answer.status_code) in named[name]["responses"], name
        known |= ids_in(answer.text) if method in {"POST", "PUT"} else {}
        if name in TEXTS:
            continue
        shown, got = answer_example(document, named[name]), answer.json()
        if "data" in shown:
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
