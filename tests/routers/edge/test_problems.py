"""Every refusal is a problem document, whoever refuses."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar
from uuid import UUID

import pytest
from pydantic import ValidationError

from app.domain.errors import DomainError, FieldProblem, InvalidInput, NotFound
from app.routers.docs_pages.markdown import problem_texts, sections
from app.routers.edge import problems
from app.routers.edge.problem_types.registry import EDGE, REGISTRY, ProblemType
from app.routers.edge.problems import document

ID = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
TEXT = "01h455vb4pex5vsknk084sn02q"
MEMBERS = {"type", "title", "status", "detail", "request_id"}


@dataclass(eq=False, kw_only=True)
class PlanExists(DomainError):
    problem: ClassVar[str] = "plan-exists"
    plan_id: UUID
    installment_ids: tuple[UUID, ...] = ()
    opened_on: date = date(2026, 2, 1)
    limits: dict[str, object] = field(default_factory=dict)

    @property
    def detail(self) -> str:
        return f"Plan {self.plan_id} is live."


@pytest.fixture
def with_a_type(monkeypatch):
    monkeypatch.setattr(
        problems, "REGISTRY", {**REGISTRY, PlanExists: ProblemType(409, "A plan is live")}
    )


def test_a_refusals_facts_are_members_and_its_ids_have_prefixes(with_a_type):
    error = PlanExists(plan_id=ID, installment_ids=(ID,), limits={"account_id": str(ID), "n": 1})

    assert document(error, "r-1") == {
        "type": "/problems/plan-exists",
        "title": "A plan is live",
        "status": 409,
        "detail": f"Plan plan_{TEXT} is live.",
        "request_id": "r-1",
        "plan_id": f"plan_{TEXT}",
        "installment_ids": [f"ins_{TEXT}"],
        "opened_on": date(2026, 2, 1),
        "limits": {"account_id": f"acc_{TEXT}", "n": 1},
    }


def test_what_was_not_found_is_named_as_the_client_knows_it():
    by_id = document(NotFound(resource="account", key=str(ID)), "r")
    by_reference = document(NotFound(resource="account", key="INV-1"), "r")

    assert by_id["key"] == f"acc_{TEXT}"
    assert by_id["detail"] == f"No account 'acc_{TEXT}' here."
    assert by_reference["key"] == "INV-1"


def test_several_malformed_fields_are_told_at_once():
    error = InvalidInput(errors=(FieldProblem(pointer="/a", detail="is bad"),))

    assert document(error, "r")["errors"] == [FieldProblem(pointer="/a", detail="is bad")]


async def refused(client, method, url, **request):
    answer = await client.request(method, url, **request)
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body.keys() >= MEMBERS
    assert body["status"] == answer.status_code
    assert body["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, body["type"].removeprefix("/problems/"), body


POST = ("POST", "/v1/probe/notes")
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        pytest.param({"name": "n", "amount_minor": 0}, ["/amount_minor"], id="too small"),
        pytest.param({"name": "n", "amount_minor": "5"}, ["/amount_minor"], id="a string"),
        pytest.param({"name": "n", "amount_minor": 5.0}, ["/amount_minor"], id="a float"),
        pytest.param({"name": "n", "amount_minor": True}, ["/amount_minor"], id="a truth"),
        pytest.param({"name": "n", "amount_minor": 2**53}, ["/amount_minor"], id="too large"),
        pytest.param({"name": "n", "a/b~c": 1}, ["/a~1b~0c"], id="unknown, escaped"),
        pytest.param({"name": "", "x": 1}, ["/name", "/x"], id="two at once"),
        pytest.param({}, ["/name"], id="missing"),
        pytest.param([], [""], id="not an object"),
    ],
)
async def test_malformed_bodies(client, body, pointers):
    status, name, document = await refused(client, *POST, json=body)

    assert (status, name) == (422, "invalid-input")
    assert [error["pointer"] for error in document["errors"]] == pointers


@pytest.mark.parametrize(
    ("content", "headers", "expected"),
    [
        pytest.param(b"{", JSON, (422, "invalid-input"), id="not JSON"),
        pytest.param(b'{"name": "n"}', {}, (422, "invalid-input"), id="no content type"),
        pytest.param(b"", JSON, (422, "invalid-input"), id="empty"),
        pytest.param(b'{"name": "\xff"}', JSON, (400, "unreadable-body"), id="not UTF-8"),
        pytest.param(b"[" * 100_000, JSON, (400, "unreadable-body"), id="too deep"),
        pytest.param(b'{"name":"\\ud800"}', JSON, (422, "invalid-input"), id="half a letter"),
        pytest.param(b'{"name":"\\u0000"}', JSON, (422, "invalid-input"), id="a NUL"),
        pytest.param(b'{"name":"n","amount_minor":NaN}', JSON, (422, "invalid-input"), id="NaN"),
        pytest.param(b" " * (4 * 1024**2 + 1), JSON, (413, "body-too-large"), id="too large"),
    ],
)
async def test_unreadable_bodies(client, content, headers, expected):
    assert (await refused(client, *POST, content=content, headers=headers))[:2] == expected


@pytest.mark.parametrize("bad", ["nonsense", "plan_01h455vb4pex5vsknk084sn02q", "acc_1", "%00"])
async def test_a_malformed_id_in_a_path_names_nothing(client, bad):
    status, name, body = await refused(client, "GET", f"/v1/probe/accounts/{bad}")

    assert (status, name, body["resource"]) == (404, "not-found", "account")


async def test_a_malformed_query_parameter(client):
    url = "/v1/probe/accounts/acc_01h455vb4pex5vsknk084sn02q?as_of=2026-02-30"
    status, name, body = await refused(client, "GET", url)

    assert (status, name) == (422, "invalid-input")
    assert body["errors"][0]["pointer"] == "?as_of"


async def test_what_the_framework_refuses(client):
    assert (await refused(client, "GET", "/v1/nothing"))[:2] == (404, "no-such-path")
    assert (await refused(client, "GET", "/v1/probe/notes/"))[:2] == (404, "no-such-path")
    assert (await refused(client, "DELETE", "/v1/probe/notes"))[:2] == (405, "method-not-allowed")
    answer = await client.delete("/v1/probe/notes")
    assert answer.headers["allow"] == "OPTIONS, POST"


async def test_a_bug_says_nothing_to_the_client(client):
    secret = {"name": "Jane Doe", "then": "break"}
    status, name, body = await refused(client, *POST, json=secret)

    assert (status, name) == (500, "internal-error")
    assert body.keys() == MEMBERS
    assert "Jane" not in body["detail"]


async def test_a_refusal_without_a_type_is_a_bug(client):
    request = {"name": "n", "then": "forget"}
    assert (await refused(client, *POST, json=request))[:2] == (500, "internal-error")


async def test_the_callers_request_id_is_kept_if_it_is_a_plain_one(client):
    kept = await client.get("/healthz", headers={"X-Request-Id": "crm-42.a_B"})
    ours = await client.get("/healthz", headers={"X-Request-Id": "no spaces, please"})

    assert kept.headers.get_list("x-request-id") == ["crm-42.a_B"]
    assert len(ours.headers["x-request-id"]) == 32


def test_every_problem_type_is_documented_under_its_own_name():
    names = [error.problem for error in REGISTRY] + list(EDGE)

    assert len(names) == len(set(names))
    assert set(names) <= set(problem_texts())
    assert all(problem_texts()[name] for name in names)


@pytest.mark.parametrize("name", ["not-found", "unavailable"])
async def test_a_problem_type_leads_to_its_explanation(stranger, name):
    page = await stranger.get(f"/problems/{name}")

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert name in page.text


async def test_an_unknown_problem_type_leads_nowhere(stranger):
    assert (await stranger.get("/problems/nonsense")).status_code == 404


def test_sections_of_the_problem_document():
    assert sections("# T\n\nintro\n\n## a-b\n\none\n\n## c\ntwo\n") == {"a-b": "one", "c": "two"}


def test_validation_errors_of_ours_do_not_repeat_what_was_sent():
    from tests.routers.probe import NoteRequest

    with pytest.raises(ValidationError) as caught:
        NoteRequest.model_validate({"name": 5, "amount_minor": "Jane Doe"})
    assert "Jane" not in str(caught.value)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/accounts", "GET, HEAD, OPTIONS, POST"),
        ("DELETE", "/v1/policies/default", "GET, HEAD, OPTIONS, PUT"),
        ("GET", "/v1/payments/batch", "OPTIONS, POST"),
        ("DELETE", "/v1/payments/batch", "OPTIONS, POST"),
        ("PUT", "/v1/accounts/batch", "OPTIONS, POST"),
        ("GET", "/v1/imports/dry-runs?kind=accounts", "OPTIONS, POST"),
    ],
)
async def test_another_method_is_told_all_that_the_path_has(client, method, path, allowed):
    answer = await client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


async def test_a_policys_name_that_cannot_be_one_is_a_policy_not_found(client):
    answer = await client.get("/v1/policies/" + "n" * 65)

    assert (answer.status_code, answer.json()["resource"]) == (404, "policy")
