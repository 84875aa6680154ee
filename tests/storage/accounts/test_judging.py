"""Lists by what changes with the days are read from an index, in its order."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from app.storage.accounts import judging
from app.storage.plans import lists as plans
from tests.database import as_tenant

ON = date(2026, 3, 1)


class Asked(Exception):
    """What a function would have asked of the database."""


class Listening:
    async def execute(self, query):
        raise Asked(query)


async def explained(tx, ask):
    """How the database means to read what a function asks, where tables are large."""
    with pytest.raises(Asked) as asked:
        await ask(Listening())
    query = asked.value.args[0]
    compiled = query.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    sql = str(compiled).replace("']", "']::uuid[]")
    for other in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
        await tx.execute(text(f"SET LOCAL {other} = off"))
    return "\n".join(line for (line,) in await tx.exec_driver_sql(f"EXPLAIN {sql}"))


async def test_accounts_that_are_behind_are_found_by_their_day(database, tenant):
    async with as_tenant(database, tenant) as tx:
        plan = await explained(tx, lambda tx: judging.behind(tx, ON, limit=1_001))

    assert "ix_account_review_tenant_id_review_on_account_id" in plan
    assert "Seq Scan" not in plan


BY_STANDING = "using ix_plan_standing_tenant_id_standing_plan_id"


@pytest.mark.parametrize(
    "asked",
    [{}, {"standing": "paused"}, {"status": "active"}, {"standing": "due", "status": "active"}],
)
@pytest.mark.parametrize("judged", [{}, {UUID(int=1): [UUID(int=8)]}])
async def test_plans_are_found_in_order(database, tenant, asked, judged):
    wanted = {"account_id": None, "status": None, "standing": None,
              "due_from": None, "due_to": None}  # fmt: skip

    def find(tx):
        return plans.find(tx, **{**wanted, **asked}, judged=judged, after=UUID(int=7), limit=201)

    async with as_tenant(database, tenant) as tx:
        plan = await explained(tx, find)

    assert (BY_STANDING if "standing" in asked else "Index Scan using ix_plan_tenant_id") in plan
    assert "Seq Scan on plan" not in plan
