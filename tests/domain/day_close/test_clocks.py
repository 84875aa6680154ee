"""The account's clocks: begun once, ended by money, and by nothing else.

300.00 placed on 1 January; the plan's three installments of 100.00 fall due on the 1st of
February, March and April; grace is 5 days. `lived` is placed current: its plan is the contract.
"""

from datetime import date

import pytest

from app.domain.facts.accounts import HoldRelease
from app.domain.facts.plans import PlanCancelled
from app.domain.money import Component
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Broken, Bucket
from app.domain.replay.replay import fold
from app.domain.values import replace
from app.domain.vocabulary import PaymentKind, PolicyRef
from tests.domain.support.every_day import judged_every_day
from tests.factories import (
    book,
    charged,
    fact_id,
    held,
    history,
    ninety_percent,
    paid,
    placed,
    plan_due,
    policy,
)

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
DUE = (FEB, MAR, APR)
PLAN = fact_id(2)
UNBROKEN = Broken(max_missed=None, max_consecutive_missed=None, max_delinquent_days=None)
CANCEL = PlanCancelled(plan_id=PLAN, reason="x")


def lived(*entries, through):
    opening = ((JAN, placed()), (JAN, plan_due(*DUE)))
    return fold(history(*opening, *entries), book(), through=through).state


def told(made):
    return [(v.type.value, v.on) for v in made.verdicts]


# Placed current: the plan is the contract -------------------------------------------------------


@pytest.mark.parametrize(
    ("ends", "on"),
    [
        pytest.param((), date(2026, 3, 10), id="it broke on 7 March"),
        pytest.param(((date(2026, 2, 10), CANCEL),), date(2026, 2, 11), id="it was cancelled"),
    ],
)
def test_a_cent_does_not_cure_what_an_ended_plan_left_overdue(ends, on):
    assert lived(*ends, (on, paid(1)), through=on).contract_since_on == FEB


def test_paying_what_an_ended_plan_left_overdue_does():
    state = lived(
        (date(2026, 2, 10), CANCEL), (date(2026, 2, 11), paid(100_00)), through=date(2026, 2, 12)
    )

    assert (state.contract_since_on, state.reported_since_on, state.bucket) == (
        None, None, "current",
    )  # fmt: skip


def test_a_charge_beside_the_plan_is_past_due_until_it_is_paid():
    fee = (date(2026, 1, 10), charged(10_00, due_on=date(2026, 1, 10)))

    on_time = lived(fee, (FEB, paid(100_00)), through=date(2026, 2, 2))

    assert on_time.contract_since_on == date(2026, 1, 10)


def test_a_charge_on_the_plan_is_late_when_its_row_is():
    fee = (date(2026, 1, 10), charged(10_00, due_on=date(2026, 1, 10), plan=2))

    assert lived(fee, through=FEB).contract_since_on is None
    assert lived(fee, through=date(2026, 2, 2)).contract_since_on == FEB


# Placed past due: the contract is its own --------------------------------------------------------


def test_a_contract_cured_while_the_plan_is_overdue_starts_the_next_run():
    facts = history(
        (JAN, placed(past_due_minor=50_00)),
        (JAN, plan_due(*DUE)),
        (date(2026, 2, 10), paid(50_00)),
        (date(2026, 2, 12), CANCEL),
    )

    state = fold(facts, book(), through=APR).state

    assert (state.contract_since_on, state.reported_since_on) == (None, FEB)


# The days that matter ---------------------------------------------------------------------------


def test_the_day_a_threshold_stops_helping_is_looked_at():
    by = ninety_percent(broken=UNBROKEN)
    facts = history(
        (JAN, placed()),
        (JAN, plan_due(*DUE, by=by)),
        (JAN, paid(200_00, payment=PaymentKind.GOODWILL)),
        (FEB, paid(90_00)),
    )

    made = fold(facts, book(by), through=date(2026, 4, 30))

    assert ("installment.missed", date(2026, 4, 2)) in told(made)
    assert told(made) == told(judged_every_day(facts, book(by), date(2026, 4, 30)))


def test_the_day_a_new_policy_version_takes_force_is_looked_at():
    one = policy()
    two = replace(
        one,
        ref=PolicyRef(name=one.ref.name, version=2),
        effective_from=date(2026, 1, 15),
        buckets=(Bucket(name="late", from_days=1, to_days=None),),
    )
    both = PolicyBook(name=one.ref.name, policies=(one, two))
    facts = history((JAN, placed(past_due_minor=None)))

    made = fold(facts, both, through=FEB)

    assert told(made)[-1] == ("account.bucket_changed", date(2026, 1, 15))
    assert told(made) == told(judged_every_day(facts, both, FEB))


# Money kept under a hold ------------------------------------------------------------------------


def test_money_kept_goes_where_its_kind_says_once_it_is_used():
    made = lived(
        (JAN, held("dispute", JAN)),
        (date(2026, 1, 5), paid(100_00, payment=PaymentKind.GOODWILL)),
        (date(2026, 1, 10), HoldRelease(hold_id=fact_id(3))),
        through=date(2026, 1, 11),
    )

    assert [row.paid.total_minor for row in made.plans[0].installments] == [0, 0, 100_00]


def test_money_kept_goes_where_its_payer_said_once_it_is_used():
    facts = history(
        (JAN, placed(300_00, fees_minor=20_00)),
        (JAN, plan_due(*DUE)),
        (JAN, held("dispute", JAN)),
        (date(2026, 1, 5), paid(10_00, component=Component.FEES)),
        (date(2026, 1, 10), HoldRelease(hold_id=fact_id(3))),
    )

    made = fold(facts, book(), through=FEB)

    assert {line.component for line in made.splits[fact_id(4)]} == {Component.FEES}
