"""Endpoints as their owner handles them: made, changed, pinged, rotated, deleted; and refusals."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy import text

from app.domain.webhooks.signature import accepts
from tests.database import as_tenant
from tests.feed import feed_at_rest

PRIVATE = [
    "https://127.0.0.2:1/hook", "https://10.1.2.3/", "https://192.168.0.1/", "https://172.16.0.9/",
    "https://169.254.169.254/latest/meta-data", "https://100.64.1.1/", "https://[::1]/",
    "https://[::ffff:10.0.0.1]/", "https://[fe80::1]/", "https://[fc00::1]/", "https://0.0.0.0/",
    "https://224.0.0.1/", "https://localhost/", "https://localhost./", "https://db.internal/",
    "https://printer.local/", "https://intranet/", "http://10.0.0.1/", "https://255.255.255.255/",
    "https://[64:ff9b::7f00:1]/", "https://[2002:7f00:1::]/",
]  # fmt: skip
MALFORMED = [
    "http://hooks.example.com/", "ftp://hooks.example.com/", "hooks.example.com", "https://",
    "https://user:pass@hooks.example.com/", "https://hooks.example.com/#part",
    "https://hooks.example.com:0/", "https://hooks.example.com:99999/", "https://2130706433/",
    "https://0x7f000001/", "https://127.1/", "https://hooks.example.com/a b", "https://h\\x.com/",
    "https://hooks..example.com/", "https://hooks.example.com/" + "x" * 2000,
]  # fmt: skip
PUBLIC = "https://hooks.example.com/accord"


@pytest.fixture
def closed(app, client, sender):
    """The installation as it is by default: no network is opened."""
    sender.allowed = ()
    return client


@pytest.mark.parametrize("url", PRIVATE)
async def test_a_private_address_is_refused_and_nothing_is_stored(closed, desk, url):
    status, name, document = await desk.refused("POST", "/v1/webhooks", json={"url": url})
    assert (status, name) == (422, "private-address"), document
    assert document["host"]
    assert (await desk.get("/v1/webhooks"))["data"] == []


@pytest.mark.parametrize("url", MALFORMED)
async def test_what_is_no_such_url_is_told_where(closed, desk, url):
    assert await desk.pointers("/v1/webhooks", {"url": url}) == ["/url"]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"types": ["plan.brokn", "installment.*", "x.*"]}, ["/types/0", "/types/2"]),
        ({"types": []}, ["/types"]),
        ({"types": ["plan"]}, ["/types/0"]),
        ({"ordering": "global"}, ["/ordering"]),
        ({"rate_per_second": 0}, ["/rate_per_second"]),
        ({"rate_per_second": 1001}, ["/rate_per_second"]),
        ({"headers": {"Host": "x"}}, ["/headers/Host"]),
        ({"headers": {"Webhook-Id": "x"}}, ["/headers/Webhook-Id"]),
        ({"contact_email": "nobody"}, ["/contact_email"]),
        ({"secret": "whsec_x"}, ["/secret"]),
    ],
)
async def test_each_malformed_field_is_named(desk, body, pointers):
    assert await desk.pointers("/v1/webhooks", {"url": PUBLIC, **body}) == pointers


async def test_headers_cannot_smuggle_a_line(desk):
    body = {"url": PUBLIC, "headers": {"X-A": "a\r\nX-B: b"}}
    assert await desk.pointers("/v1/webhooks", body) != []


async def test_whoever_writes_says_who_they_are(client, desk):
    del client.headers["Accord-Actor"]
    status, name, document = await desk.refused("POST", "/v1/webhooks", json={"url": PUBLIC})
    assert (status, name) == (422, "invalid-input")
    assert [error["pointer"] for error in document["errors"]] == ["Accord-Actor:"]


async def test_it_is_made_read_changed_listed_and_deleted(client, desk):
    asked = {"url": PUBLIC, "types": ["plan.*"], "description": "Billing", "headers": {"X-K": "s"}}
    answer = await client.post("/v1/webhooks", json=asked)
    made = answer.json()
    path = f"/v1/webhooks/{made['id']}"
    assert answer.headers["location"] == path
    assert made["secret"].startswith("whsec_")
    assert made["header_names"] == ["X-K"]
    assert "s" not in made.values()
    assert (made["status"], made["ordering"], made["rate_per_second"]) == ("enabled", "account", 10)
    assert (await desk.get(f"{path}/secret"))["secret"] == made["secret"]

    tag = {"If-Match": answer.headers["etag"]}
    patch = {"types": None, "rate_per_second": 5, "headers": None}
    changed = await client.patch(path, json=patch, headers=tag)
    assert changed.status_code == 200, changed.text
    said = changed.json()
    assert (said["types"], said["rate_per_second"], said["header_names"]) == (None, 5, [])
    assert (said["url"], said["description"]) == (PUBLIC, "Billing")
    stale = await client.patch(path, json=patch, headers=tag)
    assert stale.status_code == 412
    refused = await client.patch(path, json={"url": "https://10.0.0.1/"})
    assert refused.json()["type"] == "/problems/private-address"

    other = await desk.post("/v1/webhooks", {"url": PUBLIC})
    first = await desk.get("/v1/webhooks", limit=1)
    rest = await desk.get("/v1/webhooks", limit=1, cursor=first["next_cursor"])
    assert [p["data"][0]["id"] for p in (first, rest)] == [made["id"], other["id"]]
    assert rest["next_cursor"] is None

    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await client.delete(path)).status_code == 404
    assert [one["id"] for one in (await desk.get("/v1/webhooks"))["data"]] == [other["id"]]


async def test_its_position_is_a_cursor_of_the_feed(desk):
    account = await desk.account(reference="A")
    await feed_at_rest(desk.database)  # what others' transactions hold back comes after it
    made = await desk.post("/v1/webhooks", {"url": PUBLIC})
    charge = {"kind": "fee", "amount_minor": 5}
    await desk.post(f"/v1/accounts/{account['id']}/charges", charge)
    after = await desk.get("/v1/events", after=made["position"])
    assert [one["type"] for one in after["data"]] == ["charge.added"]


async def test_a_secret_is_rotated_and_both_sign_for_a_day(hooks, desk):
    made = await hooks.made()
    path = f"/v1/webhooks/{made['id']}/rotate-secret"
    turned = await desk.post(path, {}, status=200)
    assert turned["secret"] != made["secret"]
    assert turned["former_secret_ends_at"]
    status, name, document = await desk.refused("POST", path, json={})
    assert (status, name) == (409, "rotation-in-progress")
    assert document["until_at"]

    await desk.account(reference="A")
    await hooks.turns()
    got = hooks.receiver.got[-1]
    assert got.headers["webhook-signature"].count("v1,") == 2
    for secret in (made["secret"], turned["secret"]):
        assert accepts(secret, got.headers, got.body, now=hooks.clock())

    hooks.clock.forward(hours=25)
    await desk.account(reference="B")
    await hooks.turns()
    got = hooks.receiver.got[-1]
    assert not accepts(made["secret"], got.headers, got.body, now=hooks.clock())
    assert accepts(turned["secret"], got.headers, got.body, now=hooks.clock())

    third = await desk.post(path, {"revoke_old": True, "keep_hours": 0}, status=200)
    assert third["former_secret_ends_at"] is None


async def test_a_ping_shows_its_answer_at_once(hooks, desk):
    made = await hooks.made()
    path = f"/v1/webhooks/{made['id']}/ping"
    pinged = await desk.post(path, {}, status=200)
    assert (pinged["delivered"], pinged["status"], pinged["error"]) == (True, 204, None)
    (got,) = hooks.receiver.got
    assert got.event["type"] == "webhook.ping"
    assert got.event["data"]["data"] == {"webhook_id": made["id"]}
    assert got.id == pinged["event_id"] == got.event["data"]["id"]
    at = datetime.fromisoformat(pinged["at"])
    assert accepts(made["secret"], got.headers, got.body, now=at)

    hooks.receiver.answers = [500]
    await desk.post(f"/v1/webhooks/{made['id']}/disable", {}, status=200)
    failed = await desk.client.post(path, headers={"Idempotency-Key": "k"})
    assert (failed.json()["delivered"], failed.json()["status"]) == (False, 500)
    assert [one["status"] for one in await hooks.deliveries(made)] == ["failed", "delivered"]
    assert (await hooks.read(made))["failing_since_at"] is None


@pytest.mark.parametrize("patience_s", [2])
async def test_no_transaction_is_open_while_the_network_is_asked(hooks, desk, database, owner):
    """The receiver hangs; meanwhile nothing of ours is idle in a transaction."""
    made = await hooks.made()
    hooks.receiver.answers = [None]
    asked = asyncio.create_task(desk.client.post(f"/v1/webhooks/{made['id']}/ping"))
    await hooks.receiver.arrived.wait()
    async with owner.transaction() as tx:
        query = "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        query += " AND datname = current_database() AND pid <> pg_backend_pid()"
        assert (await tx.execute(text(query))).scalar_one() == 0
    assert (await asked).json()["error"] == "timeout"


async def test_another_tenants_endpoint_is_told_nothing_of_ours(hooks, desk, client, theirs):
    await hooks.made()
    their = {**theirs, "Accord-Actor": "them"}
    clock = {"business_date": "2026-01-10"}
    await client.put("/v1/sandbox/clock", json=clock, headers=their)
    debt = {"reference": "T", "currency": "USD", "balance": {"fees_minor": 100}}
    assert (await client.post("/v1/accounts", json=debt, headers=their)).status_code == 201
    assert await hooks.turns() == 0


async def test_a_tenant_has_no_more_than_a_hundred(desk, owner, tenant):
    made = await desk.post("/v1/webhooks", {"url": PUBLIC})
    async with as_tenant(owner, tenant) as tx:
        columns = await tx.execute(text(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns"
            " WHERE table_name = 'webhook' AND column_name <> 'id'"))  # fmt: skip
        names = columns.scalar_one()
        await tx.execute(
            text(
                f"INSERT INTO webhook (id, {names}) SELECT gen_random_uuid(), {names}"
                " FROM webhook, generate_series(1, 99) WHERE tenant_id = :t"
            ),
            {"t": tenant},
        )
    status, name, document = await desk.refused("POST", "/v1/webhooks", json={"url": PUBLIC})
    assert (status, name) == (422, "invalid-input"), document
    assert "100" in document["detail"]
    assert made["id"]
