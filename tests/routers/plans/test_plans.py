"""Plans: opened on terms, read as of any day, explained, cancelled."""

import pytest

from app.schemas.plans.plans import PlanRead
from tests.routers.lives.desk import DUE, IN_THREE, OPENING

UPCOMING = ["upcoming"] * 3


async def test_a_plan_says_what_is_due_when_and_on_what_terms(desk):
    await desk.at(OPENING)
    account = await desk.account(balance={"principal_minor": 290_00, "fees_minor": 10_00})
    body = {
        "account_id": account["id"],
        "terms": IN_THREE,
        "reference": "PLAN-7",
        "consent": {
            "channel": "phone",
            "captured_at": "2026-01-10T09:00:00-06:00",
            "captured_by": "agent-17",
            "text_hash": "sha256:9f2c",
            "ip": "203.0.113.9",
        },
        "metadata": {"desk": "4"},
    }
    made = await desk.client.post("/v1/plans", json=body)
    plan = made.json()

    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/plans/{plan['id']}"
    assert PlanRead.model_validate_json(made.content)
    assert await desk.read(plan) == plan
    assert (plan["status"], plan["standing"], plan["kind"]) == ("active", "current", "installment")
    assert (plan["revision"], plan["policy"]) == (1, {"name": "default", "version": 1})
    assert plan["terms"] == IN_THREE
    assert (plan["total_minor"], plan["paid_minor"], plan["outstanding_minor"]) == (
        300_00, 0, 300_00,
    )  # fmt: skip
    assert (plan["next_due_on"], plan["next_due_minor"]) == (DUE[0], 100_00)
    rows = [(row["number"], row["due_on"], row["principal_minor"]) for row in plan["installments"]]
    assert rows == [(1, DUE[0], 100_00), (2, DUE[1], 100_00), (3, DUE[2], 100_00)]
    assert plan["metadata"] == {"desk": "4"}
    assert "ip" not in plan["consent"]
    assert (await desk.read(account))["active_plan_id"] == plan["id"]
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("as_of", "standing", "statuses", "days"),
    [
        pytest.param(OPENING, "current", UPCOMING, 0, id="opening"),
        pytest.param("2026-01-31", "due", ["due", "upcoming", "upcoming"], 0, id="due"),
        pytest.param("2026-02-01", "in_grace", ["overdue", "upcoming", "upcoming"], 0, id="late"),
        pytest.param("2026-02-05", "in_grace", ["overdue", "upcoming", "upcoming"], 0, id="grace"),
        pytest.param(
            "2026-02-06", "delinquent", ["missed", "upcoming", "upcoming"], 1, id="missed"
        ),
        pytest.param("2026-03-05", "delinquent", ["missed", "overdue", "upcoming"], 28, id="two"),
    ],
)
async def test_without_money_it_gets_later_day_by_day(desk, as_of, standing, statuses, days):
    _, plan = await desk.opened()

    assert await desk.statuses(plan, as_of) == (standing, statuses)
    clock = await desk.get(f"/v1/plans/{plan['id']}/delinquency", as_of=as_of)
    assert clock["delinquent_days"] == days
    assert clock["as_of"] == as_of
    assert (await desk.read(plan, as_of=as_of))["delinquency"] == clock


async def test_the_clock_is_explained(desk):
    account, plan = await desk.opened()
    await desk.at("2026-02-20")
    await desk.pay(account, 40_00)
    rows = (await desk.read(plan))["installments"]

    assert await desk.get(f"/v1/plans/{plan['id']}/delinquency") == {
        "as_of": "2026-02-20",
        "oldest_due_on": "2026-01-31",
        "overdue_minor": 60_00,
        "past_due_days": 20,
        "grace_days": 5,
        "paused_days": 0,
        "pauses": [],
        "delinquent_days": 15,
        "delinquent_since_on": "2026-02-05",
        "missed": [rows[0]["id"]],
        "consecutive_missed": 1,
        "missed_total": 1,
        "full_installments_past_due": 0,
        "bucket": "1-29",
        "policy_version": 1,
        "contract": {"since_on": OPENING, "days": 41},
    }
    assert (rows[0]["paid_minor"], rows[0]["paid_late_minor"], rows[0]["outstanding_minor"]) == (
        40_00, 40_00, 60_00,
    )  # fmt: skip


async def test_before_it_opened_there_is_no_plan(desk):
    await desk.at("2026-01-05")
    account = await desk.account()
    await desk.at(OPENING)
    plan = await desk.plan(account)

    for tail in ("", "/delinquency"):
        path = f"/v1/plans/{plan['id']}{tail}"
        refused = await desk.refused("GET", path, params={"as_of": "2026-01-09"})
        assert refused[:2] == (404, "not-found")


async def test_too_many_missed_break_it(desk):
    account, plan = await desk.opened()
    await desk.at("2026-03-06")
    read = await desk.read(plan)

    assert (read["status"], read["status_reason"], read["standing"]) == ("broken", "missed", None)
    assert (read["ended_on"], {row["status"] for row in read["installments"]}) == (
        "2026-03-06", {"void"},
    )  # fmt: skip
    assert (await desk.read(account))["active_plan_id"] is None
    assert (await desk.read(account))["balance"]["total_minor"] == 300_00
    stored = await desk.pay(account, 1_00)  # a command stores what the read computed
    assert (stored["allocations"][0]["plan_id"], stored["plan"]) == (None, None)
    await desk.books_agree(account)


