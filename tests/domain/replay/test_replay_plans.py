"""What late knowledge does to a plan of three installments of 100.00.

The account is placed on 1 January 2026 with 300.00; due on 1 February, 1 March and 1 April.
"""

from datetime import date

import pytest

from app.domain.account.plan import PlanStatus
from app.domain.facts.accounts import Adjustment, ChargeReversal
from app.domain.facts.payments import Reversal
from app.domain.facts.plans import PlanCancelled
from app.domain.money import Amounts, Component
from app.domain.replay.replay import fold
from app.domain.values import replace
from app.domain.vocabulary import FutureRule, InstallmentKind, PaymentKind
from tests.factories import (
    book,
    charged,
    fact_id,
    held,
    history,
    paid,
    placed,
    plan_due,
    policy,
    row_id,
)

JAN, FEB, MAR, APR = (date(2026, month, 1) for month in (1, 2, 3, 4))
DUE = (FEB, MAR, APR)
PLAN = fact_id(2)


OPENED = plan_due(*DUE)


def lived(*entries, through, opening=OPENED, balance=300_00):
    facts = history((JAN, placed(balance)), (JAN, opening), *entries)
    return fold(facts, book(), through=through)


def returned(n):
    return Reversal(payment_id=fact_id(n), reason_code="R01")


def told(made, *types):
    return [(v.type.value, v.on) for v in made.verdicts if v.type in types]


# Opening --------------------------------------------------------------------------------------


def test_a_plan_takes_over_the_balance_in_the_policys_order_as_its_principal():
    facts = history(
        (JAN, placed(100_00, costs_minor=30_00, interest_minor=20_00)),
        (JAN, plan_due(FEB, MAR, minor=60_00)),
    )

    state = fold(facts, book(), through=JAN).state

    (opened,) = state.plans
    assert opened.taken == Amounts(costs_minor=30_00, interest_minor=20_00, principal_minor=70_00)
    assert [r.due for r in opened.installments] == [Amounts(principal_minor=60_00)] * 2
    assert (opened.id, opened.opened_on, opened.policy.version) == (PLAN, JAN, 1)
    assert state.balance.total_minor == 150_00


def test_a_row_due_the_day_the_plan_opens_is_due_at_once():
    made = lived(opening=plan_due(JAN, MAR, APR), through=JAN)

    assert [(v.subject, v.data) for v in made.verdicts] == [(row_id(1), {"due_minor": 100_00})]
    assert {(v.plan_id, v.on) for v in made.verdicts} == {(PLAN, JAN)}


@pytest.mark.parametrize(
    ("minor", "dues", "void"),
    [
        pytest.param(50_00, [100_00, 100_00, 50_00], [False, False, False], id="the last shrinks"),
        pytest.param(100_00, [100_00, 100_00, 0], [False, False, True], id="the last is emptied"),
        pytest.param(150_00, [100_00, 50_00, 0], [False, False, True], id="and the one before"),
        pytest.param(300_00, [0, 0, 0], [True, True, True], id="nothing left to take over"),
    ],
)
def test_money_from_before_the_plan_goes_to_the_account_and_shrinks_its_last_rows(
    minor, dues, void
):
    facts = history((JAN, placed()), (FEB, plan_due(FEB, MAR, APR)), (JAN, paid(minor)))

    made = fold(facts, book(), through=FEB)

    (opened,) = made.state.plans
    assert [r.due.principal_minor for r in opened.installments] == dues
    assert [r.voided_on == FEB for r in opened.installments] == void
    assert [r.satisfied_on == FEB for r in opened.installments] == void
    assert opened.taken.total_minor == made.state.balance.total_minor == 300_00 - minor
    assert all(line.plan_id is None for line in made.splits[fact_id(3)])
    assert (opened.status is PlanStatus.COMPLETED) == (minor == 300_00)


def test_money_from_before_the_plan_pays_none_of_its_rows():
    made = fold(
        history((JAN, placed()), (FEB, plan_due(*DUE)), (JAN, paid(100_00))), book(), through=FEB
    )

    assert told(made, "installment.paid", "installment.cured") == []


