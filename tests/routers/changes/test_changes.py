"""A plan's schedule changes: previewed, made, listed, compared, taken back."""

import pytest

from tests.routers.lives.desk import DUE, OPENING


def rows(plan):
    """What is on the agreed rows that hold something."""
    return [
        (row["due_on"], row["principal_minor"])
        for row in plan["installments"]
        if row["status"] != "void"
    ]


def without_ids(plan):
    """A plan but for the ids of rows, which a preview draws for itself."""
    return {
        **plan,
        "installments": [
            {k: v for k, v in row.items() if k != "id"} for row in plan["installments"]
        ],
    }


CHANGES = [
    pytest.param("reamortizations", {}, "2026-02-10",
                 [(DUE[1], 150_00), (DUE[2], 150_00)], id="re-amortized"),
    pytest.param("reschedules", {"from_due_on": DUE[1], "to_due_on": "2026-03-10", "reason": "r"},
                 "2026-02-10", [(DUE[0], 100_00), ("2026-03-10", 100_00), ("2026-04-10", 100_00)],
                 id="rescheduled"),
    pytest.param("reschedules", {"from_due_on": DUE[1], "to_due_on": DUE[1],
                                 "extra_installments": 2, "reason": "r"},
                 "2026-02-10", [(DUE[0], 100_00), ("2026-02-28", 50_00), ("2026-03-28", 50_00),
                                ("2026-04-28", 50_00), ("2026-05-28", 50_00)], id="into more"),
    pytest.param("deferrals", {"number": 2, "reason": "r"}, "2026-02-10",
                 [(DUE[0], 100_00), (DUE[2], 100_00), ("2026-04-30", 100_00)], id="deferred"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "body", "on", "expected"), CHANGES)
async def test_a_change_is_previewed_made_and_taken_back(desk, change, body, on, expected):
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
    assert (made["revision"], made["plan"]["revision"]) == (2, 2)
    assert made["plan"]["outstanding_minor"] == 300_00
    await desk.books_agree(account)

    undone = await desk.post(f"{path}/revisions/2/undo", {}, status=200)
    assert undone == before
    again = await desk.post(f"{path}/{change}", body)
    assert again["revision"] == 3  # numbers are never used twice
    await desk.books_agree(account)


async def test_dates_keep_the_anchor_through_changes(desk):
    """31 January is the anchor: what is appended falls on a month's last day."""
    _, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}"
    await desk.post(f"{path}/deferrals", {"number": 1, "reason": "r"})
    made = await desk.post(f"{path}/deferrals", {"number": 2, "reason": "r"})

    assert [due for due, _ in rows(made["plan"])] == ["2026-03-31", "2026-04-30", "2026-05-31"]


async def test_revisions_say_what_changed_by_whom_and_what_was_undone(desk, staff):
    _, plan = await desk.opened()
    ann = await staff("agent", "ann")
    path = f"/v1/plans/{plan['id']}"
    await desk.at("2026-02-10")
    moved = {"from_due_on": DUE[1], "to_due_on": "2026-03-10", "reason": "paid on the 10th"}
    await ann.post(f"{path}/reschedules", moved)
    await ann.post(f"{path}/reamortizations", {"reason": "caught up"})
    await ann.post(f"{path}/revisions/3/undo", {"reason": "misheard"}, status=200)
    listed = (await desk.get(f"{path}/revisions"))["data"]

    said = [(one["number"], one["cause"], one["actor"], one["role"], one["reason"])
            for one in listed]  # fmt: skip
    assert said[1:] == [
        (2, "reschedule", "ann", "agent", "paid on the 10th"),
        (3, "reamortization", "ann", "agent", "caught up"),
    ]
    assert listed[1]["terms"] == moved
    assert [one["undone"] for one in listed[:2]] == [None, None]
    assert listed[2]["undone"] == {"on": "2026-02-10", "actor": "ann", "reason": "misheard"}
    assert listed[1]["before"]["installments"] == listed[0]["schedule"]["installments"]
    assert await desk.get(f"{path}/revisions/2") == listed[1]
    assert (await desk.refused("GET", f"{path}/revisions/4"))[:2] == (404, "not-found")

    difference = await desk.get(f"{path}/diff")
    assert (difference["from"], difference["to"]) == (1, 2)
    assert [(one["before"]["due_on"], one["after"]["due_on"]) for one in difference["rows"]] == [
        (DUE[1], "2026-03-10"), (DUE[2], "2026-04-10"),
    ]  # fmt: skip
    assert difference["lines"] == [
        "~ 2026-02-28 10000 → 2026-03-10 10000",
        "~ 2026-03-31 10000 → 2026-04-10 10000",
    ]
    assert (await desk.get(f"{path}/diff", **{"from": 2, "to": 2}))["rows"] == []
    missing = await desk.refused("GET", f"{path}/diff", params={"to": 9})
    assert missing[:2] == (404, "not-found")


