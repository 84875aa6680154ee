"""Tenants that lie on different servers are swept at the same time; on one, one after the other."""

import asyncio
from datetime import date

import pytest

from app.services.day_close.sweep import sweep
from app.services.tenancy.distribution import AT_ONCE, apart, side_by_side
from app.services.tenancy.tenants import list_tenants

ON = date(2026, 3, 10)


@pytest.mark.one_server("all tenants lie together there")
async def test_on_one_server_all_are_one_list_in_the_order_they_came(database, tenant, other):
    tenants = await list_tenants(database)
    assert {tenant, other} <= {one.tenant_id for one in tenants}
    assert await apart(database, tenants) == [list(tenants)]
    assert await apart(database, reversed(tenants)) == [list(reversed(tenants))]
    assert await apart(database, []) == []


async def test_every_tenant_is_in_one_list_and_can_be_swept(database, tenant, other):
    listed = [one for one in await list_tenants(database) if one.tenant_id in {tenant, other}]
    groups, swept = await apart(database, listed), []

    async def one(each):
        report = await sweep(database, each.tenant_id, business_date=ON)
        swept.append((each.tenant_id, report.went_through))

    await side_by_side(groups, one)
    assert sorted(swept) == sorted([(tenant, True), (other, True)])


async def test_groups_run_beside_each_other_and_each_in_its_order():
    running, most, said = set(), 0, []

    async def one(each):
        nonlocal most
        running.add(each)
        most = max(most, len(running))
        await asyncio.sleep(0.01)
        running.discard(each)
        said.append(each)

    groups = [[(group, turn) for turn in range(3)] for group in range(AT_ONCE + 2)]
    await side_by_side(groups, one)
    assert most == AT_ONCE
    assert sorted(said) == [one for group in groups for one in group]
    for group in groups:
        assert [one for one in said if one in group] == group

    most, said = 0, []
    await side_by_side([[1, 2, 3]], one)
    assert (most, said) == (1, [1, 2, 3])
    await side_by_side([], one)
    assert said == [1, 2, 3]


@pytest.mark.parametrize("groups", [[[1], [2, 3]], [[2, 1, 3]]])
async def test_an_error_ends_those_beside_it(groups):
    ended = []

    async def one(each):
        try:
            if each == 1:
                await asyncio.sleep(0.01)
                raise LookupError(each)
            await asyncio.sleep(0 if len(groups) == 1 else 60)
        finally:
            ended.append(each)

    with pytest.raises(LookupError):
        await side_by_side(groups, one)
    assert sorted(ended) == [1, 2]


async def test_who_is_told_to_stop_ends_them_all():
    ended = []

    async def one(each):
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(each)

    work = asyncio.create_task(side_by_side([[1], [2]], one))
    await asyncio.sleep(0.01)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert sorted(ended) == [1, 2]
