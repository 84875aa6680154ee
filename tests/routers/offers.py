"""What tests of settlements ask at the API: 1,000.00 owed, 700.00 taken for it in two parts."""

from app.schemas.settlements.settlements import SettlementRead
from tests.routers.lives.desk import OPENING

DUE = ("2026-01-31", "2026-02-28")
PARTS = {
    "installment_count": 2,
    "frequency": {"unit": "month"},
    "first_due_on": DUE[0],
}
ASKED = {"amount_minor": 700_00, "terms": PARTS, "expires_on": "2026-01-20"}
PATH = "/v1/settlement-offers"


def asked(**changes):
    """What is offered, but for these fields; None leaves one out."""
    return {name: value for name, value in {**ASKED, **changes}.items() if value is not None}


def folder(account, rest=""):
    return f"/v1/accounts/{account['id']}/settlement-offers{rest}"


async def offered(desk, account, **changes):
    answer = await desk.client.post(folder(account), json=asked(**changes))
    assert answer.status_code == 201, answer.text
    assert SettlementRead.model_validate_json(answer.content)
    return answer.json()


async def act(desk, settlement, what, **body):
    """`accept`, `decline`, `withdraw`, `approve`, `reject`; the settlement after it."""
    return await desk.post(f"{PATH}/{settlement['id']}/{what}", body, status=200)


async def refusal(desk, settlement, what="accept", **body):
    """The name of the problem and its document."""
    path = f"{PATH}/{settlement['id']}/{what}"
    status, name, problem = await desk.refused("POST", path, json=body)
    assert status == 409, problem
    return name, problem


async def read(desk, settlement, **params):
    return await desk.get(f"{PATH}/{settlement['id']}", **params)


async def placed(desk, minor=1000_00, **account):
    """An account of that much, on the opening day."""
    await desk.at(OPENING)
    return await desk.account(minor, **account)


async def agreed(desk, *, policy="default", **changes):
    """An account, its settlement accepted on the opening day, and the plan that pays it."""
    account = await placed(desk, policy=policy)
    settlement = await act(desk, await offered(desk, account, **changes), "accept")
    return account, settlement, await desk.get(f"/v1/plans/{settlement['plan_id']}")


async def people(staff):
    """An agent and a supervisor, each at a desk of their own."""
    return await staff("agent", "ann"), await staff("supervisor", "bob")


async def policy_of(desk, name="own", **settlement):
    """A policy of our own: the default's, but for these figures of settlements."""
    body = {"extends": "default", "effective_from": "2020-01-01", "settlement": settlement}
    made = await desk.client.put(f"/v1/policies/{name}", json=body)
    assert made.status_code == 201, made.text
    return name


async def told(desk, account, prefix="settlement."):
    """The account's events of settlements, in order; corrections marked, withdrawn ones too."""
    path = f"/v1/accounts/{account['id']}/timeline"
    events = (await desk.get(path, limit=200))["data"]
    return [_word(one, prefix) for one in events if one["type"].startswith(prefix)]


def _word(event, prefix):
    name = event["type"].removeprefix(prefix)
    if not event["corrects"]:
        return name
    return f"{name} (corrected)" if event["data"]["after"] else f"{name} (withdrawn)"


async def kinds(desk, account):
    """The ledger's rows: kind and amount."""
    rows = (await desk.get(f"/v1/accounts/{account['id']}/ledger", limit=200))["data"]
    return [(row["kind"], row["amount_minor"]) for row in rows]
