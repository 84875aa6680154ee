"""A statement adds up to the ledger's balances, whatever period is cut out of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.entries.postings import PostingKind
from app.domain.reporting.statements import Booked, statement_of
from app.domain.values import replace

START = date(2026, 1, 1)


@st.composite
def ledgers(draw):
    rows, balance, on = [], 0, START
    for kind in draw(st.lists(st.sampled_from(PostingKind), max_size=12)):
        on += timedelta(days=draw(st.integers(0, 20)))
        change = draw(st.integers(-500, 500))
        balance += change
        undone = st.sampled_from([None, PostingKind.INTEREST, PostingKind.FORGIVENESS])
        takes_back = draw(undone) if kind is PostingKind.REVERSAL else None
        rows.append(Booked(
            kind=kind, on=on, change_minor=change, unapplied_minor=draw(st.integers(-9, 0)),
            balance_after_minor=balance, takes_back=takes_back,
        ))  # fmt: skip
    return rows


@given(ledgers(), st.integers(0, 200), st.integers(0, 200))
def test_a_period_goes_on_where_the_one_before_ended(rows, first, length):
    cut = START + timedelta(days=first)
    last = cut + timedelta(days=length)
    whole = statement_of(rows, START, last)
    before = statement_of(rows, START, cut - timedelta(days=1))
    after = statement_of(rows, cut, last)

    assert after.opening_minor == before.closing_minor
    assert after.closing_minor == whole.closing_minor
    assert [*before.lines, *after.lines] == list(whole.lines)
    for name in ("charged_minor", "paid_minor", "other_minor"):
        assert getattr(before, name) + getattr(after, name) == getattr(whole, name)
    assert after.unapplied_minor == whole.unapplied_minor


def test_what_is_taken_back_counts_against_what_it_was():
    row = Booked(
        kind=PostingKind.INTEREST, on=START, change_minor=10, unapplied_minor=0,
        balance_after_minor=10,
    )  # fmt: skip
    back = replace(
        row, kind=PostingKind.REVERSAL, change_minor=-10, balance_after_minor=0,
        takes_back=PostingKind.INTEREST,
    )  # fmt: skip
    said = statement_of([row, back], START, START)
    assert (said.charged_minor, said.paid_minor, said.closing_minor) == (0, 0, 0)
    assert [line.what for line in said.lines] == ["interest", "correction"]
    with pytest.raises(ValueError, match="does not add up"):
        statement_of([replace(row, balance_after_minor=11)], START, START)
