"""Words for stories about settlements: 2,000.00 owed, 1,000.00 taken for it in two parts."""

from tests.routers.lives.desk import OPENING

PARTS = {
    "installment_count": 2,
    "frequency": {"every": 1, "unit": "month"},
    "first_due_on": "2026-01-31",
}
BANK = {"reference": "BANK", "name": "First Bank"}


async def owed(desk, minor=2000_00, **changes):
    await desk.at(OPENING)
    return await desk.account(minor, **{"creditor": BANK, **changes})


async def offer(desk, account, amount_minor=1000_00, *, terms=PARTS, expires_on="2026-01-20"):
    path = f"/v1/accounts/{account['id']}/settlement-offers"
    body = {"amount_minor": amount_minor, "terms": terms, "expires_on": expires_on}
    return await desk.post(path, body)


async def act(desk, settlement, what, **body):
    """Accept, decline, withdraw, approve or reject."""
    path = f"/v1/settlement-offers/{settlement['id']}/{what}"
    return await desk.post(path, body, status=200)


async def agree(desk, account, amount_minor=1000_00, **changes):
    settlement = await offer(desk, account, amount_minor, **changes)
    return await act(desk, settlement, "accept")


async def settle(desk, account, amount_minor=1000_00):
    """Offered, accepted and paid in one day; answers the settlement and the payment."""
    settlement = await agree(desk, account, amount_minor)
    return settlement, await desk.pay(account, amount_minor)
