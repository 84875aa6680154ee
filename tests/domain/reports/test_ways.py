"""How plans ended and where balances went, where a word could mislead.

300.00 in three installments of 100.00, on the 10th of February, March and April 2026.
"""

from datetime import date
from uuid import UUID

from app.domain.facts.payments import Reversal
from app.domain.overview.definitions.agreements import plans_kept
from app.domain.overview.definitions.beginnings import survival, vintages
from app.domain.overview.definitions.moves import roll
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.policy.model import Bucket
from app.domain.replay.replay import fold
from app.domain.reports.books import Basis
from tests.factories import book, fact_id, history, paid, placed, plan_due, policy

JAN, FEB, MARCH = date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10)
DUE = (FEB, MARCH, date(2026, 4, 10))
JUNE = date(2026, 6, 10)


def looked(facts, by, on):
    made = fold(facts, book(by), through=on)
    return Looked(
        on=on, fold=made, balance=made.state.balance, unapplied_minor=0, policies=book(by),
        placed=True,
    )  # fmt: skip


def seen(*entries, by, on, before=None):
    facts = history((JAN, placed(400_00)), (JAN, plan_due(*DUE, by=by)), *entries)
    return Seen(
        id=UUID(int=1), reference="A-1", currency="USD", product="other", policy="unlimited",
        creditor=None, at=looked(facts, by, on), facts=facts,
        before=looked(facts, by, before) if before else None,
    )  # fmt: skip


def asked(report, on, *by, **more):
    return Question(
        report=report, as_of=on, known_on=on, basis=Basis.RESTATED, from_on=JAN, to_on=on, by=by,
        **more,
    )  # fmt: skip


def test_a_plan_whose_place_another_took_is_not_broken():
    """It was paid in full and another opened; then its money turned out not to have come."""
    by = policy("unlimited")
    again = plan_due(date(2026, 5, 10), by=by)
    bounced = Reversal(payment_id=fact_id(3), reason_code="R01")
    one = seen((FEB, paid(300_00)), (MARCH, again), (date(2026, 3, 20), bounced), by=by, on=JUNE)
    old = one.at.state.plans[0]
    assert (old.status.value, old.status_reason) == ("broken", "superseded")

    of_old = [
        entry
        for made in (
            plans_kept(one, asked("plans-kept", JUNE)),
            survival(one, asked("survival", JUNE, "cohort")),
            vintages(one, asked("vintages", JUNE, "cohort", "age")),
        )
        for entry in made
        if entry.id == old.id
    ]
    kept, survived, *points = of_old
    assert (kept.adds["cancelled"], kept.adds.get("broken", 0), kept.adds["judged"]) == (1, 0, 0)
    assert (survived.adds["broken"], survived.adds["plans"]) == (0, 1)
    assert points
    assert not any(entry.adds["broken_ever"] for entry in points)


def test_shipped_bands_roll_by_their_own_order_whatever_a_policy_calls_its_buckets():
    early = Bucket(name="early", from_days=1, to_days=44)
    by = policy("unlimited", buckets=(early, Bucket(name="worse", from_days=45, to_days=None)))
    one = seen(by=by, on=date(2026, 4, 1), before=date(2026, 3, 1))
    ways = {
        standard: next(roll(one, asked("roll", date(2026, 4, 1), "bucket", standard=standard)))
        for standard in (True, False)
    }
    assert (ways[True].key, ways[True].why) == (("1-29",), "1-29 to 30-59")
    assert ways[True].adds["to_next_minor"] == ways[True].adds["worse_minor"] == 400_00
    assert ways[False].adds["worse_minor"] == 400_00
