"""The chart of accounts: every posting is pairs, and the pairs are the posting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.books.chart import DEFAULT, Pair, Slot, chart_of, pairs_of, suspense_pair
from app.domain.entries.postings import PostingKind
from app.domain.errors import InvalidInput
from app.domain.money import Amounts, Component

#: Every ledger account is called as its slot, to read these easily.
PLAIN = {slot: str(slot) for slot in Slot}


def pair(debit, credit, minor):
    return Pair(debit=debit, credit=credit, amount_minor=minor)


@pytest.mark.parametrize(
    ("kind", "components", "unapplied", "undone", "expected"),
    [
        pytest.param(
            "placement", {"principal": 500, "fees": 5}, 0, None,
            [("receivable_principal", "placed", 500), ("receivable_fees", "placed", 5)],
            id="a balance is placed",
        ),
        pytest.param(
            "charge", {"costs": 7}, 0, None, [("receivable_costs", "income_costs", 7)],
            id="a cost is charged",
        ),
        pytest.param(
            "interest", {"interest": 3}, 0, None, [("receivable_interest", "income_interest", 3)],
            id="interest is earned",
        ),
        pytest.param(
            "payment", {"fees": -5, "principal": -90}, -5, None,
            [
                ("cash", "receivable_principal", 90), ("cash", "receivable_fees", 5),
                ("cash", "unapplied", 5),
            ],
            id="money comes, some of it for nothing yet",
        ),
        pytest.param(
            "reversal", {"principal": 90}, 5, "payment",
            [("receivable_principal", "cash", 90), ("unapplied", "cash", 5)],
            id="a payment never was",
        ),
        pytest.param(
            "reversal", {"costs": -7}, 0, "charge", [("income_costs", "receivable_costs", 7)],
            id="a charge never was",
        ),
        pytest.param(
            "reversal", {"principal": -9}, 0, "chargeback",
            [("cash", "receivable_principal", 9)], id="a chargeback is won",
        ),
        pytest.param(
            "chargeback", {"principal": 9}, 0, None, [("receivable_principal", "cash", 9)],
            id="money is taken back",
        ),
        pytest.param(
            "refund", {}, 4, None, [("unapplied", "cash", 4)], id="money is given back",
        ),
        pytest.param(
            "adjustment", {"fees": -5}, 0, None, [("adjusted", "receivable_fees", 5)],
            id="a fee is waived",
        ),
        pytest.param(
            "forgiveness", {"principal": -5}, 0, None,
            [("forgiven", "receivable_principal", 5)], id="the rest is forgiven",
        ),
        pytest.param(
            "reversal", {"principal": 5, "fees": 2}, 0, "forgiveness",
            [("receivable_principal", "forgiven", 5), ("receivable_fees", "forgiven", 2)],
            id="what was forgiven is owed again",
        ),
        pytest.param(
            "write_off", {"principal": -5}, 0, None,
            [("written_off", "receivable_principal", 5)], id="the rest is written off",
        ),
        pytest.param(
            "reallocation", {"fees": 10, "principal": -7}, -3, None,
            [
                ("receivable_fees", "receivable_principal", 7),
                ("receivable_fees", "unapplied", 3),
            ],
            id="money counts otherwise now",
        ),
    ],
)  # fmt: skip
def test_both_sides_of_a_posting(kind, components, unapplied, undone, expected):
    amounts = Amounts(**{f"{name}_minor": minor for name, minor in components.items()})
    found = pairs_of(
        PLAIN, PostingKind(kind), amounts, unapplied,
        reversed_kind=PostingKind(undone) if undone else None,
    )  # fmt: skip

    assert found == tuple(pair(*one) for one in expected)


CENTS = st.integers(-10_000, 10_000)


@given(kind=st.sampled_from(PostingKind), cells=st.tuples(*[CENTS] * 5), unapplied=CENTS)
def test_the_pairs_move_what_the_posting_moved(kind, cells, unapplied):
    if kind is PostingKind.REALLOCATION:
        unapplied = -sum(cells)
    amounts = Amounts(**{f"{c}_minor": n for c, n in zip(Component, cells, strict=True)})
    pairs = pairs_of(PLAIN, kind, amounts, unapplied)

    def moved(slot):
        debits = sum(p.amount_minor for p in pairs if p.debit == slot)
        return debits - sum(p.amount_minor for p in pairs if p.credit == slot)

    assert all(p.amount_minor > 0 and p.debit != p.credit for p in pairs)
    assert [moved(f"receivable_{c}") for c in Component] == list(cells)
    assert moved("unapplied") == unapplied


def test_suspense_is_owed_to_whoever_sent_it():
    assert suspense_pair(PLAIN, 5, came=True) == pair("cash", "suspense", 5)
    assert suspense_pair(PLAIN, 5, came=False) == pair("suspense", "cash", 5)


def test_a_chart_renames_what_it_names_and_no_more():
    chart = chart_of({"cash": "1001 Bank"})

    assert chart[Slot.CASH] == "1001 Bank"
    assert {**chart, Slot.CASH: DEFAULT[Slot.CASH]} == DEFAULT


@pytest.mark.parametrize("names", [{"bank": "x"}, {"cash": ""}, {"cash": 1}, {"cash": "a\nb"}])
def test_a_chart_that_cannot_be(names):
    with pytest.raises(InvalidInput):
        chart_of(names)
