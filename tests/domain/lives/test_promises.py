"""A closure judges no promise: an open one stays open, a kept one kept, until it is undone.

The account is that of `test_closing`.
"""

from app.domain.account.promise import PromiseStatus
from app.domain.facts.accounts import Closed, ClosureUndone, PromiseMade
from app.domain.facts.payments import Chargeback
from tests.domain.replay.test_closings import DAY, FEB, JAN, MAR, entered, lived
from tests.factories import fact_id, paid


def promised(minor=100_00, *, due_on=FEB):
    return PromiseMade(amount_minor=minor, due_on=due_on, grace_days=3, threshold_bps=10_000)


def verdicts_of_promises(draft):
    return [
        (e.type, e.business_date, e.withdrawn) for e in draft.events if e.type.startswith("promise")
    ]


def test_a_promise_is_not_broken_by_a_closure():
    entries = (JAN, promised()), (JAN + DAY, Closed(reason="sold"))
    made = lived(*entries)

    assert made.state.promises[0].status is PromiseStatus.OPEN
    assert made.state.next_review_on is None


def test_what_was_judged_before_stays_judged():
    (promise,) = lived((JAN, promised()), (MAR, Closed(reason="sold"))).state.promises

    assert (promise.status, promise.judged_on) == (PromiseStatus.BROKEN, FEB + 4 * DAY)


def test_money_that_goes_back_after_the_closure_breaks_no_promise():
    draft = entered(
        (JAN, promised()),
        (JAN, paid(100_00)),
        (FEB, Closed(reason="sold")),
        (MAR, Chargeback(payment_id=fact_id(3), amount_minor=100_00, reason_code="C")),
    )

    assert draft.state.promises[0].status is PromiseStatus.KEPT


def test_an_undone_closure_lets_the_promise_be_judged_on_its_day():
    draft = entered(
        (JAN, promised()),
        (JAN + DAY, Closed(reason="sold")),
        (MAR, ClosureUndone(closure_id=fact_id(3))),
    )

    assert draft.state.promises[0].status is PromiseStatus.BROKEN
    assert verdicts_of_promises(draft) == [
        ("promise.made", JAN, False),
        ("promise.broken", FEB + 4 * DAY, False),
    ]
