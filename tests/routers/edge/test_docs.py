"""The API explains itself, without the internet."""

import re
import tomllib
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from openapi_spec_validator import validate

from app.main import ROUTERS
from app.routers.docs_pages.markdown import PAGES
from app.routers.edge.route import Operation
from app.storage.database.unavailable import Unavailable
from tests.routers import samples
from tests.routers.samples import inlined

MEDIA_TYPE = "application/problem+json"


@pytest.fixture(scope="module")
def document():
    return samples.published()


@pytest.fixture(scope="module")
def operations(document):
    return [
        (f"{method} {path}", one) for method, path, one in samples.operations(inlined(document))
    ]


async def test_docs_come_with_everything_they_need(stranger):
    page = await stranger.get("/docs")
    assets = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert page.status_code == 200
    assert len(assets) >= 5
    for asset in assets:
        answer = await stranger.get(asset)
        assert answer.status_code == 200
        assert len(answer.content) > 300


async def test_pages_load_nothing_but_ours(stranger):
    for path in ("/", "/docs", "/problems", "/problems/not-found", "/pages/glossary"):
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


async def test_the_front_door_says_what_this_is_and_how_it_does(stranger):
    page = await stranger.get("/")
    places = re.findall(r'<li><a href="\./([^"]+)"', page.text)

    assert page.status_code == 200
    assert "Payment plans on overdue debt" in page.text
    assert "It is healthy" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert {"docs", "problems", "pages/glossary", "pages/changelog"} <= set(places)
    for place in places:
        assert (await stranger.get(f"/{place}")).status_code == 200, place


async def test_the_front_door_says_when_it_cannot_serve(app):
    class Away:
        def transaction(self, **_):
            raise Unavailable("away")

    async def without(scope, receive, send):
        await app({**scope, "state": {**scope.get("state", {}), "database": Away()}}, receive, send)

    transport = httpx.ASGITransport(without)
    async with httpx.AsyncClient(transport=transport, base_url="http://accord.test") as client:
        page = await client.get("/")

    assert page.status_code == 200
    assert "It cannot serve now" in page.text


async def test_problems_have_an_index_and_pages_with_markup(stranger):
    index = (await stranger.get("/problems")).text
    page = (await stranger.get("/problems/reference-taken")).text

    assert 'href="problems/reference-taken"' in index
    assert "<code>reference</code>" in page
    assert "<p>409. Your" in page
    assert "`" not in re.sub(r"<(script|style).*?</\1>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("name", PAGES)
async def test_a_pages_links_lead_somewhere(stranger, name):
    page = (await stranger.get(f"/pages/{name}")).text

    for link in re.findall(r'href="(\.\./[^"#]+)', page):
        assert (await stranger.get(link.removeprefix(".."))).status_code == 200, link


def test_every_page_is_in_the_wheel():
    wheel = tomllib.loads(Path("pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]
    put = wheel["wheel"]["force-include"]

    for path in ("docs/problems.md", *(path for path, _ in PAGES.values())):
        assert put[path] == f"app/pages/{path}"


async def test_a_post_gets_a_key_of_its_own_and_follows_the_readers_colors(stranger):
    script = (await stranger.get("/docs/assets/start.js")).text

    assert 'request.headers["Idempotency-Key"] = newKey()' in script
    assert "prefers-color-scheme: dark" in script


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
        scopes = [] if name == "GET /v1/me" else [one["x-required-scope"]]
        assert one["security"] == [{"key": scopes}], name


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
