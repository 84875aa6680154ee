"""The state kept in an account's row: what comes back is what was written, older ones too."""

import orjson

from app.domain.account.state import State
from app.storage.accounts.accounts import state_from_json, state_to_json
from tests.domain.support.settled import FEB, MAR, Books, agreed, begun, offered, settling


def kept(books: Books) -> State:
    return state_from_json(state_to_json(books.state))


def test_a_settlement_survives_the_database():
    books = agreed((FEB, 400_00), (MAR, 600_00), by=settling(cure_days=10))
    for minor in (400_00, 600_00):
        assert kept(books) == books.state
        books.pay(minor)

    one = kept(books).settlements[0]
    assert one == books.one
    assert one.forgiveness_id == books.one.forgiveness_id is not None


def test_an_offer_survives_it():
    books = begun()
    books.enter(offered(waits=True))
    assert kept(books) == books.state


def test_a_snapshot_from_before_there_were_settlements_has_none():
    before = orjson.loads(state_to_json(begun().state))

    assert "settlements" not in before
    assert state_from_json(orjson.dumps(before)).settlements == ()
