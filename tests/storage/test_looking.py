"""What a call under a key is told of its caller, its reply and its account before it is done."""

import pytest
from sqlalchemy import text

from app.domain.vocabulary import Role
from app.storage import tenancy
from tests.database import as_tenant

pytestmark = pytest.mark.one_server("where tables are spread nothing goes alone")

LOOK = text("""
    SELECT tenant_id, body FROM accord_look_for_calls(
        CAST(:tokens AS bytea[]), CAST(:keys AS text[]), now() - interval '30 days',
        CAST(:accounts AS uuid[]),
        CAST(:kinds AS text[]), CAST(:keys AS text[]))
""")
KEEP = """
    INSERT INTO idempotency_key (tenant_id, key, fingerprint, status, headers, body, created_at)
    SELECT accord_tenant_id(), key, '\\x00', 201, '{}', '\\x01', now() - :age * interval '1 day'
    FROM unnest(CAST(:keys AS text[])) AS key
"""


async def keep(database, tenant, *keys, age=1):
    async with as_tenant(database, tenant) as tx:
        await tx.execute(text(KEEP), {"keys": keys, "age": age})


async def test_those_that_are_looked_up_together_see_their_own_and_in_their_order(
    database, owner, tenant, other, key
):
    async with owner.transaction() as tx:
        theirs = await tenancy.create_key(tx, other, name="test", role=Role.ADMIN, scopes=["*"])
    await keep(database, tenant, "a")
    await keep(database, tenant, "past", age=31)
    await keep(database, other, "b")
    asked = [(key, "b"), (theirs, "b"), ("accord_test_nobody", "b"), (theirs, "a"), (key, "a")]
    tokens, keys = zip(*asked, (key, "past"), strict=True)
    given = {"tokens": list(map(tenancy.hash_of, tokens)), "keys": keys}
    nothing = {"accounts": [None] * len(keys), "kinds": ["payment"] * len(keys)}
    async with database.transaction() as tx:
        rows = (await tx.execute(LOOK, {**given, **nothing})).all()

    assert [row.tenant_id for row in rows] == [tenant, other, None, other, tenant, tenant]
    assert [row.body is not None for row in rows] == [False, True, False, False, True, False]
