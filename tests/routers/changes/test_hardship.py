"""Relief over HTTP: another due day, a payment holiday, lower installments for a while."""

import pytest

from tests.routers.changes.test_changes import rows, without_ids
from tests.routers.lives.desk import DUE, IN_THREE, OPENING

LATER = "2026-02-10"
CHANGES = [
    pytest.param("due-day-changes", {"day": 5, "reason": "r"}, OPENING,
                 [("2026-02-05", 100_00), ("2026-03-05", 100_00), ("2026-04-05", 100_00)],
                 id="the 5th of January is over"),
    pytest.param("due-day-changes", {"day": 20, "reason": "r"}, OPENING,
                 [("2026-01-20", 100_00), ("2026-02-20", 100_00), ("2026-03-20", 100_00)],
                 id="earlier in the month"),
    pytest.param("due-day-changes", {"day": 15, "from_due_on": DUE[2], "reason": "r"}, LATER,
                 [(DUE[0], 100_00), (DUE[1], 100_00), ("2026-03-15", 100_00)], id="from one on"),
    pytest.param("payment-holidays", {"from_due_on": DUE[1], "installments": 2, "reason": "r"},
                 LATER, [(DUE[0], 100_00), ("2026-04-30", 100_00), ("2026-05-31", 100_00)],
                 id="two are skipped"),
    pytest.param("payment-holidays",
                 {"from_due_on": DUE[0], "until_on": "2026-02-28", "reason": "r"}, OPENING,
                 [(DUE[2], 100_00), ("2026-04-30", 100_00), ("2026-05-31", 100_00)],
                 id="all until a day"),
    pytest.param("step-downs",
                 {"installment_minor": 40_00, "until_on": "2026-02-28", "reason": "r"}, OPENING,
                 [(DUE[0], 40_00), (DUE[1], 40_00), (DUE[2], 220_00)], id="the last makes up"),
    pytest.param("step-downs",
                 {"installment_minor": 40_00, "until_on": "2026-04-30", "reason": "r"}, LATER,
                 [(DUE[0], 100_00), (DUE[1], 40_00), (DUE[2], 40_00), ("2026-04-30", 40_00),
                  ("2026-05-31", 80_00)], id="new ones at the end"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "body", "on", "expected"), CHANGES)
async def test_relief_is_previewed_granted_and_taken_back(desk, change, body, on, expected):
    account, plan = await desk.opened()
    await desk.at(on)
    before = await desk.read(plan)
    path = f"/v1/plans/{plan['id']}"

    shown = await desk.post(f"{path}/{change}/preview", body, status=200)
    assert (await desk.read(plan)) == before  # nothing was stored
    made = await desk.post(f"{path}/{change}", body)

    assert shown["refusals"] == []
    assert without_ids(shown["plan"]) == without_ids(made["plan"])
    assert await desk.read(plan) == made["plan"]
    assert rows(made["plan"]) == expected
    assert (made["revision"], made["cause"]) == (2, change[:-1].replace("-", "_"))
    assert made["plan"]["outstanding_minor"] == 300_00
    await desk.books_agree(account)

    undone = await desk.post(f"{path}/revisions/2/undo", {}, status=200)
    assert undone == before
    assert (await desk.post(f"{path}/{change}", body))["revision"] == 3
    listed = (await desk.get(f"{path}/revisions"))["data"]
    assert [one["number"] for one in listed] == [1, 2, 3]
    assert listed[1]["terms"] == body
    assert (await desk.get(f"{path}/diff"))["lines"]
    await desk.books_agree(account)


