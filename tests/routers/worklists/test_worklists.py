"""Worklists: who is worked next and why, taken by one alone, put off, called back, given back."""

import asyncio

import pytest

from tests.routers.contacts.test_validation import ADDRESS

#: No gate is asked: what most of these tests are about is the list.
DESK = {
    "channels": [],
    "reasons": {
        "promise_broken": {"base": 500, "per_day": 10, "cap_days": 20},
        "installment_missed": {"base": 300, "per_day": 5, "cap_days": 30},
        "first_payment_default": {"base": 450, "per_day": 5, "cap_days": 30},
        "no_contact": {"base": 50, "per_day": 1, "cap_days": 60},
    },
}


def debtor(n):
    return {"name": f"Zeb {n}", "reference": f"D-{n}", "phone": f"+1312555010{n}",
            "region": "US-IL", "time_zone": "America/Chicago"}  # fmt: skip


@pytest.fixture
async def agent(desk, staff):
    await desk.at("2026-01-10")
    return await staff("agent", "ann")


@pytest.fixture
async def boss(agent, staff):
    hired = await staff("supervisor", "boss-1")
    await hired.put("/v1/worklists/desk", DESK, status=201)
    return hired


@pytest.fixture
async def silent(agent, boss, desk):
    """Two accounts nobody spoke about for thirty days, the larger first."""
    made = [await agent.account(minor, debtor=debtor(n)) for n, minor in enumerate((500_00, 1_00))]
    await desk.at("2026-02-09")
    return made


async def items(agent, name="desk", **params):
    return (await agent.get(f"/v1/worklists/{name}/items", **params))["data"]


async def refused(agent, item, act, body):
    answer = await agent.refused("POST", f"/v1/work-items/{item['id']}/{act}", json=body)
    return answer[:2]


async def test_a_list_follows_from_the_accounts_and_explains_itself(agent, boss, desk):
    planned = await agent.account(120_000_00, debtor=debtor(1))
    await agent.plan(planned)
    promised = await agent.account(debtor=debtor(2))
    await agent.post(
        f"/v1/accounts/{promised['id']}/promises", {"amount_minor": 1_00, "due_on": "2026-01-20"}
    )
    silent = await agent.account(debtor=debtor(3))
    assert await items(agent) == []

    await desk.at("2026-02-09")  # nobody swept: days are judged where the list is read
    found = await items(agent)

    assert {
        item["account_reference"]: [(one["code"], one["points"]) for one in item["because"]]
        for item in found
    } == {
        promised["reference"]: [("promise_broken", 660), ("no_contact", 50), ("overdue_amount", 3)],
        planned["reference"]: [
            ("first_payment_default", 465),
            ("no_contact", 50),
            ("overdue_amount", 100),
        ],
        silent["reference"]: [("no_contact", 50), ("overdue_amount", 3)],
    }
    assert [item["score"] for item in found] == [713, 615, 53]
    assert all(one["workable"] and one["waiting"] is None for one in found)
    first = await items(agent, limit=1)
    page = await agent.get("/v1/worklists/desk/items", limit=1)
    rest = await items(agent, cursor=page["next_cursor"])
    assert first + rest == found
    assert len(await items(agent, as_of="2026-03-10")) == 3

    await agent.pay(planned, 40_000_00)
    await agent.pay(promised, 300_00)
    assert [one["account_reference"] for one in await items(agent)] == [silent["reference"]]


async def test_a_sweep_changes_nothing_of_a_list(agent, boss, desk, swept):
    account, _ = await agent.opened()
    await desk.at("2026-02-09")
    before = await items(agent)
    await swept("2026-02-09")

    assert [one["because"][0]["code"] for one in before] == ["first_payment_default"]
    assert await items(agent) == before
    assert before[0]["account_id"] == account["id"]


