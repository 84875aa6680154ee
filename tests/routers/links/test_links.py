"""A debtor's link: looked at as often as anybody likes, answered, and agreed to once."""

import json
import re

import pytest
from sqlalchemy import text

from tests.routers.lives.desk import IN_THREE

POSTAL = {"lines": ["1 Main St"], "city": "Austin", "region": "US-TX", "postal_code": "78701-1234",
          "country": "US"}  # fmt: skip
DEBTOR = {"name": "Zebulon Quackenbush", "reference": "D-1", "email": "zeb@example.com"}


@pytest.fixture
async def boss(desk, staff):
    await desk.at("2026-01-10")
    return await staff("supervisor", "boss-1")


@pytest.fixture
async def account(boss):
    made = await boss.account(debtor=DEBTOR)
    own = f"/v1/persons/{made['debtor']['id']}/contact-points"
    await boss.post(own, {"kind": "postal", "value": "1 Main St, Austin", "postal": POSTAL})
    return made


@pytest.fixture
def linked(boss, account):
    """`await linked(...)`: a link of the account, and the path of its page."""

    async def made(*purposes, **changes):
        body = {
            "person_id": account["debtor"]["id"], "purposes": ["view", *purposes],
            "verify": "postal_code", "expires_at": "2026-01-20T00:00:00Z", **changes,
        }  # fmt: skip
        link = await boss.post(f"/v1/accounts/{account['id']}/links", body)
        return link, link["url"].removeprefix("http://accord.test")

    return made


@pytest.fixture
def debtor(stranger):
    """A browser without a key."""
    stranger.headers["accept"] = "text/html"
    return stranger


