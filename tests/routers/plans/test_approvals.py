"""Terms outside an agent's authority wait for somebody else who may; meanwhile nothing binds."""

import asyncio

import pytest

from app.schemas.plans.plans import PlanRead
from tests.routers.lives.desk import DUE, IN_THREE, OPENING

#: 75 weekly installments of 4.00: too small, too many for an agent; a supervisor may.
SMALL = {"installment_minor": 4_00, "frequency": {"unit": "week"}, "first_due_on": "2026-01-31"}
#: 400 of 0.75: too many for a supervisor as well, an admin may.
TINY = {**SMALL, "installment_minor": 75}


async def people(staff):
    return await staff("agent", "ann"), await staff("supervisor", "bob")


async def proposed(ann, terms=SMALL, minor=300_00):
    await ann.at(OPENING)
    account = await ann.account(minor)
    plan = await ann.post("/v1/plans", {"account_id": account["id"], "terms": terms})
    assert plan["status"] == "pending_approval"
    return account, plan


async def decide(desk, plan, what="approve", **body):
    return await desk.post(f"/v1/plans/{plan['id']}/{what}", body, status=200)


async def refusal(desk, plan, what="approve"):
    return await desk.refused("POST", f"/v1/plans/{plan['id']}/{what}", json={})


async def types(desk, account):
    path = f"/v1/accounts/{account['id']}/timeline"
    return [event["type"] for event in (await desk.get(path, limit=200))["data"]]


async def test_a_plan_that_waits_binds_nothing(staff):
    ann, _ = await people(staff)
    account, plan = await proposed(ann)

    assert (plan["standing"], plan["next_due_on"]) == (None, "2026-01-31")
    assert {row["status"] for row in plan["installments"]} == {"upcoming"}
    assert (await ann.read(account))["active_plan_id"] is None
    assert [
        one["id"] for one in (await ann.get("/v1/plans", status="pending_approval"))["data"]
    ] == [plan["id"]]
    await ann.at("2026-05-01")
    late = await ann.read(plan)
    assert (late["status"], {row["status"] for row in late["installments"]}) == (
        "pending_approval", {"upcoming"},
    )  # fmt: skip
    assert "plan.activated" not in await types(ann, account)
    await ann.books_agree(account)