async def test_a_plan_is_cancelled_and_the_account_is_free(desk):
    account, plan = await desk.opened()
    await desk.pay(account, 150_00)
    body = {"reason": "asked by the debtor"}
    ended = await desk.post(f"/v1/plans/{plan['id']}/cancel", body, status=200)

    assert (ended["status"], ended["status_reason"]) == ("cancelled", "asked by the debtor")
    assert [row["status"] for row in ended["installments"]] == ["paid", "void", "void"]
    assert (ended["paid_minor"], ended["next_due_on"]) == (150_00, None)
    again = await desk.refused("POST", f"/v1/plans/{plan['id']}/cancel", json=body)
    assert again[:2] == (409, "plan-not-live")
    assert (await desk.read(account))["balance"]["total_minor"] == 150_00
    second = await desk.plan(account)
    assert second["total_minor"] == 150_00
    await desk.books_agree(account)


async def test_overpaid_money_waits_on_the_account(desk):
    account, plan = await desk.opened()
    payment = await desk.pay(account, 310_00)
    read = await desk.read(plan)

    assert payment["unapplied_minor"] == read["overpaid_minor"] == 10_00
    assert (read["status"], read["standing"], read["outstanding_minor"]) == ("completed", None, 0)


async def test_one_live_plan_an_account(desk):
    account, plan = await desk.opened()
    body = {"account_id": account["id"], "terms": IN_THREE}

    status, name, problem = await desk.refused("POST", "/v1/plans", json=body)
    assert (status, name, problem["existing_plan_id"]) == (409, "plan-exists", plan["id"])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"amount_minor": 300_01}, (409, "exceeds-balance"), id="more than owed"),
        pytest.param({"first_due_on": "2026-01-09", "anchor_on": None},
                     (422, "invalid-input"), id="due before it opens"),
        pytest.param({"installment_count": 0}, (422, "invalid-input"), id="no installments"),
        pytest.param({"installment_count": 30_000}, (422, "invalid-input"), id="too many"),
    ],
)  # fmt: skip
async def test_terms_that_are_refused(desk, change, expected):
    await desk.at(OPENING)
    account = await desk.account()
    body = {"account_id": account["id"], "terms": {**IN_THREE, **change}}

    assert (await desk.refused("POST", "/v1/plans", json=body))[:2] == expected
    assert (await desk.get("/v1/plans"))["data"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        pytest.param({"terms": None}, "/terms", id="no terms"),
        pytest.param({"terms": {"instalments": 3}}, "/terms/instalments", id="unknown inside"),
        pytest.param({"account_id": "INV-1"}, "/account_id", id="not an id"),
        pytest.param({"effective_on": "2026-01-11"}, "/effective_on", id="tomorrow"),
        pytest.param({"consent": {"channel": "phone"}}, "/consent/captured_at", id="half"),
        pytest.param({"promise": True}, "/promise", id="unknown"),
    ],
)
async def test_malformed_plans(desk, change, pointer):
    await desk.at(OPENING)
    account = await desk.account()
    body = {"account_id": account["id"], "terms": IN_THREE, **change}

    assert (await desk.pointers("/v1/plans", body))[0] == pointer


async def test_nothing_owed_nothing_to_agree(desk):
    account = await desk.account(balance={})
    body = {"account_id": account["id"], "terms": IN_THREE}

    assert (await desk.refused("POST", "/v1/plans", json=body))[:2] == (409, "nothing-owed")


async def test_a_plans_revisions_say_what_was_agreed(desk):
    _, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}/revisions"
    listed = (await desk.get(path))["data"]

    assert [(one["number"], one["cause"], one["effective_on"]) for one in listed] == [
        (1, "opened", OPENING)
    ]
    assert listed[0]["terms"] == plan["terms"]
    assert [(row["id"], row["due_on"]) for row in listed[0]["schedule"]["installments"]] == [
        (row["id"], row["due_on"]) for row in plan["installments"]
    ]
    assert await desk.get(f"{path}/1") == listed[0]
    for missing in ("2", "0", "x"):
        assert (await desk.refused("GET", f"{path}/{missing}"))[:2] == (404, "not-found")


async def test_lists_narrow_and_go_on(desk):
    await desk.at(OPENING)
    accounts = [await desk.account() for _ in range(4)]
    made = [await desk.plan(account) for account in accounts]
    await desk.post(f"/v1/plans/{made[0]['id']}/cancel", {"reason": "r"}, status=200)
    await desk.at("2026-02-10")
    await desk.pay(accounts[1], 100_00)

    async def ids(**asked):
        return [plan["id"] for plan in (await desk.get("/v1/plans", **asked))["data"]]

    def among(*numbers):
        return [made[n]["id"] for n in numbers]

    assert await ids() == among(0, 1, 2, 3)
    assert await ids(account_id=accounts[2]["id"]) == among(2)
    assert await ids(status="cancelled") == among(0)
    assert await ids(standing="delinquent") == among(2, 3)
    assert await ids(standing="current") == among(1)
    assert await ids(due_from="2026-01-01", due_to="2026-01-31") == among(2, 3)
    first = await desk.get("/v1/plans", limit=3)
    rest = await desk.get("/v1/plans", limit=3, cursor=first["next_cursor"])
    assert [plan["id"] for plan in first["data"] + rest["data"]] == among(0, 1, 2, 3)


async def test_on_a_clock_moved_back_a_later_plan_is_hidden(desk):
    await desk.at("2026-01-05")
    account = await desk.account()
    await desk.at(OPENING)
    plan = await desk.plan(account)
    await desk.at("2026-01-05")

    assert (await desk.get("/v1/plans"))["data"] == []
    assert (await desk.refused("GET", f"/v1/plans/{plan['id']}"))[:2] == (404, "not-found")
    body = {"reason": "r"}
    refused = await desk.refused("POST", f"/v1/plans/{plan['id']}/cancel", json=body)
    assert refused[:2] == (409, "clock-behind-facts")
