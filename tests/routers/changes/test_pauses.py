"""Pauses over HTTP: their days do not count, the bucket stands still, a payment re-judges it.

The usual plan: three installments of 100.00, due 31 January, 28 February and 31 March, grace 5.
"""

import pytest

WHY = {"reason": "between two jobs"}


async def pause(desk, plan, starts_on, ends_on, status=201):
    body = {"starts_on": starts_on, "ends_on": ends_on, **WHY}
    return await desk.post(f"/v1/plans/{plan['id']}/pauses", body, status=status)


async def resume(desk, plan, paused, **body):
    path = f"/v1/plans/{plan['id']}/pauses/{paused['id']}/resume"
    return await desk.post(path, body, status=200)


async def clock(desk, plan, on):
    return await desk.get(f"/v1/plans/{plan['id']}/delinquency", as_of=on)


async def told(desk, account, *types):
    page = await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200)
    return [one for one in page["data"] if one["type"] in types]


async def test_paused_days_do_not_count_and_the_bucket_stands_still(desk):
    account, plan = await desk.opened()
    await desk.at("2026-02-20")
    paused = await pause(desk, plan, "2026-02-20", "2026-04-10")

    assert paused == {
        "id": paused["id"], "starts_on": "2026-02-20", "ends_on": "2026-04-10",
        "resumed_on": None, **WHY, "acts": paused["acts"],
    }  # fmt: skip
    (act,) = paused["acts"]
    assert (act["act"], act["role"], act["reason"]) == ("set", "admin", WHY["reason"])
    for day in ("2026-02-20", "2026-03-15", "2026-04-10"):
        now = await clock(desk, plan, day)
        assert (now["bucket"], now["delinquent_days"]) == ("1-29", 15)
        assert (await desk.statuses(plan, day))[0] == "paused"
    after = await clock(desk, plan, "2026-04-11")
    assert (after["paused_days"], after["delinquent_days"]) == (49, 16)
    assert (await desk.statuses(plan, "2026-04-11"))[0] == "delinquent"
    assert [one["data"]["pause_id"] for one in await told(desk, account, "pause.set")] == [
        paused["id"]
    ]


async def test_a_plan_resumed_goes_on_from_that_day(desk):
    account, plan = await desk.opened()
    await desk.at("2026-02-20")
    paused = await pause(desk, plan, "2026-02-20", "2026-04-10")
    await desk.at("2026-02-25")
    resumed = await resume(desk, plan, paused)

    assert (resumed["ends_on"], resumed["resumed_on"]) == ("2026-02-25", "2026-02-25")
    assert (await desk.statuses(plan, "2026-02-25"))[0] == "paused"
    assert (await clock(desk, plan, "2026-02-26"))["delinquent_days"] == 16
    assert (await clock(desk, plan, "2026-02-24"))["pauses"][0]["ends_on"] == "2026-04-10"
    listed = await desk.get(f"/v1/plans/{plan['id']}/pauses")
    assert listed["data"] == [resumed]
    (event,) = await told(desk, account, "pause.resumed")
    assert event["data"]["resumed_on"] == "2026-02-25"
    path = f"/v1/plans/{plan['id']}/pauses/{paused['id']}/resume"
    again = await desk.refused("POST", path, json={})
    assert again[:2] == (409, "pause-not-standing")


async def test_the_bucket_stands_still_until_money_comes(desk):
    account, plan = await desk.opened()
    await desk.at("2026-03-05")
    await pause(desk, plan, "2026-03-05", "2026-03-20")
    assert (await clock(desk, plan, "2026-03-19"))["bucket"] == "1-29"
    await desk.at("2026-03-10")
    await desk.pay(account, 300_00)

    assert (await clock(desk, plan, "2026-03-19"))["bucket"] == "current"


async def test_a_backdated_pause_takes_back_what_was_judged_in_it(desk):
    account, plan = await desk.opened()
    await desk.at("2026-03-07")
    broken = await desk.read(plan)
    assert (broken["status"], broken["status_reason"]) == ("broken", "missed")

    await pause(desk, plan, "2026-02-03", "2026-03-05")

    now = await desk.read(plan)
    assert (now["status"], now["standing"]) == ("active", "in_grace")
    assert now["delinquency"]["missed_total"] == 0
    events = await told(desk, account, "installment.missed", "plan.broken")
    corrections = [one["data"] for one in events if one.get("corrects")]
    assert [one["after"] for one in corrections] == [None] * 3
    await desk.books_agree(account)


async def test_pauses_may_touch_but_not_overlap(desk):
    _, plan = await desk.opened()
    first = await pause(desk, plan, "2026-02-10", "2026-02-20")
    await pause(desk, plan, "2026-02-20", "2026-02-25")
    await pause(desk, plan, "2026-02-01", "2026-02-10")

    path = f"/v1/plans/{plan['id']}/pauses"
    for days in (("2026-02-09", "2026-02-11"), ("2026-02-12", "2026-02-13"),
                 ("2026-01-31", "2026-03-01")):  # fmt: skip
        body = {"starts_on": days[0], "ends_on": days[1], **WHY}
        status, name, problem = await desk.refused("POST", path, json=body)
        assert (status, name) == (409, "pause-overlaps")
    assert problem["existing_pause_id"] != first["id"]  # the earliest of them is named
    await desk.at("2026-02-28")
    now = await clock(desk, plan, "2026-02-28")
    assert (now["past_due_days"], now["paused_days"]) == (28, 24)


@pytest.mark.parametrize(
    ("days", "pointer"),
    [
        pytest.param(("2026-02-10", "2026-02-10"), "/ends_on", id="no day at all"),
        pytest.param(("2026-02-10", "2026-02-09"), "/ends_on", id="backwards"),
        pytest.param(("2026-01-09", "2026-02-09"), "/starts_on", id="before the plan"),
    ],
)
async def test_malformed_pauses(desk, days, pointer):
    _, plan = await desk.opened()
    body = {"starts_on": days[0], "ends_on": days[1], **WHY}

    assert await desk.pointers(f"/v1/plans/{plan['id']}/pauses", body) == [pointer]


async def test_what_has_ended_is_not_paused(desk):
    account, plan = await desk.opened()
    await desk.pay(account, 300_00)
    body = {"starts_on": "2026-01-10", "ends_on": "2026-02-10", **WHY}

    refused = await desk.refused("POST", f"/v1/plans/{plan['id']}/pauses", json=body)
    assert refused[:2] == (409, "plan-not-live")


async def test_a_pause_to_come_cannot_be_resumed_yet(desk):
    _, plan = await desk.opened()
    paused = await pause(desk, plan, "2026-02-10", "2026-02-20")
    path = f"/v1/plans/{plan['id']}/pauses/{paused['id']}/resume"

    assert (await desk.refused("POST", path, json={}))[:2] == (409, "pause-not-standing")
    await desk.at("2026-02-10")
    none_left = await resume(desk, plan, paused)
    assert none_left["ends_on"] == "2026-02-10"
    assert (await clock(desk, plan, "2026-02-11"))["paused_days"] == 0
