"""Tokens that take e-mail back: one a point, for ever, and no other's."""

from uuid import UUID

import pytest

from app.domain.persons.unsubscribe import headers, is_ours, named, token

SECRET = b"s" * 32
NAMED = UUID(int=1), UUID(int=2)
TOKEN = token(*NAMED, SECRET)


def test_a_token_names_its_point_and_is_the_same_each_time():
    assert named(TOKEN) == NAMED
    assert token(*NAMED, SECRET) == TOKEN
    assert is_ours(TOKEN, SECRET)
    assert headers(f"https://pay.example.com/u/{TOKEN}") == {
        "List-Unsubscribe": f"<https://pay.example.com/u/{TOKEN}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_no_byte_of_it_can_be_another():
    for place in range(len(TOKEN)):
        other = "A" if TOKEN[place] != "A" else "B"
        assert not is_ours(TOKEN[:place] + other + TOKEN[place + 1 :], SECRET)
    assert not is_ours(TOKEN, b"t" * 32)


@pytest.mark.parametrize("said", ["", "u", "é" * 64, "=" * 64, TOKEN + "A", TOKEN[:-1], "." * 64])
def test_what_is_no_token_names_nobody(said):
    assert named(said) is None
    assert not is_ours(said, SECRET)
