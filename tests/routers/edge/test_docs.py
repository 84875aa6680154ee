"""The API explains itself, without the internet."""

import re

import httpx
import pytest
from fastapi.routing import APIRoute
from openapi_spec_validator import validate

from app.main import ROUTERS, create_app
from app.routers.edge.route import Operation

MEDIA_TYPE = "application/problem+json"


@pytest.fixture(scope="module")
def document():
    return create_app().openapi()


@pytest.fixture(scope="module")
def operations(document):
    return [
        (f"{method.upper()} {path}", one)
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    ]


async def test_docs_come_with_everything_they_need(stranger):
    page = await stranger.get("/docs")
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert len(assets) == 4
    for asset in assets:
        answer = await stranger.get(asset)
        assert answer.status_code == 200
        assert len(answer.content) > 300


async def test_pages_load_nothing_but_ours(stranger):
    for path in ("/docs", "/problems/not-found"):
        page = await stranger.get(path)
        assert "script-src 'self';" in page.headers["content-security-policy"]
        assert "<script>" not in page.text


async def test_a_key_is_kept_by_the_page_only_where_asked(stranger):
    script = (await stranger.get("/docs/assets/start.js")).text

    assert 'persistAuthorization: new URLSearchParams(location.search).has("keep-key")' in script


async def test_the_document_is_made_once_and_sent_once(stranger):
    first = await stranger.get("/openapi.json")
    again = await stranger.get("/openapi.json", headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/nowhere", "/docs", "/healthz"])
async def test_answers_are_what_they_say_and_those_with_persons_are_kept_nowhere(client, path):
    answer = await client.get(path)

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert (answer.headers.get("cache-control") == "no-store") == path.startswith("/v1/")
    assert "strict-transport-security" not in answer.headers


async def test_browsers_are_told_to_come_by_https_where_the_operator_says_so(stranger, app):
    async def behind_tls(scope, receive, send):
        await app({**scope, "state": {"hsts_seconds": 600}}, receive, send)

    transport = httpx.ASGITransport(behind_tls)
    async with httpx.AsyncClient(transport=transport, base_url="http://accord.test") as client:
        answer = await client.get("/healthz")

    assert answer.headers["strict-transport-security"] == "max-age=600"


async def test_docs_name_no_other_host(stranger):
    page = (await stranger.get("/docs")).text
    script = (await stranger.get("/docs/assets/swagger-ui-bundle.js")).text

    assert "//" not in re.sub(r"<!--.*?-->", "", page)
    assert not re.search(r"cdn\.|jsdelivr|unpkg", script)


@pytest.mark.parametrize("name", ["swagger-ui.js", "..%2Fmain.py", "__init__.py"])
async def test_nothing_else_is_an_asset(stranger, name):
    assert (await stranger.get(f"/docs/assets/{name}")).status_code == 404


async def test_the_front_door_leads_to_the_docs(stranger):
    answer = await stranger.get("/")

    assert answer.status_code == 307
    assert str(answer.next_request.url) == "http://accord.test/docs"


async def test_the_document_is_served(stranger, document):
    served = (await stranger.get("/openapi.json")).json()

    assert served.keys() == document.keys()
    assert served["info"]["title"] == "Accord"


def test_the_document_is_valid(document):
    validate(document)
    assert document["components"]["securitySchemes"]["key"]["scheme"] == "bearer"
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_operation_is_explained(operations):
    for name, one in operations:
        assert one["summary"], name
        assert len(one["description"]) > 40, name
        assert one["tags"], name
        assert one["security"] == [{"key": [one["x-required-scope"]]}], name


def test_operations_have_names_of_their_own(operations):
    names = [one["operationId"] for _, one in operations]

    assert len(names) == len(set(names))


def test_refusals_are_problem_documents_and_nothing_else(operations):
    for name, one in operations:
        refusals = {s: r for s, r in one["responses"].items() if s >= "400"}
        assert {"401", "403", "422", "500", "503"} <= refusals.keys(), name
        for status, response in refusals.items():
            assert list(response["content"]) == [MEDIA_TYPE], (name, status)
            assert response["description"], (name, status)


def test_every_post_takes_an_idempotency_key(operations):
    for name, one in operations:
        headers = {p["name"] for p in one.get("parameters", ()) if p["in"] == "header"}
        if name.startswith("POST"):
            assert {"Idempotency-Key", "Accord-Actor"} <= headers, name
            assert "409" in one["responses"], name


def test_every_route_of_the_api_is_an_operation():
    """Else its POSTs would forget idempotency keys, and its template would lack the prefix."""
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            assert isinstance(route, Operation) == route.path.startswith("/v1/"), route.path
