"""The charge-off clocks: substandard and charge-off days, told once for each run.

300.00 is placed on 1 January 2026, past due since that day unless a test says otherwise.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.state import State
from app.domain.books.enter import Draft, close_draft
from app.domain.day_close.close import close
from app.domain.facts.accounts import Charge, ChargedOff, Closed, Hold, HoldRelease
from app.domain.facts.changes import AccountReAge, ReAgeKind
from app.domain.facts.payments import Reversal
from app.domain.facts.plans import Pause, PlanCancelled
from app.domain.replay.replay import fold
from app.domain.standing.classification import FRAUD, classified
from app.domain.values import replace
from app.domain.vocabulary import ChargeKind, HoldKind, Product
from tests.domain.support.entering import enter
from tests.domain.support.every_day import judged_every_day
from tests.factories import (
    book,
    charged,
    fact,
    fact_id,
    held,
    history,
    paid,
    placed,
    plan_due,
    policy,
)

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
END = date(2026, 12, 31)
SUBSTANDARD, DUE = "account.substandard", "account.charge_off_due"


def of(product=Product.CLOSED_END, **changes):
    return replace(placed(past_due_minor=None), product=product, **changes)


def told(*entries, first=None, through=END):
    made = fold(history((JAN, first or of()), *entries), book(), through=through)
    return [(v.type.value, v.on) for v in made.verdicts if v.type in {SUBSTANDARD, DUE}]


@pytest.mark.parametrize(
    ("product", "due_on"),
    [
        pytest.param(Product.CLOSED_END, date(2026, 5, 31), id="120 days: 1 May"),
        pytest.param(Product.OPEN_END, date(2026, 6, 30), id="180 days: 30 June"),
        pytest.param(Product.INVOICE, date(2026, 5, 31), id="as closed-end"),
        pytest.param(None, date(2026, 5, 31), id="placed before it was said"),
    ],
)
def test_ninety_days_and_the_month_end_of_the_product(product, due_on):
    assert told(first=of(product)) == [(SUBSTANDARD, date(2026, 4, 1)), (DUE, due_on)]


def test_what_is_told():
    made = fold(history((JAN, of())), book(), through=END)

    substandard, due = (v for v in made.verdicts if v.type in {SUBSTANDARD, DUE})
    assert substandard.data == {"reported_since_on": "2026-01-01", "past_due_days": 90}
    assert due.data == {
        "charge_off_due_on": "2026-05-31",
        "loss_on": "2026-05-01",
        "driver": "delinquency",
    }


def test_nothing_late_nothing_told_and_no_day_to_look_at():
    made = fold(history((JAN, placed())), book(), through=END)

    assert not made.verdicts
    assert made.state.next_review_on is None


def test_what_had_elapsed_before_the_placement_is_not_told():
    assert told(first=of(delinquent_since_on=date(2025, 1, 1))) == []
    assert told(first=of(delinquent_since_on=date(2025, 10, 1))) == [(DUE, date(2026, 1, 31))]


def test_a_plan_on_time_stops_neither_clock():
    agreed = (JAN, plan_due(FEB, MAR, APR, date(2026, 9, 1), minor=75_00))
    on_time = tuple((due, paid(75_00)) for due in (FEB, MAR, APR))

    assert told(agreed, *on_time) == [(SUBSTANDARD, APR), (DUE, date(2026, 5, 31))]


def test_a_re_age_begins_them_anew():
    agreed = plan_due(MAR, date(2026, 10, 1), minor=150_00)
    re_age = AccountReAge(re_age=ReAgeKind.STANDARD, reason="x")

    # The next overdue due date is 1 March: 90 days to 30 May, 120 to 29 June.
    assert told((JAN, agreed), (FEB, re_age)) == [
        (SUBSTANDARD, date(2026, 5, 30)),
        (DUE, date(2026, 6, 30)),
    ]


def test_a_run_that_is_old_when_it_begins_is_told_of_the_next_day():
    """After a re-age a fee is entered that was due long before."""
    re_age = AccountReAge(re_age=ReAgeKind.STANDARD, reason="x")
    fee = charged(20_00, due_on=date(2026, 2, 15))
    august = date(2026, 8, 1)

    assert told((FEB, paid(100_00)), (FEB, re_age), (august, fee)) == [
        (SUBSTANDARD, date(2026, 8, 2)),
        (DUE, date(2026, 8, 2)),
    ]


@pytest.mark.parametrize(
    "entry",
    [
        pytest.param((MAR, paid(300_00)), id="paid"),
        pytest.param((MAR, ChargedOff(reason="x")), id="charged off"),
        pytest.param((MAR, Closed(reason="x")), id="closed"),
    ],
)
def test_nothing_more_is_told_once_it_is_over(entry):
    assert told(entry) == []


def test_holds_and_a_death_move_nothing():
    stopped = [(FEB, held(kind, FEB)) for kind in ("deceased", "hardship", "breathing_space")]

    assert told(*stopped) == told()


def test_a_bankruptcy_notice_shortens_the_clock():
    # 60 days from 1 February: 2 April, and its month-end.
    assert told((FEB, held("bankruptcy", FEB))) == [
        (SUBSTANDARD, APR),
        (DUE, date(2026, 4, 30)),
    ]


def test_a_bankruptcy_notice_late_in_the_run_lengthens_nothing():
    notice_on = date(2026, 4, 15)

    assert told((notice_on, held("bankruptcy", notice_on))) == told()


def test_a_bankruptcy_notice_counts_where_nothing_is_late():
    first = placed()

    assert told((FEB, held("bankruptcy", FEB)), first=first) == [(DUE, date(2026, 4, 30))]


def test_a_bankruptcy_that_was_dismissed_shortens_nothing():
    released = (MAR, HoldRelease(hold_id=fact_id(2)))

    assert told((FEB, held("bankruptcy", FEB)), released) == told()


def test_discovered_fraud_shortens_an_open_end_clock_to_ninety_days():
    fraud = Hold(hold=HoldKind.DISPUTE, starts_on=FEB, variant=FRAUD, reason="x")
    plain = Hold(hold=HoldKind.DISPUTE, starts_on=FEB, reason="x")
    open_end = of(Product.OPEN_END)

    assert told((FEB, fraud), first=open_end)[-1] == (DUE, date(2026, 5, 31))
    assert told((FEB, plain), first=open_end)[-1] == (DUE, date(2026, 6, 30))


def test_a_payment_dated_back_withdraws_what_was_told_and_its_return_tells_it_again():
    draft, facts = Draft(state=State()), ()
    late = date(2026, 4, 10)
    bounced = Reversal(payment_id=fact_id(2), reason_code="R01")
    entries = ((JAN, of(), JAN), (MAR, paid(300_00), late), (late, bounced, late))
    for number, (on, body, entered) in enumerate(entries, start=1):
        one = fact(number, body, on=on, entered=entered)
        draft = close_draft(draft, book(), business_date=entered)
        draft = replace(enter(draft, one, book(), history=facts), facts=())
        facts = (*facts, one)

    first, gone, again = (e for e in draft.events if e.type == SUBSTANDARD)
    assert (first.corrects, gone.corrects, gone.withdrawn) == (False, True, True)
    assert {first.key, gone.key, again.key} == {f"{SUBSTANDARD}::{APR}:0"}
    assert not again.withdrawn


def test_each_run_is_told_of_once():
    charge = Charge(charge=ChargeKind.FEE, amount_minor=10_00, due_on=date(2026, 6, 1))
    entries = ((date(2026, 5, 2), paid(300_00)), (date(2026, 6, 1), charge))

    assert told(*entries) == [
        (SUBSTANDARD, APR),
        (SUBSTANDARD, date(2026, 8, 30)),
        (DUE, date(2026, 9, 30)),
    ]


def test_what_is_shown_is_what_will_be_told():
    state = fold(history((JAN, of())), book(), through=FEB).state
    dates = classified(state, Product.CLOSED_END, on=FEB)

    assert dates is not None
    assert (dates.substandard_on, dates.charge_off_due_on) == (APR, date(2026, 5, 31))


# Whatever happens, every day or one jump -------------------------------------------------------

KINDS = [kind.value for kind in HoldKind]
happening = st.tuples(
    st.sampled_from(["pay", "hold", "release", "charge", "charge_off", "wait"]),
    st.integers(0, 60),
    st.integers(1, 200_00),
    st.sampled_from(KINDS),
)


def entries_of(happenings, first):
    """A life without a plan, each thing on a day of its own or on that of the last."""
    on, entries, open_holds, charged_off = JAN, [(JAN, first)], {}, False
    for what, days, minor, kind in happenings:
        on += timedelta(days=days)
        if what == "pay":
            entries.append((on, paid(minor)))
        elif what == "charge" and "breathing_space" not in open_holds:
            entries.append((on, Charge(charge=ChargeKind.FEE, amount_minor=minor, due_on=on)))
        elif what == "hold" and kind not in open_holds:
            entries.append((on, held(kind, on)))
            open_holds[kind] = fact_id(len(entries))
        elif what == "release" and open_holds:
            entries.append((on, HoldRelease(hold_id=open_holds.popitem()[1])))
        elif what == "charge_off" and not charged_off:
            charged_off = True
            entries.append((on, ChargedOff(reason="x")))
    return entries, on


@given(
    st.lists(happening, max_size=8),
    st.sampled_from([*Product, None]),
    st.integers(0, 200),
)
def test_a_life_without_a_plan_is_judged_alike_every_day_and_in_jumps(happenings, product, late):
    """Holds, buckets and clocks: no day matters that is not a review day."""
    first = of(product, delinquent_since_on=JAN - timedelta(days=late))
    entries, last = entries_of(happenings, first)
    facts, through = history(*entries), last + timedelta(days=250)

    slow = judged_every_day(facts, book(), through)
    jumped = fold(facts, book(), through=through)

    assert [v.key for v in jumped.verdicts] == [v.key for v in slow.verdicts]
    assert jumped.state.bucket == slow.state.bucket
    assert len({v.key for v in jumped.verdicts}) == len(jumped.verdicts)


@given(st.lists(happening, max_size=8), st.integers(1, 300))
def test_closing_days_one_by_one_or_at_once_is_the_same(happenings, days):
    entries, last = entries_of(happenings, of())
    state = fold(history(*entries), book(), through=last).state
    at_once = close(state, book(), through=last + timedelta(days=days))
    verdicts, one_by_one = [], state
    for n in range(1, days + 1):
        judged = close(one_by_one, book(), through=last + timedelta(days=n))
        one_by_one = judged.state
        verdicts += judged.verdicts

    assert one_by_one == at_once.state
    assert tuple(verdicts) == at_once.verdicts


# Holds and the bucket of an account without a plan --------------------------------------------


def test_days_on_hold_do_not_count_for_an_account_without_a_plan():
    entries = ((FEB, held("hardship", FEB)), (MAR, HoldRelease(hold_id=fact_id(2))))
    made = fold(history((JAN, of()), *entries), book(), through=date(2026, 3, 29))

    # 31 days before the hold, 28 after it: 59, and the 60th on the 30th.
    assert made.state.bucket == "30-59"
    assert fold(history((JAN, of()), *entries), book(), through=date(2026, 3, 30)).state.bucket == (
        "60-89"
    )


def test_nor_do_the_pauses_of_a_plan_that_ended():
    agreed = plan_due(date(2026, 1, 11), date(2026, 12, 1), minor=150_00, by=policy())
    pause = Pause(plan_id=fact_id(2), starts_on=FEB, ends_on=MAR, reason="x")
    cancelled = PlanCancelled(plan_id=fact_id(2), reason="x")
    entries = ((JAN, agreed), (FEB, pause), (date(2026, 2, 11), cancelled))

    made = fold(history((JAN, of()), *entries), book(), through=date(2026, 3, 31))

    # 89 days since 1 January, less the ten the pause stood while the plan lived.
    (changed,) = [v for v in made.verdicts if v.data.get("to") == "60-89"]
    assert changed.on == date(2026, 3, 12)