def test_money_from_after_a_plan_goes_to_the_account():
    made = lived(
        (FEB, PlanCancelled(plan_id=PLAN, reason="asked for")), (MAR, paid(70_00)), through=MAR
    )

    (ended,) = made.state.plans
    assert (ended.status, ended.status_reason, ended.ended_on) == ("cancelled", "asked for", FEB)
    assert [r.voided_on for r in ended.installments] == [FEB, FEB, FEB]
    assert made.state.balance.total_minor == 230_00
    assert [line.plan_id for line in made.splits[fact_id(4)]] == [None]


def test_there_is_nothing_left_to_cancel_on_a_plan_that_was_paid_earlier_than_known():
    made = lived((MAR, PlanCancelled(plan_id=PLAN, reason="x")), (FEB, paid(300_00)), through=MAR)

    assert (made.state.plans[0].status, made.state.plans[0].ended_on) == ("completed", FEB)


def test_a_plan_that_ended_stays_as_it_was():
    cancelled = (JAN, PlanCancelled(plan_id=PLAN, reason="x"))
    before = lived(cancelled, through=JAN).state

    after = lived(cancelled, (JAN, OPENED), (FEB, paid(50_00)), through=date(2026, 3, 20)).state

    assert after.plans[0] == before.plans[0]
    assert [p.status.value for p in after.plans] == ["cancelled", "broken"]


def test_no_other_plan_is_cancelled():
    state = lived((FEB, PlanCancelled(plan_id=fact_id(99), reason="x")), through=FEB).state

    assert state.plans[0].live


# Backdated and reversed money -----------------------------------------------------------------


def test_money_entered_late_but_effective_in_grace_was_never_missed():
    entered_late = (date(2026, 2, 6), paid(100_00))

    known = lived((date(2026, 3, 5), paid(1)), entered_late, through=date(2026, 3, 6))

    assert told(known, "installment.missed") == []
    assert known.state.plans[0].missed_total == 0


def test_money_entered_late_unbreaks_a_plan():
    broken = lived((MAR, held("military", MAR)), through=date(2026, 3, 20))
    mended = lived((MAR, held("military", MAR)), (FEB, paid(100_00)), through=date(2026, 3, 20))

    assert broken.state.plans[0].status == "broken"
    assert mended.state.plans[0].status == "active"
    assert told(mended, "plan.broken") == []


def test_a_returned_payment_is_as_if_it_had_never_been():
    gone = lived((FEB, paid(100_00)), (MAR, returned(3)), through=MAR)
    never = lived(through=MAR)

    assert replace(gone.state, sequence=0) == replace(never.state, sequence=0)
    assert gone.verdicts == never.verdicts
    assert gone.splits == {}


def test_a_returned_payment_lets_later_money_pay_what_it_had_paid():
    made = lived((JAN, paid(100_00)), (FEB, paid(100_00)), (MAR, returned(3)), through=MAR)

    assert [(line.installment_id, line.rule) for line in made.splits[fact_id(4)]] == [
        (row_id(1), "due_today")
    ]


# Completion -----------------------------------------------------------------------------------


def test_a_plan_is_completed_by_its_last_cent():
    almost = lived((FEB, paid(299_99)), through=FEB).state
    made = lived((FEB, paid(300_00)), through=date(2026, 5, 1))

    (done,) = made.state.plans
    assert almost.plans[0].live
    assert (done.status, done.status_reason, done.ended_on) == (PlanStatus.COMPLETED, None, FEB)
    assert [r.satisfied_on for r in done.installments] == [FEB, FEB, FEB]
    assert [r.voided_on for r in done.installments] == [None, None, None]
    assert told(made, "plan.completed", "plan.broken") == [("plan.completed", FEB)]
    (completed,) = (v for v in made.verdicts if v.type == "plan.completed")
    assert (completed.subject, completed.plan_id) == (PLAN, PLAN)


def test_each_installment_is_told_paid_once_with_what_was_paid():
    made = lived((JAN, paid(50_00)), (FEB, paid(60_00)), (MAR, paid(90_00)), through=APR)

    told_paid = [(v.subject, v.on, v.data) for v in made.verdicts if v.type == "installment.paid"]
    assert told_paid == [
        (row_id(1), FEB, {"paid_minor": 100_00}),
        (row_id(2), MAR, {"paid_minor": 100_00}),
    ]


