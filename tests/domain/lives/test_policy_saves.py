"""Policies saved later disturb nothing: no stored state, no read, no sweep, no fold."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.fold import Fold
from app.domain.books.enter import Draft, close_draft
from app.domain.day_close.close import due_on
from app.domain.facts.accounts import Placement
from app.domain.money import Amounts
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Bucket
from app.domain.replay.replay import close_days, fold
from app.domain.values import replace
from app.domain.vocabulary import PolicyRef
from tests.domain.lives.test_random import PLACED, POLICIES, Life, check_books, step
from tests.factories import book, fact, policy

PLACED_ON = date(2026, 1, 31)
ALL = (Bucket(name="all", from_days=1, to_days=None),)
FINE = tuple(
    Bucket(name=f"from-{days}", from_days=days, to_days=days + 9) for days in range(1, 200, 10)
)
LISTS = (ALL, FINE, policy().buckets)


def with_version(policies, *, since, **figures):
    """The book after a further version of its own policy was saved."""
    newest = max(one.ref.version for one in policies.policies)
    first = policies.policies[0]
    made = replace(
        first, ref=PolicyRef(name=first.ref.name, version=newest + 1), effective_from=since,
        **figures,
    )  # fmt: skip
    return PolicyBook(name=policies.name, policies=(*policies.policies, made))


def late():
    """An account that was 47 days late when it was placed."""
    placed = Placement(
        balance=Amounts(principal_minor=100_00), delinquent_since_on=date(2025, 12, 15)
    )
    return fact(1, placed, on=PLACED_ON)


def test_a_version_that_is_not_in_force_yet_is_no_part_of_the_state():
    known = book()
    stored = fold((late(),), known, through=PLACED_ON).state
    later = with_version(known, since=date(2026, 2, 20), buckets=ALL)

    assert fold((late(),), later, through=PLACED_ON).state == stored
    assert due_on(stored, known) == date(2026, 2, 13)  # 60 days late
    assert due_on(replace(stored, judged_on=date(2026, 2, 14)), later) == date(2026, 2, 13)


def test_an_account_changes_its_bucket_on_the_day_other_buckets_take_force():
    known = book()
    stored = fold((late(),), known, through=date(2026, 2, 19)).state
    later = with_version(known, since=date(2026, 2, 21), buckets=ALL)

    assert due_on(stored, known) == date(2026, 3, 15)  # 90 days late, by what it was told under
    assert due_on(stored, later) == date(2026, 2, 21)
    closed = close_draft(Draft(state=stored), later, business_date=date(2026, 3, 1))
    assert closed.state.bucket == "all"
    assert closed.state == fold((late(),), later, through=date(2026, 3, 1)).state
    assert [event.business_date for event in closed.events] == [date(2026, 2, 21)]


save = st.tuples(st.sampled_from(LISTS), st.integers(1, 40), st.integers(0, 9))


@given(
    st.sampled_from(POLICIES),
    st.booleans(),
    st.lists(st.tuples(step, st.none() | save), max_size=12),
)
def test_the_state_stays_the_fold_whenever_a_version_is_saved(rules, is_late, steps):
    life = Life(policies=book(rules))
    since = life.today - timedelta(days=25) if is_late else None
    life.enter(Placement(balance=PLACED, delinquent_since_on=since))
    for one, saved in steps:
        life.take(*one)
        if saved is not None:
            buckets, ahead, grace = saved
            day = life.today + timedelta(days=ahead)
            life.policies = with_version(
                life.policies, since=day, buckets=buckets, grace_days=grace
            )
        check_books(life)
        read_on = life.today + timedelta(days=30)
        read = close_days(Fold(state=life.state), life.policies, through=read_on).state
        assert read == fold(life.facts, life.policies, through=read_on).state
