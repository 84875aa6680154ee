"""The shipped rule sets say what the decided data says, rule by rule, figure by figure."""

import json
from pathlib import Path

import pytest

from app.domain.contact.law import rules
from app.domain.contact.law.area_codes import AREA_CODE_ZONES, REGION_ZONES
from app.domain.contact.law.purposes import CHANNELS, EXEMPT, EXEMPT_IN_REPLY, HOLDS
from app.domain.contact.law.shipped import SHIPPED
from app.domain.contact.words import Purpose
from app.domain.vocabulary import HoldKind

CASES = Path(__file__).parents[2] / "cases"
DATA = json.loads((CASES / "contact_rules.json").read_text())
ZONES = json.loads((CASES / "nanp_zones.json").read_text())
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def words(found):
    return None if found is None else sorted(map(str, found))


_KINDS = {
    rules.Hours: "hours", rules.Margin: "margin", rules.Count: "count",
    rules.AfterConversation: "after_conversation", rules.Spacing: "spacing",
    rules.ForbiddenPoint: "forbid_point", rules.Basis: "basis", rules.Consent: "consent",
    rules.OptOutNotice: "template", rules.NoDeadline: "template", rules.NoticeDue: "validation",
    rules.ESign: "e_sign", rules.Adviser: "adviser",
}  # fmt: skip
#: What the data says by a word, and we by the kind of rule.
_SAID = {
    rules.OptOutNotice: {"needs": "opt_out_notice"},
    rules.NoDeadline: {"forbids": "deadline_in_validation_period"},
    rules.ForbiddenPoint: {"flag": "employer_provided"},
    rules.Spacing: {"counts": "connected"},
}
_OTHERWISE = {
    "days": lambda rule, value: [_DAYS[day] for day in value] if "from_" in dir(rule) else value,
    "per_account": lambda _, value: {"per": "account" if value else "person"},
    "reached_only": lambda _, value: {"counts": "reached_or_left" if value else "connected"},
    "from_": lambda _, value: {"from": f"{value:%H:%M}"},
    "to": lambda _, value: f"{value:%H:%M}",
    "minutes": lambda _, value: value if isinstance(value, int) else dict(value),
    "override": lambda _, value: value and drop(
        {"roles": list(value.roles), "reasons": value.reasons and list(value.reasons)}
    ),
}  # fmt: skip


def drop(said):
    return {key: value for key, value in said.items() if value not in (None, [], False, 0)}


def told(rule):
    """A rule as the data tells it, as far as it decides."""
    ours = {"kind": _KINDS[type(rule)], **_SAID.get(type(rule), {})}
    for name in rule.__struct_fields__:
        value = getattr(rule, name)
        if isinstance(value, frozenset):
            value = words(value)
        if name in _OTHERWISE:
            value = _OTHERWISE[name](rule, value)
        renamed = name in ("per_account", "reached_only", "from_")
        ours |= value if renamed else {name: value}
    ours.pop("source")
    return drop(ours)


def meant(rule):
    decides = {key: value for key, value in rule.items() if key != "source"}
    for name in ("channels", "labels", "labels_not", "not_purposes", "only_purposes", "any_of",
                 "unless", "except_purposes", "purposes"):  # fmt: skip
        if name in decides:
            decides[name] = sorted(decides[name])
    return drop(decides)


@pytest.mark.parametrize("name", DATA["sets"])
def test_a_set_is_as_decided(name):
    ours, theirs = SHIPPED[name], DATA["sets"][name]

    assert [told(rule) for rule in ours.rules] == [meant(rule) for rule in theirs["rules"]]
    assert words(ours.consumer_roles) == (sorted(theirs.get("consumer_roles") or ()) or None)
    where = theirs["applies"]
    assert ours.applies.country == where.get("country")
    assert words(ours.applies.regions) == where.get("regions")
    assert words(ours.applies.localities) == where.get("localities")
    assert words(ours.applies.collector_types) == (
        sorted(where.get("collector_types") or ()) or None
    )
    assert sorted(ours.applies.first_party_in) == theirs.get("applies_to_first_party_in", [])
    assert ours.applies.consumer_only == where.get("consumer", False)
    assert str(ours.applies.from_on or "") == where.get("effective_from", "")


def test_no_set_is_missing():
    assert list(SHIPPED) == list(DATA["sets"])
    assert all(rule.source and rule.tag for one in SHIPPED.values() for rule in one.rules)


@pytest.mark.parametrize("kind", HoldKind)
def test_a_hold_passes_what_is_decided(kind):
    theirs = DATA["holds"][kind]

    if theirs["passes"] == "all":
        assert kind not in HOLDS
    else:
        assert HOLDS[kind].code == theirs["code"]
        assert HOLDS[kind].passes == set(theirs["passes"])


@pytest.mark.parametrize("purpose", [one for one in Purpose if one is not Purpose.MARKETING])
def test_a_purpose_is_exempt_from_what_is_decided(purpose):
    theirs = DATA["purposes"][purpose]

    assert EXEMPT.get(purpose, set()) == set(theirs["exempt"])
    assert EXEMPT_IN_REPLY.get(purpose, set()) == set(theirs.get("exempt_if_in_reply", ()))
    assert words(CHANNELS.get(purpose)) == (sorted(theirs.get("channels", ())) or None)


def test_the_zones_of_area_codes_and_states():
    assert {code: list(zones) for code, zones in AREA_CODE_ZONES.items()} == ZONES["area_codes"]
    assert {name: list(zones) for name, zones in REGION_ZONES.items()} == ZONES["states"]
