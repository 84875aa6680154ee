"""Nobody decides on what they proposed: not under another name, another case, or no name."""

import pytest
from sqlalchemy import text

from tests.database import as_tenant
from tests.routers.changes.test_amendments import DEFERRAL, LIMITED
from tests.routers.lives.desk import OPENING
from tests.routers.offers import asked
from tests.routers.plans.test_approvals import SMALL

#: A proposal of each kind: where it is made, and where it is decided on.
KINDS = ("plan", "settlement", "change")


class Person:
    """Somebody behind a key, who names whom they like."""

    def __init__(self, desk):
        self.desk = desk

    async def ask(self, path, body, actor):
        headers = {} if actor is None else {"Accord-Actor": actor}
        return await self.desk.client.post(path, json=body, headers=headers)


@pytest.fixture
async def offices(desk, staff):
    """Two keys of supervisors and one of an admin; an account with a plan, and one without."""
    await desk.at(OPENING)
    await desk.client.put("/v1/policies/default", json={**LIMITED, "name": "default",
                                                        "extends": None})  # fmt: skip
    planned = await desk.plan(await desk.account())
    return {
        "plan": planned,
        "account": await desk.account(),
        **{name: Person(await staff("supervisor")) for name in ("one", "other")},
        "agent": Person(await staff("agent")),
        "admin": Person(await staff("admin")),
    }


async def proposed(offices, kind, who, actor):
    """Where to decide on a proposal of an agent's terms, made by somebody under that name."""
    account = offices["account"]["id"]
    path, body = {
        "plan": ("/v1/plans", {"account_id": account, "terms": {**SMALL, "installment_minor": 75}}),
        "settlement": (f"/v1/accounts/{account}/settlement-offers", asked(amount_minor=30_00)),
        "change": (f"/v1/plans/{offices['plan']['id']}/deferrals", DEFERRAL),
    }[kind]
    made = (await offices[who].ask(path, body, actor)).json()
    assert made["status"] == "pending_approval", made
    return {
        "plan": f"/v1/plans/{made.get('id')}",
        "settlement": f"/v1/settlement-offers/{made.get('id')}",
        "change": f"/v1/plans/{offices['plan']['id']}/revisions/2",
    }[kind]


async def why(offices, who, path, actor, what="approve"):
    """Why they may not; or the status where it is not for being the same."""
    answer = await offices[who].ask(f"{path}/{what}", {}, actor)
    said = answer.json()
    return said.get("why", answer.status_code if answer.is_success else said["type"])


@pytest.mark.parametrize("kind", KINDS)
async def test_a_key_is_one_hand_and_a_name_one_person(offices, kind):
    path = await proposed(offices, kind, "one", "ann")

    for what in ("approve", "reject"):
        for actor in ("ann", "Ann", "ann.", "a nn", "ANN.."):
            assert await why(offices, "other", path, actor, what) == "same_actor", actor
            assert await why(offices, "admin", path, actor, what) == "same_actor", actor
        for actor in (None, ".", "..."):
            assert await why(offices, "admin", path, actor, what) == "nobody_named"
        assert await why(offices, "one", path, "bob", what) == "same_key"
    assert await why(offices, "admin", path, "bob") == 200


@pytest.mark.parametrize("kind", KINDS)
async def test_where_nobody_was_named_only_an_admin_decides(offices, kind):
    path = await proposed(offices, kind, "one", None)

    for what in ("approve", "reject"):
        assert await why(offices, "other", path, "bob", what) == "proposer_unknown"
        assert await why(offices, "one", path, "bob", what) == "same_key"
    assert await why(offices, "admin", path, "bob", "reject") == 200


async def test_what_was_done_keeps_its_key(owner, tenant, offices):
    for kind in ("plan", "change"):
        path = await proposed(offices, kind, "one", "ann")
        assert await why(offices, "admin", path, "bob") == 200
    async with as_tenant(owner, tenant) as tx:
        keys = "SELECT id FROM api_key WHERE tenant_id = :tenant AND role = 'supervisor'"
        supervisors = set((await tx.execute(text(keys), {"tenant": tenant})).scalars())
        rows = "SELECT kind, actor, key_id FROM fact WHERE tenant_id = :tenant"
        found = {r.kind: r for r in await tx.execute(text(rows), {"tenant": tenant})}
        asking = "SELECT actor, key_id FROM amendment WHERE tenant_id = :tenant"
        amendment = (await tx.execute(text(asking), {"tenant": tenant})).one()
        ending = "SELECT actor, key_id FROM amendment_end WHERE tenant_id = :tenant"
        end = (await tx.execute(text(ending), {"tenant": tenant})).one()
        saving = "SELECT key_id FROM policy WHERE tenant_id = :tenant AND version = 2"
        saved = (await tx.execute(text(saving), {"tenant": tenant})).scalar_one()

    assert found["plan_proposed"].key_id in supervisors
    assert found["plan_proposed"].actor == "ann"
    assert amendment == ("ann", found["plan_proposed"].key_id)
    assert end == ("bob", found["plan_approved"].key_id)
    assert found["plan_approved"].key_id not in supervisors
    assert saved not in {*supervisors, None, found["plan_approved"].key_id}
