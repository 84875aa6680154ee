"""What happened, in the order it counts: 300.00 in three installments of 100.00.

Placed current on 1 January 2026; due on 1 February, 1 March and 1 April; grace is 5 days.
"""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account.state import Lot, State
from app.domain.day_close.close import close
from app.domain.facts.accounts import Adjustment, ChargeReversal, HoldRelease
from app.domain.facts.fact import FactKind
from app.domain.facts.payments import Reversal
from app.domain.facts.plans import PlanCancelled
from app.domain.money import Amounts, Component
from app.domain.policy.model import Broken
from app.domain.replay.replay import apply, fold, in_force, needs_history, rewound
from app.domain.values import replace
from app.domain.vocabulary import PaymentKind
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
DUE = (FEB, MAR, APR)
PLAN = fact_id(2)
UNBROKEN = Broken(max_missed=None, max_consecutive_missed=None, max_delinquent_days=None)


def lived(*entries, through):
    opening = ((JAN, placed()), (JAN, plan_due(*DUE)))
    return fold(history(*opening, *entries), book(), through=through)


def told(made, *types):
    return [(v.type.value, v.on) for v in made.verdicts if v.type in types]


# Order ----------------------------------------------------------------------------------------


def test_facts_count_by_their_day_then_by_entry():
    facts = history((JAN, placed()), (MAR, paid(1)), (FEB, paid(2)), (MAR, paid(3)), (FEB, paid(4)))

    assert [one.sequence for one in in_force(facts)] == [1, 3, 5, 2, 4]


@pytest.mark.parametrize(
    ("entries", "counting"),
    [
        pytest.param([(FEB, paid(1)), (MAR, Reversal(payment_id=fact_id(2), reason_code="R01"))],
                     [1], id="a reversed payment"),
        pytest.param([(FEB, charged(1, due_on=FEB)), (MAR, ChargeReversal(charge_id=fact_id(2)))],
                     [1], id="a reversed charge"),
        pytest.param([(FEB, paid(1)), (FEB, paid(2)),
                      (MAR, Reversal(payment_id=fact_id(2), reason_code="R01"))],
                     [1, 3], id="only the one that is named"),
    ],
)  # fmt: skip
def test_what_is_undone_counts_on_no_day(entries, counting):
    facts = history((JAN, placed()), *entries)

    assert [one.sequence for one in in_force(facts)] == counting


def test_a_day_before_a_fact_does_not_know_it():
    before = lived((FEB, paid(100_00)), through=date(2026, 1, 31)).state
    after = lived((FEB, paid(100_00)), through=FEB).state

    assert before.balance.total_minor == 300_00
    assert after.balance.total_minor == 200_00
    assert (before.judged_on, before.sequence) == (date(2026, 1, 31), 3)


def test_a_kind_that_is_not_built_yet_is_refused():
    unknown = fact(2, SimpleNamespace(kind=FactKind.RE_AGE), on=FEB)
    made = fold(history((JAN, placed())), book(), through=JAN)

    with pytest.raises(ValueError, match="no kind of fact the fold can apply"):
        apply(made, unknown, book())


def test_a_day_already_judged_takes_no_more_facts():
    made = lived(through=MAR)

    with pytest.raises(ValueError, match="already judged"):
        apply(made, fact(3, paid(1), on=date(2026, 2, 28)), book())


def test_a_payment_is_known_by_its_day_and_its_lines():
    made = lived((FEB, paid(150_00)), through=FEB)

    assert made.effective == {fact_id(3): FEB}
    assert [line.amount_minor for line in made.splits[fact_id(3)]] == [100_00, 50_00]


# Clocks ---------------------------------------------------------------------------------------


def test_no_plan_resets_the_contracts_clock():
    facts = history(
        (JAN, placed(past_due_minor=None)), (FEB, plan_due(MAR, APR)), (FEB, paid(50_00))
    )

    state = fold(facts, book(), through=FEB).state

    assert (state.contract_since_on, state.contract_due_minor) == (JAN, 250_00)
    assert (state.bucket, state.reported_since_on) == ("current", JAN)


def test_a_plan_that_is_not_the_contract_starts_no_contract_clock():
    facts = history((JAN, placed(past_due_minor=80_00)), (JAN, plan_due(*DUE)), (JAN, paid(80_00)))

    state = fold(facts, book(), through=date(2026, 2, 7)).state

    assert (state.contract_since_on, state.reported_since_on) == (None, FEB)


@pytest.mark.parametrize(
    ("minor", "on", "since_on"),
    [
        pytest.param(0, MAR, FEB, id="the first installment is late"),
        pytest.param(100_00, MAR, None, id="paid again"),
        pytest.param(99_99, date(2026, 2, 20), FEB, id="a cent short"),
        pytest.param(100_00, date(2026, 3, 2), MAR, id="the second is late"),
    ],
)
def test_an_account_placed_current_takes_its_plan_as_the_contract(minor, on, since_on):
    entries = [(date(2026, 2, 20), paid(minor))] if minor else []

    state = lived(*entries, through=on).state

    assert state.contract_since_on == since_on
    assert state.first_delinquency_on == since_on
    assert state.reported_since_on == since_on


