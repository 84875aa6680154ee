"""What a role may do by itself, as documents say it and as the shipped policies have it."""

import pytest

from app.domain.errors import InvalidInput
from app.domain.policy.model import Authority
from app.domain.vocabulary import Act, HoldKind, Role, Spending
from app.services.policy_documents.reader import parse, policy_of, shipped

UNBOUND = Authority(
    **dict.fromkeys((f"{spending}_minor" for spending in Spending), None),
    **dict.fromkeys((f"{spending}_per_day_minor" for spending in Spending), None),
    acts=None,
    policies=None,
    import_kinds=None,
    import_rows=None,
    import_minor=None,
)


def document(**authority):
    return parse({"effective_from": "2026-03-01", "authority": authority}, name="house")


def authority(role, **said):
    return policy_of([document(**said)], version=1).authority.of(role)


def refused(**said):
    with pytest.raises(InvalidInput) as refusal:
        document(**said)
    return {error.pointer for error in refusal.value.errors}


def test_every_hold_is_placed_and_released_by_an_act_of_its_own():
    acts = {act for act in Act if ":" in act}
    assert acts == {f(kind) for kind in HoldKind for f in (Act.placing, Act.releasing)}


def test_a_role_that_is_null_has_no_limit():
    assert authority(Role.AGENT, agent=None) == UNBOUND


def test_what_is_not_said_of_a_role_is_inherited():
    default = policy_of([shipped("default")], version=1).authority.agent
    said = authority(Role.AGENT, agent={"waive_minor": 100, "acts": ["reverse"]})

    assert said.waive_minor == 100
    assert said.acts == (Act.REVERSE,)
    assert said.waive_per_day_minor == default.waive_per_day_minor
    assert said.policies == default.policies


def test_a_figure_binds_again_under_a_role_that_was_lifted():
    base = parse({"effective_from": "2026-01-01", "authority": {"agent": None}}, name="house")
    lower = parse(
        {"extends": "house", "effective_from": "2026-01-01",
         "authority": {"agent": {"charge_minor": 7}}}, name="own",
    )  # fmt: skip
    said = policy_of([base, lower], version=1).authority.agent

    assert said.charge_minor == 7
    assert said.waive_minor is None


def test_closed_lists_and_amounts():
    assert refused(agent={"acts": ["reverse", "steal"]}) == {"/authority/agent/acts/1"}
    assert refused(agent={"acts": ["reverse", "reverse"]}) == {"/authority/agent/acts"}
    assert refused(agent={"policies": ["a", "b?"]}) == {"/authority/agent/policies/1"}
    assert refused(agent={"policies": ["a", "a"]}) == {"/authority/agent/policies"}
    assert refused(agent={"waive_minor": -1}) == {"/authority/agent/waive_minor"}
    assert refused(agent={"forgive_minor": 1}) == {"/authority/agent/forgive_minor"}
    assert refused(clerk={"waive_minor": 1}) == {"/authority/clerk"}
    assert refused(agent={"import_kinds": ["accounts", "plans"]}) == {
        "/authority/agent/import_kinds/1"
    }
    assert refused(agent={"import_rows": 1_000_001}) == {"/authority/agent/import_rows"}
    assert refused(agent=5) == {"/authority/agent"}
    with pytest.raises(InvalidInput):
        parse({"effective_from": "2026-03-01", "authority": None}, name="house")


def test_the_shipped_default():
    by_role = policy_of([shipped("default")], version=1).authority

    assert by_role.agent.waive_minor == 5_000
    assert by_role.agent.waive_per_day_minor == 20_000
    assert by_role.agent.goodwill_minor == 0
    assert by_role.agent.charge_minor == 50_000
    assert by_role.agent.refund_minor == 0
    assert {Act.REVERSE, Act.CANCEL_PLAN, Act.RELEASE_HARDSHIP} <= set(by_role.agent.acts)
    assert Act.RELEASE_BANKRUPTCY not in by_role.agent.acts
    assert Act.REINSTATE_PLAN not in by_role.agent.acts
    assert by_role.agent.policies == ("default",)
    assert by_role.agent.import_kinds == ("accounts", "payments", "promises")
    assert (by_role.agent.import_rows, by_role.agent.import_minor) == (500, 10_000_000)
    assert by_role.admin == UNBOUND


def test_a_supervisor_may_all_that_an_agent_may():
    by_role = policy_of([shipped("default")], version=1).authority
    for spending in Spending:
        for limit in (Authority.limit_of, Authority.day_limit_of):
            most = limit(by_role.supervisor, spending)
            assert most is None or most >= limit(by_role.agent, spending)
    assert by_role.supervisor.acts is None
    assert by_role.supervisor.import_kinds is None
    assert by_role.supervisor.import_rows > by_role.agent.import_rows
    assert by_role.supervisor.import_minor > by_role.agent.import_minor
    assert set(by_role.agent.policies) < set(by_role.supervisor.policies)
    assert "unlimited" not in by_role.supervisor.policies


@pytest.mark.parametrize("name", ["strict", "uk-forbearance"])
def test_the_others_inherit(name):
    default = policy_of([shipped("default")], version=1)
    assert policy_of([shipped(name)], version=1).authority == default.authority


def test_unlimited_lifts_all():
    unlimited = policy_of([shipped("unlimited")], version=1).authority
    assert {unlimited.of(role) for role in Role} == {UNBOUND}
