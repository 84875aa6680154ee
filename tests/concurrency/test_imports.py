"""Many decisions on one sheet that waits: one counts, and its rows are stored once."""

from app.domain.vocabulary import Role
from app.storage import tenancy
from tests.concurrency.conftest import at_once, statuses

DECIDERS = 8
SHEET = b"Account,Agent,Why\nINV-1,ann,speaks Spanish\n"
AT = "/v1/imports/dry-runs"


async def test_one_of_many_decisions_counts(client, place, owner, tenant):
    account_id = await place()
    async with owner.transaction() as tx:
        token = await tenancy.create_key(tx, tenant, name="a", role=Role.AGENT, scopes=["*"])
    ann = {"Authorization": f"Bearer {token}", "Accord-Actor": "ann"}
    tried = await client.post(AT, content=SHEET, params={"kind": "assignments"}, headers=ann)
    path = f"{AT}/{tried.json()['id']}"
    asked = await at_once(
        *(client.post(f"{path}/commit", json={"mode": "atomic"}, headers=ann) for _ in range(4))
    )
    assert statuses(asked) == {202: 1, 409: 3}
    assert (await client.get(path)).json()["status"] == "pending_approval"

    (waits,) = (await client.get("/v1/approvals")).json()["data"]
    bob = {"Accord-Actor": "bob"}
    decide = f"/v1/approvals/import/{waits['id']}/decide"
    answers = await at_once(
        *(
            client.post(decide, json={"decision": one, "etag": waits["etag"]}, headers=bob)
            for one in ("approve", "reject") * DECIDERS
        )
    )

    said = statuses(answers)
    assert said.pop(200) == 1
    assert set(said) <= {404, 412}  # decided before they looked, or while they waited
    assert sum(said.values()) == 2 * DECIDERS - 1
    (counted,) = (one.json()["decision"] for one in answers if one.status_code == 200)
    run = (await client.get(path)).json()
    assert run["status"] == ("committed" if counted == "approve" else "rejected")
    made = (await client.get(f"/v1/accounts/{account_id}/assignments")).json()["data"]
    assert len(made) == (1 if counted == "approve" else 0)