def test_a_cure_says_what_it_cured_and_by_what():
    made = lived((date(2026, 2, 10), paid(100_00)), through=date(2026, 2, 10))

    (cured,) = (v for v in made.verdicts if v.type == "installment.cured")
    assert (cured.subject, cured.plan_id, cured.on) == (row_id(1), PLAN, date(2026, 2, 10))
    assert cured.data == {"missed_on": "2026-02-07", "by": "payment"}


def test_a_completion_that_is_taken_away_reopens_the_plan():
    made = lived((JAN, paid(200_00)), (FEB, paid(100_00)), (MAR, returned(4)), through=MAR)

    assert made.state.live_plan is not None
    assert [r.open_minor for r in made.state.plans[0].installments] == [0, 0, 100_00]
    assert told(made, "plan.completed") == []


def test_a_completion_that_is_taken_away_once_another_plan_is_live_is_superseded():
    made = lived(
        (FEB, paid(200_00)),
        (MAR, charged(80_00, due_on=MAR)),
        (MAR, plan_due(date(2026, 5, 1), minor=80_00)),
        (APR, returned(3)),
        opening=plan_due(FEB, MAR),
        balance=200_00,
        through=APR,
    )

    old, new = made.state.plans
    assert (old.status, old.status_reason, old.ended_on) == ("broken", "superseded", MAR)
    assert (new.status, new.taken.total_minor) == ("active", 80_00)
    assert made.state.balance.total_minor == 280_00
    (broken,) = (v for v in made.verdicts if v.type == "plan.broken")
    assert (broken.subject, broken.plan_id, broken.on) == (PLAN, PLAN, MAR)
    assert broken.data == {"reason": "superseded"}


# Charges on a plan ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_on", "fees"),
    [
        pytest.param(JAN, [20_00, 0, 0], id="the first after its date"),
        pytest.param(FEB, [20_00, 0, 0], id="on its date"),
        pytest.param(date(2026, 2, 2), [0, 20_00, 0], id="a day later: the next"),
        pytest.param(APR, [0, 0, 20_00], id="the last"),
        pytest.param(date(2026, 4, 2), [0, 0, 0, 20_00], id="after the last: a row of its own"),
    ],
)
def test_a_charge_joins_the_first_installment_due_on_or_after_its_date(due_on, fees):
    state = lived((JAN, charged(20_00, due_on=due_on, plan=2)), through=JAN).state

    rows = state.plans[0].installments
    assert [r.due.fees_minor for r in rows] == fees
    joined = next(r for r in rows if r.due.fees_minor)
    assert [(c.id, c.plan_id, c.installment_id) for c in state.charges] == [
        (fact_id(3), PLAN, joined.id)
    ]
    assert (state.balance.fees_minor, state.plans[0].taken.fees_minor) == (20_00, 0)


def test_a_row_of_its_own_is_known_by_its_charge():
    made = lived((JAN, charged(20_00, due_on=date(2026, 4, 2), plan=2)), through=JAN)

    own = made.state.plans[0].installments[-1]
    assert (own.id, own.kind) == (row_id(1, of=3), InstallmentKind.CHARGE)
    assert (own.nominal_due_on, own.due_on) == (date(2026, 4, 2), date(2026, 4, 2))
    assert own.due == Amounts(fees_minor=20_00)


def test_a_charge_opens_a_paid_installment_again():
    made = lived((JAN, paid(100_00)), (JAN, charged(20_00, due_on=FEB, plan=2)), through=FEB)

    first = made.state.plans[0].installments[0]
    assert (first.satisfied_on, first.open_minor) == (None, 20_00)
    assert told(made, "installment.due") == [("installment.due", FEB)]


