"""The self-check holds the chain of events against its hashes too."""

import pytest
from sqlalchemy import text

TAMPERED = {
    "changed": """UPDATE event SET data = '{"amount_minor": 1}' WHERE sequence = 2""",
    "dropped and renumbered": "DELETE FROM event WHERE sequence = 2",
    "the account's own end": "UPDATE account SET event_hash = sha256('x')",
}
NAME = "first event that is not as it was written = none"


async def chain(desk, account):
    check = await desk.get(f"/v1/accounts/{account['id']}/self-check")
    (found,) = (one for one in check["identities"] if one["name"] == NAME)
    return check["ok"], found["left_minor"], found["right_minor"]


@pytest.mark.parametrize("how", TAMPERED)
async def test_an_event_that_is_not_as_it_was_written_is_found(desk, owner, tenant, how):
    account, _ = await desk.opened()
    await desk.pay(account, 100_00)
    assert await chain(desk, account) == (True, 0, 0)
    last = len((await desk.get(f"/v1/accounts/{account['id']}/timeline"))["data"])

    statement = TAMPERED[how]
    within = " AND tenant_id = :tenant" if "WHERE" in statement else " WHERE tenant_id = :tenant"
    async with owner.transaction() as tx:
        await tx.execute(text(statement + within), {"tenant": tenant})

    at = last + 1 if "account" in how else 2
    assert await chain(desk, account) == (False, at, 0)
