"""What one link may do, and how often; and many who come at once."""

import asyncio
import re

import pytest

from app.services.links import act
from tests.routers.links.test_links import account, boss, debtor, field, linked, verified

__all__ = ["account", "boss", "debtor", "linked"]


async def served(client, path, data):
    """The answer, asked for again while too many wait for the same lock."""
    answer = await client.post(path, data=data)
    return answer if answer.status_code != 503 else await served(client, path, data)


SAID = {"affordable": "100", "every": "month", "first_due_on": "2026-01-31"}


async def test_ten_wrong_answers_a_day_are_ten_at_once_too(boss, account, linked, debtor):
    paths = [(await linked())[1] for _ in range(6)]
    guesses = [
        served(debtor, f"{path}/verify", {"answer": f"9000{n}"})
        for n in range(4) for path in paths
    ]  # fmt: skip

    told = [one.status_code for one in await asyncio.gather(*guesses)]

    assert sorted(told) == [401] * 10 + [429] * 14
    right = await debtor.post(f"{paths[0]}/verify", data={"answer": "78701-1234"})
    assert right.status_code == 429


async def test_five_at_once_lock_it_as_five_after_another_do(boss, linked, debtor):
    link, path = await linked()
    guesses = [served(debtor, f"{path}/verify", {"answer": f"9000{n}"}) for n in range(9)]

    told = [one.status_code for one in await asyncio.gather(*guesses)]

    assert sorted(told) == [401] * 4 + [410] * 5
    stands = await boss.get(f"/v1/links/{link['id']}")
    assert (stands["status"], stands["wrong_answers"]) == ("locked", 5)


async def test_agreed_to_many_times_at_once_is_once(boss, account, linked, debtor):
    _, path = await linked("choose", verify="none")
    found = await debtor.post(f"{path}/options", data=SAID)
    page = await debtor.post(f"{path}/options", data={**SAID, "choose": field(found, "choose")})
    words = {one: field(page, one) for one in ("quote_id", "quote_hash", "text_hash")}

    told = await asyncio.gather(*(served(debtor, f"{path}/accept", words) for _ in range(5)))

    assert sorted(one.status_code for one in told) == [201, 409, 409, 409, 409]
    assert len((await boss.get("/v1/plans", account_id=account["id"]))["data"]) == 1


async def test_of_two_links_with_one_quote_one_opens_the_plan(boss, account, linked, debtor):
    own = f"/v1/accounts/{account['id']}"
    terms = {"installment_count": 3, "frequency": {"every": 1, "unit": "month"},
             "first_due_on": "2026-01-31"}  # fmt: skip
    quote = await boss.post(f"{own}/quotes", {"terms": terms})
    paths = [(await linked("consent", verify="none", quote_ids=[quote["id"]]))[1] for _ in "ab"]
    page = await debtor.get(paths[0])
    words = {one: field(page, one) for one in ("quote_id", "quote_hash", "text_hash")}

    told = await asyncio.gather(*(served(debtor, f"{one}/accept", words) for one in paths))

    assert sorted(one.status_code for one in told) == [201, 409]
    after = [await debtor.get(one) for one in paths]
    assert ['value="yes"' in one.text for one in after] == [False, False]  # nothing to agree to


async def test_a_plan_chosen_anew_takes_the_place_of_the_one_before(boss, account, linked, debtor):
    _, path = await linked("choose", verify="none")
    said = {**SAID, "choose": field(await debtor.post(f"{path}/options", data=SAID), "choose")}
    first = await debtor.post(f"{path}/options", data=said)
    second = await debtor.post(f"{path}/options", data=said)

    assert [one.text.count('name="quote_hash"') for one in (first, second)] == [1, 1]
    words = {one: field(first, one) for one in ("quote_id", "quote_hash", "text_hash")}
    refused = await debtor.post(f"{path}/accept", data=words)
    assert refused.status_code == 409
    assert "A newer offer took the place" in refused.text


async def test_a_link_is_no_place_to_fill(boss, account, linked, debtor, monkeypatch):
    monkeypatch.setattr(act, "MOST_QUOTES", 2)
    monkeypatch.setattr(act, "MOST_MESSAGES_A_DAY", 2)
    _, path = await linked("choose", "message", verify="none")
    said = {**SAID, "choose": field(await debtor.post(f"{path}/options", data=SAID), "choose")}

    for name, data in (("options", said), ("messages", {"text": "Please call"})):
        told = [await debtor.post(f"{path}/{name}", data=data) for _ in range(3)]
        assert [one.status_code for one in told] == [201, 201, 429], name
        assert "as often as this can be done" in told[-1].text
        asks = {"accept": "application/json"}
        refused = await debtor.post(f"{path}/{name}", data=data, headers=asks)
        assert refused.json()["type"] == "/problems/rate-limited"
    long = await debtor.post(f"{path}/messages", data={"text": "x" * 2_001})
    assert long.status_code == 422