# Charges and unapplied money ------------------------------------------------------------------


def test_a_charge_without_a_plan_starts_the_clocks_of_a_paid_account():
    facts = history((JAN, placed(past_due_minor=None)), (FEB, paid(300_00)),
                    (MAR, charged(10_00, due_on=MAR)))  # fmt: skip

    state = fold(facts, book(), through=APR).state

    assert state.balance == Amounts(fees_minor=10_00)
    assert (state.contract_due_minor, state.contract_since_on) == (10_00, MAR)
    assert (state.first_delinquency_on, state.reported_since_on) == (MAR, MAR)
    assert state.bucket == "30-59"


@pytest.mark.parametrize(
    ("over", "charge", "unapplied", "owed"),
    [
        pytest.param(30_00, 20_00, 10_00, 0, id="more than the charge"),
        pytest.param(20_00, 20_00, 0, 0, id="all of it"),
        pytest.param(20_00, 30_00, 0, 10_00, id="a part of it"),
    ],
)
def test_unapplied_money_is_used_by_the_next_charge(over, charge, unapplied, owed):
    facts = history((JAN, placed()), (FEB, paid(300_00 + over)), (MAR, charged(charge, due_on=MAR)))

    made = fold(facts, book(), through=MAR)

    assert (made.state.unapplied_minor, made.state.balance.total_minor) == (unapplied, owed)
    assert sum(line.amount_minor for line in made.splits[fact_id(2)]) == 300_00 + over - unapplied


def test_the_oldest_unapplied_money_is_used_first():
    facts = history(
        (JAN, placed()), (FEB, paid(310_00)), (MAR, paid(5_00)), (APR, charged(12_00, due_on=APR))
    )

    state = fold(facts, book(), through=APR).state

    assert state.unapplied == (Lot(payment_id=fact_id(3), amount_minor=3_00),)


# Holds ----------------------------------------------------------------------------------------


def test_money_kept_in_a_bankruptcy_stays_until_something_new_is_owed():
    entries = ((JAN, held("bankruptcy", JAN)), (FEB, paid(60_00)))
    release = (MAR, HoldRelease(hold_id=fact_id(3)))

    kept = lived(*entries, release, through=MAR)
    used = lived(*entries, release, (MAR, charged(10_00, due_on=MAR)), through=MAR)

    assert (kept.state.unapplied_minor, kept.state.balance.total_minor) == (60_00, 300_00)
    assert (used.state.unapplied_minor, used.state.balance.total_minor) == (0, 250_00)


def test_money_is_kept_while_it_may_not_be_used_and_used_on_release():
    entries = (
        (JAN, held("dispute", JAN)),
        (FEB, paid(60_00)),
        (FEB, paid(40_00)),
        (MAR, charged(10_00, due_on=MAR)),
        (MAR, HoldRelease(hold_id=fact_id(3))),
    )

    kept = lived(*entries[:4], through=MAR)
    used = lived(*entries, through=MAR)

    assert (kept.state.unapplied_minor, kept.state.balance.total_minor) == (100_00, 310_00)
    assert kept.splits == {fact_id(4): (), fact_id(5): ()}
    assert (used.state.unapplied_minor, used.state.balance.total_minor) == (0, 210_00)
    assert used.state.plans[0].installments[0].satisfied_on == MAR


def test_money_is_kept_until_the_last_of_two_holds_is_released():
    made = lived(
        (JAN, held("dispute", JAN)),
        (JAN, held("bankruptcy", JAN)),
        (FEB, paid(100_00)),
        (MAR, HoldRelease(hold_id=fact_id(3))),
        through=MAR,
    )

    assert [(h.released_on, h.reason) for h in made.state.holds] == [
        (MAR, "said so"),
        (None, "said so"),
    ]
    assert made.state.unapplied_minor == 100_00


@pytest.mark.parametrize("kind", ["deceased", "breathing_space", "hardship", "military"])
def test_other_holds_let_money_through(kind):
    made = lived((JAN, held(kind, JAN)), (FEB, paid(100_00)), through=FEB)

    assert (made.state.unapplied_minor, made.state.balance.total_minor) == (0, 200_00)


def test_a_hold_known_ahead_keeps_the_bucket_of_the_day_before_it_begins():
    made = lived((date(2026, 2, 6), held("hardship", date(2026, 2, 7))), through=APR)

    assert (made.state.bucket, told(made, "account.bucket_changed")) == ("current", [])


