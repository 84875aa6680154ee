"""Nobody is forgotten: each item is offered or waits, and the score is its explanation."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.worklists.order import Item, in_working_order, waiting
from app.domain.worklists.score import OVERDUE_AMOUNT, Standing, WorkReason, because, score

NOW = datetime(2026, 10, 6, 15, tzinfo=UTC)
TODAY = date(2026, 10, 6)
near = st.none() | st.integers(-600, 600).map(lambda n: NOW + timedelta(minutes=n))
standings = st.lists(
    st.builds(
        Standing,
        reason=st.sampled_from(WorkReason),
        on=st.dates(TODAY - timedelta(days=120), TODAY + timedelta(days=20)),
    ),
    min_size=1, max_size=6, unique_by=lambda one: one.reason,
)  # fmt: skip


@st.composite
def items(draw, number):
    overdue = draw(st.integers(0, 2_000_000))
    return Item(
        account=f"A{number}",
        because=because(draw(standings), overdue_minor=overdue, today=TODAY),
        overdue_minor=overdue,
        callback_at=draw(near),
        claimed_until_at=draw(near),
        skipped_until_at=draw(near),
        allowed=draw(st.booleans()),
    )


lists = st.integers(0, 8).flatmap(lambda n: st.tuples(*(items(number) for number in range(n))))


@given(lists)
def test_every_item_is_offered_or_waits(found):
    offered = {one.account for one in in_working_order(found, NOW)}
    waits = {one.account for one in found if waiting(one, NOW) is not None}

    assert offered | waits == {one.account for one in found}
    assert not offered & waits


@given(lists, st.randoms())
def test_the_order_is_the_same_however_they_are_given(found, random):
    shuffled = list(found)
    random.shuffle(shuffled)

    assert in_working_order(shuffled, NOW) == in_working_order(found, NOW)


@given(standings, st.integers(0, 10_000_000))
def test_the_score_is_the_sum_of_what_is_told_and_never_falls_with_what_is_owed(found, overdue):
    told = because(found, overdue_minor=overdue, today=TODAY)
    more = because(found, overdue_minor=overdue + 10_000, today=TODAY)

    assert score(told) == sum(one.points for one in told)
    assert score(told) <= score(more)
    assert sum(one.points for one in more if one.code == OVERDUE_AMOUNT) <= 100


def test_a_first_payment_missed_replaces_the_miss():
    both = [
        Standing(reason=WorkReason.INSTALLMENT_MISSED, on=TODAY - timedelta(days=2)),
        Standing(reason=WorkReason.FIRST_PAYMENT_DEFAULT, on=TODAY - timedelta(days=2)),
    ]

    (told,) = because(both, overdue_minor=0, today=TODAY)

    assert (told.code, told.points) == ("first_payment_default", 460)
