"""What a creditor counts of settlements, month by month."""

from dataclasses import asdict
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.reporting.settlements import Fate, figures
from app.domain.vocabulary import Role, SettlementStatus

JAN, FEB, MAR = date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 1)
YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}
COUNTS = ("offered", "accepted", "satisfied", "void", "expired", "declined", "withdrawn")


def fate(status="offered", **how):
    return Fate(
        **{
            "role": Role.AGENT,
            "creditor_reference": "BANK",
            "currency": "USD",
            "status": SettlementStatus(status),
            "offered_on": JAN,
            **how,
        }
    )


def said(row):
    """What is not nothing in a row, beside what it is of."""
    return {name: value for name in (*COUNTS, "forgiven_minor", "recovered_minor")
            if (value := getattr(row, name))}  # fmt: skip


def test_each_thing_counts_in_its_own_month():
    settled = fate(
        "satisfied", accepted_on=FEB, satisfied_on=MAR, forgiven_minor=400_00, paid_minor=600_00
    )

    assert [(row.month_on.month, said(row)) for row in figures([settled], **YEAR)] == [
        (1, {"offered": 1}),
        (2, {"accepted": 1}),
        (3, {"satisfied": 1, "forgiven_minor": 400_00, "recovered_minor": 600_00}),
    ]


@pytest.mark.parametrize("status", ["expired", "declined", "withdrawn"])
def test_what_came_to_nothing(status):
    (row,) = figures([fate(status, closed_on=JAN)], **YEAR)

    assert said(row) == {"offered": 1, status: 1}


def test_a_void_keeps_what_was_paid_and_forgives_nothing():
    (row,) = figures([fate("void", accepted_on=JAN, voided_on=JAN, paid_minor=50_00)], **YEAR)

    assert said(row) == {"offered": 1, "accepted": 1, "void": 1, "recovered_minor": 50_00}


def test_one_that_still_runs_has_recovered_nothing_yet():
    (row,) = figures([fate("accepted", accepted_on=JAN, paid_minor=50_00)], **YEAR)

    assert said(row) == {"offered": 1, "accepted": 1}


def test_one_restored_after_a_void_is_not_void():
    (row,) = figures([fate("accepted", accepted_on=JAN, voided_on=JAN)], **YEAR)

    assert said(row) == {"offered": 1, "accepted": 1}


def test_both_days_are_inclusive_and_nothing_beyond():
    settled = fate("satisfied", accepted_on=FEB, satisfied_on=MAR, forgiven_minor=1, paid_minor=1)
    (row,) = figures([settled], since=FEB, until=FEB)

    assert said(row) == {"accepted": 1}
    assert figures([settled], since=date(2026, 2, 1), until=date(2026, 2, 27)) == ()


def test_by_creditor_role_and_currency():
    rows = figures(
        [
            fate(role=Role.ADMIN),
            fate(),
            fate(),
            fate(currency="EUR"),
            fate(creditor_reference=None),
            fate(offered_on=MAR, creditor_reference="A"),
        ],
        **YEAR,
    )

    assert [(r.month_on, r.creditor_reference, r.role, r.currency, r.offered) for r in rows] == [
        (date(2026, 1, 1), None, Role.AGENT, "USD", 1),
        (date(2026, 1, 1), "BANK", Role.AGENT, "EUR", 1),
        (date(2026, 1, 1), "BANK", Role.AGENT, "USD", 2),
        (date(2026, 1, 1), "BANK", Role.ADMIN, "USD", 1),
        (date(2026, 3, 1), "A", Role.AGENT, "USD", 1),
    ]


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
FATES = st.builds(
    Fate,
    role=st.sampled_from(Role),
    creditor_reference=st.sampled_from([None, "A", "B"]),
    currency=st.sampled_from(["USD", "EUR"]),
    status=st.sampled_from(SettlementStatus),
    offered_on=DAYS,
    accepted_on=st.none() | DAYS,
    satisfied_on=DAYS,
    voided_on=DAYS,
    closed_on=DAYS,
    forgiven_minor=st.integers(0, 1000),
    paid_minor=st.integers(0, 1000),
)


@given(fates=st.lists(FATES, max_size=12), cut=DAYS)
def test_a_span_in_two_is_the_sum_of_both(fates, cut):
    """Nothing is counted twice or lost, wherever the span is cut."""

    def totals(rows):
        return [sum(figure for row in rows for figure in [asdict(row)[name]])
                for name in (*COUNTS, "forgiven_minor", "recovered_minor")]  # fmt: skip

    after = date.fromordinal(cut.toordinal() + 1)
    halves = [*figures(fates, since=YEAR["since"], until=cut)]
    halves += figures(fates, since=after, until=YEAR["until"])

    assert totals(halves) == totals(figures(fates, **YEAR))
    assert totals(figures(fates, **YEAR))[0] == len(fates)
