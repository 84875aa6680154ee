"""Cells that people open in a spreadsheet: somebody else's words are never a formula there."""

import pytest

from app.routers.edge.csv import inert, inert_row


@pytest.mark.parametrize(
    "words", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=1", "\uff1d1", "\n1"]
)
def test_a_formula_is_a_text(words):
    assert inert(words) == f"'{words}"


@pytest.mark.parametrize("words", ["", "INV-1", "a=b", "'=1", "1-2", " x"])
def test_other_words_stay(words):
    assert inert(words) == words


def test_a_number_is_no_word():
    assert inert_row({"n": -5, "none": None, "text": "-5"}) == {
        "n": -5,
        "none": None,
        "text": "'-5",
    }
