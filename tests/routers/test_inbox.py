"""The approvals inbox: what waits is in it once, oldest first, and is decided there by another."""

from app.schemas.approvals import ApprovalRead
from tests.routers.changes.test_amendments import DEFERRAL, LIMITED
from tests.routers.lives.desk import OPENING
from tests.routers.offers import asked
from tests.routers.plans.test_approvals import SMALL

INBOX = "/v1/approvals"


async def waiting(ann, desk):
    """A plan, a change of another, and an offer that wait, in this order."""
    await desk.at(OPENING)
    answer = await desk.client.put("/v1/policies/limited", json=LIMITED)
    assert answer.status_code < 300, answer.text
    owed = [await ann.account(300_00, reference="A")]
    owed.append(await desk.account(policy="limited", reference="B"))
    owed.append(await ann.account(1000_00, reference="C"))
    plan = await ann.post("/v1/plans", {"account_id": owed[0]["id"], "terms": SMALL})
    other = await desk.plan(owed[1])
    change = await ann.post(f"/v1/plans/{other['id']}/deferrals", DEFERRAL)
    offer = await ann.post(
        f"/v1/accounts/{owed[2]['id']}/settlement-offers", asked(amount_minor=100_00)
    )
    statuses = {one["status"] for one in (plan, change, offer)}
    assert statuses == {"pending_approval"}
    return owed, plan, other, offer


async def decide(desk, one, decision="approve", **changes):
    body = {"decision": decision, "etag": one["etag"], **changes}
    return await desk.post(f"{INBOX}/{one['kind']}/{one['id']}/decide", body, status=200)


async def test_what_waits_is_in_one_list_until_somebody_else_decides_it(desk, staff):
    ann, bob = await staff("agent", "ann"), await staff("admin", "bob")
    owed, plan, other, offer = await waiting(ann, desk)

    found = (await bob.get(INBOX))["data"]
    assert all(ApprovalRead.model_fields.keys() == one.keys() for one in found)
    assert [one["kind"] for one in found] == ["plan", "amendment", "settlement"]
    assert [one["account"]["id"] for one in found] == [one["id"] for one in owed]
    assert (found[0]["id"], found[2]["id"]) == (plan["id"], offer["id"])
    assert {one["asked_by"] for one in found} == {"ann"}
    assert all(one["asks"] for one in found)
    assert {(one["may_decide"], one["why_not"]) for one in found} == {(True, None)}
    rules = {one["rule"] for one in found[0]["asks"]}
    assert rules >= {"min_installment_minor", "max_count"}
    assert found[0]["compare"]["before"] is None
    assert found[0]["compare"]["after"]["installments"] == 75
    changed = found[1]["compare"]
    assert changed["before"]["amount_minor"] == changed["after"]["amount_minor"]
    assert changed["before"]["last_due_on"] < changed["after"]["last_due_on"]
    assert found[2]["compare"]["after"]["amount_minor"] == 100_00
    items = (await bob.get("/v1/worklists/supervisors/items"))["data"]
    asked_for = {item["account_id"]: item["because"][0]["subject"] for item in items}
    assert asked_for == {one["account"]["id"]: one["id"] for one in found}
    mine = (await ann.get(INBOX))["data"]
    assert {one["why_not"] for one in mine} == {"same_actor"}
    assert [(await ann.read(one))["pending_approvals"] for one in owed] == [1, 1, 1]
    first = await bob.get(INBOX, limit=1)
    assert [one["id"] for one in first["data"]] == [plan["id"]]
    rest = await bob.get(INBOX, limit=2, cursor=first["next_cursor"])
    assert [one["kind"] for one in rest["data"]] == ["amendment", "settlement"]

    said = await decide(bob, found[0], reason="documents seen")
    assert (said["decision"], said["decided_by"]) == ("approve", "bob")
    assert (await ann.read(plan))["status"] == "active"
    await decide(bob, found[1], "reject")
    revisions = (await ann.get(f"/v1/plans/{other['id']}/revisions"))["data"]
    assert [one["status"] for one in revisions] == ["in_force", "rejected"]
    await decide(bob, found[2])
    assert (await ann.get(f"/v1/settlement-offers/{offer['id']}"))["status"] == "offered"
    assert (await bob.get(INBOX))["data"] == []
    assert [(await ann.read(one))["pending_approvals"] for one in owed] == [0, 0, 0]
    for one in owed:
        await ann.books_agree(one)


async def test_nobody_decides_what_is_his_own_changed_decided_or_not_there(desk, staff):
    ann, bob = await staff("agent", "ann"), await staff("admin", "bob")
    sue = await staff("supervisor", "sue")
    owed, plan, _, _ = await waiting(ann, desk)
    first, *_ = (await bob.get(INBOX))["data"]
    path = f"{INBOX}/plan/{plan['id']}/decide"
    body = {"decision": "approve", "etag": first["etag"]}

    assert (await ann.refused("POST", path, json=body))[1] == "same-actor"
    paid = {"account_id": owed[0]["id"], "amount_minor": 1_00, "currency": "USD", "reference": "P1"}
    await ann.post("/v1/payments", {**paid, "method": "card"})
    status, name, problem = await bob.refused("POST", path, json=body)
    assert (status, name) == (412, "etag-mismatch")
    again = (await bob.get(INBOX))["data"][0]
    assert problem["current_etag"] == again["etag"] != first["etag"]
    wrong = f"{INBOX}/settlement/{plan['id']}/decide"
    assert (await bob.refused("POST", wrong, json=body))[0] == 404
    assert (await bob.refused("POST", path, json={**body, "etag": "2"}))[0] == 422
    await decide(bob, again)
    late = {**body, "etag": again["etag"]}
    assert (await sue.refused("POST", path, json=late))[0] == 404
