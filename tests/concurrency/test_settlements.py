"""Settlements asked for by many at once: one outcome, the others refused by name, books exact."""

from datetime import date

import pytest

from app.services.day_close import sweep as sweeps
from tests.concurrency.conftest import at_once, statuses

PATH = "/v1/settlement-offers"
EXPIRES = "2026-01-20"
GRACE_OVER = "2026-01-26"
ROUNDS = 6


@pytest.fixture
def offer(client):
    """Offer 700.00 for the 1,000.00 of an account at once, due on the last day of the offer."""

    async def made(account_id, **changes):
        body = {"amount_minor": 700_00, "expires_on": EXPIRES, **changes}
        answer = await client.post(f"/v1/accounts/{account_id}/settlement-offers", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    return made


@pytest.fixture
def accept(client):
    async def accepted(settlement_id):
        return await client.post(f"{PATH}/{settlement_id}/accept", json={})

    return accepted


@pytest.fixture
def sweep(database, tenant):
    async def swept(day):
        return await sweeps.sweep(database, tenant, business_date=day)

    return swept


async def at(client, day):
    answer = await client.put("/v1/sandbox/clock", json={"business_date": day})
    assert answer.status_code == 200, answer.text


async def read(client, settlement_id):
    return (await client.get(f"{PATH}/{settlement_id}")).json()


async def exact(client, account_id):
    """Every identity of the books holds; the account as it stands, and its ledger."""
    check = (await client.get(f"/v1/accounts/{account_id}/self-check")).json()
    assert [one for one in check["identities"] if not one["ok"]] == []
    rows = (await client.get(f"/v1/accounts/{account_id}/ledger")).json()["data"]
    assert all(row["balance_after_minor"] >= 0 for row in rows)
    return (await client.get(f"/v1/accounts/{account_id}")).json(), rows


async def told(client, account_id):
    page = await client.get(f"/v1/accounts/{account_id}/timeline", params={"limit": 200})
    return [one["type"] for one in page.json()["data"]]


def refused(answers):
    """The names of the problems, counted."""
    names = [a.json()["type"] for a in answers if a.status_code >= 400]
    return {name: names.count(name) for name in names}


async def test_of_many_acceptances_one_binds(client, place, offer, accept):
    account_id = await place(principal_minor=1000_00)
    settlement_id = await offer(account_id)

    answers = await at_once(*(accept(settlement_id) for _ in range(32)))

    assert statuses(answers) == {200: 1, 409: 31}
    assert refused(answers) == {"/problems/settlement-not-open": 31}
    statuses_named = {a.json()["settlement_status"] for a in answers if a.status_code == 409}
    assert statuses_named == {"accepted"}
    plans = (await client.get("/v1/plans", params={"account_id": account_id})).json()["data"]
    (bound,) = [a.json() for a in answers if a.status_code == 200]
    assert [plan["id"] for plan in plans] == [bound["plan_id"]]
    account, _ = await exact(client, account_id)
    assert account["active_plan_id"] == bound["plan_id"]
    assert (await told(client, account_id)).count("settlement.accepted") == 1


async def test_of_many_offers_one_stands(client, place):
    account_id = await place(principal_minor=1000_00)
    body = {"amount_minor": 700_00, "expires_on": EXPIRES}
    path = f"/v1/accounts/{account_id}/settlement-offers"

    answers = await at_once(*(client.post(path, json=body) for _ in range(16)))

    assert statuses(answers) == {201: 1, 409: 15}
    assert refused(answers) == {"/problems/settlement-open": 15}
    await exact(client, account_id)


async def test_accepted_or_declined_or_withdrawn_or_countered(client, place, offer, accept):
    account_id = await place(principal_minor=1000_00)
    settlement_id = await offer(account_id)
    counter = {"amount_minor": 800_00, "expires_on": EXPIRES, "supersedes": settlement_id}

    answers = await at_once(
        *(accept(settlement_id) for _ in range(4)),
        *(client.post(f"{PATH}/{settlement_id}/{what}", json={})
          for what in ("decline", "withdraw") * 4),
        client.post(f"/v1/accounts/{account_id}/settlement-offers", json=counter),
    )  # fmt: skip

    assert sum(answer.status_code < 300 for answer in answers) == 1
    assert set(refused(answers)) <= {"/problems/settlement-not-open", "/problems/settlement-open"}
    ends = {"settlement.accepted", "settlement.declined", "settlement.withdrawn"}
    assert len([one for one in await told(client, account_id) if one in ends]) <= 1
    await exact(client, account_id)


@pytest.mark.parametrize("n", range(ROUNDS))
async def test_an_acceptance_against_the_expiry(client, place, *, offer, accept, sweep, n):
    """The day after its last: whoever comes first, nobody can accept; on the last, anybody can."""
    account_id = await place(f"INV-{n}", 1000_00)
    settlement_id = await offer(account_id)
    last_day = n % 2 == 0
    await at(client, EXPIRES if last_day else "2026-01-21")
    day = (await client.get("/v1/sandbox/clock")).json()["business_date"]

    *answers, _ = await at_once(
        *(accept(settlement_id) for _ in range(8)), sweep(date.fromisoformat(day))
    )

    now = await read(client, settlement_id)
    if last_day:
        assert (statuses(answers), now["status"]) == ({200: 1, 409: 7}, "accepted")
    else:
        assert refused(answers) == {"/problems/settlement-expired": 8}
        assert now["status"] == "expired"
        assert (await told(client, account_id)).count("settlement.expired") == 1
    assert (now["plan_id"] is not None) is last_day
    account, _ = await exact(client, account_id)
    assert account["active_plan_id"] == now["plan_id"]


async def test_an_acceptance_while_the_clock_passes_its_last_day(
    client, place, offer, accept, sweep
):
    """The clock itself moves while they come: accepted, or expired, and never both."""
    account_id = await place(principal_minor=1000_00)
    settlement_id = await offer(account_id)
    await at(client, EXPIRES)

    moved, *answers = await at_once(
        client.put("/v1/sandbox/clock", json={"business_date": "2026-01-21"}),
        *(accept(settlement_id) for _ in range(12)),
    )
    await sweep(date.fromisoformat("2026-01-21"))

    assert moved.status_code == 200
    now, found = await read(client, settlement_id), statuses(answers)
    assert found.get(200, 0) == (now["status"] == "accepted")
    assert now["status"] in {"accepted", "expired"}
    names = {"/problems/settlement-not-open", "/problems/settlement-expired"}
    # Who read the clock before it moved may come after who wrote by the new day.
    assert set(refused(answers)) <= {*names, "/problems/clock-behind-facts"}
    events = await told(client, account_id)
    assert ("settlement.accepted" in events) is (now["status"] == "accepted")
    assert ("settlement.expired" in events) is (now["status"] == "expired")
    await exact(client, account_id)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        pytest.param("2026-01-25", "satisfied", id="the last day of grace"),
        pytest.param(GRACE_OVER, "void", id="the day after"),
    ],
)
async def test_the_last_payment_against_the_void(
    client, place, pay, *, offer, accept, sweep, day, status
):
    """Dated today, it is in time or not, whichever of the two comes first."""
    account_ids = [await place(f"INV-{n}", 1000_00) for n in range(ROUNDS)]
    settlement_ids = [await offer(account_id) for account_id in account_ids]
    for settlement_id in settlement_ids:
        assert (await accept(settlement_id)).status_code == 200
    await at(client, day)

    _, *answers, _ = await at_once(
        sweep(date.fromisoformat(day)),
        *(pay(account_id, f"P-{n}", 700_00) for n, account_id in enumerate(account_ids)),
        sweep(date.fromisoformat(day)),
    )

    assert statuses(answers) == {201: ROUNDS}
    for account_id, settlement_id in zip(account_ids, settlement_ids, strict=True):
        now = await read(client, settlement_id)
        assert now["status"] == status
        account, rows = await exact(client, account_id)
        left = 0 if status == "satisfied" else 300_00
        assert account["balance"]["total_minor"] == left
        assert [row["kind"] for row in rows].count("forgiveness") == (status == "satisfied")
        ends = [one for one in await told(client, account_id)
                if one in {"settlement.satisfied", "settlement.voided"}]  # fmt: skip
        assert ends == [{"satisfied": "settlement.satisfied", "void": "settlement.voided"}[status]]


