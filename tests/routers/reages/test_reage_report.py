"""The examiner's report of re-ages, as figures and as a file."""

from tests.routers.reages.test_reages import RE_AGE, late

PATH = "/v1/reports/re-ages"


async def test_what_was_granted_refused_undone_and_late_again(desk):
    _, one = await late(desk)
    account, other = await late(desk)
    strict = await desk.account()
    refused = await desk.plan(
        strict, installment_count=3, frequency={"unit": "month"}, first_due_on="2026-03-01"
    )
    first = await desk.post(f"/v1/plans/{one['id']}/re-ages", RE_AGE)
    second = await desk.post(f"/v1/plans/{other['id']}/re-ages", RE_AGE)
    await desk.post(f"/v1/plans/{one['id']}/re-ages/{first['id']}/undo", {}, status=200)
    path = f"/v1/plans/{refused['id']}/re-ages"
    assert (await desk.refused("POST", path, json=RE_AGE))[1] == "re-age-refused"
    await desk.at("2026-03-02")
    await desk.pay(account, 1_00)  # a command stores what the day close found
    told = await desk.get(PATH)

    assert (told["from"], told["to"]) == ("2026-01-01", "2026-03-02")
    assert (told["granted"], told["undone"], told["refused"]) == (2, 1, 1)
    assert told["refused_by_reason"] == {
        "NOT_OPEN_END": 1, "ACCOUNT_TOO_NEW": 1, "INSUFFICIENT_PAYMENTS": 1,
    }  # fmt: skip
    assert told["moved_minor"] == 300_00
    assert told["re_defaults"] == {"3": 1, "6": 1, "12": 1}
    rows = {row["id"]: row for row in told["re_ages"]}
    assert rows[first["id"]]["undone_on"] == "2026-02-20"
    assert rows[second["id"]]["defaulted_on"] in {"2026-03-01", "2026-03-02"}
    assert (await desk.get(PATH, **{"from": "2026-02-21"}))["re_ages"] == []

    file = await desk.client.get(f"{PATH}.csv")
    assert file.headers["content-type"].startswith("text/csv")
    lines = file.text.splitlines()
    assert lines[0].startswith("id,account_id,plan_id,kind,effective_on")
    assert len(lines) == 3
    backwards = await desk.refused("GET", PATH, params={"from": "2026-02-02", "to": "2026-02-01"})
    assert backwards[:2] == (422, "invalid-input")


async def test_a_refusal_is_told_and_nothing_else_is_stored(desk):
    _, plan = await desk.opened()
    path = f"/v1/plans/{plan['id']}/re-ages"
    before = await desk.read(plan)
    body = {**RE_AGE, "first_due_on": "2026-03-01"}
    problem = (await desk.refused("POST", path, json=body))[2]
    where = f"/v1/accounts/{plan['account_id']}/timeline"
    told = (await desk.get(where))["data"][-1]

    assert (told["type"], told["data"]["failed"]) == ("re_age.refused", problem["failed"])
    assert await desk.read(plan) == before
    assert (await desk.get(path))["data"] == []
