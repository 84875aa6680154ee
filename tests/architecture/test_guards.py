"""What stands in a command's way has one home: nobody finds an owner, or says 404, by hand."""

import ast

from app.domain.facts.kinds import FactKind
from app.services.guards import MADE_BY
from tests.architecture.tree import modules, naming, parse

HOME = "app/services/guards.py"
SERVICES = [path for path in modules("app") if path.parts[1] == "services"]


def _hand_made() -> list[str]:
    """Where a use case asks storage itself whose a fact is."""
    return [
        path.as_posix()
        for path in naming("owner_of", SERVICES)
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Attribute) and node.attr == "owner_of"
    ]


def test_only_the_guards_ask_whose_a_thing_is():
    assert _hand_made() == [HOME]


def test_every_kind_that_makes_a_plan_is_one_a_plan_is_found_by():
    makes = {kind for kind in FactKind if kind.name in {"PLAN_OPENED", "PLAN_PROPOSED"}}
    assert MADE_BY["plan"] == makes | {FactKind.SETTLEMENT_ACCEPTED}


def test_no_kind_of_fact_makes_two_things():
    kinds = [kind for made_by in MADE_BY.values() for kind in made_by]
    assert len(kinds) == len(set(kinds))
