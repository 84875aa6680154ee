"""Whoever stands on a list lies in one span of its kind, and has no more points than that says."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.worklists.books import BROKEN_DAYS, QUIET_DAYS, InBooks, standing_on
from app.domain.worklists.groups import (
    BANDS,
    amounts,
    group_of,
    kind_of,
    most_ending,
    spans,
)
from app.domain.worklists.lists import SHIPPED, Worklist
from app.domain.worklists.score import Standing, Weight, WorkReason, because, score

TODAY = date(2026, 3, 20)
COLLECTORS = SHIPPED["collectors"]
past = st.none() | st.integers(0, 90).map(lambda n: TODAY - timedelta(days=n))
coming = st.none() | st.integers(-3, 30).map(lambda n: TODAY + timedelta(days=n))
books = st.builds(
    InBooks,
    promise_broken_on=past, first_payment_default_on=past, plan_broken_on=past,
    installment_missed_on=past, quiet_since_on=past, settlement_expires_on=coming,
    plan_ends_on=coming, overdue_minor=st.integers(0, 12_000_00),
)  # fmt: skip
weights = st.builds(
    Weight, base=st.integers(0, 900), per_day=st.integers(0, 60), cap_days=st.integers(0, 70)
)
worklists = st.builds(
    Worklist,
    name=st.just("desk"),
    reasons=st.dictionaries(st.sampled_from(WorkReason), weights, min_size=1),
    per_amount_minor=st.integers(1, 200_00),
    amount_cap=st.integers(0, 150),
)

DAY_OF = {
    WorkReason.PROMISE_BROKEN: "promise_broken_on",
    WorkReason.FIRST_PAYMENT_DEFAULT: "first_payment_default_on",
    WorkReason.INSTALLMENT_MISSED: "installment_missed_on",
    WorkReason.PLAN_BROKEN: "plan_broken_on",
    WorkReason.SETTLEMENT_EXPIRING: "settlement_expires_on",
    WorkReason.NO_CONTACT: "quiet_since_on",
}


def looked_at(known, unread_on):
    """The group of an account and its leading day, as storage keeps both; None: in no group."""
    days = {code: getattr(known, name) for code, name in DAY_OF.items()}
    days[WorkReason.REPLY_TO_READ] = unread_on
    found = {code: on for code, on in days.items() if on is not None}
    if not found:
        return None
    oldest = [on for code, on in found.items() if code in (
        WorkReason.PROMISE_BROKEN, WorkReason.FIRST_PAYMENT_DEFAULT,
        WorkReason.INSTALLMENT_MISSED, WorkReason.REPLY_TO_READ)]  # fmt: skip
    then = [known.plan_broken_on, known.quiet_since_on, known.settlement_expires_on]
    leading = min(oldest) if oldest else next(one for one in then if one is not None)
    return group_of(found, known.overdue_minor), leading


@given(worklists, books, past)
def test_it_lies_in_one_span_that_says_at_least_its_points(worklist, known, unread_on):
    standing = [one for one in standing_on(known, TODAY) if one.reason in worklist.reasons]
    if unread_on and WorkReason.REPLY_TO_READ in worklist.reasons:
        standing.append(Standing(reason=WorkReason.REPLY_TO_READ, on=unread_on))
    points = score(
        because(
            standing, overdue_minor=known.overdue_minor, today=TODAY, weights=worklist.reasons,
            per_amount_minor=worklist.per_amount_minor, amount_cap=worklist.amount_cap,
        )
    )  # fmt: skip
    if not standing:
        return
    if any(one.reason is WorkReason.PLAN_ENDING for one in standing):  # found by that day
        if {one.reason for one in standing} == {WorkReason.PLAN_ENDING}:
            assert points <= most_ending(worklist)
        return
    group, leading = looked_at(known, unread_on)
    silent = known.quiet_since_on is not None and (TODAY - known.quiet_since_on).days >= QUIET_DAYS
    mine = [
        one
        for one in spans(worklist, [kind_of(group)], TODAY)
        if one.from_on <= leading <= one.to_on and one.silent in (None, silent)
    ]

    assert len(mine) == 1
    assert mine[0].most + amounts(worklist)[group % BANDS] >= points


def test_spans_lie_one_beside_the_other():
    kind = kind_of(group_of([WorkReason.PROMISE_BROKEN], 0))
    found = spans(COLLECTORS, [kind, kind], TODAY)

    assert (found[0].from_on, found[-1].to_on) == (date.min, date.max)
    for before, after in pairwise(found):
        assert after.from_on == before.to_on + timedelta(days=1)
        assert after.most <= before.most
    assert [one.most for one in found] == [700, 690, 590, 540]  # from 20, 19, 9 and 4 days on


def test_a_plan_long_broken_is_looked_for_only_where_nobody_was_spoken_with():
    broken = kind_of(group_of([WorkReason.PLAN_BROKEN], 0))
    quiet = kind_of(group_of([WorkReason.PLAN_BROKEN, WorkReason.NO_CONTACT], 0))
    last = TODAY - timedelta(days=BROKEN_DAYS)

    assert all(one.to_on >= last for one in spans(COLLECTORS, [broken], TODAY))
    assert {one.silent for one in spans(COLLECTORS, [quiet], TODAY) if one.to_on < last} == {True}


def test_what_is_not_of_the_list_is_not_looked_for():
    letters = SHIPPED["letters"]
    assert spans(letters, [kind_of(group_of([WorkReason.PROMISE_BROKEN], 0))], TODAY) == []
    (silent,) = {one.silent for one in spans(
        letters, [kind_of(group_of([WorkReason.PROMISE_BROKEN, WorkReason.NO_CONTACT], 0))], TODAY
    )}  # fmt: skip
    assert silent


def test_bands_end_where_the_next_begins():
    assert [group_of([], minor) for minor in (0, 49_99, 50_00, 10_000_00)] == [0, 0, 1, BANDS - 1]
    assert amounts(COLLECTORS)[:2] == [0, 0]
    assert amounts(COLLECTORS)[-2:] == [99, 100]