# Going on from a stored state -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "on", "needed"),
    [
        pytest.param(paid(1), date(2026, 2, 6), True, id="a payment before the last trace"),
        pytest.param(paid(1), date(2026, 2, 7), False, id="a payment on its day"),
        pytest.param(Reversal(payment_id=fact_id(9), reason_code="R01"), MAR, True, id="reversal"),
        pytest.param(ChargeReversal(charge_id=fact_id(9)), MAR, True, id="charge reversal"),
        pytest.param(HoldRelease(hold_id=fact_id(9)), MAR, True, id="release"),
        pytest.param(charged(1, due_on=MAR), MAR, False, id="a charge, nothing unapplied"),
    ],
)
def test_only_what_counts_in_the_past_needs_the_past(body, on, needed):
    state = lived(through=date(2026, 2, 20)).state

    assert state.latest_on == date(2026, 2, 7)
    assert needs_history(state, fact(9, body, on=on)) is needed


def test_a_charge_that_older_money_will_pay_needs_the_past():
    state = lived((FEB, paid(301_00)), through=FEB).state

    assert needs_history(state, fact(9, charged(1, due_on=MAR), on=MAR))


def test_a_state_goes_back_to_its_latest_trace_and_no_further():
    state = lived(through=date(2026, 2, 20)).state

    assert rewound(state, date(2026, 2, 7)).judged_on == date(2026, 2, 7)
    assert rewound(state, MAR) == state
    with pytest.raises(ValueError, match="the latest trace"):
        rewound(state, date(2026, 2, 6))


# Days between facts ---------------------------------------------------------------------------


def test_the_last_installment_ages_without_grace_or_another_due_date():
    by = policy(grace_days=0, broken=UNBROKEN)
    facts = history((JAN, placed()), (JAN, plan_due(FEB, minor=300_00, by=by)))

    made = fold(facts, book(by), through=date(2026, 4, 1))

    assert [day for _, day in told(made, "account.bucket_changed")] == [
        date(2026, 2, 2),
        date(2026, 3, 3),
    ]


figures = st.sampled_from(
    [
        policy(),
        policy(grace_days=0),
        policy(broken=UNBROKEN),
        policy(broken=replace(UNBROKEN, max_delinquent_days=10)),
    ]
)
DEEDS = {
    "pay": lambda on, minor: paid(minor),
    "goodwill": lambda on, minor: paid(minor, payment=PaymentKind.GOODWILL),
    "charge": lambda on, minor: charged(minor, due_on=on + timedelta(days=minor % 40), plan=2),
    "dispute": lambda on, minor: held("dispute", on + timedelta(days=minor % 5)),
    "hardship": lambda on, minor: held("hardship", on, on + timedelta(days=minor % 40 + 1)),
    "release": lambda on, minor: HoldRelease(hold_id=fact_id(3 + minor % 4)),
    "cancel": lambda on, minor: PlanCancelled(plan_id=PLAN, reason="asked for"),
    "waive": lambda on, minor: Adjustment(
        component=Component.PRINCIPAL, amount_minor=minor % 20_00 + 1, reason="kind"
    ),
}
deed = st.tuples(st.integers(0, 90), st.sampled_from(["pay", *DEEDS]), st.integers(1, 150_00))


def deeds(drawn, by):
    """A plan, and what was drawn to happen to its account."""
    days = ((JAN + timedelta(days=day), what, minor) for day, what, minor in sorted(drawn))
    entries = ((on, DEEDS[what](on, minor)) for on, what, minor in days)
    return history((JAN, placed(350_00)), (JAN, plan_due(*DUE, by=by)), *entries)


@given(figures, st.lists(deed, max_size=5), st.integers(0, 150))
def test_closing_in_one_go_is_closing_day_by_day(by, drawn, days):
    policies = book(by)
    state = fold(deeds(drawn, by), policies, through=JAN + timedelta(days=60)).state
    through = state.judged_on + timedelta(days=days)

    at_once = close(state, policies, through=through)
    verdicts, daily = [], state
    for n in range(1, days + 1):
        judged = close(daily, policies, through=state.judged_on + timedelta(days=n))
        verdicts += judged.verdicts
        daily = judged.state

    assert at_once.state == daily
    assert list(at_once.verdicts) == verdicts


@given(figures, st.lists(deed, max_size=5))
def test_no_day_matters_that_is_not_a_review_day(by, drawn):
    policies, facts = book(by), deeds(drawn, by)
    through = JAN + timedelta(days=120)

    known = fold(facts, policies, through=through)
    daily = judged_every_day(facts, policies, through)

    assert known.verdicts == daily.verdicts
    same = {"latest_on": through, "sequence": 0, "next_review_on": None}
    assert replace(known.state, **same) == replace(daily.state, **same)


def test_an_account_without_facts_is_empty():
    assert fold((), book(), through=JAN).state == State(judged_on=JAN)
