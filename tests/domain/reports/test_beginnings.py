"""What began anew and was late again: a deferral that ended a lateness, and one that ended none.

300.00 in three installments of 100.00, on the 10th of February, March and April 2026.
"""

from datetime import date
from uuid import UUID

from app.domain.facts.changes import Deferral
from app.domain.overview.definitions.beginnings import re_defaults
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.replay.replay import fold
from app.domain.reports.books import Basis
from tests.factories import book, fact_id, history, paid, placed, plan_due, policy, row_id

JAN, FEB, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)
DUE = (FEB, MARCH, date(2026, 4, 10))
LATER = date(2026, 5, 10)
MOVED = Deferral(
    plan_id=fact_id(2), number=2, installment_id=row_id(1), nominal_due_on=LATER, due_on=LATER,
    reason="r",
)  # fmt: skip


def begun(*entries, on):
    by = policy("unlimited")
    facts = history((JAN, placed()), (JAN, plan_due(*DUE, by=by)), *entries)
    made = fold(facts, book(by), through=on)
    at = Looked(
        on=on, fold=made, balance=made.state.balance, unapplied_minor=0, policies=book(by),
        placed=True,
    )  # fmt: skip
    seen = Seen(
        id=UUID(int=1), reference="A-1", currency="USD", product="other", policy="unlimited",
        creditor=None, at=at, facts=facts,
    )  # fmt: skip
    asked = Question(
        report="re-defaults", as_of=on, known_on=on, basis=Basis.RESTATED, from_on=JAN, to_on=on,
        by=("cause",),
    )  # fmt: skip
    return {
        one.key[0]: (one.adds["judged_3"], one.adds["defaulted_3"])
        for one in re_defaults(seen, asked)
    }


def test_a_change_that_ended_a_lateness_begins_anew():
    missed = (date(2026, 2, 20), MOVED)
    assert begun(missed, on=date(2026, 3, 1)) == {"plan_start": (0, 0), "change": (0, 0)}
    ends = date(2026, 5, 20)  # March's was missed, too
    assert begun(missed, on=ends) == {"plan_start": (1, 1), "change": (1, 1)}


def test_a_change_of_what_is_not_late_begins_nothing():
    assert begun((date(2026, 2, 5), MOVED), on=date(2026, 3, 1)) == {"plan_start": (0, 0)}
    kept = ((FEB, paid(100_00)), (date(2026, 2, 20), MOVED))
    assert begun(*kept, on=date(2026, 3, 1)) == {"plan_start": (0, 0)}
