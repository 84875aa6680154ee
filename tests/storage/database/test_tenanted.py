"""Each statement says whose rows it is about: by itself, with no row security behind it."""

import importlib
import pkgutil
import re

from sqlalchemy import (
    ClauseElement,
    Join,
    TextClause,
    delete,
    exists,
    func,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import visitors

import app.storage
from app.storage import tables, tenancy
from app.storage.accounts import accounts
from app.storage.database import tenanted
from tests.spreadable import wrong_in
from tests.storage.rows import add_account

DIALECT = asyncpg.dialect()
tenanted.use_in(DIALECT)
ACCOUNT, EVENT = tables.table(tables.Account), tables.table(tables.Event)
OF_TENANTS = [name for name, one in tables.METADATA.tables.items() if "tenant_id" in one.c]
#: Asks whether anything is seen without a tenant.
ACROSS = {"_COUNTED", "_WHOSE_LOGIN"}


def held(statement):
    """How often a statement says whose rows it wants."""
    compiled = statement.compile(dialect=DIALECT)
    names = compiled.positiontup
    number = names.index(tenanted.NAME) + 1 if tenanted.NAME in names else 0
    return str(compiled).count(f"tenant_id = ${number}::UUID")


def defined():
    """The statements that the storage's modules define, by module and name."""
    for module in pkgutil.walk_packages(app.storage.__path__, "app.storage."):
        for name, value in vars(importlib.import_module(module.name)).items():
            yield f"{module.name}.{name}", value


def test_every_kind_of_statement_is_held_to_its_tenant():
    other = ACCOUNT.alias()
    mine = EVENT.c.tenant_id == ACCOUNT.c.tenant_id
    reached = select(other.c.id).with_for_update().cte("reached")
    assert held(select(ACCOUNT.c.id)) == 1
    assert held(select(ACCOUNT.c.id).join(EVENT, mine)) == 2
    assert held(select(ACCOUNT.c.id).outerjoin(EVENT, mine)) == 1  # it stays an outer join
    assert held(select(ACCOUNT.c.id, other.c.id)) == 2
    assert held(union_all(select(ACCOUNT.c.id), select(EVENT.c.id))) == 2
    assert held(update(ACCOUNT).where(ACCOUNT.c.id == reached.c.id).values(version=1)) == 2
    assert held(delete(EVENT)) == 1
    assert held(select(func.now())) == 0
    within = select(EVENT.c.id).where(mine).exists()
    assert held(select(ACCOUNT.c.id).where(within)) >= 2
    assert held(select(ACCOUNT.c.id).where(~exists().where(mine))) >= 2


def test_what_is_written_as_text_says_it_too():
    named = re.compile(rf"(FROM|JOIN|UPDATE)\s+({'|'.join(OF_TENANTS)})\b")
    silent = [
        name
        for name, one in defined()
        if isinstance(one, TextClause)
        and named.search(one.text)
        and ":the_tenant" not in one.text
        and name.rpartition(".")[2] not in ACROSS
    ]
    assert silent == []


def test_every_outer_join_names_the_tenant_in_its_own_condition():
    outer = [
        (name, str(join.onclause))
        for name, one in defined()
        if isinstance(one, ClauseElement)
        for join in visitors.iterate(one)
        if isinstance(join, Join) and join.isouter
    ]
    assert outer
    assert [found for found in outer if found[1].count("tenant_id") < 2] == []
    statements = [(name, one) for name, one in defined() if isinstance(one, ClauseElement)]
    assert [(name, wrong) for name, one in statements for wrong in wrong_in(one)] == []


async def test_who_passes_by_row_security_still_sees_the_entered_tenant_only(owner, tenant, other):
    async with owner.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant)
        mine = await add_account(tx, tenant)
        await tenancy.enter_tenant(tx, other)
        theirs = await add_account(tx, other)

        assert [one.id for one in await accounts.find(tx, limit=9)] == [theirs]
        assert await accounts.lock(tx, mine) is None
        assert set(await accounts.lock_many(tx, [mine, theirs])) == {theirs}

    async with owner.transaction() as tx:
        assert await accounts.find(tx, limit=9) == ()  # nobody was entered, and so none is seen
