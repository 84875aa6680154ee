"""Who may do what: keys, scopes, tenants, and the day it is for them."""

from datetime import date

import pytest
from sqlalchemy import text

from app.domain.vocabulary import Role
from app.routers.edge.deps import requires
from app.routers.edge.deps import today as real_today
from app.services.tenancy.authentication import ScopeMissing, permit
from app.storage import tenancy
from tests.clock import today

ACCOUNT = "acc_01h455vb4pex5vsknk084sn02q"
READ = f"/v1/probe/accounts/{ACCOUNT}"


@pytest.fixture
def make_key(owner, tenant):
    async def make(*scopes, role=Role.AGENT):
        async with owner.transaction() as tx:
            token = await tenancy.create_key(tx, tenant, name="k", role=role, scopes=scopes)
        return {"Authorization": f"Bearer {token}"}

    return make


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": "Bearer accord_test_unknown"}, id="unknown"),
        pytest.param({"Authorization": "Basic YTpi"}, id="another scheme"),
        pytest.param({"Authorization": "Bearer"}, id="no token"),
        pytest.param({"Authorization": "Bearer " + "x" * 201}, id="too long"),
        pytest.param({"Authorization": "Bearer é".encode()}, id="not ASCII"),
    ],
)
async def test_without_a_known_key_nobody_gets_in(stranger, authorization):
    answer = await stranger.get(READ, headers=authorization)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["type"] == "/problems/unauthenticated"


async def test_a_revoked_key_is_unknown(stranger, owner, tenant, make_key):
    headers = await make_key("*")
    assert (await stranger.get(READ, headers=headers)).status_code == 200
    async with owner.transaction() as tx:
        for key in await tenancy.list_keys(tx, tenant):
            await tenancy.revoke_key(tx, tenant, key.id)

    assert (await stranger.get(READ, headers=headers)).status_code == 401


async def test_an_expired_key_is_unknown(stranger, owner, tenant, make_key):
    headers = await make_key("*")
    assert (await stranger.get(READ, headers=headers)).status_code == 200
    async with owner.transaction() as tx:
        over = "UPDATE api_key SET expires_at = now() - interval '1 s' WHERE tenant_id = :tenant"
        await tx.execute(text(over), {"tenant": tenant})

    answer = await stranger.get(READ, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/unauthenticated"


@pytest.mark.parametrize(
    ("scopes", "status"),
    [
        (["accounts:read"], 200),
        (["accounts:*"], 200),
        (["*"], 200),
        (["accounts:write"], 403),
        (["payments:*", "plans:read"], 403),
        ([], 403),
    ],
)
async def test_a_route_asks_for_its_scope(stranger, make_key, scopes, status):
    answer = await stranger.get(READ, headers=await make_key(*scopes))

    assert answer.status_code == status
    if status == 403:
        assert answer.json()["type"] == "/problems/scope-missing"
        assert answer.json()["scope"] == "accounts:read"


async def test_a_writer_without_the_scope_changes_nothing(stranger, make_key, stored):
    headers = {**await make_key("payments:read"), "Idempotency-Key": "k"}
    answer = await stranger.post("/v1/probe/notes", json={"name": "n"}, headers=headers)

    assert answer.status_code == 403
    assert await stored() == 0


def test_scopes_are_not_prefixes():
    with pytest.raises(ScopeMissing):
        permit({"plan:*", "plans", "plans:rea"}, "plans:read")


def test_a_route_cannot_ask_for_a_scope_that_does_not_exist():
    with pytest.raises(ValueError, match="payment:write"):
        requires("payment:write")


async def test_the_context_is_the_keys_tenant_role_and_day(stranger, make_key, tenant):
    headers = await make_key("*", role=Role.SUPERVISOR)
    seen = (await stranger.get(READ, headers={**headers, "Accord-Actor": "agent-17"})).json()

    assert seen["tenant"] == str(tenant)
    assert seen["role"] == "supervisor"
    assert seen["actor"] == "agent-17"
    assert seen["business_date"] == today("America/Chicago").isoformat()


@pytest.mark.parametrize("actor", ["", " ", "a\tb", "x" * 129, "é".encode()])
async def test_an_actor_is_one_short_visible_line(client, actor):
    answer = await client.get(READ, headers={"Accord-Actor": actor})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "Accord-Actor:"
    assert answer.json()["detail"].startswith("Accord-Actor: should be ")


def test_today_is_the_tenants():
    days = {real_today("Pacific/Kiritimati"), real_today("Pacific/Pago_Pago")}

    assert len(days) == 2  # 25 hours apart
    assert all(isinstance(day, date) for day in days)