@pytest.mark.parametrize(
    ("ended", "plan"),
    [
        pytest.param((), None, id="none is named"),
        pytest.param(((JAN, PlanCancelled(plan_id=PLAN, reason="x")),), 2, id="it has ended"),
        pytest.param((), 99, id="another is live"),
    ],
)
def test_a_charge_joins_no_other_plan(ended, plan):
    state = lived(*ended, (JAN, charged(20_00, due_on=FEB, plan=plan)), through=JAN).state

    assert [(c.plan_id, c.installment_id) for c in state.charges] == [(None, None)]
    assert sum(r.due.fees_minor for r in state.plans[0].installments) == 0
    assert state.balance.fees_minor == 20_00


def test_a_reversed_charge_was_never_charged():
    state = lived(
        (JAN, charged(20_00, due_on=FEB, plan=2)),
        (FEB, ChargeReversal(charge_id=fact_id(3))),
        through=FEB,
    ).state

    assert (state.charges, state.balance.fees_minor) == ((), 0)
    assert state.plans[0].installments[0].due == Amounts(principal_minor=100_00)


@pytest.mark.parametrize(
    ("due_on", "ordinal"),
    [
        pytest.param(APR, 4, id="on the day of a void row: after it"),
        pytest.param(date(2026, 3, 15), 3, id="before it: in order of due dates"),
    ],
)
def test_a_charge_joins_no_void_row(due_on, ordinal):
    emptied = Adjustment(component=Component.PRINCIPAL, amount_minor=100_00, reason="kind")

    state = lived((JAN, emptied), (JAN, charged(20_00, due_on=due_on, plan=2)), through=JAN).state

    rows = state.plans[0].installments
    assert [r.due.fees_minor for r in rows].index(20_00) == ordinal - 1
    assert rows[ordinal - 1].id == row_id(1, of=4)


def test_a_charge_remembers_the_installment_it_was_made_for():
    late_fee = replace(charged(5_00, due_on=MAR, kind="late_fee"), for_installment=row_id(1))

    assert [c.for_installment for c in lived((MAR, late_fee), through=MAR).state.charges] == [
        row_id(1)
    ]


def test_a_charge_beside_a_plan_leaves_the_bucket_to_the_plan():
    state = lived((JAN, charged(20_00, due_on=JAN)), through=date(2026, 1, 20)).state

    assert (state.reported_since_on, state.bucket) == (JAN, "current")


def test_a_charge_on_a_late_account_moves_no_clock():
    facts = history((JAN, placed(past_due_minor=None)), (MAR, charged(20_00, due_on=MAR)))

    state = fold(facts, book(), through=MAR).state

    assert (state.contract_since_on, state.first_delinquency_on, state.reported_since_on) == (
        JAN,
        JAN,
        JAN,
    )


# Money ahead of its time ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payment", "on_rows"),
    [
        pytest.param(paid(90_00), [90_00, 0, 0], id="a repayment: the next"),
        pytest.param(paid(90_00, payment=PaymentKind.GOODWILL), [0, 0, 90_00], id="goodwill: last"),
        pytest.param(paid(90_00, payment=PaymentKind.MERCHANT_REFUND), [30_00] * 3,
                     id="a merchant's refund: all alike"),
        pytest.param(paid(90_00, future=FutureRule.LAST), [0, 0, 90_00], id="as asked for"),
    ],
)  # fmt: skip
def test_each_kind_of_payment_has_its_rule(payment, on_rows):
    state = lived((JAN, payment), through=JAN).state

    assert [r.paid.total_minor for r in state.plans[0].installments] == on_rows


def test_a_plan_is_judged_and_paid_by_the_version_it_opened_under():
    rules = replace(policy().allocation.future, repayment=FutureRule.LAST)
    strict = replace(
        policy(grace_days=0, allocation=replace(policy().allocation, future=rules)),
        ref=replace(policy().ref, version=2),
        effective_from=date(2030, 1, 1),
    )
    policies = replace(book(), policies=(policy(), strict))
    facts = history((JAN, placed()), (JAN, plan_due(*DUE, by=strict)), (JAN, paid(90_00)))

    made = fold(facts, policies, through=date(2026, 2, 10))

    assert [r.paid.total_minor for r in made.state.plans[0].installments] == [0, 0, 90_00]
    assert told(made, "installment.missed") == [("installment.missed", date(2026, 2, 2))]
    assert told(made, "account.bucket_changed") == [("account.bucket_changed", date(2026, 2, 2))]