async def test_dates_go_on_from_the_new_day(desk):
    """Moved to the 31st in a short month, what is appended later is due on a 31st again."""
    _, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}"
    await desk.post(f"{path}/due-day-changes", {"day": 15, "reason": "r"})
    await desk.at("2026-02-02")
    made = await desk.post(f"{path}/due-day-changes", {"day": 31, "reason": "r"})
    assert [due for due, _ in rows(made["plan"])] == ["2026-01-15", "2026-02-28", "2026-03-31"]
    body = {"from_due_on": "2026-02-28", "installments": 1, "reason": "r"}
    made = await desk.post(f"{path}/payment-holidays", body)
    assert [due for due, _ in rows(made["plan"])] == ["2026-01-15", "2026-03-31", "2026-04-30"]
    made = await desk.post(f"{path}/deferrals", {"number": 3, "reason": "r"})
    assert [due for due, _ in rows(made["plan"])] == ["2026-01-15", "2026-03-31", "2026-05-31"]


async def test_halves_of_a_month_and_business_days_keep_their_rules(desk):
    await desk.at(OPENING)
    account = await desk.account()
    plan = await desk.plan(
        account,
        installment_count=4,
        frequency={"every": 1, "unit": "semimonth", "days": [15, 31]},
        business_days={"calendar": "US-FED", "convention": "following"},
        first_due_on="2026-01-15",
    )
    path = f"/v1/plans/{plan['id']}"
    assert await desk.pointers(f"{path}/due-day-changes", {"day": 5, "reason": "r"}) == ["/day"]
    made = await desk.post(f"{path}/due-day-changes", {"days": [7, 21], "reason": "r"})
    assert rows(made["plan"]) == [  # 7 and 21 February 2026 are Saturdays
        ("2026-01-21", 75_00), ("2026-02-09", 75_00), ("2026-02-23", 75_00), ("2026-03-09", 75_00),
    ]  # fmt: skip
    body = {"from_due_on": "2026-02-23", "installments": 1, "reason": "r"}
    made = await desk.post(f"{path}/payment-holidays", body)
    assert [due for due, _ in rows(made["plan"])] == [
        "2026-01-21", "2026-02-09", "2026-03-09", "2026-03-23",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "body", "on", "expected"),
    [
        pytest.param("due-day-changes", {"day": 31, "reason": "r"}, OPENING, "nothing-to-move",
                     id="due then already"),
        pytest.param("due-day-changes", {"day": 32, "reason": "r"}, OPENING, "invalid-input",
                     id="no such day"),
        pytest.param("due-day-changes", {"days": [5, 20], "reason": "r"}, OPENING,
                     "invalid-input", id="two days of a month"),
        pytest.param("due-day-changes", {"days": [28, 30], "reason": "r"}, OPENING,
                     "invalid-input", id="days too late"),
        pytest.param("due-day-changes", {"reason": "r"}, OPENING, "invalid-input", id="no day"),
        pytest.param("due-day-changes", {"day": 5, "days": [5, 20], "reason": "r"}, OPENING,
                     "invalid-input", id="both"),
        pytest.param("due-day-changes", {"day": 5, "from_due_on": "2026-02-20", "reason": "r"},
                     OPENING, "invalid-input", id="no due date"),
        pytest.param("due-day-changes", {"day": 5, "from_due_on": DUE[0], "reason": "r"}, LATER,
                     "invalid-input", id="an overdue one"),
        pytest.param("payment-holidays", {"from_due_on": DUE[1], "reason": "r"}, LATER,
                     "invalid-input", id="for how long"),
        pytest.param("payment-holidays", {"from_due_on": DUE[1], "until_on": "2026-02-27",
                                          "reason": "r"}, LATER, "invalid-input",
                     id="over before it begins"),
        pytest.param("payment-holidays", {"from_due_on": DUE[0], "installments": 1,
                                          "reason": "r"}, LATER, "invalid-input",
                     id="from an overdue one"),
        pytest.param("step-downs", {"installment_minor": 100_00, "until_on": DUE[2],
                                    "reason": "r"}, OPENING, "nothing-to-move", id="no lower"),
        pytest.param("step-downs", {"installment_minor": 50_00, "until_on": "2026-02-27",
                                    "reason": "r"}, LATER, "nothing-to-move",
                     id="none due by then"),
        pytest.param("step-downs", {"installment_minor": 50_00, "until_on": LATER,
                                    "reason": "r"}, LATER, "invalid-input", id="until today"),
        pytest.param("step-downs", {"installment_minor": 1, "until_on": "2101-01-01",
                                    "reason": "r"}, OPENING, "invalid-input", id="for ever"),
    ],
)  # fmt: skip
async def test_what_cannot_be_granted_is_refused_by_call_and_preview(
    desk, change, body, on, expected
):
    _, plan = await desk.opened()
    await desk.at(on)

    for tail in ("", "/preview"):
        path = f"/v1/plans/{plan['id']}/{change}{tail}"
        assert (await desk.refused("POST", path, json=body))[1] == expected


