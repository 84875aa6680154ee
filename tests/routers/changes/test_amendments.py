"""Changes outside the caller's authority wait for somebody who may; meanwhile nothing moves."""

import asyncio

import pytest

from app.schemas.changes.changes import ChangeRead, RevisionRead
from tests.routers.changes.test_changes import rows
from tests.routers.changes.test_rewrites import behind, quoted, to
from tests.routers.lives.desk import DUE, IN_THREE, OPENING
from tests.routers.reages.test_reages import RE_AGE

#: One reschedule in twelve months, and weeks of waiting as everybody is used to.
LIMITED = {
    "name": "limited",
    "extends": "default",
    "effective_from": "2020-01-01",
    "modification": {
        "max_reschedules_in_12_months": 0,
        "max_deferrals_in_12_months": 0,
        "max_reamortizations_in_12_months": 0,
        "max_due_day_changes_in_12_months": 0,
        "max_payment_holidays_in_12_months": 0,
        "max_step_downs_in_12_months": 0,
    },
    "re_age": {"min_months_on_book": 0, "min_payments": 0, "products": None},
}
DEFERRAL = {"number": 2, "reason": "lost her job"}
#: Every kind of change and what makes it wait, when an agent asks under `LIMITED`.
KINDS = [
    ("reschedules", {"from_due_on": DUE[1], "to_due_on": "2026-03-05", "reason": "r"},
     "max_reschedules_in_12_months"),
    ("deferrals", DEFERRAL, "max_deferrals_in_12_months"),
    ("reamortizations", {}, "max_reamortizations_in_12_months"),
    ("due-day-changes", {"day": 5, "reason": "r"}, "max_due_day_changes_in_12_months"),
    ("payment-holidays", {"from_due_on": DUE[1], "installments": 1, "reason": "r"},
     "max_payment_holidays_in_12_months"),
    ("step-downs", {"installment_minor": 50_00, "until_on": DUE[1], "reason": "r"},
     "max_step_downs_in_12_months"),
    ("accelerations", {"reason": "r"}, "acceleration_role"),
    ("re-ages", {**RE_AGE, "first_due_on": "2026-04-15"}, "max_days_to_first"),
]  # fmt: skip


@pytest.fixture
async def people(desk, staff):
    """An agent and an admin, and a plan whose first installment is missed."""
    await desk.at(OPENING)
    answer = await desk.client.put("/v1/policies/limited", json=LIMITED)
    assert answer.status_code < 300, answer.text
    account = await desk.account(policy="limited")
    plan = await desk.plan(account)
    await desk.at("2026-02-10")
    return await staff("agent", "ann"), await staff("admin", "bob"), account, await desk.read(plan)


async def ask(desk, plan, kind="deferrals", body=None):
    made = await desk.post(f"/v1/plans/{plan['id']}/{kind}", DEFERRAL if body is None else body)
    assert made["status"] == "pending_approval"
    return made


def waits(plan, kind, number=2, proposed_on="2026-02-10"):
    """The plan as it was, but that it names what waits."""
    pending = {"number": number, "kind": kind, "proposed_on": proposed_on}
    return {**plan, "pending_revision": pending}


async def decide(desk, plan, number=2, what="approve", **body):
    return await desk.post(f"/v1/plans/{plan['id']}/revisions/{number}/{what}", body, status=200)


async def refusal(desk, plan, number=2, what="approve"):
    path = f"/v1/plans/{plan['id']}/revisions/{number}/{what}"
    return await desk.refused("POST", path, json={})


async def told(desk, account):
    found = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    return [one for one in found["data"] if one["type"].startswith(("revision.", "plan.revised"))]


@pytest.mark.parametrize(("kind", "body", "rule"), KINDS)
async def test_any_change_waits_and_is_made_by_somebody_who_may(people, kind, body, rule):
    ann, bob, account, plan = people
    path = f"/v1/plans/{plan['id']}"
    shown = await ann.post(f"{path}/{kind}/preview", body, status=200)
    asked = await ask(ann, plan, kind, body)

    assert asked["refusals"] == shown["refusals"]
    assert [one["rule"] for one in asked["refusals"]] == [rule]
    assert asked["plan"] == waits(plan, asked.get("cause", "re_age")) == await ann.read(plan)
    assert (await ann.get("/v1/plans", account_id=account["id"]))["data"] == [asked["plan"]]
    assert (await ann.get(path, as_of="2026-02-09"))["pending_revision"] is None
    assert asked["revision"] == 2
    waiting = (await ann.get(f"{path}/revisions"))["data"][-1]
    assert RevisionRead.model_fields.keys() == waiting.keys()
    assert (waiting["number"], waiting["status"], waiting["actor"], waiting["role"]) == (
        2, "pending_approval", "ann", "agent",
    )  # fmt: skip
    assert (waiting["refusals"], waiting["decision"]) == (asked["refusals"], None)
    await ann.books_agree(account)

    made = await decide(bob, plan, reason="documents seen")
    assert ChangeRead.model_fields.keys() == made.keys()
    assert (made["status"], made["revision"], made["cause"]) == ("in_force", 2, waiting["cause"])
    assert rows(made["plan"]) == rows(shown["plan"])
    read = await ann.read(plan)
    assert (read["revision"], rows(read)) == (2, rows(shown["plan"]))
    listed = (await ann.get(f"{path}/revisions"))["data"]
    assert [(one["number"], one["status"], one["actor"]) for one in listed[1:]] == [
        (2, "in_force", "ann")
    ]
    assert listed[1]["decision"] == {
        "outcome": "approved", "on": "2026-02-10", "actor": "bob", "role": "admin",
        "reason": "documents seen",
    }  # fmt: skip
    events = await told(ann, account)
    assert [one["type"] for one in events] == [
        "revision.proposed", "plan.revised", "revision.approved",
    ]  # fmt: skip
    assert events[0]["data"] == {"revision": 2, "cause": waiting["cause"], "rules": [rule]}
    await ann.books_agree(account)
    undone = await bob.post(f"{path}/revisions/2/undo", {}, status=200)
    assert rows(undone) == rows(plan)
    assert (await ann.get(f"{path}/revisions/2"))["status"] == "undone"