async def test_many_who_ask_at_once_never_get_the_same(agent, boss, desk, staff):
    for n in range(9):
        await agent.account(debtor=debtor(n))
    await desk.at("2026-02-09")
    takers = [await staff("agent", f"a-{n}") for n in range(14)]

    answers = await asyncio.gather(
        *(one.client.post("/v1/worklists/desk/next", json={}) for one in takers)
    )
    taken = [one.json() for one in answers if one.status_code == 200]
    none = [one for one in answers if one.status_code == 204]
    again = [(await takers[-1].client.post("/v1/worklists/desk/next", json={})) for _ in range(9)]
    taken += [one.json() for one in again if one.status_code == 200]

    assert len({one["id"] for one in taken}) == len(taken) == 9
    # A claim's quarter of an hour, from when its taker asked, who may have come a moment later.
    assert all(0 < int(one.headers["retry-after"]) <= 905 for one in [*none, again[-1]])
    claims = {one["id"]: one["claimed_by"] for one in await items(agent)}
    assert {one["id"]: one["claimed_by"] for one in taken} == claims


async def test_who_claimed_it_has_it_until_it_is_given_back(agent, boss, staff, silent):
    bob = await staff("agent", "bob")
    one, other = await items(agent)
    path = f"/v1/work-items/{one['id']}"

    claimed = await agent.post(f"{path}/claim", {}, status=200)
    assert (claimed["claimed_by"], claimed["script"]["disclosures"]) == ("ann", [])
    status, name, document = await bob.refused("POST", f"{path}/claim", json={})
    assert (status, name, document["claimed_by"]) == (409, "work-item-claimed", "ann")
    assert await refused(bob, one, "extend", {}) == (409, "work-item-claimed")
    assert await refused(bob, other, "extend", {}) == (409, "work-item-ended")
    (waiting, _) = await items(bob)
    assert (waiting["waiting"]["why"], waiting["workable"]) == ("claimed", False)

    assert await refused(agent, one, "assign", {"actor": "bob", "reason": "asked"}) == (
        409, "outside-authority",
    )  # fmt: skip
    given = await boss.post(f"{path}/assign", {"actor": "bob", "reason": "asked"}, status=200)
    assert (given["claimed_by"], given["assigned_to"]) == (None, "bob")
    mine = await agent.client.post("/v1/worklists/desk/next", json={})
    assert mine.json()["id"] == other["id"]
    assert (await bob.post("/v1/worklists/desk/next", {}, status=200))["id"] == one["id"]
    freed = await bob.post(f"{path}/release", {}, status=200)
    assert (freed["claimed_by"], freed["claimed_until_at"]) == (None, None)


async def test_done_it_is_out_of_sight_until_the_next_day(agent, boss, silent, desk):
    one, other = await items(agent)
    path = f"/v1/work-items/{one['id']}"
    assert await agent.pointers(f"{path}/complete", {}) == ["/did"]

    done = await agent.post(f"{path}/complete", {"did": "other", "note": "Zeb was in"}, status=200)
    skipped = await agent.post(
        f"/v1/work-items/{other['id']}/skip", {"reason": "no interpreter"}, status=200
    )

    assert done["attempts"] == 1
    assert skipped["skipped_until_at"] == done["skipped_until_at"]
    assert [item["waiting"]["why"] for item in await items(agent)] == ["skipped"] * 2
    assert await items(agent, workable="true") == []
    await desk.at("2026-02-10")
    assert [item["attempts"] for item in await items(agent, workable="true")] == [1, 0]
    told = (await agent.get(f"/v1/accounts/{one['account_id']}/timeline"))["data"]
    (event,) = [each for each in told if each.get("type") == "work.completed"]
    assert event["data"] == {
        "work_item_id": one["id"], "worklist": "desk", "did": "other", "attempts": 1,
    }  # fmt: skip


async def test_a_callback_waits_for_its_hour_and_then_goes_first(agent, boss, desk, silent):
    large, small = await items(agent)
    asked = {"at": "2026-02-12T02:00:00Z", "time_zone": "America/Chicago",
             "asked_for_by_person": True}  # fmt: skip
    path = f"/v1/work-items/{small['id']}/callback"
    assert await agent.pointers(path, {**asked, "at": "2026-02-01T02:00:00Z"}) == ["/at"]

    await agent.post(path, asked, status=200)

    waits = next(item for item in await items(agent) if item["id"] == small["id"])
    assert waits["waiting"] == {"why": "callback", "until_at": "2026-02-12T02:00:00Z"}
    (phone,) = (await agent.get(f"/v1/persons/{small['person_id']}/contact-points"))["data"]
    (consent,) = (await agent.get(f"/v1/contact-points/{phone['id']}/history"))["data"]
    assert consent["data"]["consent"] == "more_calls"
    await desk.at("2026-02-13")
    assert [item["id"] for item in await items(agent)] == [small["id"], large["id"]]


