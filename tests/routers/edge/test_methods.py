"""Every method of every path: told truly, answered without a body, compressed, from elsewhere."""

import re

import httpx
import pytest

from app.main import ROUTERS, create_app
from app.routers.edge.route import Operation
from tests.clock import wall
from tests.routers.conftest import started

PATHS: dict[str, set[str]] = {}
for router in ROUTERS:
    for route in router.routes:
        if isinstance(route, Operation):
            PATHS.setdefault(route.path, set()).update(route.methods)


def there(path):
    methods = PATHS[path]
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set()) | {"OPTIONS"}))


async def test_every_path_says_what_may_be_asked_of_it(client, subtests):
    for path in PATHS:
        with subtests.test(path):
            where = re.sub(r"\{.*?\}", "x", path)
            asked = await client.options(where)
            refused = await client.request("LINK", where)

            assert (asked.status_code, asked.content) == (204, b"")
            assert (refused.status_code, refused.headers["allow"]) == (405, asked.headers["allow"])
            if path == where:
                assert asked.headers["allow"] == there(path)
            else:
                assert set(there(path).split(", ")) <= set(asked.headers["allow"].split(", "))


async def test_there_are_no_options_where_there_is_nothing(client):
    assert (await client.options("/v1/nothing")).status_code in {404, 405}


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/events", "/healthz", "/openapi.json"])
async def test_head_is_get_without_a_body(client, path):
    got, head = await client.get(path), await client.head(path)

    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-type"] == got.headers["content-type"]
    assert "content-length" in head.headers


async def test_head_of_what_nobody_may_read(stranger):
    assert (await stranger.head("/v1/accounts")).status_code == 401


async def test_what_is_long_is_compressed_and_a_posting_is_not(desk, client):
    account = await desk.account()
    paid = await client.post("/v1/payments", json={
        "account_id": account["id"], "reference": "P", "amount_minor": 100, "currency": "USD",
    }, headers={"Accept-Encoding": "gzip"})  # fmt: skip
    document = await client.get("/openapi.json", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/openapi.json", headers={"Accept-Encoding": "identity"})

    assert paid.status_code == 201
    assert "content-encoding" not in paid.headers
    assert document.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in document.headers["vary"]
    assert document.json() == plain.json()
    assert int(document.headers["content-length"]) < len(plain.content) / 5


PAGE = "https://crm.example"
ASKING = {
    "Origin": PAGE,
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,idempotency-key,accord-origin",
}


async def test_no_other_origin_is_let_in_by_default(client):
    asked = await client.options("/v1/accounts", headers=ASKING)
    got = await client.get("/v1/accounts", headers={"Origin": PAGE})

    assert not [name for name in (*asked.headers, *got.headers) if name.startswith("access-")]


async def test_an_origin_that_is_named_is_let_in_and_no_other(database, key):
    async with started(create_app(database, clock=wall)) as running:

        async def opened(scope, receive, send):
            state = {**scope.get("state", {}), "cors_origins": (PAGE,)}
            await running({**scope, "state": state}, receive, send)

        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(opened),
            base_url="http://accord.test",
            headers={"Authorization": f"Bearer {key}"},
        ) as client:
            asked = await client.options("/v1/accounts", headers=ASKING)
            got = await client.get("/v1/accounts", headers={"Origin": PAGE})
            other = await client.get("/v1/accounts", headers={"Origin": "https://evil.example"})

    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == PAGE
    assert "idempotency-key" in asked.headers["access-control-allow-headers"].lower()
    assert got.headers["access-control-allow-origin"] == PAGE
    exposed = got.headers["access-control-expose-headers"]
    for name in ("ETag", "Idempotency-Replayed", "Retry-After", "RateLimit"):
        assert name in exposed
    assert "access-control-allow-origin" not in other.headers