async def test_a_rejected_change_leaves_no_trace_but_its_record(people):
    ann, bob, account, plan = people
    await ask(ann, plan)
    path = f"/v1/plans/{plan['id']}"
    turned_down = await decide(bob, plan, what="reject", reason="once is enough")

    assert (turned_down["status"], turned_down["decision"]["reason"]) == (
        "rejected", "once is enough",
    )  # fmt: skip
    assert await ann.read(plan) == plan
    again = await refusal(bob, plan)
    assert (again[1], again[2]["revision_status"]) == ("revision-not-waiting", "rejected")
    assert [one["type"] for one in await told(ann, account)] == [
        "revision.proposed", "revision.rejected",
    ]  # fmt: skip
    second = await ask(ann, plan, "reschedules", KINDS[0][1])
    assert second["revision"] == 3
    made = await decide(bob, plan, 3)
    assert made["plan"]["revision"] == 3
    statuses = [one["status"] for one in (await ann.get(f"{path}/revisions"))["data"]]
    assert statuses == ["in_force", "rejected", "in_force"]
    assert (await ann.get(f"{path}/diff"))["to"] == 3
    await ann.books_agree(account)


async def test_one_waits_at_a_time(people):
    ann, bob, _, plan = people
    await ask(ann, plan)
    for desk, path in ((ann, "reamortizations"), (bob, "reamortizations/preview")):
        refused = await desk.refused("POST", f"/v1/plans/{plan['id']}/{path}", json={})
        assert refused[:2] == (409, "revision-pending")
        assert (refused[2]["pending_revision"], refused[2]["cause"]) == (2, "deferral")


async def test_nobody_decides_on_what_they_asked_for(people, staff):
    ann, _, _, plan = people
    await ask(ann, plan)
    promoted, nameless = await staff("admin", "ann"), await staff("admin")
    for what in ("approve", "reject"):
        refused = await refusal(promoted, plan, what=what)
        assert (refused[:2], refused[2]["actor"]) == ((409, "same-actor"), "ann")
        assert (await refusal(nameless, plan, what=what))[1] == "same-actor"


async def test_the_approver_needs_the_authority(people, staff):
    ann, bob, account, plan = people
    await ask(ann, plan)
    sue = await staff("supervisor", "sue")
    status, name, problem = await refusal(sue, plan)

    assert (status, name, problem["role"]) == (409, "outside-authority", "supervisor")
    assert [one["rule"] for one in problem["refusals"]] == ["max_deferrals_in_12_months"]
    assert await ann.read(plan) == waits(plan, "deferral")
    made = await decide(bob, plan)
    assert (made["status"], made["plan"]["pending_revision"]) == ("in_force", None)
    await ann.books_agree(account)


async def test_what_no_higher_role_may_set_aside_is_refused_at_once(people):
    _, bob, _, plan = people
    refused = await bob.refused("POST", f"/v1/plans/{plan['id']}/deferrals", json=DEFERRAL)

    assert refused[:2] == (409, "change-limit-reached")


async def test_it_is_worked_out_anew_on_the_day_it_is_approved(people):
    ann, bob, account, plan = people
    await ask(ann, plan, "reamortizations", {})
    await ann.pay(account, 40_00)
    made = await decide(bob, plan)

    assert rows(made["plan"]) == [(DUE[0], 40_00), (DUE[1], 130_00), (DUE[2], 130_00)]
    await ann.books_agree(account)


