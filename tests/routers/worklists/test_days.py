"""Worklists on the day they are asked for: buckets, days to come, debts that are over, lapses."""

from datetime import date, timedelta

import pytest

from tests.routers.contacts.test_validation import ADDRESS
from tests.routers.lives.desk import IN_THREE
from tests.routers.worklists.test_worklists import (
    DESK,
    agent,
    boss,
    debtor,
    items,
    refused,
    silent,
)

__all__ = ["agent", "boss", "silent"]
HOUR = "T17:00:00Z"


async def test_a_bucket_is_that_of_the_day_and_not_of_the_last_sweep(agent, boss, desk):
    account = await agent.account(debtor=debtor(1))
    await agent.plan(account, **IN_THREE)
    await desk.at("2026-03-20")
    now = (await agent.get(f"/v1/accounts/{account['id']}"))["delinquency"]["bucket"]

    for name, buckets in (("early", ["current", "1-29"]), ("late", [now])):
        filtered = {**DESK, "filter": {"buckets": buckets}}
        await boss.put(f"/v1/worklists/{name}", filtered, status=201)

    found = {name: await items(agent, name) for name in ("early", "late")}

    assert now not in ("current", "1-29")
    assert [one["account_id"] for one in found["late"]] == [account["id"]]
    assert found["early"] == []


async def test_as_of_a_day_to_come_days_are_judged_as_they_will_be(agent, boss, desk):
    account = await agent.account(debtor=debtor(1))
    await agent.plan(account, **IN_THREE)
    quoted = await agent.account(debtor=debtor(2))
    await boss.put("/v1/worklists/quotes", {
        "channels": [], "reasons": {"quote_expiring": {"base": 200}, **DESK["reasons"]}
    }, status=201)  # fmt: skip
    quote = await agent.post(f"/v1/accounts/{quoted['id']}/quotes", {"terms": IN_THREE})
    expires_on = date.fromisoformat(quote["expires_at"][:10])
    assert await items(agent, "quotes") == []

    before = await items(agent, "quotes", as_of=str(expires_on - timedelta(days=2)))
    missed = await items(agent, "quotes", as_of="2026-02-15")

    because = {one["account_id"]: one["because"] for one in before}
    assert because[quoted["id"]][0]["code"] == "quote_expiring"
    codes = {one["account_id"]: one["because"][0]["code"] for one in missed}
    assert codes[account["id"]] == "first_payment_default"
    assert "quote_expiring" not in codes.values()


async def test_what_waits_today_is_free_on_the_day_it_waits_for(agent, boss, desk, silent):
    (first, _) = await items(agent)
    await agent.post(f"/v1/work-items/{first['id']}/skip", {"reason": "later"}, status=200)

    today, tomorrow = await items(agent), await items(agent, as_of="2026-02-10")

    assert {one["waiting"] and one["waiting"]["why"] for one in today} == {None, "skipped"}
    assert [one["waiting"] for one in tomorrow] == [None, None]


@pytest.mark.parametrize("how", ["paid", "closed"])
async def test_nobody_is_called_back_about_a_debt_that_is_over(agent, boss, desk, silent, how):
    (first, _) = await items(agent)
    back = {"at": f"2026-02-12{HOUR}", "time_zone": "America/Chicago",
            "asked_for_by_person": False}  # fmt: skip
    await agent.post(f"/v1/work-items/{first['id']}/callback", back, status=200)
    account = silent[0]
    if how == "paid":
        await boss.pay(account, 500_00)
    else:
        await boss.post(f"/v1/accounts/{account['id']}/closures", {"reason": "uncollectible"})

    left = await items(agent)

    assert [one["account_id"] for one in left] == [silent[1]["id"]]
    summary = await agent.get("/v1/worklists/desk/summary")
    assert summary["open"] == 1
    assert await refused(agent, first, "claim", {}) == (409, "work-item-ended")
    assert (await items(agent, as_of="2026-02-13"))[0]["account_id"] == silent[1]["id"]


