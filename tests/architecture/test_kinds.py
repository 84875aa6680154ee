"""A kind of fact is registered once, with every part there is to know of it."""

import ast
from typing import get_args

import pytest

from app.domain.facts.body import Happened
from app.domain.facts.fact import Body
from app.domain.facts.kinds import FactKind
from app.domain.replay.kinds import KINDS, REGISTERED
from app.domain.values import replace
from tests.architecture.tree import modules, parse

BODIES = get_args(Body)
ROOMS = {"account", "books", "day_close", "entries", "replay"}
PARTS = ("posts", "tells", "needs_history", "turn")


def names(body):
    """The kind that a body says it is."""
    return body.kind


def undoes(body):
    """Whether its facts take another one out of the fold."""
    return body.undoes is not Happened.undoes


def corrects(body):
    """Whether another fact counts as its facts say."""
    return body.corrects is not Happened.corrects


def gaps(registered):
    """What is missing or said twice, as a person would say it."""
    found = [one.body for one in registered]
    for kind in FactKind:
        count = [names(body) for body in found].count(kind)
        if count != 1:
            yield f"{kind} is registered {count} times"
    for one in registered:
        yield from (f"{names(one.body)} has no {part}" for part in PARTS if not callable(
            getattr(one, part)))  # fmt: skip
        if (undoes(one.body) or corrects(one.body)) == callable(one.changes):
            yield f"{names(one.body)} either undoes or corrects another, or changes the account"
        if one.body not in BODIES:
            yield f"{names(one.body)} is no Body: storage cannot read it"


def test_every_kind_of_fact_is_registered_once_and_whole():
    assert list(gaps(REGISTERED)) == []
    assert len(KINDS) == len(REGISTERED) == len(BODIES) == len(FactKind)


@pytest.mark.parametrize("one", REGISTERED, ids=lambda one: names(one.body))
def test_a_kind_without_one_of_its_parts_is_noticed(one):
    others = tuple(other for other in REGISTERED if other is not one)
    spoilt = [others, (*REGISTERED, one)]
    spoilt += [(*others, replace(one, **{part: None})) for part in PARTS]
    if one.changes is not None:
        spoilt.append((*others, replace(one, changes=None)))

    assert [list(gaps(table)) for table in spoilt if not list(gaps(table))] == []


def test_what_a_body_undoes_is_asked_and_never_stored_beside_its_own_fields():
    kept = {body: set(body.__struct_fields__) for body in BODIES}
    stored = {body for body, own in kept.items() if own & {"undoes", "falls_with"}}

    assert {names(body) for body in stored} == {FactKind.REVISION_UNDO}
    correcting = {names(body) for body in BODIES if corrects(body)}
    assert correcting == {FactKind.PLACEMENT_CORRECTION}
    assert {names(body) for body in BODIES if undoes(body)} == {
        FactKind.REVERSAL, FactKind.CHARGE_REVERSAL, FactKind.CHARGEBACK_REVERSAL,
        FactKind.REVISION_UNDO, FactKind.CHARGE_OFF_UNDO, FactKind.CLOSURE_UNDO,
    }  # fmt: skip


def test_no_other_table_says_what_a_kind_does_to_an_account_or_its_books():
    own = {body.__name__ for body in BODIES}
    tables = {
        f"{module}:{node.lineno}"
        for module in modules("app")
        if module.parts[:2] == ("app", "domain") and module.parts[2] in ROOMS
        for node in ast.walk(parse(module))
        if isinstance(node, ast.Dict)
        and any(isinstance(key, ast.Name) and key.id in own for key in node.keys)
    }

    assert tables == set()
