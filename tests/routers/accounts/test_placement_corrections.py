"""A placement corrected over HTTP: what follows, what is withdrawn, and what stands against it."""

import pytest

from tests.routers.lives.desk import OPENING

WHY = {"reason": "the creditor's statement"}


def path(account, *rest):
    return "/".join((f"/v1/accounts/{account['id']}/placement-corrections", *rest))


async def events(desk, account):
    return (await desk.get(f"/v1/accounts/{account['id']}/timeline", limit=200))["data"]


async def test_a_wrong_day_is_corrected_and_the_account_ages_from_the_right_one(desk):
    await desk.at(OPENING)
    account = await desk.account(opened_on="2024-01-01")
    await desk.at("2026-01-20")

    done = await desk.post(path(account), {"delinquent_since_on": "2025-06-15", **WHY})

    assert done["changed"] == {"delinquent_since_on": {"before": None, "after": "2025-06-15"}}
    now = done["account"]
    assert now["delinquent_since_on"] == now["first_delinquency_on"] == "2025-06-15"
    assert now["delinquency"]["bucket"] == "180+"
    assert now == await desk.read(account)
    await desk.books_agree(account)
    told = [
        one for one in await events(desk, account) if one["type"] == "account.placement_corrected"
    ]
    assert [one["data"]["correction_id"] for one in told] == [done["id"]]
    assert told[0]["data"]["changed"] == done["changed"]


async def test_verdicts_are_withdrawn_by_events_that_name_them(desk):
    await desk.at(OPENING)
    account = await desk.account(opened_on="2024-01-01", delinquent_since_on="2025-12-20")
    await desk.at("2026-03-01")
    await desk.pay(account, 1_00)
    buckets = [e for e in await events(desk, account) if e["type"] == "account.bucket_changed"]
    assert buckets

    await desk.post(path(account), {"past_due_minor": 0, "delinquent_since_on": None, **WHY})

    since = [e for e in await events(desk, account) if e["type"] == "account.bucket_changed"]
    withdrawn = {e["corrects"] for e in since if e["corrects"] and e["data"]["after"] is None}
    assert {one["id"] for one in buckets} <= withdrawn
    now = await desk.read(account)
    assert (now["past_due_minor"], now["delinquent_since_on"]) == (0, None)
    await desk.books_agree(account)


async def test_a_wrong_balance_is_corrected_in_the_ledger_and_the_journal(desk):
    await desk.at(OPENING)
    account = await desk.account(balance={"principal_minor": 300_00, "fees_minor": 20_00})
    await desk.pay(account, 250_00)

    body = {"balance": {"principal_minor": 200_00, "interest_minor": 5_00}, **WHY}
    seen = await desk.post(path(account, "preview"), body, status=200)
    assert (await desk.read(account))["balance"]["total_minor"] == 70_00
    done = await desk.post(path(account), body)

    assert seen["refusals"] == []
    assert seen["account"]["balance"] == done["account"]["balance"]
    assert done["account"]["balance"]["total_minor"] == 0
    assert done["account"]["unapplied_minor"] == 25_00
    ledger = (await desk.get(f"/v1/accounts/{account['id']}/ledger"))["data"]
    rows = [row for row in ledger if row["kind"] == "placement"]
    assert [row["amount_minor"] for row in rows] == [320_00, -95_00]
    assert rows[1]["components"]["interest_minor"] == 5_00
    assert rows[1]["reason"] == WHY["reason"]
    await desk.books_agree(account)
    said = {"principal_minor": 300_00, "interest_minor": 0}
    back = await desk.post(path(account), {"balance": said, **WHY})
    assert back["account"]["balance"]["total_minor"] == 70_00
    await desk.books_agree(account)