async def test_a_callback_is_given_to_somebody_else_by_a_supervisor(agent, boss, silent):
    (first, _) = await items(agent)
    back = {"at": f"2026-02-12{HOUR}", "time_zone": "America/Chicago",
            "asked_for_by_person": False, "assigned_to": "bob"}  # fmt: skip

    assert await refused(agent, first, "callback", back) == (409, "outside-authority")
    mine = {**back, "assigned_to": "ann"}
    own = await agent.post(f"/v1/work-items/{first['id']}/callback", mine, status=200)
    given = await boss.post(f"/v1/work-items/{first['id']}/callback", back, status=200)
    assert (own["assigned_to"], given["assigned_to"]) == ("ann", "bob")


async def test_a_callback_names_a_consent_of_its_debtor_to_more_calls_and_no_other(
    agent, boss, silent
):
    mine, others = await items(agent)
    consents = {}
    for account in silent:
        person = f"/v1/persons/{account['debtor']['id']}/contact-points"
        points = (await agent.get(person))["data"]
        phone = next(one for one in points if one["kind"] == "phone")
        own = f"/v1/contact-points/{phone['id']}/consents"
        more = {"kind": "more_calls", "days": 3, "given_at": "2026-02-08T15:00:00Z",
                "channel_given": "call", "evidence": {"recording_ref": "r-1"},
                "account_ids": [account["id"]]}  # fmt: skip
        consents[account["id"]] = (await agent.post(own, more))["id"]
    back = {"at": f"2026-02-10{HOUR}", "time_zone": "America/Chicago", "asked_for_by_person": True}
    path = f"/v1/work-items/{mine['id']}/callback"

    other = {**back, "consent_id": consents[others["account_id"]]}
    assert await agent.pointers(path, other) == ["/consent_id"]
    named = {**back, "consent_id": consents[mine["account_id"]]}
    assert (await agent.post(path, named, status=200))["callback_at"] == back["at"]


async def test_what_the_gate_forbade_may_be_workable_again_and_is_listed_as_such(
    agent, boss, silent
):
    home = {"kind": "postal", "value": "1 Main St, Chicago", "postal": ADDRESS}
    for account in silent:
        await agent.post(f"/v1/persons/{account['debtor']['id']}/contact-points", home)
    # Letters are not bound to any hour.
    await boss.put("/v1/worklists/callers", {**DESK, "channels": ["letter"]}, status=201)
    whose = {one["id"]: one["debtor"]["id"] for one in silent}
    holds = {}
    for account in silent:
        hold = {"kind": "cease_communication", "reason": "asked"}
        made = await boss.post(f"/v1/accounts/{account['id']}/holds", hold)
        holds[account["id"]] = made["id"]
    answer = await agent.client.post("/v1/worklists/callers/next", json={})
    assert answer.status_code == 204  # and that is remembered for a quarter of an hour
    for account_id, hold_id in holds.items():
        await boss.post(f"/v1/accounts/{account_id}/holds/{hold_id}/release", {}, status=200)

    every = await items(agent, "callers")
    assert [one["workable"] for one in every] == [True, True]
    split = [await items(agent, "callers", workable=each) for each in ("true", "false")]

    assert sorted(one["id"] for each in split for one in each) == sorted(one["id"] for one in every)
    assert len(every) == len(whose)


async def test_a_claim_that_lapsed_is_nobodys(agent, boss, desk, silent):
    (first, _) = await items(agent)
    await agent.post(f"/v1/work-items/{first['id']}/claim", {}, status=200)
    assert (await items(agent))[0]["claimed_by"] == "ann"

    await desk.at("2026-02-10")

    assert [one["claimed_by"] for one in await items(agent)] == [None, None]


async def test_who_cannot_be_reached_is_offered_nothing(agent, boss, silent, desk):
    await boss.put("/v1/worklists/callers", {
        "channels": ["call"], "reasons": {**DESK["reasons"], "bad_point": {"base": 150}}
    }, status=201)  # fmt: skip
    await agent.account(debtor={"name": "Ann Lee", "reference": "D-9"})
    await desk.at("2026-03-12")

    found = next(one for one in await items(agent, "callers")
                 if "bad_point" in [each["code"] for each in one["because"]])  # fmt: skip

    assert "no_contact" in [each["code"] for each in found["because"]]
    assert [one["act"] for one in found["suggested"]] == ["verify"]
