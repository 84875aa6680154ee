"""A key that asks too often is told when to come again; one that does not is told what is left."""

import httpx
import pytest

from app.routers.edge.middleware import rate_limits
from app.routers.edge.middleware.rate_limits import RateLimits
from tests.routers.samples import published


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def test_a_minute_has_so_many_requests_and_the_next_begins_anew():
    clock = Clock()
    limits = RateLimits(2, clock=clock)

    assert limits.take(b"a") == (True, 1, 60)
    clock.now += 20.5
    assert limits.take(b"a") == (True, 0, 40)
    assert limits.take(b"a") == (False, 0, 40)
    assert limits.take(b"b") == (True, 1, 60)
    clock.now += 39.5
    assert limits.take(b"a") == (True, 1, 60)


def test_no_more_keys_are_counted_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr(rate_limits, "_KNOWN", 2)
    limits = RateLimits(1)
    for key in (b"a", b"b", b"c"):
        limits.take(key)

    assert limits.take(b"c")[0] is False
    assert limits.take(b"a")[0] is True


@pytest.fixture
async def limited(app):
    limits = RateLimits(3)

    async def with_limits(scope, receive, send):
        state = {**scope.get("state", {}), "rate_limits": limits}
        await app({**scope, "state": state}, receive, send)

    transport = httpx.ASGITransport(with_limits)
    async with httpx.AsyncClient(transport=transport, base_url="http://accord.test") as client:
        yield client


async def test_every_answer_says_what_is_left_and_the_refusal_when_to_come_again(limited):
    answers = [await limited.get("/v1/accounts") for _ in range(4)]

    assert [one.status_code for one in answers] == [401, 401, 401, 429]
    assert answers[0].headers["ratelimit-policy"] == '"key";q=3;w=60'
    assert answers[0].headers["ratelimit"].startswith('"key";r=2;t=')
    assert answers[3].headers["ratelimit"].startswith('"key";r=0;t=')
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert answers[3].json()["type"] == "/problems/rate-limited"
    assert answers[3].headers["content-type"] == "application/problem+json"


async def test_another_key_and_what_is_no_operation_are_not_counted_with_it(limited):
    for _ in range(3):
        await limited.get("/v1/accounts", headers={"Authorization": "Bearer one"})
    refused = await limited.get("/v1/accounts", headers={"Authorization": "Bearer one"})
    other = await limited.get("/v1/accounts", headers={"Authorization": "Bearer two"})
    page = await limited.get("/healthz")

    assert (refused.status_code, other.status_code, page.status_code) == (429, 401, 200)
    assert "ratelimit" not in page.headers


def test_every_operation_may_be_refused_so():
    document = published()
    for path, methods in document["paths"].items():
        for one in methods.values():
            assert one["responses"]["429"] == {"$ref": "#/components/responses/RateLimited"}, path
    headers = document["components"]["responses"]["RateLimited"]["headers"]
    assert headers.keys() == {"Retry-After", "RateLimit", "RateLimit-Policy"}
