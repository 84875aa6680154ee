"""What statements sent in tests are held to, whoever builds them and wherever."""

import pytest
from sqlalchemy import and_, func, insert, select

from app.storage import tables
from app.storage.database.tenanted import THE_TENANT
from tests.spreadable import NotSpreadable, wrong_in

FACT, PLAN = tables.table(tables.Fact), tables.table(tables.Plan)
OF_BOTH = and_(FACT.c.tenant_id == PLAN.c.tenant_id, FACT.c.id == PLAN.c.id)
NEXT = select(func.max(FACT.c.sequence) + 1)


@pytest.mark.parametrize(
    ("statement", "wrong"),
    [
        (select(PLAN.c.id).outerjoin(FACT, FACT.c.id == PLAN.c.id), 1),
        (select(PLAN.c.id).outerjoin(FACT.alias(), FACT.c.id == PLAN.c.id), 1),
        (select(select(PLAN.c.id).outerjoin(FACT, FACT.c.id == PLAN.c.id).subquery()), 1),
        (select(PLAN.c.id).outerjoin(FACT, OF_BOTH), 0),
        (select(PLAN.c.id).outerjoin(FACT, FACT.c.tenant_id == THE_TENANT), 0),
        (select(PLAN.c.id).join(FACT, FACT.c.id == PLAN.c.id), 0),
        (insert(FACT).values(sequence=NEXT.scalar_subquery()), 1),
        (insert(FACT).values(sequence=func.coalesce(NEXT.scalar_subquery(), 1)), 1),
        (insert(FACT).values([{"sequence": 1}, {"sequence": NEXT.scalar_subquery()}]), 1),
        (insert(FACT).values(sequence=1), 0),
        (insert(FACT).from_select(["sequence"], NEXT), 0),
    ],
)
def test_what_could_not_be_sent_to_one_server_is_named(statement, wrong):
    assert len(set(wrong_in(statement))) == wrong


async def test_it_is_refused_where_it_is_sent(database):
    async with database.transaction() as tx:
        with pytest.raises(NotSpreadable, match="an outer join of fact"):
            await tx.execute(select(PLAN.c.id).outerjoin(FACT, FACT.c.id == PLAN.c.id))
