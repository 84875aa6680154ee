"""What stands beside a contact: links, the policy and clocks it was judged by, who put it right."""

import asyncio

import pytest

from tests.routers.contacts.test_contacts import NOON, call, outside
from tests.routers.keeping.test_evidence import made as evidence
from tests.routers.keeping.test_evidence import read as unzipped
from tests.routers.lives.desk import IN_THREE
from tests.routers.persons.test_persons import DEBTOR

NOTHING = {"promise_id": None, "plan_id": None, "quote_id": None}
WHY = {"reason": "the wrong one"}


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-02")
    return await staff("supervisor", "ann")


@pytest.fixture
async def account(ann, desk):
    made = await ann.account(debtor=DEBTOR)
    await desk.at("2026-01-15")
    return made


async def agreed(desk, account):
    """A promise, a plan and a quote about an account, by the field that links each."""
    own = f"/v1/accounts/{account['id']}"
    promise = await desk.post(f"{own}/promises", {"amount_minor": 50_00, "due_on": "2026-01-30"})
    plan = await desk.plan(account)
    quote = await desk.post(f"{own}/quotes", {"terms": {**IN_THREE, "installment_count": 2}})
    return {"promise_id": promise["id"], "plan_id": plan["id"], "quote_id": quote["id"]}


@pytest.fixture
async def links(ann, account):
    return await agreed(ann, account)


async def told(desk, kind):
    return [one for one in (await desk.get("/v1/events", limit=200))["data"] if one["type"] == kind]


async def test_what_came_of_a_contact_is_told_wherever_the_contact_is(ann, account, links):
    body = call(account, outcome="conversation", reference="d:1", links=links)
    made = await ann.post("/v1/contacts", body)

    assert made["links"] == links
    assert await ann.post("/v1/contacts", body, status=200) == made
    person, own = f"/v1/persons/{account['debtor']['id']}", f"/v1/accounts/{account['id']}"
    for path in ("/v1/contacts", f"{own}/contacts", f"{person}/contacts"):
        assert (await ann.get(path))["data"] == [made], path
    assert await ann.get(f"/v1/contacts/{made['id']}") == made
    assert (await ann.get(f"{person}/export"))["contacts"] == [made]
    (recorded,) = await told(ann, "contact.recorded")
    assert recorded["data"]["links"] == links
    for path in (f"{person}/timeline", f"{own}/timeline"):
        entries = (await ann.get(path, kinds="contact"))["data"]
        assert [one["data"]["links"] for one in entries] == [links], path
    expanded = await ann.get("/v1/events", expand="contact", limit=200)
    assert expanded["expanded"]["contacts"] == [made]


async def test_the_same_reference_with_other_links_is_another_contact(ann, account, links):
    body = call(account, reference="d:1", links={"plan_id": links["plan_id"]})
    made = await ann.post("/v1/contacts", body)

    assert made["links"] == {**NOTHING, "plan_id": links["plan_id"]}
    other = {**body, "links": {"promise_id": links["promise_id"]}}
    refused = await ann.refused("POST", "/v1/contacts", json=other)
    assert refused[:2] == (409, "reference-taken")


async def test_only_one_of_many_at_once_has_the_reference(ann, account, links):
    bodies = [call(account, reference="d:1", links={name: id_}) for name, id_ in links.items()] * 4

    async def ask(body):
        answer = await ann.client.post("/v1/contacts", json=body)
        while answer.status_code == 503:  # the account is busy: asked again
            answer = await ann.client.post("/v1/contacts", json=body)
        return answer

    answers = await asyncio.gather(*map(ask, bodies))

    (first,) = [one.json() for one in answers if one.status_code == 201]
    same = [one.json() for one in answers if one.status_code == 200]
    assert same == [first] * 3
    assert sum(one.status_code == 409 for one in answers) == 8
    assert (await ann.get("/v1/contacts"))["data"] == [first]