async def test_the_row_of_the_account_follows(desk):
    await desk.at(OPENING)
    account = await desk.account(product="invoice", opened_on="2025-01-01")
    body = {"product": "medical", "opened_on": "2024-05-05", "validation_ends_on": "2026-02-10"}
    done = (await desk.post(path(account), {**body, **WHY}))["account"]
    assert {name: done[name] for name in body} == body
    listed = (await desk.get("/v1/accounts", reference=account["reference"]))["data"]
    assert listed == [done]


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"opened_on": "2026-01-11"}, ["/opened_on"]),
        ({"past_due_minor": 300_01}, ["/past_due_minor"]),
        ({"past_due_minor": 0, "delinquent_since_on": "2026-02-01", "opened_on": "2026-02-01"},
         ["/opened_on", "/delinquent_since_on", "/delinquent_since_on"]),
        ({"product": None}, ["/product"]),
        ({"opened_on": None}, ["/opened_on"]),
        ({"balance": {"principal_minor": -1}}, ["/balance/principal_minor"]),
        ({}, [""]),
        ({"balance": {"principal_minor": 300_00}}, [""]),
        ({"currency": "EUR"}, ["/currency"]),
    ],
)  # fmt: skip
async def test_what_cannot_be_meant(desk, body, pointers):
    await desk.at(OPENING)
    account = await desk.account()
    assert await desk.pointers(path(account), {**body, **WHY}) == pointers


async def test_what_was_agreed_stands_against_it_with_every_reason(desk):
    account, plan = await desk.opened()
    waiver = {"component": "principal", "amount_minor": 50_00, "reason": "w"}
    await desk.post(f"/v1/accounts/{account['id']}/adjustments", waiver)

    body = {"balance": {"principal_minor": 40_00}, **WHY}
    status, name, document = await desk.refused("POST", path(account), json=body)
    assert (status, name) == (409, "placement-fixed")
    rules = {one["rule"]: one for one in document["refusals"]}
    assert set(rules) == {"plan_balance_minor", "waived_minor"}
    assert (rules["waived_minor"]["limit"], rules["waived_minor"]["actual"]) == (40_00, 50_00)
    seen = await desk.post(path(account, "preview"), body, status=200)
    assert (seen["refusals"], seen["account"]) == (document["refusals"], None)

    lower = {"balance": {"principal_minor": 200_00}, **WHY}
    status, name, document = await desk.refused("POST", path(account), json=lower)
    assert [one["rule"] for one in document["refusals"]] == ["plan_balance_minor"]
    await desk.books_agree(account)

    await desk.post(f"/v1/plans/{plan['id']}/cancel", {"reason": "to correct"}, status=200)
    done = await desk.post(path(account), lower)
    assert done["account"]["balance"]["total_minor"] == 150_00
    await desk.books_agree(account)


async def test_a_closed_account_is_not_corrected_and_an_agent_corrects_none(desk, staff):
    await desk.at(OPENING)
    account = await desk.account()
    agent = await staff("agent")
    refused = await agent.refused("POST", path(account), json={"past_due_minor": 0, **WHY})
    assert refused[:2] == (409, "outside-authority")
    await desk.post(f"/v1/accounts/{account['id']}/closures", WHY)
    refused = await desk.refused("POST", path(account), json={"past_due_minor": 0, **WHY})
    assert refused[:2] == (409, "account-closed")


async def test_a_re_age_that_would_not_have_been_given_stands_against_it(desk):
    await desk.at(OPENING)
    lenient = {"extends": "default", "effective_from": "2020-01-01",
               "re_age": {"min_months_on_book": 9, "min_payments": 0}}  # fmt: skip
    answer = await desk.client.put("/v1/policies/cards", json=lenient)
    assert answer.is_success, answer.text
    account = await desk.account(product="open_end", opened_on="2024-01-01", policy="cards")
    await desk.plan(account)
    plan = (await desk.get("/v1/plans", account_id=account["id"]))["data"][0]
    await desk.at("2026-02-20")
    body = {"kind": "standard", "first_due_on": "2026-03-20", "installment_count": 3,
            "frequency": {"every": 1, "unit": "month"}, "reason": "r",
            "documented_ability": True}  # fmt: skip
    await desk.post(f"/v1/plans/{plan['id']}/re-ages", body)

    wrong = {"opened_on": "2026-01-01", "product": "invoice", **WHY}
    status, name, document = await desk.refused("POST", path(account), json=wrong)
    assert (status, name) == (409, "placement-fixed")
    assert [one["rule"] for one in document["refusals"]] == [
        "re_age_months_on_book", "re_age_product",
    ]  # fmt: skip
