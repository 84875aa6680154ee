"""What keeps a person from being forgotten: the policy's years, a legal hold, whoever they are."""

import pytest

from tests.routers.persons.test_persons import DEBTOR

WHY = {"reason": "asked in writing"}


@pytest.fixture
async def boss(desk, staff):
    await desk.at("2026-01-10")
    return await staff("admin", "boss")


async def called(boss, account, person_id):
    call = {
        "account_ids": [account["id"]], "person_id": person_id, "channel": "call",
        "direction": "out", "outcome": "conversation", "started_at": "2026-01-09T16:00:00Z",
        "summary": "says he will tell her",
    }  # fmt: skip
    return await boss.post("/v1/contacts", call)


async def test_the_years_are_those_of_the_policy_and_the_longest_counts(boss, desk):
    document = {"effective_from": "2026-01-01", "retention": {"years": 7}}
    await boss.put("/v1/contact-policies/default", document, status=201)
    account = await boss.account(debtor=DEBTOR)
    await desk.at("2029-06-01")

    path = f"/v1/persons/{account['debtor']['id']}/erase"
    refused = await boss.refused("POST", path, json=WHY)

    assert refused[:2] == (409, "retention")
    assert refused[2]["until_on"] == "2033-01-10"
    await desk.at("2033-01-11")
    assert (await boss.post(path, WHY, status=202))["done_at"] is not None


async def test_a_legal_hold_keeps_what_others_said_about_the_account_too(boss, desk):
    account = await boss.account(debtor=DEBTOR)
    own = f"/v1/accounts/{account['id']}"
    brother = {"role": "relative", "person": {"name": "Tom Doe"}}
    tom = (await boss.post(f"{own}/parties", brother))["person_id"]
    contact = await called(boss, account, tom)
    hold = await boss.post(f"{own}/legal-holds", {"matter": "case 1", "from_on": "2026-01-10"})
    await desk.at("2029-06-01")

    refused = await boss.refused("POST", f"/v1/persons/{tom}/erase", json=WHY)

    assert refused[:2] == (409, "legal-hold")
    assert refused[2]["legal_hold_ids"] == [hold["id"]]
    kept = await boss.get(f"/v1/contacts/{contact['id']}")
    assert kept["summary"] == "says he will tell her"
    await boss.post(f"{own}/legal-holds/{hold['id']}/release", WHY, status=200)
    done = await boss.post(f"/v1/persons/{tom}/erase", WHY, status=202)
    assert done["done_at"] is not None
    assert (await boss.get(f"/v1/contacts/{contact['id']}"))["summary"] is None


async def test_a_link_of_somebody_erased_opens_nothing(boss, desk, stranger):
    account = await boss.account(debtor=DEBTOR)
    await desk.at("2029-06-01")
    body = {"person_id": account["debtor"]["id"], "purposes": ["view"], "verify": "none",
            "expires_at": "2029-06-20T00:00:00Z"}  # fmt: skip
    link = await boss.post(f"/v1/accounts/{account['id']}/links", body)
    path = link["url"].removeprefix("http://accord.test")
    assert account["reference"] in (await stranger.get(path)).text

    await boss.post(f"/v1/persons/{account['debtor']['id']}/erase", WHY, status=202)

    page = await stranger.get(path)
    assert page.status_code == 410
    assert account["reference"] not in page.text
    assert (await boss.get(f"/v1/links/{link['id']}"))["status"] == "revoked"
    events = (await boss.get(f"/v1/accounts/{account['id']}/timeline"))["data"]
    assert "link.revoked" in [one["type"] for one in events if "type" in one]
