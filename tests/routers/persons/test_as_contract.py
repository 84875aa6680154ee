"""What the contract says of persons and their words, and nothing else held."""

import httpx
import pytest

from tests.routers.persons.test_persons import CONSENT, DEBTOR, point, points

STOP = {"channels": "all", "received_at": "2026-01-09T16:00:00Z", "how": "oral"}


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-10")
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann):
    return await ann.account(debtor=DEBTOR)


async def test_a_basis_says_for_which_channel_and_by_which_consent(ann, account):
    person = account["debtor"]["id"]
    email, phone = [await point(ann, person, kind) for kind in ("email", "phone")]
    given = await ann.post(f"/v1/contact-points/{email['id']}/consents", CONSENT)
    calls = {**CONSENT, "channels": ["call"]}
    await ann.post(f"/v1/contact-points/{phone['id']}/consents", calls)

    found = {one["kind"]: one["basis"] for one in await points(ann, person)}
    assert found == {
        "email": [
            {"channel": "email", "kind": "direct_consent", "on": "2026-01-09", "withdrawn": False,
             "consent_id": given["id"]}
        ],
        "phone": [],
    }  # fmt: skip
    # Who agreed to be called did not agree to texts.
    own = f"/v1/accounts/{account['id']}/contact-decisions/preview"
    asked = {"channel": "sms", "at": "2026-01-10T18:00:00Z"}
    told = await ann.post(own, asked, status=200)
    assert "SMS_BASIS_MISSING" in [one["code"] for one in told["reasons"]]


async def test_restrictions_are_listed_as_they_stood_on_a_day(ann, account, desk):
    path = f"/v1/persons/{account['debtor']['id']}/restrictions"
    placed = await ann.post(path, {"kind": "opt_out", "channel": "call", "reason": "said so"})
    await desk.at("2026-01-12")
    ended = {"reason": "may call again", "said_by_person": True}
    await ann.post(f"/v1/restrictions/{placed['id']}/lift", ended)
    await desk.at("2026-01-14")

    for day, wanted in (("2026-01-09", []), ("2026-01-11", [placed["id"]]), ("2026-01-13", [])):
        found = (await ann.get(path, as_of=day))["data"]
        assert [one["id"] for one in found] == wanted, day
    assert (await ann.get(path))["data"] == []
    assert await ann.pointers(f"{path}?as_of=yesterday", None, method="GET") == ["?as_of"]


async def test_what_was_taken_back_is_lifted_by_the_person_alone(ann, account):
    person = account["debtor"]["id"]
    phone = await point(ann, person, "phone")
    await ann.post(f"/v1/contact-points/{phone['id']}/revocations", STOP)
    path = f"/v1/persons/{person}/restrictions"
    (stands,) = (await ann.get(path))["data"]

    lift = f"/v1/restrictions/{stands['id']}/lift"
    ours = {"reason": "we think so", "said_by_person": False}
    assert await ann.pointers(lift, ours) == ["/said_by_person"]
    assert (await point(ann, person, "phone"))["opted_out"] == ["call", "sms"]
    await ann.post(lift, {"reason": "call me again", "said_by_person": True})
    assert (await ann.get(path))["data"] == []
    assert (await point(ann, person, "phone"))["opted_out"] == []


@pytest.mark.parametrize("scope", ["persons:erase", "persons:write", "persons:*"])
async def test_who_may_erase_need_not_be_able_to_write(account, keyed, scope):
    person = f"/v1/persons/{account['debtor']['id']}"
    mine = await keyed(scope)

    refused = await mine.post(f"{person}/erase", json={"reason": "asked in writing"})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/retention")
    said = {"time_zone": "America/Denver", "said_on": "2026-01-09"}
    written = await mine.post(f"{person}/location", json=said)
    assert written.status_code == (403 if scope == "persons:erase" else 201)