async def test_who_decided_and_why_is_read_in_the_revision_and_told(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    await decide(bob, plan, reason="documents seen")
    (first,) = (await ann.get(f"/v1/plans/{plan['id']}/revisions"))["data"]
    told = (await ann.get(f"/v1/accounts/{account['id']}/timeline"))["data"]
    approved = next(event for event in told if event["type"] == "plan.approved")

    assert (first["actor"], first["role"]) == ("ann", "agent")
    assert first["decision"] == {
        "outcome": "approved", "on": OPENING, "actor": "bob", "role": "supervisor",
        "reason": "documents seen",
    }  # fmt: skip
    assert [approved[name] for name in ("actor", "role", "reason")] == [
        "bob", "supervisor", "documents seen",
    ]  # fmt: skip


async def test_somebody_else_who_may_opens_it(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    await bob.at("2026-01-12")
    path = f"/v1/plans/{plan['id']}/approve"
    made = await bob.client.post(path, json={"reason": "hardship, documents seen"})
    opened = made.json()

    assert made.status_code == 200, made.text
    assert PlanRead.model_validate_json(made.content)
    assert (opened["status"], opened["standing"], opened["opened_on"]) == (
        "active", "current", "2026-01-12",
    )  # fmt: skip
    assert opened["id"] == plan["id"]
    assert [row["id"] for row in opened["installments"]] == [
        row["id"] for row in plan["installments"]
    ]
    assert (await ann.read(account))["active_plan_id"] == plan["id"]
    assert await ann.read(plan) == opened
    assert (await ann.read(plan, as_of="2026-01-11"))["status"] == "pending_approval"
    found = await types(ann, account)
    assert found.index("plan.created") < found.index("plan.approved")
    again = await refusal(bob, plan)
    assert (again[:2], again[2]["plan_status"]) == ((409, "plan-not-waiting"), "active")
    assert again[2]["status"] == 409
    await ann.books_agree(account)


async def test_nobody_approves_their_own_proposal(staff):
    ann, _ = await people(staff)
    account, plan = await proposed(ann)
    promoted, nameless = await staff("supervisor", "ann"), await staff("supervisor")
    for what in ("approve", "reject"):
        status, name, problem = await refusal(promoted, plan, what)
        assert (status, name, problem["actor"]) == (409, "same-actor", "ann")
        status, name, problem = await refusal(nameless, plan, what)
        assert (status, name) == (409, "same-actor")
        assert "actor" not in problem
        assert "Accord-Actor" in problem["detail"]

    assert (await ann.read(plan))["status"] == "pending_approval"
    assert await types(ann, account) == ["account.created", "plan.created"]


async def test_the_approver_needs_the_authority(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann, TINY)
    eve = await staff("agent", "eve")
    status, name, problem = await refusal(bob, plan)

    assert (status, name, problem["role"]) == (409, "outside-authority", "supervisor")
    assert problem["refusals"] == [
        {
            "rule": "min_installment_minor",
            "limit": 100,
            "actual": 75,
            "message": "Smallest installment in minor units: 75, at least 100 needed.",
            "override_role": "admin",
        },
        {
            "rule": "max_count",
            "limit": 120,
            "actual": 400,
            "message": "Installments: 400, at most 120 allowed.",
            "override_role": "admin",
        },
        {
            "rule": "max_term_months",
            "limit": 84,
            "actual": 93,
            "message": "Term in months: 93, at most 84 allowed.",
            "override_role": "admin",
        },
    ]
    assert (await refusal(eve, plan))[1] == "outside-authority"
    opened = await decide(await staff("admin", "root"), plan)
    assert opened["status"] == "active"
    await ann.books_agree(account)


async def test_a_second_plan_waits_for_nothing(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    for desk, terms in ((ann, SMALL), (ann, IN_THREE), (bob, IN_THREE)):
        body = {"account_id": account["id"], "terms": terms}
        status, name, problem = await desk.refused("POST", "/v1/plans", json=body)
        assert (status, name, problem["existing_plan_id"]) == (409, "plan-exists", plan["id"])


async def test_a_rejected_plan_frees_the_account(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    ended = await decide(bob, plan, "reject", reason="too long")

    assert (ended["status"], ended["status_reason"], ended["ended_on"]) == (
        "rejected", "too long", OPENING,
    )  # fmt: skip
    assert {row["status"] for row in ended["installments"]} == {"void"}
    assert (ended["standing"], ended["next_due_on"]) == (None, None)
    assert (await types(ann, account))[-1] == "plan.rejected"
    assert (await refusal(bob, plan))[1] == "plan-not-waiting"
    assert (await refusal(bob, plan, "reject"))[1] == "plan-not-waiting"
    second = await ann.plan(account)
    assert (second["status"], second["total_minor"]) == ("active", 300_00)
    acts = (await ann.get(f"/v1/plans/{plan['id']}/acts"))["data"]
    assert [(one["act"], one["actor"], one["role"], one["reason"]) for one in acts] == [
        ("proposed", "ann", "agent", None),
        ("rejected", "bob", "supervisor", "too long"),
    ]
    await ann.books_agree(account)
    differs = await ann.get(f"/v1/plans/{plan['id']}/diff", **{"from": 1})  # none is in force
    assert (differs["to"], differs["rows"]) == (1, [])
    missing = await ann.refused("GET", f"/v1/plans/{plan['id']}/diff", params={"to": 2})
    assert missing[:2] == (404, "not-found")


async def test_a_decision_needs_no_words(staff):
    ann, bob = await people(staff)
    for what, status in (("approve", "active"), ("reject", "rejected")):
        _, plan = await proposed(ann)
        answer = await bob.client.post(f"/v1/plans/{plan['id']}/{what}")
        assert (answer.status_code, answer.json()["status"]) == (200, status)
        assert answer.json()["status_reason"] is None


async def test_money_goes_to_the_account_while_it_waits(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    await ann.at("2026-01-12")
    payment = await ann.pay(account, 50_00)

    assert [line["plan_id"] for line in payment["allocations"]] == [None]
    assert payment["plan"] is None
    assert (await ann.read(plan))["paid_minor"] == 0
    opened = await decide(bob, plan)
    assert (opened["total_minor"], opened["paid_minor"], opened["outstanding_minor"]) == (
        250_00, 0, 250_00,
    )  # fmt: skip
    void = [row["status"] for row in opened["installments"]].count("void")
    assert void == 12  # 50.00 of 4.00 each, last first; the thirteenth is halved
    assert (await ann.read(account))["balance"]["total_minor"] == 250_00
    await ann.books_agree(account)


async def test_a_plan_that_outlived_its_first_due_date_is_agreed_anew(staff):
    ann, bob = await people(staff)
    _, plan = await proposed(ann)
    await bob.at("2026-01-31")
    await bob.at("2026-02-01")

    status, name, problem = await refusal(bob, plan)
    assert (status, name, problem["first_due_on"]) == (409, "plan-outdated", "2026-01-31")
    await decide(bob, plan, "reject")


async def test_nothing_is_left_to_approve(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    await ann.pay(account, 300_00)

    assert (await refusal(bob, plan))[:2] == (409, "nothing-owed")
    assert (await decide(bob, plan, "reject"))["status"] == "rejected"
    await ann.books_agree(account)


async def test_one_of_many_decisions_counts(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    paths = [f"/v1/plans/{plan['id']}/{what}" for what in ("approve", "reject", "approve")]
    answers = await asyncio.gather(*(bob.client.post(path, json={}) for path in paths))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    await ann.books_agree(account)


async def test_approved_on_the_day_its_first_payment_is_due(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    await bob.at("2026-01-31")
    opened = await decide(bob, plan)

    assert (opened["standing"], opened["installments"][0]["status"]) == ("due", "due")
    assert "installment.due" in await types(ann, account)


async def test_a_hold_stands_in_the_way_of_approval(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    hold = {"kind": "dispute", "reason": "contested"}
    await ann.post(f"/v1/accounts/{account['id']}/holds", hold)

    assert (await refusal(bob, plan))[:2] == (409, "account-on-hold")
    await decide(bob, plan, "reject")


@pytest.mark.parametrize("what", ["approve", "reject"])
async def test_only_a_plan_that_waits_is_decided(staff, what):
    ann, bob = await people(staff)
    await ann.at(OPENING)
    account = await ann.account()
    plan = await ann.plan(account)

    status, name, problem = await refusal(bob, plan, what)
    assert (status, name, problem["plan_id"]) == (409, "plan-not-waiting", plan["id"])
    assert problem["detail"].startswith(f"The plan {plan['id']} is active")
    nothing = {"id": "plan_01h455vb4pex5vsknk084sn02q"}
    assert (await refusal(bob, nothing, what))[:2] == (404, "not-found")


async def test_a_waiting_plan_is_rejected_not_cancelled(staff):
    ann, _ = await people(staff)
    _, plan = await proposed(ann)
    path = f"/v1/plans/{plan['id']}/cancel"

    assert (await ann.refused("POST", path, json={"reason": "r"}))[:2] == (409, "plan-not-live")


# --- Facts that count earlier ---------------------------------------------------------------------


async def backdated_lives(ann, bob, *, entered_late):
    """One life told twice: a payment of the 11th entered in order, or after the approval."""
    account, plan = await proposed(ann)
    if not entered_late:
        await ann.at("2026-01-11")
        await ann.pay(account, 20_00)
    await bob.at("2026-01-12")
    await decide(bob, plan)
    await ann.at("2026-01-15")
    await ann.pay(account, 4_00)
    if entered_late:
        await ann.pay(account, 20_00, on="2026-01-11")
    await ann.books_agree(account)
    read = await ann.read(plan)
    rows = [
        (r["number"], r["amount_minor"], r["paid_minor"], r["status"]) for r in read["installments"]
    ]
    balance = (await ann.read(account))["balance"]
    return read["status"], read["total_minor"], rows, balance


async def test_money_of_before_the_approval_ends_in_the_same_state_whenever_it_is_entered(staff):
    ann, bob = await people(staff)
    told = await backdated_lives(ann, bob, entered_late=False)

    assert await backdated_lives(ann, bob, entered_late=True) == told
    assert told[:2] == ("active", 280_00)


async def test_a_reversal_reaches_over_the_approval(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    await ann.at("2026-01-11")
    payment = await ann.pay(account, 100_00)
    await bob.at("2026-01-12")
    await decide(bob, plan)
    assert (await ann.read(plan))["total_minor"] == 200_00
    await ann.reverse(payment)

    assert (await ann.read(plan))["total_minor"] == 300_00
    assert (await ann.read(account))["balance"]["total_minor"] == 300_00
    await ann.books_agree(account)


async def test_money_entered_late_reaches_over_a_rejection(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    await bob.at("2026-01-12")
    await decide(bob, plan, "reject")
    second = await ann.plan(account)
    payment = await ann.pay(account, 60_00, on="2026-01-11")

    assert [line["plan_id"] for line in payment["allocations"]] == [None]
    assert (await ann.read(plan))["status"] == "rejected"
    assert (await ann.read(second))["outstanding_minor"] == 240_00
    assert [row["due_on"] for row in (await ann.read(second))["installments"]] == list(DUE)
    await ann.books_agree(account)


async def test_all_paid_before_the_approval_leaves_a_plan_of_nothing(staff):
    ann, bob = await people(staff)
    account, plan = await proposed(ann)
    await bob.at("2026-01-12")
    await decide(bob, plan)
    await ann.pay(account, 300_00, on="2026-01-11")
    read = await ann.read(plan)

    assert (read["status"], read["total_minor"], read["outstanding_minor"]) == ("completed", 0, 0)
    assert (await ann.read(account))["status"] == "paid"
    await ann.books_agree(account)