async def test_on_the_last_due_date_there_is_nothing_to_come(desk):
    account, plan = await desk.opened()
    await desk.pay(account, 200_00)
    await desk.at(DUE[2])
    body = {"day": 5, "reason": "r"}
    refused = await desk.refused("POST", f"/v1/plans/{plan['id']}/due-day-changes", json=body)

    assert refused[1] == "nothing-to-move"


async def test_weeks_have_no_due_day_and_dates_written_out_no_periods(desk):
    await desk.at(OPENING)
    weekly = await desk.plan(await desk.account(), installment_count=3,
                             frequency={"every": 1, "unit": "week"})  # fmt: skip
    by_hand = [{"due_on": DUE[0], "amount_minor": 300_00}]
    written = await desk.plan(await desk.account(), installments=by_hand)

    for plan in (weekly, written):
        path = f"/v1/plans/{plan['id']}/due-day-changes"
        assert await desk.pointers(path, {"day": 5, "reason": "r"}) == ["/day"]
    body = {"from_due_on": DUE[0], "installments": 1, "reason": "r"}
    path = f"/v1/plans/{written['id']}/payment-holidays"
    assert await desk.pointers(path, body) == ["/from_due_on"]


@pytest.mark.parametrize(
    ("change", "body", "name"),
    [
        pytest.param("due-day-changes", {"day": 5, "reason": "r"}, "change of due day",
                     id="due day"),
        pytest.param("payment-holidays", {"from_due_on": DUE[2], "installments": 1,
                                          "reason": "r"}, "payment holiday", id="holiday"),
        pytest.param("step-downs", {"installment_minor": 50_00, "until_on": DUE[1],
                                    "reason": "r"}, "step-down", id="step-down"),
    ],
)  # fmt: skip
async def test_one_of_a_kind_a_day(desk, change, body, name):
    _, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}/{change}"
    await desk.post(path, body)
    status, problem, told = await desk.refused("POST", path, json=body)

    assert (status, problem, told["existing_revision"]) == (409, "changed-today", 2)
    assert name in told["detail"]


async def test_the_policys_limits_are_shown_by_a_preview_and_refuse_the_call(desk):
    """The default policy: a holiday a year, of three installments at most."""
    _, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}/payment-holidays"
    body = {"from_due_on": DUE[0], "installments": 3, "reason": "r"}
    await desk.post(path, body)
    await desk.at("2026-01-11")
    again = {"from_due_on": "2026-04-30", "installments": 4, "reason": "r"}
    shown = await desk.post(f"{path}/preview", again, status=200)
    status, name, problem = await desk.refused("POST", path, json=again)

    assert (status, name, problem["change"]) == (409, "change-limit-reached", "payment_holiday")
    assert problem["refusals"] == shown["refusals"]
    assert [(one["rule"], one["limit"], one["actual"]) for one in shown["refusals"]] == [
        ("max_payment_holidays_in_12_months", 1, 2), ("max_holiday_installments", 3, 4),
    ]  # fmt: skip