async def test_who_may_only_say_how_to_be_reached_sees_no_debt(boss, account, linked, debtor):
    own = f"/v1/accounts/{account['id']}/links"
    body = {"person_id": account["debtor"]["id"], "purposes": ["preferences"], "verify": "none",
            "expires_at": "2026-01-20T00:00:00Z"}  # fmt: skip
    path = (await boss.post(own, body))["url"].removeprefix("http://accord.test")

    page = await debtor.get(path)

    assert 'name="preferred"' in page.text
    assert "$300.00" not in page.text
    assert "You owe" not in page.text


async def test_the_page_speaks_the_language_that_was_chosen(linked, debtor):
    _, path = await linked("preferences", verify="none")
    assert '<html lang="en-US">' in (await debtor.get(path)).text

    saved = await debtor.post(f"{path}/preferences", data={"language": "es"})

    assert '<html lang="es-US">' in saved.text
    assert "Gracias" in saved.text
    assert '<html lang="es-US">' in (await debtor.get(path)).text


async def test_what_a_debtor_writes_must_be_read(boss, account, linked, debtor):
    _, path = await linked("message", verify="none")
    await debtor.post(f"{path}/messages", data={"text": "I moved out"})

    (item,) = (await boss.get("/v1/worklists/inbox/items"))["data"]

    assert item["account_id"] == account["id"]
    assert item["because"][0]["code"] == "reply_to_read"
    (contact,) = (await boss.get("/v1/contacts", account_id=account["id"]))["data"]
    read = f"/v1/contacts/{contact['id']}/read"
    await boss.post(read, {"undo_provisional": False, "reason": "answered"}, status=200)
    assert (await boss.get("/v1/worklists/inbox/items"))["data"] == []


async def test_who_was_known_too_long_ago_is_told_so(desk, linked, debtor):
    _, path = await linked("message")
    await verified(debtor, path)
    debtor.cookies.clear()

    late = await debtor.post(f"{path}/messages", data={"text": "Hello"})

    assert late.status_code == 401
    assert "we ask again after fifteen minutes" in late.text


@pytest.mark.parametrize("status", ["closed", "paid"])
async def test_a_link_of_a_debt_that_is_over_agrees_to_nothing(
    boss, account, linked, debtor, status
):
    own = f"/v1/accounts/{account['id']}"
    _, path = await linked("choose", verify="none")
    found = await debtor.post(f"{path}/options", data=SAID)
    page = await debtor.post(f"{path}/options", data={**SAID, "choose": field(found, "choose")})
    words = {one: field(page, one) for one in ("quote_id", "quote_hash", "text_hash")}
    if status == "closed":
        await boss.post(f"{own}/closures", {"reason": "uncollectible"})
    else:
        await boss.pay(account, 300_00)

    refused = await debtor.post(f"{path}/accept", data=words)

    assert refused.status_code == 409
    assert re.search(r"Nothing is owed|account is closed|What is owed has changed", refused.text)
    after = await debtor.get(path)
    assert 'name="affordable"' not in after.text, "there is nothing to choose any more"
    assert 'name="agree"' not in after.text, "there is nothing to agree to any more"


async def test_who_is_known_is_told_whom_to_call(staff, linked, debtor):
    identity = {"business_name": "Northbridge", "reply_phone": "+1 512 555 0199",
                "reveals_collection": False, "languages": ["en-US"],
                "postal": {"lines": ["1 Elm St"], "city": "Austin", "region": "US-TX",
                           "postal_code": "78701", "country": "US"}}  # fmt: skip
    document = {"effective_from": "2026-01-01", "identity": identity}
    admin = await staff("admin", "root")
    await admin.put("/v1/contact-policies/default", document, status=201)
    _, path = await linked()

    assert "555 0199" not in (await debtor.get(path)).text  # whose page it is, is told by name
    page = await verified(debtor, path)

    assert 'href="tel:+1 512 555 0199"' in page.text
    assert "1 Elm St, Austin, TX 78701" in page.text