async def test_a_link_to_what_is_of_another_account_is_named(
    ann, account, links, stranger, theirs
):  # fmt: skip
    other = await ann.account(debtor={**DEBTOR, "reference": "CUST-2"})
    foreign = await agreed(ann, other)
    mine = {"reference": "I-1", "currency": "USD", "balance": {"principal_minor": 300_00}}
    placed = (await stranger.post("/v1/accounts", json=mine, headers=theirs)).json()
    said = {"amount_minor": 50_00, "due_on": placed["opened_on"]}
    own = f"/v1/accounts/{placed['id']}/promises"
    promise = (await stranger.post(own, json=said, headers=theirs)).json()

    pointers = [f"/links/{name}" for name in ("promise_id", "plan_id", "quote_id")]
    assert await ann.pointers("/v1/contacts", call(account, links=foreign)) == pointers
    both = call(account, account_ids=[account["id"], other["id"]], links=foreign)
    assert (await ann.post("/v1/contacts", both))["links"] == foreign
    another = call(account, links={**links, "promise_id": promise["id"]})
    assert await ann.pointers("/v1/contacts", another) == ["/links/promise_id"]
    batch = {"mode": "continue", "items": [call(account, links=links), another, both]}
    results = (await ann.post("/v1/contacts/batch", batch, status=200))["results"]
    assert [one["status"] for one in results] == [201, 422, 201]
    assert results[0]["contact"]["links"] == links
    errors = results[1]["problem"]["errors"]
    assert [one["pointer"] for one in errors] == ["/items/1/links/promise_id"]


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"promise_id": "plan_01h455vb4pex5vsknk084sn02q"}, "/links/promise_id"),
        ({"plan_id": "plan_\u0000"}, "/links/plan_id"),
        ({"quote_id": "q" * 10_000}, "/links/quote_id"),
        ({"quote_id": 7}, "/links/quote_id"),
        ({"settlement_id": "stl_01h455vb4pex5vsknk084sn02q"}, "/links/settlement_id"),
        ([], "/links"),
        ("plan_01h455vb4pex5vsknk084sn02q", "/links"),
    ],
)
async def test_what_is_no_link_is_named(ann, account, said, pointer):
    assert await ann.pointers("/v1/contacts", call(account, links=said)) == [pointer]
    made = await ann.post("/v1/contacts", call(account, links=None))
    path = f"/v1/contacts/{made['id']}/corrections"
    assert await ann.pointers(path, {**WHY, "links": said}) == [pointer]


async def test_a_correction_says_all_links_anew_and_who_said_so(ann, account, links, staff):
    made = await ann.post("/v1/contacts", call(account, links=links))
    bob = await staff("agent", "bob")
    path = f"/v1/contacts/{made['id']}/corrections"
    only = {"plan_id": links["plan_id"]}

    assert made["corrected_by"] is None
    put_right = await bob.post(path, {**WHY, "links": only})
    assert (put_right["links"], put_right["corrected_by"]) == ({**NOTHING, **only}, "bob")
    assert (put_right["actor"], put_right["corrections"]) == ("ann", 1)
    (corrected,) = await told(ann, "contact.corrected")
    assert (corrected["data"]["links"], corrected["data"]["changed"]) == (only, ["links"])
    kept = await ann.post(path, {**WHY, "outcome": "busy"})
    assert (kept["links"], kept["corrected_by"]) == ({**NOTHING, **only}, "ann")
    gone = await bob.post(path, {**WHY, "links": None})
    assert (gone["links"], gone["corrected_by"]) == (NOTHING, "bob")
    (entry,) = (await ann.get(f"/v1/accounts/{account['id']}/timeline", kinds="contact"))["data"]
    assert entry["data"]["corrected_by"] == "bob"


async def test_a_contact_that_is_another_accounts_takes_no_links_along(ann, account, links):
    other = await ann.account(debtor={**DEBTOR, "reference": "CUST-2"})
    foreign = await agreed(ann, other)
    made = await ann.post("/v1/contacts", call(account, links=links))
    path = f"/v1/contacts/{made['id']}/corrections"

    moved = {**WHY, "account_ids": [other["id"]]}
    pointers = [f"/links/{name}" for name in ("promise_id", "plan_id", "quote_id")]
    assert await ann.pointers(path, moved) == pointers
    assert await ann.get(f"/v1/contacts/{made['id']}") == made
    assert (await ann.post(path, {**moved, "links": foreign}))["links"] == foreign


