"""Targets and what people did, over HTTP: contacts, quotes, refusals, and who is near what."""

from tests.routers.changes.test_amendments import DEFERRAL, LIMITED
from tests.routers.contacts.test_contacts import call, decide
from tests.routers.lives.desk import DUE, IN_THREE, OPENING
from tests.routers.persons.test_persons import DEBTOR
from tests.routers.plans.test_approvals import decide as approve
from tests.routers.plans.test_approvals import people, proposed
from tests.routers.reports.stories import cells, report

SPAN = {"from": "2026-01-01", "to": "2026-01-31"}


async def test_what_is_reached_is_told_beside_what_was_to_be(desk, staff):
    await desk.at("2026-01-05")
    ann = await staff("supervisor", "ann")
    account = await ann.account(debtor=DEBTOR)
    await ann.put("/v1/teams/east", {"actors": ["ann"]}, status=201)
    money = {"metric": "collected", "currency": "USD", "value": 200_00}
    for said in (
        {"scope": {"actor": "ann"}, **money},
        {"scope": {"team": "east"}, "metric": "contacts", "value": 4},
        {"scope": {"creditor": "C-1"}, "metric": "plans_opened", "value": 3},
        {"scope": {"actor": "ann"}, "metric": "kept_bps", "value": 9_000},
    ):
        await ann.put("/v1/targets", {**SPAN, **said}, status=201)
    await ann.plan(account, **IN_THREE)
    await desk.at("2026-01-15")
    made = await ann.post("/v1/contacts", call(account, "2026-01-14T18:00:00Z"))
    void = await ann.post("/v1/contacts", call(account, "2026-01-14T19:00:00Z"))
    await ann.post(f"/v1/contacts/{void['id']}/void", {"reason": "twice"})
    refused = await decide(ann, account, "2026-01-15T03:00:00Z")  # nine in the evening there
    await ann.put(
        "/v1/targets", {**SPAN, "scope": {"actor": "ann"}, **money, "value": 400_00}, status=200
    )
    await desk.at(DUE[0])
    await ann.pay(account, 100_00)
    found = await report(desk, "targets", as_of="2026-01-31")
    figures = ("actual_minor", "target_minor", "actual_count", "actual_bps", "attainment_bps")
    span = "2026-01-01/2026-01-31"

    assert cells(found, *figures) == {
        ("actor ann", "collected", span): (100_00, 400_00, None, None, 2_500),
        ("actor ann", "kept_bps", span): (None, None, None, 10_000, 11_111),
        ("creditor C-1", "plans_opened", span): (None, None, 0, None, 0),
        ("team east", "contacts", span): (None, None, 1, None, 2_500),
    }
    row = next(one for one in found["rows"] if one["metric"] == "contacts")
    assert (row["currency"], row["business_days"]) == (None, row["elapsed_business_days"])
    behind = await report(
        desk, "targets/rows", as_of="2026-01-31", cell=f"{row['cell']}.actual_count"
    )
    assert [one["id"] for one in behind["data"]] == [made["id"]]
    early = await report(desk, "targets", as_of="2026-01-14", known_on="2026-01-14")
    assert cells(early, "target_minor")[("actor ann", "collected", span)] == (200_00,)
    for form in ("csv", "xlsx", "pdf"):
        made = await desk.client.get(f"/v1/reports/targets.{form}", params={"as_of": "2026-01-31"})
        assert made.status_code == 200, made.text

    (did,) = [
        one for one in (await report(desk, "activity", **SPAN))["rows"] if one["actor"] == "ann"
    ]
    assert (did["contacts"], did["by_channel"]["call"]["contacts"]) == (1, 1)
    assert (did["plans_opened"], did["agreed_minor"]) == (1, 300_00)
    assert did["refusals"] == len(refused["reasons"]) > 0
    ruled = await report(desk, "activity", **SPAN, by="rule")
    rules = {one["rule"] for one in refused["reasons"]}
    assert rules <= {row["rule"] for row in ruled["rows"]}


async def test_a_pace_leads_to_whose_money_it_is(desk):
    await desk.at("2026-01-05")
    desk.client.headers["Accord-Actor"] = "ann"
    account = await desk.account()
    aim = {"scope": {"actor": "ann"}, "metric": "collected", "currency": "USD", "value": 200_00}
    await desk.put("/v1/targets", {**SPAN, **aim}, status=201)
    await desk.plan(account, **IN_THREE)
    await desk.at("2026-01-15")
    await desk.pay(account, 100_00)
    (row,) = (await report(desk, "targets"))["rows"]
    pace = await report(desk, "targets/rows", cell=f"{row['cell']}.projected_minor")

    assert row["projected_minor"] > 100_00
    assert [(one["id"], one["minor"]) for one in pace["data"]] == [
        (account["id"], row["projected_minor"])
    ]
    reached = await report(desk, "targets/rows", cell=f"{row['cell']}.attainment_bps")
    assert [one["minor"] for one in reached["data"]] == [100_00]


async def test_who_decides_is_told_with_how_long_it_had_waited(desk, staff):
    agent, boss = await people(staff)
    _, plan = await proposed(agent)
    await approve(boss, plan)
    month = {"from": f"{OPENING[:8]}01", "to": OPENING}
    found = cells(
        await report(desk, "activity", **month), "plans_opened", "approvals",
        "waited_median_minutes",
    )  # fmt: skip

    assert found[("ann",)] == (1, 0, None)
    assert found[("bob",)][:2] == (0, 1)
    assert found[("bob",)][2] in (0, 1)


async def test_a_change_is_whose_it_was_asked_by_not_of_who_approved_it(desk, staff):
    await desk.at(OPENING)
    answer = await desk.client.put("/v1/policies/limited", json=LIMITED)
    assert answer.status_code < 300, answer.text
    cid, ann, bob = [await staff(role, name) for role, name in (
        ("agent", "cid"), ("agent", "ann"), ("admin", "bob"))]  # fmt: skip
    account = await desk.account(policy="limited")
    plan = await cid.plan(account)
    await ann.post(f"/v1/plans/{plan['id']}/deferrals", DEFERRAL)
    await bob.post(f"/v1/plans/{plan['id']}/revisions/2/approve", {}, status=200)
    await desk.at(DUE[0])
    await desk.pay(account, 100_00)
    span = {"from": OPENING, "to": DUE[0]}
    found = cells(await report(desk, "activity", **span), "collected_minor", "changes", "approvals")

    assert found[("ann",)] == (100_00, 1, 0)
    assert found[("bob",)] == (0, 0, 1)
    assert found[("cid",)][:2] == (0, 0)