def field(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


async def verified(debtor, path, answer="78701 1234"):
    page = await debtor.post(f"{path}/verify", data={"answer": answer})
    assert page.status_code == 200, page.text
    return page


async def counts(owner, tenant):
    names = ("event", "fact", "link_session", "link_attempt", "person_fact")
    async with owner.transaction() as tx:
        return [
            (await tx.execute(
                text(f"SELECT count(*) FROM {one} WHERE tenant_id = :t"), {"t": tenant}
            )).scalar_one()
            for one in names
        ]  # fmt: skip


async def test_looking_changes_nothing_and_tells_nothing(boss, linked, debtor, owner, tenant):
    link, path = await linked("choose")
    before = await counts(owner, tenant)

    for _ in range(10):
        page = await debtor.get(path)
        head = await debtor.head(path)
    assert await counts(owner, tenant) == before
    assert (await boss.get(f"/v1/links/{link['id']}"))["opened_at"] is None
    assert (page.status_code, head.status_code, head.content) == (200, 200, b"")
    assert "INV-" not in page.text
    assert "Quackenbush" not in page.text
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "<script" not in page.text
    for act in ("options", "accept", "settlement", "preferences", "points", "messages"):
        refused = await debtor.post(f"{path}/{act}", data={})
        assert refused.status_code == 401, act
        assert "INV-" not in refused.text
        again = await debtor.get(f"{path}/{act}")  # a phone opens its tab anew
        assert (again.status_code, again.headers["allow"]) == (405, "POST")
        assert 'name="answer"' in again.text
        assert "INV-" not in again.text
    assert (await debtor.get("/l/" + "x" * 43)).status_code == 404
    assert (await debtor.get("/l/" + "x" * 43 + "/accept")).status_code == 404
    assert (await debtor.get(f"{path}/nothing")).status_code == 404
    for _ in range(6):  # machines press buttons: an empty form is no answer
        assert (await debtor.post(f"{path}/verify", data={"answer": " "})).status_code == 401
    assert await counts(owner, tenant) == before


async def test_a_debtor_finds_a_plan_reads_it_and_agrees_once(boss, account, linked, debtor):
    link, path = await linked("choose", options={"affordable_minor": {"min": 10_00}})
    shown = await verified(debtor, path)
    assert account["reference"] in shown.text
    assert "$300.00" in shown.text
    assert "<table" not in shown.text, "there is no plan yet: no table without a row"
    said = {"affordable": "100", "every": "month", "first_due_on": "2026-01-31"}

    found = await debtor.post(f"{path}/options", data=said)
    name = field(found, "choose")
    written = await debtor.post(f"{path}/options", data={**said, "choose": name})
    assert written.status_code == 201, written.text
    words = {one: field(written, one) for one in ("quote_id", "quote_hash", "text_hash")}
    other = await debtor.post(f"{path}/accept", data={**words, "text_hash": "0" * 64})
    assert other.status_code == 409
    agreed = await debtor.post(f"{path}/accept", data=words, headers={"user-agent": "Phone/1.0"})
    again = await debtor.post(f"{path}/accept", data=words)

    assert (agreed.status_code, again.status_code) == (201, 409)
    (plan,) = (await boss.get("/v1/plans", account_id=account["id"]))["data"]
    consent = await boss.get(f"/v1/plans/{plan['id']}/consent")
    assert (consent["channel"], consent["captured_by"]) == ("link", link["id"])
    assert (consent["text_hash"], consent["user_agent"]) == (words["text_hash"], "Phone/1.0")
    assert consent["ip"]
    timeline = (await boss.get(f"/v1/accounts/{account['id']}/timeline"))["data"]
    told = [one["type"] for one in timeline if one.get("type", "").startswith("link.")]
    assert sorted(told) == ["link.created", "link.used", "link.verified"]
    stands = await boss.get(f"/v1/links/{link['id']}")
    assert stands["status"] == "used"
    after = await debtor.get(path)
    assert (after.status_code, after.text.count("<table")) == (200, 1)
    assert ">Jan 31, 2026<" in after.text  # on one line of a phone


async def test_no_option_is_outside_what_the_link_allows(linked, debtor):
    said = {"affordable": "100", "every": "month", "first_due_on": "2026-01-31"}
    each = []
    for options in ({}, {"affordable_minor": {"min": 90_00}}):
        _, path = await linked("choose", options=options)
        await verified(debtor, path)
        found = await debtor.post(f"{path}/options", data=said)
        each.append([float(one) for one in re.findall(r"the first of \$([\d.]+)", found.text)])

    free, bounded = each
    assert min(free) < 90 <= min(bounded)


async def test_five_wrong_answers_lock_it_and_ten_stop_new_ones(boss, account, linked, debtor):
    for _ in range(2):
        link, path = await linked()
        told = [(await debtor.post(f"{path}/verify", data={"answer": "1"})).status_code
                for _ in range(5)]  # fmt: skip
        assert told == [401, 401, 401, 401, 410]
        assert (
            await debtor.post(f"{path}/verify", data={"answer": "78701-1234"})
        ).status_code == 410
        assert (await boss.get(f"/v1/links/{link['id']}"))["status"] == "locked"
    body = {"person_id": account["debtor"]["id"], "purposes": ["view"], "verify": "none",
            "expires_at": "2026-01-20T00:00:00Z"}  # fmt: skip
    assert await boss.pointers(f"/v1/accounts/{account['id']}/links", body) == ["/person_id"]
    refused = await debtor.post(
        f"{path}/verify", data={"answer": "1"}, headers={"accept": "application/json"}
    )
    assert refused.json()["type"] == "/problems/link-ended"
    assert path.removeprefix("/l/") not in refused.text


async def test_it_ends_when_it_says_and_when_it_is_revoked(boss, desk, linked, debtor):
    _, first = await linked(verify="none")
    second, path = await linked(verify="none", locale="de-DE")
    assert "Sie schulden" in (await debtor.get(path)).text

    await boss.post(f"/v1/links/{second['id']}/revoke", {"reason": "wrong address"}, status=200)
    assert (await debtor.get(path)).status_code == 410
    await desk.at("2026-01-20")
    assert (await debtor.get(first)).status_code == 410


async def test_an_offer_is_refused_in_words_and_a_settlement_accepted(
    boss, account, linked, debtor
):
    own = f"/v1/accounts/{account['id']}"
    quote = await boss.post(f"{own}/quotes", {"terms": IN_THREE})
    offer = await boss.post(
        f"{own}/settlement-offers", {"share_bps": 9000, "expires_on": "2026-01-18"}
    )
    _, path = await linked(
        "consent", "accept_settlement", quote_ids=[quote["id"]], settlement_id=offer["id"]
    )
    page = await verified(debtor, path)
    hold = await boss.post(f"{own}/holds", {"kind": "dispute", "reason": "asked"})
    words = {one: field(page, one) for one in ("quote_id", "quote_hash", "text_hash")}
    held = await debtor.post(f"{path}/accept", data=words)
    assert held.status_code == 409
    assert "on hold" in held.text
    await boss.post(f"{own}/holds/{hold['id']}/release", {}, status=200)

    settlement = page.text[page.text.index("/settlement") :]
    said = {"text_hash": re.search(r'name="text_hash" value="(\w+)"', settlement)[1]}
    assert (await debtor.post(f"{path}/settlement", data=said)).status_code == 201
    assert (await boss.get(f"/v1/settlement-offers/{offer['id']}"))["status"] == "accepted"


async def test_preferences_points_and_messages_land_where_the_api_puts_them(
    boss, account, linked, debtor
):
    _, path = await linked("preferences", "update_points", "message", verify="last_four")
    page = await verified(debtor, path, answer=account["reference"].replace("-", "")[-4:])
    email = re.search(r'name="allow_email" value="(\w+)"', page.text)[1]
    person = f"/v1/persons/{account['debtor']['id']}"

    said = {"language": "es", "stop": ["call"], "preferred": "email", "allow_email": email}
    for act, data in (
        ("preferences", said),
        ("points", {"kind": "phone", "value": "+1 512 555 0142"}),
        ("messages", {"text": "<b>Call</b> my daughter"}),
    ):
        done = await debtor.post(f"{path}/{act}", data=data)
        assert done.status_code == 201, (act, done.text)
    bad = await debtor.post(f"{path}/points", data={"kind": "phone", "value": "12"})
    assert (bad.status_code, "no se puede usar" in bad.text) == (422, True)

    assert (await boss.get(person))["language"] == "es"
    placed = (await boss.get(f"{person}/restrictions"))["data"]
    assert sorted(one["kind"] for one in placed) == ["opt_out", "preferred_channel"]
    points = {one["kind"]: one for one in (await boss.get(f"{person}/contact-points"))["data"]}
    assert points["phone"]["source"] == "person"
    assert points["email"]["basis"][0]["kind"] == "direct_consent"
    (contact,) = (await boss.get("/v1/contacts", account_id=account["id"]))["data"]
    assert (contact["direction"], contact["summary"]) == ("in", "<b>Call</b> my daughter")


async def test_a_portal_shows_it_in_its_frame_for_a_while(boss, linked, debtor):
    link, _ = await linked(frame_ancestors=["https://portal.example"])
    at = f"/v1/links/{link['id']}/sessions"
    assert await boss.pointers(at, {"origin": "https://other.example"}) == ["/origin"]

    opened = await boss.post(at, {"origin": "https://portal.example"})
    page = await debtor.get(opened["url"].removeprefix("http://accord.test"))
    assert "$300.00" in page.text
    assert "frame-ancestors https://portal.example" in page.headers["content-security-policy"]


async def test_a_token_is_told_once_and_stands_in_no_log(boss, account, linked, debtor, capfd):
    body = {"person_id": account["debtor"]["id"], "purposes": ["view"], "verify": "code",
            "expires_at": "2026-01-20T00:00:00Z"}  # fmt: skip
    at, key = f"/v1/accounts/{account['id']}/links", {"Idempotency-Key": "once"}
    first = (await boss.client.post(at, json=body, headers=key)).json()
    again = (await boss.client.post(at, json=body, headers=key)).json()
    token = first["url"].rpartition("/")[2]
    assert len(token) == 43
    assert (again["id"], again["url"], again["code"]) == (first["id"], None, None)

    await verified(debtor, f"/l/{token}", first["code"])
    await debtor.post(f"/l/{token}/accept", data={"quote_id": "nothing"})
    await debtor.put(f"/l/{token}")
    kept = json.dumps([
        await boss.get(at), await boss.get("/v1/events"), await boss.get(f"/v1/links/{first['id']}")
    ])  # fmt: skip
    told = capfd.readouterr()
    assert token not in kept + told.out + told.err