async def test_the_last_part_and_its_reversal(client, place, offer, accept, pay):
    """Reversed as soon as it is there, and paid anew by another: never forgiven twice at once."""
    account_id = await place(principal_minor=1000_00)
    settlement_id = await offer(account_id)
    await accept(settlement_id)
    await pay(account_id, "P-0", 400_00)
    last = (await pay(account_id, "P-1", 300_00)).json()["id"]
    assert (await read(client, settlement_id))["status"] == "satisfied"

    def reverse(n):
        body = {"reason_code": "R01", "reference": f"R-{n}"}
        return client.post(f"/v1/payments/{last}/reversals", json=body)

    *reversals, again = await at_once(
        *(reverse(n) for n in range(8)), pay(account_id, "P-2", 300_00)
    )

    assert statuses(reversals) == {201: 1, 409: 7}
    assert refused(reversals) == {"/problems/already-reversed": 7}
    assert again.status_code == 201
    now = await read(client, settlement_id)
    assert (now["status"], now["forgiven_minor"], now["paid_minor"]) == (
        "satisfied", 300_00, 700_00,
    )  # fmt: skip
    account, rows = await exact(client, account_id)
    assert (account["status"], account["balance"]["total_minor"]) == ("settled", 0)
    assert account["unapplied_minor"] == 0
    given = sum(row["amount_minor"] for row in rows if row["kind"] == "forgiveness")
    back = {row["id"] for row in rows if row["kind"] == "forgiveness"}
    taken = sum(row["amount_minor"] for row in rows if row["reverses"] in back)
    assert given + taken == -300_00


async def test_a_payment_and_its_chargeback_with_others_at_once(client, place, offer, accept, pay):
    account_id = await place(principal_minor=1000_00)
    settlement_id = await offer(account_id)
    await accept(settlement_id)
    first = (await pay(account_id, "P-0", 100_00)).json()["id"]

    def take_back(n):
        body = {"amount_minor": 100_00, "reason_code": "10.4", "reference": f"CB-{n}"}
        return client.post(f"/v1/payments/{first}/chargebacks", json=body)

    *chargebacks, a, b = await at_once(
        *(take_back(n) for n in range(4)),
        pay(account_id, "P-1", 600_00),
        pay(account_id, "P-2", 100_00),
    )

    assert statuses(chargebacks) == {201: 1, 409: 3}
    assert (a.status_code, b.status_code) == (201, 201)
    now = await read(client, settlement_id)
    account, rows = await exact(client, account_id)
    assert (now["status"], account["status"]) == ("satisfied", "settled")
    assert sum(row["amount_minor"] for row in rows if row["kind"] == "payment") == -800_00
    assert now["forgiven_minor"] + 700_00 == 1000_00