async def test_a_change_of_a_plan_paid_off_since_can_be_undone(desk):
    account, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}"
    await desk.post(f"{path}/deferrals", {"number": 1, "reason": "r"})
    await desk.pay(account, 300_00)
    undone = await desk.post(f"{path}/revisions/2/undo", {}, status=200)

    assert (undone["status"], undone["revision"]) == ("completed", 1)
    assert [row["paid_minor"] for row in undone["installments"]] == [100_00] * 3
    await desk.books_agree(account)


async def test_only_the_newest_change_is_undone_and_payments_do_not_matter(desk):
    account, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}"
    await desk.at("2026-02-10")
    await desk.post(f"{path}/reamortizations", {})
    await desk.post(f"{path}/deferrals", {"number": 2, "reason": "r"})
    await desk.pay(account, 120_00)

    status, name, problem = await desk.refused("POST", f"{path}/revisions/2/undo")
    assert (status, name, problem["newest_revision"]) == (409, "not-the-newest-change", 3)
    await desk.post(f"{path}/revisions/3/undo", {}, status=200)
    undone = await desk.post(f"{path}/revisions/2/undo", {}, status=200)
    assert (undone["revision"], undone["paid_minor"]) == (1, 120_00)
    assert [row["paid_minor"] for row in undone["installments"]] == [100_00, 20_00, 0]
    twice = await desk.refused("POST", f"{path}/revisions/2/undo")
    assert twice[:2] == (409, "not-the-newest-change")
    assert (await desk.refused("POST", f"{path}/revisions/7/undo"))[:2] == (404, "not-found")
    await desk.books_agree(account)


@pytest.mark.parametrize(
    ("change", "body", "on", "expected"),
    [
        pytest.param("reamortizations", {}, OPENING, "nothing-to-move", id="nothing due"),
        pytest.param("reamortizations", {"effective_on": "2026-01-05"}, OPENING, "invalid-input",
                     id="before it opened"),
        pytest.param("reschedules", {"from_due_on": DUE[0], "to_due_on": DUE[0], "reason": "r"},
                     OPENING, "nothing-to-move", id="moved nowhere"),
        pytest.param("reschedules", {"from_due_on": DUE[0], "to_due_on": "2026-03-10",
                                     "reason": "r"}, "2026-02-10", "invalid-input",
                     id="overdue already"),
        pytest.param("reschedules", {"from_due_on": "2026-02-01", "to_due_on": "2026-03-10",
                                     "reason": "r"}, OPENING, "invalid-input", id="no such date"),
        pytest.param("deferrals", {"number": 1, "reason": "r"}, "2026-02-10", "nothing-to-move",
                     id="an overdue one"),
        pytest.param("deferrals", {"number": 9, "reason": "r"}, OPENING, "not-found",
                     id="no such number"),
        pytest.param("deferrals", {"reason": "r"}, OPENING, "invalid-input", id="none named"),
    ],
)  # fmt: skip
async def test_what_cannot_be_changed_is_refused_by_call_and_preview(
    desk, change, body, on, expected
):
    _, plan = await desk.opened()
    await desk.at(on)

    for tail in ("", "/preview"):
        path = f"/v1/plans/{plan['id']}/{change}{tail}"
        assert (await desk.refused("POST", path, json=body))[1] == expected


async def test_a_limit_of_the_policy_is_shown_by_a_preview_and_refuses_the_call(desk):
    """The default policy allows two deferrals in twelve months."""
    _, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}/deferrals"
    for number in (1, 2):
        await desk.post(path, {"number": number, "reason": "r"})
    body = {"number": 3, "reason": "r"}
    shown = await desk.post(f"{path}/preview", body, status=200)
    status, name, problem = await desk.refused("POST", path, json=body)

    assert (status, name, problem["change"]) == (409, "change-limit-reached", "deferral")
    assert problem["refusals"] == shown["refusals"]
    assert [(one["rule"], one["limit"], one["actual"]) for one in shown["refusals"]] == [
        ("max_deferrals_in_12_months", 2, 3)
    ]


async def test_one_re_amortization_a_day_and_no_change_of_an_ended_or_disputed_plan(desk):
    account, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}"
    await desk.at("2026-02-10")
    await desk.post(f"{path}/reamortizations", {})
    again = await desk.refused("POST", f"{path}/reamortizations", json={})
    assert (again[1], again[2]["existing_revision"]) == ("changed-today", 2)
    hold = {"kind": "dispute", "starts_on": "2026-02-10", "reason": "r"}
    await desk.post(f"/v1/accounts/{account['id']}/holds", hold)
    held = await desk.refused("POST", f"{path}/deferrals", json={"number": 3, "reason": "r"})
    assert held[1] == "account-on-hold"
    await desk.post(f"{path}/cancel", {"reason": "r"}, status=200)
    ended = await desk.refused("POST", f"{path}/deferrals", json={"number": 3, "reason": "r"})
    assert ended[1] == "plan-not-live"
    unknown = "plan_01h455vb4pex5vsknk084sn02q"
    missing = await desk.refused("POST", f"/v1/plans/{unknown}/reamortizations", json={})
    assert missing[:2] == (404, "not-found")
