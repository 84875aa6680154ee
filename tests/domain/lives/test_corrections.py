"""Random lives whose placement is corrected: money is conserved, and what was told is withdrawn."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.books.corrections import against
from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Placed, Placement, PlacementCorrected
from app.domain.money import Amounts
from app.domain.replay.replay import fold, in_force
from app.domain.values import replace
from app.domain.vocabulary import Product
from tests.domain.lives.test_random import DEEDS, PLACED, POLICIES, START, Life, check_books
from tests.factories import book, fact

SAID = Placed(opened_on=START - timedelta(days=400), product=Product.INVOICE, balance=PLACED)
amounts = st.builds(
    Amounts,
    principal_minor=st.integers(0, 1_200_00),
    interest_minor=st.integers(0, 60_00),
    fees_minor=st.integers(0, 50_00),
    costs_minor=st.sampled_from([0, 0, 10_00]),
)


@st.composite
def placings(draw):
    """What a placement may turn out to have been."""
    balance = draw(amounts)
    whole = balance.total_minor
    past_due = draw(st.one_of(st.none(), st.just(0), st.integers(0, whole)))
    late = whole if past_due is None else past_due
    since = draw(st.one_of(st.none(), st.integers(0, 300)))
    return Placed(
        opened_on=SAID.opened_on,
        product=draw(st.sampled_from(Product)),
        balance=balance,
        past_due_minor=past_due,
        delinquent_since_on=None if since is None or not late else START - timedelta(days=since),
    )


class Corrected(Life):
    """A life in which somebody looks at the papers again."""

    said: Placed = SAID
    refused: tuple = ()

    def correct(self, now):
        body = PlacementCorrected(
            placement_id=self.facts[0].id, was=self.said, now=now, reason="the papers say so"
        )
        made = fact(len(self.facts) + 1, body, on=START, entered=self.today)
        self.refused = against(self.facts, made, self.policies, through=self.today)
        if self.refused:
            return
        self.enter(body, back=10_000)
        assert self.facts[-1].body is body
        self.said = now


def begun(rules):
    life = Corrected(policies=book(rules))
    life.enter(Placement(balance=PLACED, product=Product.INVOICE))
    return life


steps = st.tuples(
    st.sampled_from(DEEDS),
    st.integers(1, 400_00),
    st.integers(0, 40),
    st.integers(0, 60),
    st.integers(0, 1000),
)


@given(st.sampled_from(POLICIES), st.lists(st.one_of(steps, steps, placings()), max_size=12))
def test_money_is_conserved_however_a_placement_is_corrected(rules, deeds):
    life = begun(rules)
    for one in deeds:
        if isinstance(one, Placed):
            life.correct(one)
        else:
            life.take(*one)
        check_books(life)


@given(st.sampled_from(POLICIES), st.lists(steps, max_size=8), placings())
def test_a_correction_counts_as_if_it_had_been_placed_so(rules, deeds, now):
    life = begun(rules)
    for one in deeds:
        life.take(*one)
    life.correct(now)
    if life.refused:
        return
    (placement,) = (f for f in in_force(life.facts) if isinstance(f.body, Placement))
    assert placement.body.balance == now.balance
    so = [replace(life.facts[0], body=placement.body), *life.facts[1:-1]]
    expected = fold(so, life.policies, through=max(life.today, life.state.judged_on)).state
    assert replace(life.state, sequence=0) == replace(expected, sequence=0)


@given(st.sampled_from(POLICIES), st.lists(steps, max_size=8), placings())
def test_a_correction_corrected_back_is_as_if_nothing_happened(rules, deeds, now):
    life = begun(rules)
    for one in deeds:
        life.take(*one)
    before, rows = life.state, len(life.draft.postings)
    life.correct(now)
    if life.refused:
        return
    life.correct(SAID)
    assert not life.refused
    assert replace(life.state, sequence=0) == replace(before, sequence=0)
    moved = sum(
        row.amount_minor for row in life.draft.postings[rows:] if row.kind is PostingKind.PLACEMENT
    )
    assert moved == 0