@pytest.mark.parametrize(
    ("scope", "reads", "makes"),
    [
        ("evidence:read", 404, 403), ("evidence:write", 403, 202), ("accounts:read", 404, 403),
        ("accounts:write", 403, 202), ("plans:write", 403, 403),
    ],
)  # fmt: skip
async def test_evidence_has_scopes_of_its_own(account, keyed, scope, reads, makes):
    path = f"/v1/accounts/{account['id']}/evidence-files"
    mine = await keyed(scope)

    nobodys = await mine.get(f"{path}/evf_01h455vb4pex5vsknk084sn02q")
    made = await mine.post(path, json={"for": "legal", "sections": ["consents"]})

    assert (nobodys.status_code, made.status_code) == (reads, makes)


@pytest.fixture
def keyed(staff):
    """`await keyed(scope)`: a client with a key of that scope alone."""

    async def made(scope):
        boss = await staff("admin", "boss")
        body = {"name": "narrow", "role": "supervisor", "scopes": [scope]}
        key = await boss.post("/v1/keys", body)
        headers = {"Authorization": f"Bearer {key['secret']}", "Accord-Actor": "bob"}
        return httpx.AsyncClient(
            transport=boss.client._transport, base_url="http://accord.test", headers=headers
        )

    return made


async def test_what_tells_who_agreed_is_kept_apart_and_forgotten_with_them(ann, account, desk):
    person = account["debtor"]["id"]
    email, phone = [await point(ann, person, kind) for kind in ("email", "phone")]
    shows = {"ip": "2001:db8::7", "user_agent": "Browser of Jane's/1.0"}
    given = {**CONSENT, "evidence": shows}
    await ann.post(f"/v1/contact-points/{email['id']}/consents", given)
    words = {**STOP, "text": "Stop calling Jane at once"}
    await ann.post(f"/v1/contact-points/{phone['id']}/revocations", words)

    async def kept(path):
        found = await ann.get(path)
        return [one["data"] for one in found.get("data", found.get("facts"))]

    (consent,) = await kept(f"/v1/contact-points/{email['id']}/history")
    (revoked,) = await kept(f"/v1/contact-points/{phone['id']}/history")
    assert ({**consent, **shows}, revoked["text"]) == (consent, words["text"])
    assert await kept(f"/v1/persons/{person}/export") == [consent, revoked]
    told = await ann.client.get("/v1/events")
    files = await ann.post(
        f"/v1/accounts/{account['id']}/evidence-files", {"for": "legal"}, status=202
    )
    sealed = await ann.client.get(
        f"/v1/accounts/{account['id']}/evidence-files/{files['id']}/content"
    )
    for text in (shows["ip"], shows["user_agent"], words["text"]):
        assert text not in told.text
        assert text.encode() not in sealed.content

    await desk.at("2029-06-01")
    await ann.post(f"/v1/persons/{person}/erase", {"reason": "asked in writing"}, status=202)
    (revoked,) = await kept(f"/v1/contact-points/{phone['id']}/history")
    assert "text" not in revoked
    exported = await ann.client.get(f"/v1/persons/{person}/export")
    assert words["text"] not in exported.text
    assert shows["ip"] not in exported.text


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"ip": "203.0.113.7\u0000"}, "/evidence/ip"),
        ({"ip": "1" * 65}, "/evidence/ip"),
        ({"ip": "<script>"}, "/evidence/ip"),
        ({"user_agent": ""}, "/evidence/user_agent"),
        ({"user_agent": "a" * 256}, "/evidence/user_agent"),
        ({"user_agent": "a\u0000b"}, "/evidence/user_agent"),
        ({}, "/evidence"),
    ],
)
async def test_what_shows_no_consent_is_named(ann, account, said, pointer):
    email = await point(ann, account["debtor"]["id"], "email")
    path = f"/v1/contact-points/{email['id']}"
    given = {**CONSENT, "evidence": said}
    assert await ann.pointers(f"{path}/consents", given) == [pointer]
    for text in ("", "a" * 4_001, "\u0000"):
        assert await ann.pointers(f"{path}/revocations", {**STOP, "text": text}) == ["/text"]
    assert (await ann.get(f"{path}/history"))["data"] == []
