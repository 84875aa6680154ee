"""The self-check holds events against their hashes, and rows against what they name."""

import pytest
from sqlalchemy import text

TAMPERED = {
    "changed": """UPDATE event SET data = '{"amount_minor": 1}' WHERE sequence = 2""",
    "dropped and renumbered": "DELETE FROM event WHERE sequence = 2",
    "the account's own end": "UPDATE account SET event_hash = sha256('x')",
}
NOWHERE = "00000000-0000-7000-8000-000000000001"
#: What no foreign key holds, and how it is broken by hand.
UNTIED = {
    "payments without their fact": f"UPDATE payment SET id = '{NOWHERE}'",
    "postings without their fact": f"UPDATE posting SET fact_id = '{NOWHERE}'"
    " WHERE kind = 'payment'",
    "postings without their payment": f"UPDATE posting SET payment_id = '{NOWHERE}'"
    " WHERE kind = 'payment'",
    "allocations without their payment": f"UPDATE allocation SET payment_id = '{NOWHERE}'",
    "allocations without their plan": f"UPDATE allocation SET plan_id = '{NOWHERE}'",
    "plans found otherwise than they stand": "UPDATE plan_standing SET standing = 'paused'",
    "accounts without a turn by their day": "UPDATE account_review SET review_on = '2100-12-31'",
}
NAME = "first event that is not as it was written = none"


async def found(desk, account, name):
    check = await desk.get(f"/v1/accounts/{account['id']}/self-check")
    (one,) = (one for one in check["identities"] if one["name"] == name)
    return check["ok"], one["left_minor"], one["right_minor"]


async def by_hand(owner, tenant, statement):
    within = " AND tenant_id = :tenant" if "WHERE" in statement else " WHERE tenant_id = :tenant"
    async with owner.transaction() as tx:
        await tx.execute(text(statement + within), {"tenant": tenant})


@pytest.mark.parametrize("how", TAMPERED)
async def test_an_event_that_is_not_as_it_was_written_is_found(desk, owner, tenant, how):
    account, _ = await desk.opened()
    await desk.pay(account, 100_00)
    assert await found(desk, account, NAME) == (True, 0, 0)
    last = len((await desk.get(f"/v1/accounts/{account['id']}/timeline"))["data"])

    await by_hand(owner, tenant, TAMPERED[how])

    at = last + 1 if "account" in how else 2
    assert await found(desk, account, NAME) == (False, at, 0)


@pytest.mark.parametrize("what", UNTIED)
async def test_a_row_that_names_what_is_not_there_is_found(desk, owner, tenant, what):
    account, _ = await desk.opened()
    await desk.pay(account, 100_00)
    assert await found(desk, account, f"{what} = none") == (True, 0, 0)

    await by_hand(owner, tenant, UNTIED[what])

    ok, left, right = await found(desk, account, f"{what} = none")
    assert (ok, right) == (False, 0)
    assert left > 0
