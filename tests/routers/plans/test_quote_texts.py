"""What a debtor is shown of a quote: who is owed, who owes, until when by which clock."""

from hashlib import sha256

import pytest

from app.schemas.edge.ids import decode
from app.storage.accounts import persons
from app.storage.accounts.persons import Note
from tests.database import as_tenant
from tests.routers.lives.desk import IN_THREE, OPENING

NAMED = {
    "creditor": {"reference": "BANK", "name": "First Bank"},
    "debtor": {"name": "Jane Doe", "time_zone": "America/Los_Angeles"},
}


async def quoted(desk, *, policy="default", **people):
    await desk.at(OPENING)
    account = await desk.account(300_00, policy=policy, **people)
    body = {"terms": IN_THREE, "expires_at": "2026-01-20T12:00:00-06:00"}
    return account, await desk.post(f"/v1/accounts/{account['id']}/quotes", body)


async def shown(desk, quote):
    answer = await desk.client.get(f"/v1/quotes/{quote['id']}/text")
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_it_names_the_creditor_and_whose_debt_it_is(desk):
    account, quote = await quoted(desk, **NAMED)
    text = await shown(desk, quote)

    head = f"Creditor: First Bank\nOwed by: Jane Doe\nAccount: {account['reference']}\n"
    assert text.startswith(f"PAYMENT PLAN TERMS\n\n{head}\n")
    assert sha256(text.encode()).hexdigest() == quote["text_hash"]


async def test_no_policy_is_named(desk):
    document = {"extends": "default", "effective_from": "2026-01-01"}
    answer = await desk.client.put("/v1/policies/hard-payers", json=document)
    assert answer.is_success, answer.text
    _, quote = await quoted(desk, policy="hard-payers", **NAMED)
    text = await shown(desk, quote)

    assert quote["policy"]["name"] == "hard-payers"
    assert not [word for word in ("hard-payers", "policy") if word in text]


@pytest.mark.parametrize(
    ("debtor", "until"),
    [
        pytest.param(NAMED["debtor"], "10:00 AM (America/Los_Angeles)", id="the debtor's"),
        pytest.param({"name": "Jane Doe"}, "12:00 PM (America/Chicago)", id="else the tenant's"),
        pytest.param(None, "12:00 PM (America/Chicago)", id="of nobody known too"),
    ],
)
async def test_its_end_is_told_by_the_debtors_clock(desk, debtor, until):
    _, quote = await quoted(desk, **({"debtor": debtor} if debtor else {}))

    assert f"open until January 20, 2026, {until}.\n" in await shown(desk, quote)


async def test_what_was_shown_stays_and_names_can_be_erased(desk, database, tenant):
    account, quote = await quoted(desk, **NAMED)
    first = await shown(desk, quote)
    renamed = {"creditor": {"reference": "BANK", "name": "Second Bank"}}
    assert (await desk.client.patch(f"/v1/accounts/{account['id']}", json=renamed)).is_success
    assert await shown(desk, quote) == first
    async with as_tenant(database, tenant) as tx:
        forgotten = {decode("quo", quote["id"]): Note(metadata={})}
        await persons.annotate(tx, tenant, decode("acc", account["id"]), forgotten)
    after = await shown(desk, quote)

    assert not [name for name in ("First Bank", "Jane Doe", "Owed by") if name in after]
    assert after.startswith(f"PAYMENT PLAN TERMS\n\nAccount: {account['reference']}\n")
    assert (await desk.get(f"/v1/quotes/{quote['id']}"))["hash"] == quote["hash"]


async def test_consent_keeps_the_very_words(desk):
    account, quote = await quoted(desk, **NAMED)
    consent = {
        "channel": "web",
        "captured_at": "2026-01-10T09:00:00-06:00",
        "captured_by": "agent-17",
        "text_hash": quote["text_hash"],
    }
    body = {"account_id": account["id"], "quote_id": quote["id"], "quote_hash": quote["hash"],
            "consent": consent}  # fmt: skip
    plan = await desk.post("/v1/plans", body)

    read = await desk.get(f"/v1/plans/{plan['id']}/consent")
    assert read["text"] == await shown(desk, quote)
