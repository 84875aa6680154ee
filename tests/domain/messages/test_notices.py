"""Notices are made once, on a day of their interval, whatever days a sweep missed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.messages.notices import (
    Installment,
    NoticeRule,
    When,
    may_concern,
    notices_of,
    still_true,
)

DUE_ON = date(2026, 10, 31)
REMINDER = NoticeRule(key="due_reminder", when=When.BEFORE_DUE, days=3)
MISSED = NoticeRule(key="missed", when=When.AFTER_MISSED, days=1)
days = st.integers(-10, 20).map(lambda n: DUE_ON + timedelta(days=n))


@given(st.sets(days), st.none() | st.just(DUE_ON + timedelta(days=6)))
def test_each_is_made_at_most_once_and_in_its_interval(swept, missed_on):
    one = Installment(id="i", due_on=DUE_ON, outstanding_minor=100, missed_on=missed_on)
    made = []
    for day in sorted(swept):
        already = {notice.key for _, notice in made}
        found = notices_of(day, [REMINDER, MISSED], [one], reminds=True, already=already)
        made += [(day, notice) for notice in found]

    assert len({notice.key for _, notice in made}) == len(made)
    reminders = [day for day, notice in made if notice.key[0] == "due_reminder"]
    in_time = {DUE_ON - timedelta(days=n) for n in range(4)}
    assert reminders == sorted(swept & in_time)[:1]
    for day, notice in made:
        assert notice.for_on <= day


@given(days, days, st.none() | days, st.sampled_from([REMINDER, MISSED]))
def test_what_is_told_of_is_what_may_concern(today, due_on, missed_on, rule):
    one = Installment(id="i", due_on=due_on, outstanding_minor=100, missed_on=missed_on)
    told = notices_of(today, [rule], [one], reminds=True, already=())

    assert not told or may_concern(rule, due_on, missed_on, today)
    if rule is REMINDER:
        assert bool(told) == may_concern(rule, due_on, missed_on, today)


@given(days)
def test_nothing_is_reminded_of_where_nothing_may_be(day):
    one = Installment(id="i", due_on=DUE_ON, outstanding_minor=100)

    assert notices_of(day, [REMINDER], [one], reminds=False, already=()) == []


def test_a_moved_due_date_is_another_notice_and_the_old_one_untrue():
    moved = Installment(id="i", due_on=DUE_ON + timedelta(days=1), outstanding_minor=100)

    (made,) = notices_of(
        DUE_ON, [REMINDER], [moved], reminds=True, already={("due_reminder", "i", DUE_ON)}
    )

    assert made.key == ("due_reminder", "i", moved.due_on)
    assert not still_true(REMINDER, moved, DUE_ON, reminds=True)
    assert still_true(REMINDER, moved, moved.due_on, reminds=True)
