"""A payment a re-age was granted on comes back: the re-age is flagged or undone, and told so."""

import pytest

from tests.routers.lives.desk import OPENING

POLICY = {
    "extends": "unlimited",
    "effective_from": "2020-01-01",
    "re_age": {"min_payments": 3},
}
RE_AGE = {
    "first_due_on": "2026-05-01",
    "installment_count": 6,
    "frequency": {"unit": "month"},
    "reason": "three payments",
    "documented_ability": True,
}


async def re_aged(desk, on_return):
    """A plan re-aged after three payments, each of a billing cycle's minimum."""
    await desk.at(OPENING)
    name = f"earned-{on_return}"
    re_age = {**POLICY["re_age"], "on_return": on_return}
    saved = await desk.client.put(
        f"/v1/policies/{name}", json={**POLICY, "name": name, "re_age": re_age}
    )
    assert saved.status_code < 300, saved.text
    account = await desk.account(policy=name)
    plan = await desk.plan(account)
    payments = []
    for month in ("02", "03", "04"):
        due = f"2026-{month}-10"
        cycle = {"due_on": due, "minimum_due_minor": 20_00}
        await desk.post(f"/v1/accounts/{account['id']}/cycles", cycle)
        await desk.at(due)
        payments.append(await desk.pay(account, 20_00))
    await desk.at("2026-04-11")
    made = await desk.post(f"/v1/plans/{plan['id']}/re-ages", RE_AGE)
    return account, plan, payments, made


async def told(desk, account, *types):
    events = (await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200))["data"]
    return [event for event in events if event["type"] in types]


async def come_back(desk, payment, how):
    if how == "reversed":
        await desk.reverse(payment)
    else:
        body = {"amount_minor": 5_00, "reason_code": "C", "reference": "CB-1"}
        await desk.post(f"/v1/payments/{payment['id']}/chargebacks", body)


@pytest.mark.parametrize("how", ["reversed", "charged back"])
async def test_by_default_somebody_is_to_look_at_it(desk, how):
    account, plan, payments, made = await re_aged(desk, "flag")
    await desk.at("2026-04-20")
    await come_back(desk, payments[1], how)
    granted, flagged = await told(desk, account, "re_age.granted")

    assert flagged["corrects"] == granted["id"]
    assert flagged["data"]["before"] == granted["data"]
    assert flagged["data"]["after"] == granted["data"] | {
        "flagged": "payment_returned",
        "flagged_on": "2026-04-20",
        "returned_payment_id": payments[1]["id"],
    }
    assert (await desk.read(plan))["revision"] == made["revision"] == 2
    await desk.books_agree(account)


@pytest.mark.parametrize("how", ["reversed", "charged back"])
async def test_by_policy_it_is_undone(desk, how):
    account, plan, payments, made = await re_aged(desk, "undo")
    await desk.at("2026-04-20")
    await come_back(desk, payments[1], how)
    granted, withdrawn = await told(desk, account, "re_age.granted")
    (undone,) = await told(desk, account, "re_age.undone")
    read = await desk.read(plan)

    assert (withdrawn["corrects"], withdrawn["data"]["after"]) == (granted["id"], None)
    assert undone["data"]["re_age_id"] == made["id"]
    assert (read["revision"], read["standing"]) == (1, "delinquent")
    listed = (await desk.get(f"/v1/plans/{plan['id']}/re-ages"))["data"]
    assert listed[0]["undone_on"] == "2026-04-20"
    await desk.books_agree(account)


async def test_a_re_age_that_is_not_the_newest_change_is_flagged_instead(desk):
    account, plan, payments, _ = await re_aged(desk, "undo")
    await desk.post(f"/v1/plans/{plan['id']}/deferrals", {"number": 5, "reason": "r"})
    await desk.reverse(payments[0])

    assert await told(desk, account, "re_age.undone") == []
    assert len(await told(desk, account, "re_age.granted")) == 2
    assert (await desk.read(plan))["revision"] == 3


async def test_money_that_earned_nothing_judges_nothing(desk):
    account, _, _, _ = await re_aged(desk, "undo")
    later = await desk.pay(account, 10_00)
    await desk.reverse(later)

    assert len(await told(desk, account, "re_age.granted")) == 1
    assert await told(desk, account, "re_age.undone") == []