async def test_an_agent_cannot_go_below_what_an_agent_may_agree_to(desk, staff):
    """The default policy: 5.00 for an agent, 1.00 for a supervisor."""
    _, plan = await desk.opened()
    ann, sue = await staff("agent", "ann"), await staff("supervisor", "sue")
    path = f"/v1/plans/{plan['id']}/step-downs"
    body = {"installment_minor": 4_99, "until_on": DUE[1], "reason": "r"}
    shown = await ann.post(f"{path}/preview", body, status=200)
    asked = await ann.post(path, body)

    assert (asked["status"], asked["refusals"]) == ("pending_approval", shown["refusals"])
    (found,) = shown["refusals"]
    assert (found["rule"], found["limit"], found["actual"], found["override_role"]) == (
        "min_installment_minor", 5_00, 4_99, "supervisor",
    )  # fmt: skip
    revision = f"/v1/plans/{plan['id']}/revisions/{asked['revision']}"
    made = await sue.post(f"{revision}/approve", {}, status=200)
    assert [minor for _, minor in rows(made["plan"])] == [4_99, 4_99, 290_02]


async def test_a_payment_entered_late_is_split_as_if_it_had_come_in_time(desk):
    account, plan = await desk.opened()
    await desk.at(LATER)
    body = {"installment_minor": 40_00, "until_on": DUE[1], "reason": "r"}
    await desk.post(f"/v1/plans/{plan['id']}/step-downs", body)
    await desk.pay(account, 150_00, on="2026-01-20")
    read = await desk.read(plan)

    # 50.00 of February's 100.00 was paid ahead: it falls to that, and the last makes up for it
    assert rows(read) == [(DUE[0], 100_00), (DUE[1], 50_00), (DUE[2], 150_00)]
    assert [row["paid_minor"] for row in read["installments"]] == [100_00, 50_00, 0]
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("change", "body"),
    [
        pytest.param("due-day-changes", {"day": 15, "reason": "r"}, id="due day"),
        pytest.param("payment-holidays", {"from_due_on": DUE[1], "installments": 1,
                                          "reason": "r"}, id="holiday"),
        pytest.param("step-downs", {"installment_minor": 40_00, "until_on": DUE[2],
                                    "reason": "r"}, id="step-down"),
    ],
)  # fmt: skip
async def test_relief_on_a_plan_that_bears_interest_is_paid_off_as_it_shows(desk, change, body):
    await desk.at(OPENING)
    account = await desk.account()
    plan = await desk.plan(account, **{**IN_THREE, "installment_count": 6}, annual_rate_bps=1200)
    path = f"/v1/plans/{plan['id']}"
    shown = await desk.post(f"{path}/{change}/preview", body, status=200)
    made = await desk.post(f"{path}/{change}", body)

    assert without_ids(shown["plan"]) == without_ids(made["plan"])
    assert (await desk.read(account))["balance"]["total_minor"] == 300_00  # nothing was earned
    for row in made["plan"]["installments"]:
        if row["status"] != "void":
            await desk.at(row["due_on"])
            await desk.pay(account, row["outstanding_minor"])
    read = await desk.read(plan)
    assert (read["status"], read["paid_minor"]) == ("completed", made["plan"]["outstanding_minor"])
    await desk.books_agree(account)


async def test_what_was_lowered_is_told_and_a_hold_forbids_it(desk):
    account, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}"
    await desk.post(f"{path}/due-day-changes", {"day": 5, "reason": "r"})
    events = (await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200))["data"]
    told = [one["data"] for one in events if one["type"] == "plan.revised"]
    assert told == [{"effective_on": OPENING, "cause": "due_day_change", "revision": 2}]
    hold = {"kind": "dispute", "starts_on": OPENING, "reason": "r"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)
    body = {"installment_minor": 40_00, "until_on": "2026-03-31", "reason": "r"}
    assert (await desk.refused("POST", f"{path}/step-downs", json=body))[1] == "account-on-hold"


async def test_hardship_is_a_hold_under_which_relief_is_granted(desk):
    account, plan = await desk.opened()
    hold = {"kind": "hardship", "starts_on": OPENING, "reason": "r"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)
    body = {"installment_minor": 40_00, "until_on": DUE[1], "reason": "r"}

    assert (await desk.post(f"/v1/plans/{plan['id']}/step-downs", body))["revision"] == 2
