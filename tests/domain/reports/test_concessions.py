"""What was given up, by whom, and the interest that holds kept from being earned.

1,200.00 at 12 %, twelve level installments on the 1st: the first earns 12.23 on 1 February.
"""

from datetime import date
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.facts.accounts import Adjustment, HoldRelease
from app.domain.money import Component
from app.domain.overview.definitions.concessions import concessions, foregone_minor
from app.domain.overview.question import Question
from app.domain.overview.seen import Looked, Seen
from app.domain.replay.replay import fold
from app.domain.reports.books import Basis
from app.domain.values import replace
from app.domain.vocabulary import Role
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
