"""Ways out, as tenants set them up: no credential in them, and nobody's private host."""

import pytest

HTTP = {
    "kind": "http", "channel": "email", "url": "https://api.example.com/m", "idempotent": True,
    "secret_ref": "postmark", "from": "Accord <billing@example.com>", "rate_per_second": 20,
}  # fmt: skip


async def test_a_provider_is_set_up_read_and_changed(ann):
    made = await ann.put("/v1/providers/postmark", HTTP, status=201)
    assert (made["from"], made["secret_ref"], made["version"]) == (
        "Accord <billing@example.com>", "postmark", 1,
    )  # fmt: skip
    assert await ann.get("/v1/providers/postmark") == made
    answer = await ann.client.put("/v1/providers/postmark", json=HTTP, headers={"If-Match": '"7"'})
    assert answer.status_code == 412


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"kind": "smtp", "url": "smtp://mail.example.com", "channel": "sms"}, "/channel"),
        ({"kind": "smtp", "url": "smtp://me:pw@mail.example.com", "idempotent": False}, "/url"),
        ({"kind": "smtp", "url": "smtp://mail.example.com"}, "/idempotent"),
        ({"kind": "print", "channel": "letter"}, "/url"),
        ({"headers": {"Authorization": "Bearer x"}}, "/headers/Authorization"),
        ({"url": "http://api.example.com/m"}, "/url"),
    ],
)
async def test_what_cannot_carry_is_refused(ann, changes, pointer):
    body = {**HTTP, **changes}
    assert await ann.pointers("/v1/providers/p", body, method="PUT") == [pointer]


async def test_a_private_host_is_nobodys_to_name(ann):
    for url in ("https://10.0.0.1/", "smtp://localhost:25"):
        kind = {"kind": "smtp", "idempotent": False} if url.startswith("smtp") else {}
        status, name, _ = await ann.refused(
            "PUT", "/v1/providers/p", json={**HTTP, **kind, "url": url}
        )
        assert (status, name) == (422, "private-address")


async def test_a_callback_needs_a_signature(ann):
    await ann.put("/v1/providers/postmark", HTTP, status=201)
    assert await ann.pointers("/v1/providers/postmark/callbacks", {"RecordType": "Open"}) == [
        "/name"
    ]
