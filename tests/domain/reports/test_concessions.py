"""What was given up, by whom, and the interest that holds kept from being earned.

1,200.00 at 12 %, twelve level installments on the 1st: the first earns 12.23 on 1 February.
"""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.facts.accounts import Adjustment, Charge, HoldRelease
from app.domain.facts.payments import Chargeback, Refund
from app.domain.money import Component
from app.domain.overview.definitions.concessions import concessions, foregone_minor
from app.domain.overview.definitions.office import collected_by
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.replay.replay import fold
from app.domain.reports.books import Basis
from app.domain.values import replace
from app.domain.vocabulary import ChargeKind, PaymentKind, Role
from tests.domain.day_close.test_interest import BY, JAN, opened, quoted
from tests.factories import book, fact_id, held, history, paid, placed

FEB = date(2025, 2, 1)
PAID = [(row.due_on, paid(row.amount_minor)) for row in quoted().installments]


def seen(*entries, through=FEB, by=()):
    facts = history((JAN, placed(1_200_00)), (JAN, opened(quoted())), *entries)
    facts = [replace(one, **who) for one, who in zip(facts, [{}, {}, *by, *[{}] * 20])]  # noqa: B905
    made = fold(facts, book(BY), through=through)
    at = Looked(
        on=through, fold=made, balance=made.state.balance, unapplied_minor=0, policies=book(BY),
        placed=True,
    )  # fmt: skip
    return Seen(
        id=UUID(int=1), reference="A-1", currency="USD", product="other", policy="unlimited",
        creditor=None, at=at, facts=facts,
    )  # fmt: skip


def asked(begins=JAN, ends=FEB, by=()):
    return Question(
        report="concessions", as_of=ends, known_on=ends, basis=Basis.RESTATED, from_on=begins,
        to_on=ends, by=by,
    )  # fmt: skip


def foregone(*entries, through=FEB, **days):
    return foregone_minor(seen(*entries, through=through), asked(**days))


@pytest.mark.parametrize(
    ("hold", "minor"), [("military", 6_11), ("bankruptcy", 12_23), ("cease_communication", 0)]
)
def test_what_a_hold_kept_from_being_earned_is_foregone(hold, minor):
    """Half of it where the rate is capped at 6 %, 6.12 of 12.23; all of it where it is frozen."""
    assert foregone((JAN, held(hold, JAN))) == minor


def test_nothing_is_foregone_without_a_hold_or_in_other_days():
    service = (JAN, held("military", JAN))
    assert foregone() == 0
    assert foregone(service, begins=date(2025, 1, 2), ends=date(2025, 1, 31)) == 0


@given(st.integers(0, 300), st.integers(1, 120), st.sampled_from(["military", "bankruptcy"]))
@example(6, 26, "bankruptcy")
def test_whoever_pays_on_time_would_have_paid_what_is_foregone_besides(begins, days, hold):
    first, last = (date.fromordinal(JAN.toordinal() + n) for n in (begins, begins + days))
    ends = date(2026, 6, 1)
    stopped = [(first, held(hold, first)), (last, HoldRelease(hold_id=fact_id(3)))]
    entries = sorted([*stopped, *PAID], key=lambda one: one[0])
    number = next(n for n, one in enumerate(entries, start=3) if one is stopped[0])
    entries[entries.index(stopped[1])] = (last, HoldRelease(hold_id=fact_id(number)))
    with_it = seen(*entries, through=ends).at.fold.earned
    without = seen(*PAID, through=ends).at.fold.earned

    minor = foregone(*entries, through=ends, ends=ends)
    assert minor == sum(e.amount_minor for e in without) - sum(e.amount_minor for e in with_it)
    if hold == "military":  # in bankruptcy money waits, is used later, and principal bears longer
        assert minor >= 0


def test_what_was_given_up_is_whose_fact_gave_it_up():
    waiver = Adjustment(component=Component.PRINCIPAL, amount_minor=50_00, reason="r")
    one = seen(
        (date(2025, 1, 5), paid(100_00)), (date(2025, 1, 6), waiver), (JAN, held("military", JAN)),
        by=({"actor": "ann"}, {"actor": "bob", "role": Role.SUPERVISOR}),
    )  # fmt: skip

    def told(*by):
        found = concessions(one, asked(by=by))
        return {entry.key: (entry.adds.get("conceded_minor", 0), entry.adds.get("both_minor", 0),
                            entry.adds.get("foregone_minor", 0)) for entry in found}  # fmt: skip

    # half of 12 % on 1,200.00 for four days, 1,100.00 for one and 1,050.00 for 26
    assert told() == {(): (50_00, 150_00, 5_46)}
    assert told("author") == {
        ("bob",): (50_00, 50_00, 0), ("unattributed",): (0, 100_00, 0), (None,): (0, 0, 5_46),
    }  # fmt: skip
    assert told("rule", "role") == {
        ("waiver", "supervisor"): (50_00, 0, 0), (None, None): (0, 0, 0),
        ("hold", None): (0, 0, 5_46),
    }  # fmt: skip


def test_nothing_counts_after_the_day_looked_from_though_the_span_goes_on():
    """Money that went back and a waiver, both known, of days after it."""
    later = date(2025, 1, 20)
    waiver = Adjustment(component=Component.PRINCIPAL, amount_minor=50_00, reason="r")
    back = Chargeback(payment_id=fact_id(3), amount_minor=100_00, reason_code="x")
    given = paid(20_00, payment=PaymentKind.GOODWILL)
    gone = Refund(payment_id=fact_id(4), amount_minor=20_00)
    entries = ((date(2025, 1, 5), paid(100_00)), (date(2025, 1, 5), given), (later, waiver),
               (later, back), (later, gone))  # fmt: skip

    def told(through):
        question = replace(asked(), as_of=through, known_on=FEB)
        (entry,) = concessions(seen(*entries, through=through), question)
        return tuple(entry.adds.get(name, 0) for name in ("waived_minor", "goodwill_minor",
                                                          "collected_minor"))  # fmt: skip

    assert told(date(2025, 1, 19)) == (0, 20_00, 100_00)
    assert told(FEB) == (50_00, 0, 0)
    of = seen(*entries, through=date(2025, 1, 19))
    assert sum(collected_by(of).values()) == 100_00


def test_what_was_waived_of_what_nobody_ever_owed_is_no_concession():
    """A fee inside a breathing space that became known later, and a waiver of it."""
    day = date(2025, 1, 10)
    fee = Charge(charge=ChargeKind.FEE, amount_minor=25_00, due_on=day)
    waiver = Adjustment(component=Component.FEES, amount_minor=25_00, reason="r")
    space = held("breathing_space", day)
    entries = ((day, fee), (day, waiver))
    (before,) = concessions(seen(*entries), asked())

    assert before.adds["waived_minor"] == 25_00
    assert not any(one.adds.get("waived_minor") for one in
                   concessions(seen(*entries, (day, space)), asked()))  # fmt: skip
