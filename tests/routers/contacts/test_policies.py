"""Contact policies over HTTP: versions, what may be looser, and the gate by the one in force."""

import pytest

from tests.routers.contacts.test_contacts import NOON, call, decide, outside
from tests.routers.persons.test_persons import DEBTOR

POLICY = "/v1/contact-policies/default"
ONE_A_DAY = {"rules": {"house.calls_3_a_day": {"max": 1}, "house.calls_apart": {"minutes": 0}}}


@pytest.fixture
async def ann(staff, desk):
    await desk.at("2026-01-02")
    return await staff("supervisor", "ann")


@pytest.fixture
async def boss(staff, ann):
    return await staff("admin", "boss")


async def test_versions_say_the_same_for_ever(ann, boss):
    shipped = await ann.get(POLICY)
    assert (shipped["version"], shipped["shipped"]) == (0, True)
    assert shipped["retention"] == {"years": 3}

    first = await boss.put(POLICY, ONE_A_DAY, status=201)
    assert (first["version"], first["actor"], first["effective_from"]) == (1, "boss", "2026-01-02")
    assert (await boss.put(POLICY, ONE_A_DAY))["version"] == 1
    named = {"name": "default", **ONE_A_DAY}  # the same document, as it is shown
    assert (await boss.put(POLICY, named))["version"] == 1
    other = {**named, "name": "firm"}
    assert await boss.pointers(POLICY, other, method="PUT") == ["/name"]
    days = {"from": "2026-01-01", "to": "2026-01-02"}
    tried = {"document": other, **days}
    assert await boss.pointers(f"{POLICY}/what-if", tried) == ["/document/name"]
    await boss.post(f"{POLICY}/what-if", {"document": named, **days}, status=200)
    later = {**ONE_A_DAY, "effective_from": "2026-02-01"}
    assert (await boss.put(POLICY, later))["version"] == 2
    await boss.put("/v1/contact-policies/firm", {"country": "US"}, status=201)

    assert await ann.get(f"{POLICY}/versions/1") == first
    assert await ann.get(f"{POLICY}/versions/0") == shipped
    page = await ann.get("/v1/contact-policies", limit=1)
    rest = await ann.get("/v1/contact-policies", cursor=page["next_cursor"])
    assert [one["name"] for one in page["data"] + rest["data"]] == ["default", "firm"]
    status, problem, _ = await ann.refused("GET", f"{POLICY}/versions/3")
    assert (status, problem) == (404, "not-found")


async def test_what_cannot_be_meant_is_refused_by_name(ann, boss):
    await boss.put(POLICY, ONE_A_DAY, status=201)
    wrong = {
        "/rules/us-federal.hours/max": {"rules": {"us-federal.hours": {"max": 1}}},
        "/rules/house.nothing": {"rules": {"house.nothing": {"max": 1}}},
        "/rule_sets": {"rule_sets": ["us-mars"]},
        "/effective_from": {"effective_from": "2026-01-01"},
        "/rules/uk.hours": {"rules": {"uk.hours": {"from": "20:00", "to": "09:00"}}},
        "/creditors/C-1/rules/house.calls_3_a_day/days": {
            "creditors": {"C-1": {"rules": {"house.calls_3_a_day": {"days": ["mon"]}}}}
        },
    }
    for pointer, body in wrong.items():
        status, _, document = await boss.refused("PUT", POLICY, json=body)
        assert (status, [one["pointer"] for one in document["errors"]]) == (422, [pointer])
    status, problem, _ = await ann.refused("PUT", "/v1/contact-policies/default", json={"a": 1})
    assert (status, problem) == (422, "invalid-input")


async def test_looser_than_a_law_needs_counsel_and_the_decision_names_it(desk, ann, boss):
    account = await ann.account(debtor=DEBTOR)
    late = {"rules": {"us-federal.hours": {"to": "22:00"}, "house.calls_3_a_day": {"max": 9}}}
    status, problem, document = await boss.refused("PUT", POLICY, json=late)
    assert (status, problem) == (422, "rule-loosened")
    assert document["pointers"] == ["/rules/us-federal.hours/to"]
    status, _, document = await boss.refused("PUT", POLICY, json={"rule_sets": ["house"]})
    assert (status, document["pointers"]) == (422, ["/rule_sets"])

    counsel = {"name": "Dr. Law", "on": "2026-01-01", "note": "read it"}
    await boss.put(POLICY, {**late, "counsel": counsel}, status=201)
    await desk.at("2026-01-15")
    at = "2026-01-15T03:30:00Z"  # 21:30 in Chicago
    made = await decide(ann, account, at)
    assert made["allowed"]
    assert made["policy"] == {"name": "default", "version": 1, "counsel": "Dr. Law"}
    assert (await ann.get(f"/v1/contact-decisions/{made['id']}"))["policy"] == made["policy"]