async def test_an_evidence_file_of_a_day_says_what_was_linked_and_judged_then(
    ann, account, links, desk
):
    made = await ann.post("/v1/contacts", call(account, links=links))
    before = await ann.post("/v1/contacts", call(account, "2026-01-14T19:00:00Z"))
    that_day = {"as_of": "2026-01-15", "sections": ["contacts"]}
    _, first = await evidence(ann, account, **that_day)

    rows = {one["id"]: one for one in unzipped(first)["contacts.json"]}
    (linked,) = [one for one in rows.values() if one.get("links")]
    assert sorted(linked["links"]) == sorted(links)
    assert linked["judged_by"]["zones"] == ["America/Chicago"]
    assert linked["judged_by"]["policy"] == {"name": "default", "version": 0}
    assert "links" not in next(one for one in rows.values() if one is not linked)
    assert before["links"] == NOTHING

    await desk.at("2026-01-17")
    person = f"/v1/persons/{account['debtor']['id']}"
    moved = {"time_zone": "America/Denver", "said_on": "2026-01-16"}
    await ann.post(f"{person}/location", moved)
    path = f"/v1/contacts/{made['id']}/corrections"
    again = await ann.post(path, {**WHY, "links": None, "outcome": "busy"})
    assert [one["time_zone"] for one in again["local"]] == ["America/Denver"]
    _, same = await evidence(ann, account, **that_day)
    assert same == first
    _, now = await evidence(ann, account, sections=["contacts"])
    assert all("links" not in one for one in unzipped(now)["contacts.json"])


async def test_the_clocks_are_those_it_was_judged_by(ann, desk):
    two_zones = {**DEBTOR, "phone": "+1 850 555 0100", "region": None, "reference": "CUST-3"}
    account = await ann.account(debtor=two_zones)
    await desk.at("2026-01-15")

    made = await ann.post("/v1/contacts", call(account, "2026-01-15T02:30:00Z"))

    assert made["local"] == [
        {"time_zone": "America/Chicago", "time": "20:30"},
        {"time_zone": "America/New_York", "time": "21:30"},
    ]
    assert "OUTSIDE_HOURS" in outside(made)
    assert made["judged"]["policy"] == {"name": "default", "version": 0}
    came = call(account, direction="in", outcome="conversation")
    heard = await ann.post("/v1/contacts", came)
    assert (heard["judged"], len(heard["local"])) == ({"outside": [], "policy": None}, 2)
    nobody = await ann.post("/v1/contacts", call(account, person_id=None))
    assert (nobody["judged"]["policy"], nobody["local"]) == (None, [])


async def test_the_policy_is_the_version_in_force_when_it_began(ann, account, desk, staff):
    boss = await staff("admin", "boss")
    await desk.at("2026-01-10")
    policy = {"country": "US", "effective_from": "2026-01-12"}
    said = await boss.put("/v1/contact-policies/default", policy, status=201)
    await desk.at("2026-01-15")

    early = await boss.post("/v1/contacts", call(account, "2026-01-11T18:00:00Z"))
    late = await boss.post("/v1/contacts", call(account, NOON))

    assert early["judged"]["policy"] == {"name": "default", "version": 0}
    assert late["judged"]["policy"] == {"name": "default", "version": said["version"]}
    night = await boss.post("/v1/contacts", call(account, "2026-01-14T05:00:00Z"))
    judged = await told(ann, "contact.judged")
    (of_night,) = [one["data"] for one in judged if one["data"]["contact_id"] == night["id"]]
    assert of_night["policy"] == late["judged"]["policy"]
    batch = {"mode": "atomic", "items": [call(account, "2026-01-14T20:30:00Z")]}
    (one,) = (await boss.post("/v1/contacts/batch", batch, status=200))["results"]
    assert one["contact"]["judged"]["policy"] == late["judged"]["policy"]
    assert one["contact"]["local"] == [{"time_zone": "America/Chicago", "time": "14:30"}]


async def test_what_was_said_is_answered(ann, account):
    elements = ["business_name", "person_name", "request_to_reply", "telephone_number"]
    names = [{"system": "hubspot", "id": "771"}]
    body = call(
        account, outcome="voicemail_left", external_ids=names, place="work",
        voicemail={"limited_content": True, "elements": elements},
    )  # fmt: skip

    made = await ann.post("/v1/contacts", body)

    assert made["voicemail"] == {"limited_content": True, "elements": elements}
    assert (made["place"], made["external_ids"]) == ("work", names)
    assert made["effects"]["communication"] is False
    another = await ann.post("/v1/contacts", call(account, outcome="voicemail_left"))
    assert (another["voicemail"], another["place"], another["external_ids"]) == (None, None, [])
    assert await ann.get(f"/v1/contacts/{made['id']}") == made
