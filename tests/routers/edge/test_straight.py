"""What is plainly right goes past the framework; any other is answered as the framework does."""

import json

import httpx
import pytest
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from app.routers.edge.bodies import MAX_BODY_BYTES, MAX_DEPTH, MAX_VALUES
from app.routers.edge.deps import CanPostPayments
from app.routers.edge.route import Operation, answer
from app.routers.edge.straight import straight
from app.routers.payments import payments

ROUTE = next(one for one in payments.router.routes if one.name == "post")
JSON = {"Content-Type": "application/json"}
PAYMENT = {"reference": "p-1", "amount_minor": 10_00, "currency": "USD"}


@pytest.fixture
def by_framework(monkeypatch):
    """How many requests the framework was given."""
    given = []
    framework = ROUTE.app

    async def counted(scope, receive, send):
        given.append(scope)
        await framework(scope, receive, send)

    monkeypatch.setattr(ROUTE, "app", counted)
    return given


async def sent(client, content, headers=JSON, path="/v1/payments"):
    """A payment as bytes; what is answered, but for what differs at each request."""
    headers = {**headers, "X-Request-ID": "one-and-the-same"}
    answered = await client.post(path, content=content, headers=headers)
    return answered.status_code, dict(answered.headers), answered.content


async def test_what_is_plain_goes_past_the_framework(desk, client, by_framework):
    account = await desk.account()
    body = json.dumps({**PAYMENT, "account_id": account["id"]})

    first = await sent(client, body, {**JSON, "Idempotency-Key": "k"})
    again = await sent(client, body, {**JSON, "Idempotency-Key": "k"})

    assert (first[0], by_framework) == (201, [])
    assert again[1].pop("idempotency-replayed") == "true"
    assert again == first


@pytest.mark.parametrize(
    ("said", "spaces"),
    [
        pytest.param("application/json; charset=utf-8", 0, id="a parameter"),
        pytest.param("application/vnd.payer+json", 0, id="another JSON"),
        pytest.param("application/json", MAX_VALUES, id="long"),
    ],
)
async def test_what_is_less_plain_is_posted_by_the_framework(
    desk, client, by_framework, said, spaces
):
    account = await desk.account()
    body = json.dumps({**PAYMENT, "account_id": account["id"]}) + " " * spaces

    status, _, _ = await sent(client, body, {"Content-Type": said, "Idempotency-Key": "k"})

    assert (status, len(by_framework)) == (201, 1)
    assert (await desk.read(account))["balance"]["total_minor"] == 290_00


NESTED = b'{"metadata":' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"}"
REFUSED = [
    pytest.param(b"", JSON, 422, id="nothing"),
    pytest.param(b"{", JSON, 422, id="no JSON"),
    pytest.param(b"[]", JSON, 422, id="a list"),
    pytest.param(b"null", JSON, 422, id="null"),
    pytest.param(b'{"reference":"\xff"}', JSON, 400, id="no UTF-8"),
    pytest.param(b"{}", JSON, 422, id="all missing"),
    pytest.param(json.dumps({**PAYMENT, "amount_minor": "1"}).encode(), JSON, 422, id="a word"),
    pytest.param(json.dumps({**PAYMENT, "wrong": 1}).encode(), JSON, 422, id="an unknown field"),
    pytest.param(json.dumps(PAYMENT).encode(), JSON, 422, id="no account"),
    pytest.param(json.dumps(PAYMENT).encode(), {"Content-Type": "text/plain"}, 422, id="text"),
    pytest.param(json.dumps(PAYMENT).encode(), {}, 422, id="no type"),
    pytest.param(NESTED, JSON, 400, id="too deep"),
    pytest.param(b'{"a":"' + b"a" * MAX_BODY_BYTES + b'"}', JSON, 413, id="too long"),
    pytest.param(b'{"a":[' + b"1," * 9_999 + b"1]}", JSON, 413, id="too many values"),
    pytest.param(
        json.dumps({**PAYMENT, "account_reference": "nobody"}).encode(), JSON, 404, id="nobody"
    ),
    pytest.param(b"{}", {**JSON, "Authorization": "Bearer x"}, 401, id="nobody's key"),
    pytest.param(
        json.dumps({**PAYMENT, "account_reference": "a"}).encode(),
        {**JSON, "Authorization": "Bearer x"}, 401, id="nobody's key, a payment",
    ),
    pytest.param(
        json.dumps({**PAYMENT, "account_reference": "a"}).encode(),
        {**JSON, "Idempotency-Key": "a key"}, 422, id="no key",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("content", "headers", "status"), REFUSED)
async def test_what_is_refused_is_refused_alike(client, monkeypatch, content, headers, status):
    ours = await sent(client, content, headers)
    monkeypatch.setattr(ROUTE, "_straight", None)

    assert ours == await sent(client, content, headers)
    assert (ours[0], ours[1]["content-type"]) == (status, "application/problem+json")


async def test_a_parameter_it_does_not_know_is_refused(client):
    status, _, content = await sent(client, json.dumps(PAYMENT), path="/v1/payments?dry=1")

    assert (status, "?dry" in content.decode()) == (422, True)


async def test_a_bug_is_answered_by_a_document(client, monkeypatch, desk):
    account = await desk.account()

    async def broken(*_args, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr(payments.receive, "receive_payment", broken)
    status, headers, _ = await sent(client, json.dumps({**PAYMENT, "account_id": account["id"]}))

    assert (status, headers["content-type"]) == (500, "application/problem+json")
    assert (await desk.read(account))["balance"]["total_minor"] == 300_00


class Body(BaseModel):
    amount_minor: int


def test_only_a_body_and_a_context_may_be_asked_for():
    async def more(body: Body, ctx: CanPostPayments, on: str = Query()) -> Response:
        return answer((body, ctx, on))

    router = APIRouter(route_class=Operation)
    with pytest.raises(ValueError, match="/more asks for more than a body and a context"):
        router.post("/more")(straight(more))


async def test_a_connection_that_ends_within_a_body_posts_nothing(app, key, desk):
    account = await desk.account()
    body = json.dumps({**PAYMENT, "account_id": account["id"]}).encode()
    messages = [
        {"type": "http.disconnect"},
        {"type": "http.request", "body": body[:-10], "more_body": True},
    ]
    told = []

    async def receive():
        return messages.pop()

    async def send(message):
        told.append(message)

    request = httpx.Request(
        "POST", "http://accord.test", headers={**JSON, "Authorization": f"Bearer {key}"}
    )
    scope = {
        "type": "http", "method": "POST", "path": "/v1/payments", "raw_path": b"/v1/payments",
        "query_string": b"", "root_path": "", "scheme": "http", "http_version": "1.1",
        "client": ("127.0.0.1", 1), "server": ("accord.test", 80),
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
    }  # fmt: skip
    await app(scope, receive, send)

    assert told[0]["status"] == 400
    assert (await desk.read(account))["balance"]["total_minor"] == 300_00
