"""Who decides is somebody else than who proposed, by key and by name."""

from uuid import UUID

import pytest

from app.domain.agreement.four_eyes import Hand, SameHand, folded_actor, same_hand
from app.domain.refusals.commands import SameActor
from app.domain.vocabulary import Role

A, B = UUID(int=1), UUID(int=2)


def decided(proposer, decider, role=Role.SUPERVISOR):
    return same_hand(
        Hand(key_id=proposer[0], actor=proposer[1]), Hand(key_id=decider[0], actor=decider[1]), role
    )


@pytest.mark.parametrize("name", ["ann", "Ann", "ANN", " ann ", "a nn", "ann.", "ann..", "ann. ."])
def test_one_name_however_it_is_written(name):
    assert folded_actor(name) == "ann"
    assert decided((A, "ann"), (B, name)) is SameHand.SAME_ACTOR
    assert decided((A, name), (B, "ann"), Role.ADMIN) is SameHand.SAME_ACTOR


@pytest.mark.parametrize("name", [None, "", " ", ".", ". ."])
def test_a_name_that_names_nobody(name):
    assert folded_actor(name) == ""
    assert decided((A, "ann"), (B, name), Role.ADMIN) is SameHand.NOBODY_NAMED
    assert decided((A, name), (B, "bob")) is SameHand.PROPOSER_UNKNOWN
    assert decided((A, name), (B, "bob"), Role.ADMIN) is None
    assert decided((A, name), (A, "bob"), Role.ADMIN) is SameHand.SAME_KEY


def test_a_key_is_whose_it_is_whatever_it_calls_itself():
    assert decided((A, "ann"), (A, "bob"), Role.ADMIN) is SameHand.SAME_KEY
    assert decided((A, "ann"), (B, "bob")) is None


def test_before_keys_were_kept_the_names_decide():
    assert decided((None, "ann"), (B, "bob")) is None
    assert decided((None, "ann"), (None, "bob")) is None
    assert decided((None, "ann"), (B, "ann")) is SameHand.SAME_ACTOR
    assert decided((None, None), (B, "bob")) is SameHand.PROPOSER_UNKNOWN
    assert decided((None, None), (B, "bob"), Role.ADMIN) is None


@pytest.mark.parametrize("why", SameHand)
def test_each_refusal_has_words(why):
    assert SameActor(actor="ann", why=why).detail.endswith(".")