async def test_each_contact_goes_by_the_version_in_force_and_its_creditor(desk, ann, boss):
    stricter = {"creditors": {"CRED-1": ONE_A_DAY}, "dispositions": {"NA": "no_answer"}}
    await boss.put(POLICY, {**stricter, "effective_from": "2026-01-14"}, status=201)
    theirs = await ann.account(debtor=DEBTOR, creditor={"reference": "CRED-1", "name": "Bank"})
    other = await ann.account(debtor={**DEBTOR, "reference": "another"})
    await desk.at("2026-01-15")

    verdicts = {}
    for account, day in ((theirs, 13), (theirs, 14), (other, 14)):
        for hour in (16, 21):
            said = {"outcome": "no_answer"} if day == 13 else {"outcome": None, "disposition": "NA"}
            body = call(account, f"2026-01-{day}T{hour}:00:00Z", **said)
            made = await ann.post("/v1/contacts", body)
            assert made["outcome"] == "no_answer"
        verdicts[account["reference"], day] = outside(made)

    assert verdicts[theirs["reference"], 13] == []  # not in force yet
    assert verdicts[theirs["reference"], 14] == ["HOUSE_LIMIT"]
    assert verdicts[other["reference"], 14] == []
    unknown = call(other, NOON, None, disposition="??")
    status, _, document = await ann.refused("POST", "/v1/contacts", json=unknown)
    assert (status, document["errors"][0]["pointer"]) == (422, "/outcome")


async def test_the_shipped_rules_are_told_with_their_sources(ann):
    told = await ann.get("/v1/contact-rules", release="2026-10")
    florida = next(one for one in told["rule_sets"] if one["name"] == "us-fl")
    assert florida["applies"] == {"regions": ["US-FL"]}
    assert florida["rules"][0]["kind"] == "hours"
    assert florida["rules"][0]["figures"]["to"].startswith("21:00")
    status, _, _ = await ann.refused("GET", "/v1/contact-rules?release=1999-01")
    assert status == 404


async def test_what_if_says_what_past_decisions_would_have_been(ann, boss):
    account = await ann.account(debtor=DEBTOR)
    asked_at = [f"2026-01-01T{hour}:00:00Z" for hour in (16, 19, 22)]
    decided = []
    for at in asked_at:
        made = await decide(ann, account, at)
        decided.append(made["id"])
        await ann.post("/v1/contacts", call(account, at, decision_id=made["id"]))
    path = f"{POLICY}/what-if?of=decisions"
    asked = {"document": ONE_A_DAY, "from": "2026-01-01", "to": "2026-01-01"}

    told = await ann.post(path, asked, status=200)

    assert (told["contacts"], told["decisions"], told["skipped"]) == (0, 3, 0)
    assert told["refused"] == {"before": 0, "after": 2, "change": 2}
    assert told["codes"] == {"HOUSE_LIMIT": {"before": 0, "after": 2, "change": 2}}
    assert [(one["decision_id"], one["before"], one["after"]) for one in told["differing"]] == [
        (decided[2], [], ["HOUSE_LIMIT"]), (decided[1], [], ["HOUSE_LIMIT"]),
    ]  # fmt: skip
    same = await ann.post(path, {**asked, "document": {}}, status=200)
    assert (same["decisions"], same["refused"]["after"], same["differing"]) == (3, 0, [])
    few = await ann.post(f"{path}&limit=2", asked, status=200)
    rest = await ann.post(f"{path}&limit=2&cursor={few['next_cursor']}", asked, status=200)
    assert [few["decisions"], rest["decisions"], rest["next_cursor"]] == [2, 1, None]
    assert few["differing"] + rest["differing"] == told["differing"]
    other = await ann.post("/v1/contact-policies/firm/what-if?of=decisions", asked, status=200)
    assert (other["decisions"], other["skipped"]) == (0, 3)
    assert await ann.pointers(f"{path}&cursor={few['next_cursor']}x", asked) == ["?cursor"]


async def test_what_if_says_what_past_contacts_would_have_been_judged(ann, boss):
    account = await ann.account(debtor=DEBTOR)
    other = await ann.account(reference="A-2", debtor={"name": "Bo", "region": "US-IL"})
    for number in range(2):
        made = call(account, f"2026-01-01T{16 + 3 * number}:00:00Z")
        await ann.post("/v1/contacts", made)
    await ann.post("/v1/contacts", call(other, "2026-01-01T16:00:00Z"))
    path = f"{POLICY}/what-if"
    asked = {"document": ONE_A_DAY, "from": "2026-01-01", "to": "2026-01-01"}
    told = await ann.post(path, asked, status=200)

    assert (told["contacts"], told["outside"]["after"]) == (3, 1)
    assert told["codes"]["HOUSE_LIMIT"] == {"before": 0, "after": 1, "change": 1}
    (differs,) = told["differing"]
    assert (differs["account_id"], differs["after"]) == (account["id"], ["HOUSE_LIMIT"])
    same = await ann.post(path, {**asked, "document": {}}, status=200)
    assert (same["contacts"], same["differing"]) == (3, [])
    few = await ann.client.post(path, params={"limit": 2}, json=asked)
    rest = await ann.client.post(
        path, params={"limit": 2, "cursor": few.json()["next_cursor"]}, json=asked
    )
    assert few.json()["contacts"] + rest.json()["contacts"] == 3
    assert (await ann.get(POLICY))["version"] == 0

    firm = {**asked, "document": {"rules": {"house.nothing": {"max": 1}}}}
    assert await ann.pointers(path, firm) == ["/document/rules/house.nothing"]
    assert await ann.pointers(path, {**asked, "from": "2026-01-02"}) == ["/to"]
    strange = await ann.post("/v1/contact-policies/firm/what-if", asked, status=200)
    assert (strange["contacts"], strange["skipped"]) == (0, 3)
