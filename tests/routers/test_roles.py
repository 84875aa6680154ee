"""The table of operations, roles, scopes and limits, asked as a whole of the running API."""

from itertools import product

import httpx
import pytest

from app.domain.agreement.acts import LEAST_ROLE
from app.domain.policy.model import Authority
from app.domain.policy.shipped import DOCUMENTS
from app.domain.vocabulary import Act, HoldKind, Role, Spending
from app.routers.edge.authority import RULES, Other, Rule
from app.services.policy_documents.reader import policy_of, shipped
from app.services.tenancy.authentication import SCOPES
from app.storage import tenancy
from tests.routers import roles
from tests.routers.samples import published

#: Whether one may is said by the case: by limits, by whose it was, by what a sheet holds.
UNTABLED = {Other.AGREE, Other.DECIDE, Other.IMPORT}
SHIPPED = policy_of([shipped("default")], version=1).authority

#: The scope each operation needs, by its id.
SCOPE = {
    operation["operationId"]: operation["x-required-scope"]
    for path in published()["paths"].values()
    for operation in path.values()
    if "x-required-scope" in operation
}


@pytest.fixture
async def world(desk):
    made = roles.World(desk)
    await made.begin()
    return made


@pytest.fixture
async def asked(world, staff, owner, tenant, app):
    """`await asked(role, situation, amount)`: how it went; a new key each time, so no day's sum."""

    async def ask(role, situation, amount_minor=0, *, without=None):
        where, body = await situation(world, amount_minor)
        method, _, path = where.rpartition(" ")
        scopes = [scope for scope in SCOPES if scope != without]
        async with owner.transaction() as tx:
            token = await tenancy.create_key(tx, tenant, name="k", role=role, scopes=scopes)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://accord.test") as client:
            headers = {"Authorization": f"Bearer {token}", "Accord-Actor": "ann"}
            answer = await client.request(method or "POST", path, json=body, headers=headers)
        said = answer.json()
        if "results" in said:
            (result,) = said["results"]
            said = result.get("problem", result)
        return said

    return ask


def went(said):
    """`True`, or the rule that said no and the role that may instead."""
    if said.get("type") == "/problems/outside-authority":
        (refusal,) = said["refusals"]
        return refusal["rule"], refusal["override_role"]
    assert "type" not in said or not str(said["type"]).startswith("/problems/"), said
    return True


def least(may):
    return next((role for role in Role if may(role)), None)


def expected(role, rule, may):
    return True if may(role) else (rule, least(may))


def acts():
    """Every situation: operation, the rule in its name, what makes it, the amount, who may."""
    for name, situation in roles.OFFICES.items():
        (office,) = RULES[name]
        floor = LEAST_ROLE[office]
        yield name, "least_role", situation, 0, lambda r, floor=floor: r.rank >= floor.rank
    for name, situation in roles.ACTS.items():
        yield name, "acts", situation, 1, doing(RULES[name][0])
    for (name, make), kind in product(roles.HOLDS.items(), HoldKind):
        act = Act.placing(kind) if name == "holds_place" else Act.releasing(kind)
        yield name, "acts", make(kind), 0, doing(act)
    for (name, make), policy in product(roles.CHOICES.items(), DOCUMENTS):
        yield name, "policies", make(policy), 0, choosing(policy)
    for (name, word), makes in roles.AMOUNTS.items():
        spending = Spending(word)
        for situation, amount in product(makes, amounts(spending)):
            yield name, f"{word}_minor", situation, amount, paying(spending, amount)


def amounts(spending):
    """At every role's limit, and one above it."""
    limits = {SHIPPED.of(role).limit_of(spending) for role in Role} - {None}
    return sorted({limit + more for limit in limits for more in (0, 1)} - {0})


def doing(act):
    return lambda role: SHIPPED.of(role).acts is None or act in SHIPPED.of(role).acts


def choosing(policy):
    return lambda role: SHIPPED.of(role).policies is None or policy in SHIPPED.of(role).policies


def paying(spending, amount):
    def may(role):
        limit = Authority.limit_of(SHIPPED.of(role), spending)
        return limit is None or amount <= limit

    return may


def test_every_rule_has_a_situation():
    asked = {(name, rule) for name, rule, *_ in acts()}
    wanted = set[tuple[str, str]]()
    for name, rules in RULES.items():
        wanted |= {(name, word(rule)) for rule in rules if rule not in UNTABLED}
    assert asked == wanted
    assert set(RULES) <= set(SCOPE)


def word(rule: Rule) -> str:
    """The rule as a refusal names it."""
    if isinstance(rule, Act) or rule in {Other.PLACE_HOLD, Other.RELEASE_HOLD}:
        return "acts"
    if isinstance(rule, Spending):
        return f"{rule}_minor"
    return "policies" if rule is Other.CHOOSE_POLICY else "least_role"


async def test_the_whole_table(asked, capsys):
    wrong, cells = [], 0
    for name, rule, situation, amount, may in acts():
        for role in Role:
            found = went(await asked(role, situation, amount))
            cells += 1
            if found != expected(role, rule, may):
                wrong.append((name, rule, amount, role, found, expected(role, rule, may)))
        needed = SCOPE[name]
        said = await asked(Role.ADMIN, situation, amount, without=needed)
        cells += 1
        if (said.get("type"), said.get("scope")) != ("/problems/scope-missing", needed):
            wrong.append((name, "scope", said))
    with capsys.disabled():
        print(f"\n{len(RULES)} operations, {cells} cells, {len(wrong)} wrong")
    assert wrong == []
