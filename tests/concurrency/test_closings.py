"""A closure against payments: the account's lock says who was first, and only one can be."""

from tests.concurrency.conftest import at_once, statuses

REASON = {"reason": "uneconomic to pursue"}


async def test_a_payment_comes_before_the_closure_or_not_at_all(client, place, pay):
    for n in range(8):
        account_id = await place(f"INV-{n}", principal_minor=100_00)
        url = f"/v1/accounts/{account_id}"

        paid, closed = await at_once(
            pay(account_id, f"P-{n}", 40_00), client.post(f"{url}/closures", json=REASON)
        )

        assert closed.status_code == 201, closed.text
        now = (await client.get(url)).json()
        written_off = 60_00 if paid.status_code == 201 else 100_00
        assert paid.status_code in {201, 409}, paid.text
        if paid.status_code == 409:
            assert paid.json()["type"] == "/problems/account-closed"
        assert (now["status"], now["written_off_minor"]) == ("closed", written_off)
        check = (await client.get(f"{url}/self-check")).json()
        assert [one for one in check["identities"] if not one["ok"]] == []


async def test_an_account_is_closed_once(client, place):
    account_id = await place()

    url = f"/v1/accounts/{account_id}/closures"
    answers = await at_once(*(client.post(url, json=REASON) for _ in range(8)))

    assert statuses(answers) == {201: 1, 409: 7}