async def test_what_the_gate_forbids_waits_and_says_so(agent, boss, silent):
    one, other = await items(agent, "collectors")
    for account in silent:
        hold = {"kind": "bankruptcy", "reason": "told"}
        await boss.post(f"/v1/accounts/{account['id']}/holds", hold)

    held = await items(agent, "collectors", workable="false")
    taken = await agent.client.post("/v1/worklists/collectors/next", json={})

    assert {item["id"] for item in held} == {one["id"], other["id"]}
    assert [item["waiting"] for item in held] == [{"why": "gate", "until_at": None}] * 2
    assert all("AUTOMATIC_STAY" in one["codes"] for one in held[0]["contactability"])
    assert taken.status_code == 204
    assert 0 < int(taken.headers["retry-after"]) <= 900


async def test_the_first_whom_the_gate_allows_is_taken(agent, boss, silent):
    """At any hour: letters are not bound to any."""
    desk = {"channels": ["letter"], "reasons": {"no_contact": {"base": 50}}}
    await boss.put("/v1/worklists/post", desk, status=201)
    home = {"kind": "postal", "value": "1 Main St, Chicago", "postal": ADDRESS}
    # Of the first nobody knows where they live.
    await agent.post(f"/v1/persons/{silent[1]['debtor']['id']}/contact-points", home)

    taken = await agent.post("/v1/worklists/post/next", {}, status=200)

    assert (await items(agent, "post"))[0]["account_id"] == silent[0]["id"]
    assert taken["account_id"] == silent[1]["id"]
    assert (await agent.client.post("/v1/worklists/post/next", json={})).status_code == 204


async def test_somebody_spoken_with_is_not_silent(agent, boss, silent):
    one, _ = await items(agent)
    contact = {
        "account_ids": [one["account_id"]], "person_id": one["person_id"], "channel": "call",
        "direction": "out", "outcome": "conversation", "started_at": "2026-02-08T15:00:00Z",
    }  # fmt: skip
    made = await agent.post("/v1/contacts", contact)
    assert one["id"] not in {item["id"] for item in await items(agent)}

    await agent.post(f"/v1/contacts/{made['id']}/void", {"reason": "wrong account"})
    back = next(item for item in await items(agent) if item["id"] == one["id"])
    assert back["because"] == one["because"]


async def test_a_reply_is_read_by_whoever_works_it(agent, boss, silent):
    reply = {"account_ids": [silent[0]["id"]], "channel": "email", "direction": "in",
             "outcome": "received", "started_at": "2026-02-08T15:00:00Z"}  # fmt: skip
    await agent.post("/v1/contacts", reply)

    (one,) = await items(agent, "inbox")
    assert [(each["code"], each["points"]) for each in one["because"]] == [
        ("reply_to_read", 750),
        ("overdue_amount", 5),
    ]
    await agent.post(f"/v1/work-items/{one['id']}/complete", {"did": "read"}, status=200)
    assert await items(agent, "inbox") == []


async def test_lists_are_saved_in_versions_by_supervisors(agent, boss):
    assert (await agent.refused("PUT", "/v1/worklists/desk", json=DESK))[:2] == (
        409, "outside-authority",
    )  # fmt: skip
    read = await agent.get("/v1/worklists/desk")
    assert (read["version"], read["claim_minutes"], read["actor"]) == (1, 15, "boss-1")
    assert (await boss.put("/v1/worklists/desk", DESK))["version"] == 1
    assert (await boss.put("/v1/worklists/desk", {**DESK, "claim_minutes": 5}))["version"] == 2
    names = [one["name"] for one in (await agent.get("/v1/worklists"))["data"]]
    assert names == ["collectors", "data", "desk", "inbox", "letters", "supervisors"]
    assert (await agent.refused("POST", "/v1/worklists/supervisors/next", json={}))[:2] == (
        409, "outside-authority",
    )  # fmt: skip
    assert (await agent.refused("GET", "/v1/worklists/nothing/items"))[0] == 404
