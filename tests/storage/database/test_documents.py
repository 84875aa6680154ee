"""Bodies and snapshots as an earlier version wrote them, from dataclasses, are read as they were.

`data/documents_0010.json` was written by the code of revision 0010: what its lives and its demo
kept in the database, and of each kind of fact one body with the least that it may hold and one
with a value in every field; so of the state.
"""

import json
from pathlib import Path
from typing import get_args
from uuid import UUID

import pytest
from msgspec import ValidationError

from app.domain.account.plan import PlanStatus
from app.domain.account.state import State
from app.domain.facts.fact import Body
from app.domain.facts.kinds import FactKind
from app.domain.money import Amounts
from app.services.references import content_hash
from app.storage.accounts.accounts import state_from_json, state_to_json
from app.storage.database.types import (
    fact_body_from_json,
    fact_body_from_values,
    fact_body_to_json,
)

KEPT = json.loads((Path(__file__).parents[1] / "data/documents_0010.json").read_text())
BODIES, STATES = KEPT["bodies"], KEPT["states"]
#: Of an older shape of state, which is folded anew before it is used.
GONE = {"contract_due_minor"}


@pytest.mark.parametrize(
    "document", BODIES, ids=[f"{n} {body['kind']}" for n, body in enumerate(BODIES)]
)
def test_a_body_says_again_what_was_stored_of_it(document):
    body = fact_body_from_json(json.dumps(document))
    assert body.kind == document["kind"]
    assert fact_body_from_values(document) == body
    assert json.loads(fact_body_to_json(body)) == document


@pytest.mark.parametrize("document", STATES, ids=range(len(STATES)))
def test_a_state_says_again_what_was_stored_of_it(document):
    state = state_from_json(json.dumps(document))
    kept = {name: value for name, value in document.items() if name not in GONE}
    assert json.loads(state_to_json(state)) == kept


#: Kinds, and fields of a state, that came later.
SINCE = {FactKind.PLACEMENT_CORRECTION}
FIELDS_SINCE = {"batch"}


def test_every_kind_of_fact_is_there():
    assert {document["kind"] for document in BODIES} == set(FactKind) - SINCE
    fields = set(State.__struct_fields__) - FIELDS_SINCE
    assert max((set(state) & fields for state in STATES), key=len) == fields


def test_values_are_of_their_own_types():
    state = state_from_json(json.dumps(max(STATES, key=len)))
    assert type(state.plans[0].id) is UUID
    assert type(state.plans[0].status) is PlanStatus
    assert type(state.plans) is tuple
    assert hash(state.plans[0])


@pytest.mark.parametrize("body", get_args(Body), ids=lambda body: body.__name__)
def test_a_body_is_stored_by_the_name_of_its_kind(body):
    assert body.__struct_config__.tag == body.kind


def test_a_field_of_another_type_is_refused():
    with pytest.raises(ValidationError, match="amount_minor"):
        fact_body_from_json('{"kind": "payment", "amount_minor": "5", "reference": "r"}')


def test_a_command_that_names_a_value_has_the_hash_it_had():
    """So that what was said before the change is known again after it."""
    had = "eb0da1465d23ccf6ad83ee68246c1ac600c15b6a8bc9cbad3f8f26e60c9d8990"
    assert content_hash("a", Amounts(principal_minor=5)).hex() == had