@pytest.mark.parametrize(
    ("kind", "body", "name"),
    [
        ("reschedules", KINDS[0][1], "revision-outdated"),
        ("deferrals", DEFERRAL, "nothing-to-move"),
        ("reamortizations", {}, "nothing-to-move"),
    ],
)
async def test_too_late_it_is_refused_by_name_and_still_waits(people, kind, body, name):
    ann, bob, account, plan = people
    await ask(ann, plan, kind, body)
    await ann.at("2026-03-01")
    if kind == "reamortizations":
        await ann.pay(account, 200_00)
    status, problem, document = await refusal(bob, plan)

    assert (status, problem) == (409, name)
    assert "reasons" in document if name == "revision-outdated" else "reason" in document
    listed = (await ann.get(f"/v1/plans/{plan['id']}/revisions"))["data"]
    assert listed[-1]["status"] == "pending_approval"
    await decide(bob, plan, what="reject")
    await ann.books_agree(account)


async def test_an_ended_plan_is_not_changed_but_the_record_is_closed(people):
    ann, bob, account, plan = people
    await ask(ann, plan)
    await ann.post(f"/v1/plans/{plan['id']}/cancel", {"reason": "r"}, status=200)

    assert (await refusal(bob, plan))[:2] == (409, "plan-not-live")
    assert (await decide(bob, plan, what="reject"))["status"] == "rejected"
    await ann.books_agree(account)


async def test_only_what_waits_is_decided(people):
    _, bob, _, plan = people
    refused = await refusal(bob, plan, 1)
    assert (refused[1], refused[2]["revision_status"]) == ("revision-not-waiting", "in_force")
    assert (await refusal(bob, plan, 9))[:2] == (404, "not-found")
    assert (await refusal(bob, {"id": "plan_01h455vb4pex5vsknk084sn02q"}))[:2] == (404, "not-found")


async def test_a_skipped_installment_is_the_one_that_was_asked_for(people):
    """By number the second; a charge due before it makes it the third."""
    ann, bob, account, plan = people
    await ask(ann, plan)
    fee = {"kind": "fee", "amount_minor": 1_00, "due_on": "2026-02-20", "plan_id": plan["id"]}
    await ann.post(f"/v1/accounts/{account['id']}/charges", fee)
    made = await decide(bob, plan)

    open_rows = [row["due_on"] for row in made["plan"]["installments"] if row["principal_minor"]]
    assert DUE[1] not in open_rows
    assert len(open_rows) == 3


async def test_a_limit_counts_where_the_change_makes_it_worse(people, staff):
    """Agents may let 45 days pass between payments; what a supervisor agreed to stands."""
    ann, _, _, plan = people
    far = {"from_due_on": DUE[1], "to_due_on": "2026-04-10", "reason": "r"}
    shown = await ann.post(f"/v1/plans/{plan['id']}/reschedules/preview", far, status=200)

    assert [one["rule"] for one in shown["refusals"]] == [
        "max_reschedules_in_12_months", "max_days_between",
    ]  # fmt: skip


async def test_one_of_many_decisions_counts(people):
    ann, bob, account, plan = people
    await ask(ann, plan)
    paths = [f"/v1/plans/{plan['id']}/revisions/2/{w}" for w in ("approve", "reject", "approve")]
    answers = await asyncio.gather(*(bob.client.post(path, json={}) for path in paths))

    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    assert (await ann.get(f"/v1/plans/{plan['id']}/revisions/2"))["status"] != "pending_approval"
    await ann.books_agree(account)


async def test_a_rewrite_waits_with_its_quote_and_the_consent_to_it(desk, staff):
    """The default policy lets an agent wait 45 days for the first payment, a supervisor 90."""
    account, plan, path = await behind(desk)
    ann, sue = await staff("agent", "ann"), await staff("supervisor", "sue")
    late = {**IN_THREE, "anchor_on": "2026-04-20", "first_due_on": "2026-04-20"}
    quote = await quoted(desk, account, terms=late)
    consent = {
        "channel": "phone",
        "captured_at": "2026-02-10T15:04:05Z",
        "captured_by": "ann",
        "text_hash": quote["text_hash"],
    }
    device = {"ip": "192.0.2.7", "user_agent": "browser"}
    await ask(ann, plan, "rewrites", to(quote, consent={**consent, **device}))
    waiting = await ann.get(f"{path}/revisions/2")

    assert waiting["quote_id"] == quote["id"]
    assert waiting["consent"] == consent
    assert waiting["schedule"]["installments"][0]["due_on"] == "2026-04-20"
    made = await decide(sue, plan)
    assert made["plan"]["next_due_on"] == "2026-04-20"
    said = await desk.get(f"{path}/consent", revision=2)
    assert {name: said[name] for name in device} == device
    await desk.books_agree(account)


async def test_an_expired_quote_approves_nothing(desk, staff):
    account, plan, path = await behind(desk)
    ann, sue = await staff("agent", "ann"), await staff("supervisor", "sue")
    late = {**IN_THREE, "anchor_on": "2026-04-20", "first_due_on": "2026-04-20"}
    quote = await quoted(desk, account, terms=late, expires_at="2026-02-12T00:00:00Z")
    await ask(ann, plan, "rewrites", to(quote))
    await desk.at("2026-02-13")

    assert (await refusal(sue, plan))[:2] == (409, "quote-expired")
    assert (await ann.get(f"{path}/revisions/2"))["status"] == "pending_approval"
    await desk.books_agree(account)
