"""1,200.00 in nine installments of 100.00 after 300.00 down, opened on 31 January 2026."""

from dataclasses import fields
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.agreement.authority import (
    ProposedSettlement,
    ProposedTerms,
    check_settlement,
    check_terms,
    settlement_limits,
)
from app.domain.policy.model import MatrixRow, TermLimits, TermLimitsByRole
from app.domain.values import replace
from app.domain.vocabulary import Role

NONE = TermLimits(
    min_installment_minor=None,
    min_installment_bps=None,
    max_count=None,
    max_term_months=None,
    max_days_to_first=None,
    max_days_between=None,
    min_down_payment_bps=None,
    max_rate_bps=None,
)
OPENS = date(2026, 1, 31)
PLAN = ProposedTerms(
    total_minor=120_000,
    opens_on=OPENS,
    due_on=(
        date(2026, 3, 31),
        date(2026, 4, 30),
        date(2026, 5, 31),
        date(2026, 6, 30),
        date(2026, 7, 31),
        date(2026, 8, 31),
        date(2026, 9, 30),
        date(2026, 10, 31),
        date(2026, 11, 30),
    ),
    amounts_minor=(10_000,) * 9,
    down_payment_minor=30_000,
    annual_rate_bps=1_200,
)


def by_role(agent, supervisor=NONE, admin=NONE):
    return TermLimitsByRole(agent=agent, supervisor=supervisor, admin=admin)


def refused(plan, **limits):
    """The agent's refusals under these limits alone: rule, limit, actual."""
    found = check_terms(plan, limits=by_role(replace(NONE, **limits)), role=Role.AGENT)
    return [(refusal.rule, refusal.limit, refusal.actual) for refusal in found]


@pytest.mark.parametrize(
    ("rule", "reached", "passed", "actual"),
    [
        pytest.param("min_installment_minor", 10_000, 10_001, 10_000, id="amount"),
        pytest.param("max_count", 9, 8, 9, id="count leaves the down payment out"),
        pytest.param("max_term_months", 10, 9, 10, id="31 Jan to 30 Nov is ten months"),
        pytest.param("max_days_to_first", 0, -1, 0, id="the down payment comes first"),
        pytest.param("max_days_between", 59, 58, 59, id="from the down payment to 31 Mar"),
        pytest.param("min_down_payment_bps", 2_500, 2_501, 2_500, id="down payment"),
        pytest.param("max_rate_bps", 1_200, 1_199, 1_200, id="rate"),
    ],
)
def test_a_limit_may_be_reached_but_not_passed(rule, reached, passed, actual):
    assert refused(PLAN, **{rule: reached}) == []
    assert refused(PLAN, **{rule: passed}) == [(rule, passed, actual)]


def test_zero_is_a_limit_and_null_is_none():
    assert refused(PLAN, max_rate_bps=0) == [("max_rate_bps", 0, 1_200)]
    assert refused(PLAN, max_rate_bps=None) == []


@pytest.mark.parametrize(
    ("amount", "share", "limit"),
    [
        pytest.param(10_001, 100, 10_001, id="the amount is higher"),
        pytest.param(100, 834, 10_008, id="the share is higher"),
        pytest.param(None, 834, 10_008, id="a share alone"),
        pytest.param(0, 834, 10_008, id="an amount of nothing"),
    ],
)
def test_of_amount_and_share_the_higher_counts(amount, share, limit):
    found = refused(PLAN, min_installment_minor=amount, min_installment_bps=share)

    assert found == [("min_installment_minor", limit, 10_000)]


def test_a_share_is_met_by_the_first_whole_unit_that_reaches_it():
    plan = replace(PLAN, total_minor=100_001, amounts_minor=(1_001, *PLAN.amounts_minor[1:]))
    short = replace(PLAN, total_minor=100_001, amounts_minor=(1_000, *PLAN.amounts_minor[1:]))

    assert refused(plan, min_installment_bps=100) == []
    assert refused(short, min_installment_bps=100) == [("min_installment_minor", 1_001, 1_000)]


@pytest.mark.parametrize(
    ("amounts", "least"),
    [
        pytest.param((5_000, 5_000, 5_000, 300), None, id="a remainder that comes last is spared"),
        pytest.param((300, 5_000, 5_000), 300, id="one that comes first is not"),
        pytest.param((400, 400, 400), 400, id="a last row like the others is no remainder"),
        pytest.param((300, 400), 300, id="nor is a larger one"),
        pytest.param((400, 300), 400, id="the row before the remainder counts"),
        pytest.param((300,), None, id="a single row is a remainder"),
        pytest.param((), None, id="a down payment alone"),
    ],
)
def test_the_minimum_spares_a_last_remainder(amounts, least):
    plan = replace(
        PLAN, total_minor=20_300, amounts_minor=amounts, due_on=PLAN.due_on[: len(amounts)]
    )

    expected = [] if least is None else [("min_installment_minor", 500, least)]
    assert refused(plan, min_installment_minor=500) == expected


@pytest.mark.parametrize(
    ("opens", "last", "months"),
    [
        pytest.param(date(2026, 1, 31), date(2026, 1, 31), 0, id="the day it opens"),
        pytest.param(date(2026, 1, 31), date(2026, 2, 28), 1, id="a clipped month is a month"),
        pytest.param(date(2026, 2, 28), date(2026, 3, 28), 1, id="to the day"),
        pytest.param(date(2026, 2, 28), date(2026, 3, 29), 2, id="a day more begins another"),
        pytest.param(date(2024, 2, 29), date(2025, 2, 28), 12, id="leap day"),
        pytest.param(date(2025, 12, 15), date(2026, 1, 14), 1, id="across the year"),
        pytest.param(date(2026, 1, 15), date(2031, 1, 15), 60, id="five years"),
    ],
)
def test_the_term_counts_begun_months(opens, last, months):
    plan = ProposedTerms(total_minor=1, opens_on=opens, due_on=(last,), amounts_minor=(1,))

    assert plan.months == months


def test_without_a_down_payment_the_first_installment_is_the_first_payment():
    plan = replace(PLAN, down_payment_minor=0)

    assert refused(plan, max_days_to_first=45) == [("max_days_to_first", 45, 59)]
    assert refused(plan, max_days_between=31) == []


def test_a_dated_down_payment_counts_on_its_day():
    plan = replace(PLAN, down_payment_on=date(2026, 2, 28))

    assert refused(plan, max_days_to_first=27) == [("max_days_to_first", 27, 28)]
    assert refused(plan, max_days_between=31) == []


def test_a_single_payment_waits_for_no_other():
    plan = replace(PLAN, amounts_minor=(), due_on=())

    assert refused(plan, max_days_between=0, max_count=1, max_term_months=0) == []


def test_every_limit_that_is_passed_and_who_may_say_yes():
    limits = by_role(
        replace(NONE, max_count=6, max_term_months=6, max_rate_bps=0),
        replace(NONE, max_count=9, max_term_months=8, max_rate_bps=0),
        replace(NONE, max_rate_bps=1_000),
    )

    found = check_terms(PLAN, limits=limits, role=Role.AGENT)
    assert [(refusal.rule, refusal.override_role) for refusal in found] == [
        ("max_count", Role.SUPERVISOR),
        ("max_term_months", Role.ADMIN),
        ("max_rate_bps", None),
    ]
    assert found[0].message == "Installments: 9, at most 6 allowed."
    assert [r.rule for r in check_terms(PLAN, limits=limits, role=Role.ADMIN)] == ["max_rate_bps"]


def test_the_override_of_a_minimum_knows_amount_from_share():
    limits = by_role(
        replace(NONE, min_installment_minor=20_000), replace(NONE, min_installment_bps=1_000)
    )

    (refusal,) = check_terms(PLAN, limits=limits, role=Role.AGENT)
    assert (refusal.limit, refusal.override_role) == (20_000, Role.ADMIN)
    assert refusal.message == "Smallest installment in minor units: 10000, at least 20000 needed."


def test_terms_come_without_down_payment_or_interest_unless_they_say_so():
    plan = ProposedTerms(total_minor=1, opens_on=OPENS, due_on=(OPENS,), amounts_minor=(1,))

    assert refused(plan, max_rate_bps=0) == []
    assert refused(plan, min_down_payment_bps=1) == [("min_down_payment_bps", 1, 0)]


@pytest.mark.parametrize(
    "impossible",
    [
        pytest.param({"due_on": PLAN.due_on[:3]}, id="dates without amounts"),
        pytest.param({"total_minor": 0}, id="about nothing"),
        pytest.param({"due_on": (), "amounts_minor": (), "down_payment_minor": 0}, id="never due"),
    ],
)
def test_terms_that_cannot_be(impossible):
    with pytest.raises(ValueError, match=r"installment|money"):
        replace(PLAN, **impossible)


@st.composite
def proposals(draw):
    amounts = draw(st.lists(st.integers(1, 5_000), min_size=1, max_size=6))
    gaps = draw(st.lists(st.integers(1, 90), min_size=len(amounts), max_size=len(amounts)))
    down = draw(st.integers(0, 5_000))
    days = [sum(gaps[: n + 1]) for n in range(len(gaps))]
    return ProposedTerms(
        total_minor=sum(amounts) + down,
        opens_on=OPENS,
        due_on=tuple(OPENS + timedelta(days=n) for n in days),
        amounts_minor=tuple(amounts),
        down_payment_minor=down,
        annual_rate_bps=draw(st.integers(0, 3_600)),
    )


RANGES = {
    "min_installment_minor": 3_000,
    "min_installment_bps": 5_000,
    "max_count": 6,
    "max_term_months": 18,
    "max_days_to_first": 90,
    "max_days_between": 90,
    "min_down_payment_bps": 10_000,
    "max_rate_bps": 3_600,
}


@st.composite
def term_limits(draw):
    return TermLimits(
        **{f.name: draw(st.none() | st.integers(0, RANGES[f.name])) for f in fields(TermLimits)}
    )


def widened(limits, name, by):
    limit = getattr(limits, name)
    if limit is None or by is None:
        return replace(limits, **{name: None})
    return replace(limits, **{name: limit + by if name.startswith("max") else max(0, limit - by)})


@given(
    plan=proposals(),
    limits=term_limits(),
    name=st.sampled_from(sorted(RANGES)),
    by=st.none() | st.integers(0, 5_000),
)
def test_widening_a_limit_never_adds_a_refusal(plan, limits, name, by):
    def rules(of):
        return {r.rule for r in check_terms(plan, limits=by_role(of), role=Role.AGENT)}

    assert rules(widened(limits, name, by)) <= rules(limits)


@given(plan=proposals(), limits=st.tuples(term_limits(), term_limits(), term_limits()))
def test_who_overrides_is_the_least_role_not_refused_by_that_rule(plan, limits):
    roles = by_role(*limits)
    rules = {r: {f.rule for f in check_terms(plan, limits=roles, role=r)} for r in Role}

    for role in Role:
        for refusal in check_terms(plan, limits=roles, role=role):
            free = [other for other in Role if refusal.rule not in rules[other]]
            assert refusal.override_role == (free[0] if free else None)
            assert refusal.limit != refusal.actual


def row(role=Role.AGENT, **said):
    unlimited = MatrixRow(
        role=role,
        from_days_past_due=0,
        to_days_past_due=None,
        from_balance_minor=0,
        to_balance_minor=None,
        max_count=None,
        min_share_bps=None,
    )
    return replace(unlimited, **said)


MATRIX = (
    row(max_count=1, min_share_bps=6_000),
    row(max_count=3, min_share_bps=7_000),
    row(Role.SUPERVISOR, max_count=12, min_share_bps=4_000),
)


def offer(amount, count=1, balance=100_000, days=90):
    return ProposedSettlement(
        balance_minor=balance, amount_minor=amount, installment_count=count, past_due_days=days
    )


@pytest.mark.parametrize(
    ("proposed", "expected"),
    [
        pytest.param(offer(60_000), [], id="a lump sum"),
        pytest.param(offer(70_000, 3), [], id="in parts"),
        pytest.param(
            offer(59_999), [("min_share_bps", 6_000, 5_999, Role.SUPERVISOR)], id="a unit short"
        ),
        pytest.param(
            offer(69_999, 3), [("max_count", 1, 3, Role.SUPERVISOR)], id="the nearest row says why"
        ),
        pytest.param(offer(80_000, 4), [("max_count", 1, 4, Role.SUPERVISOR)], id="too many parts"),
        pytest.param(
            offer(39_999, 13),
            [("max_count", 1, 13, None), ("min_share_bps", 6_000, 3_999, None)],
            id="nobody may",
        ),
    ],
)
def test_what_an_agent_may_settle_for(proposed, expected):
    found = check_settlement(proposed, matrix=MATRIX, role=Role.AGENT)

    assert [(r.rule, r.limit, r.actual, r.override_role) for r in found] == expected


def test_a_role_without_a_row_forgives_nothing():
    (refusal,) = check_settlement(offer(99_999), matrix=MATRIX, role=Role.ADMIN)

    assert (refusal.rule, refusal.limit, refusal.actual) == ("max_forgiven_minor", 0, 1)
    assert refusal.override_role is Role.AGENT
    assert check_settlement(offer(100_000), matrix=MATRIX, role=Role.ADMIN) == ()


def test_the_amount_forgiven_has_a_limit_of_its_own():
    matrix = (row(max_forgiven_minor=30_000), row(Role.ADMIN))

    (refusal,) = check_settlement(offer(69_999), matrix=matrix, role=Role.AGENT)
    assert (refusal.rule, refusal.limit, refusal.actual) == ("max_forgiven_minor", 30_000, 30_001)
    assert refusal.override_role is Role.ADMIN
    assert check_settlement(offer(70_000), matrix=matrix, role=Role.AGENT) == ()


@pytest.mark.parametrize(
    ("days", "balance", "found"),
    [(29, 500, 0), (30, 500, 1), (59, 1_000, 1), (60, 500, 0), (30, 499, 0), (30, 1_001, 0)],
)
def test_a_row_is_for_debts_of_an_age_and_a_size(days, balance, found):
    only = row(
        from_days_past_due=30, to_days_past_due=59, from_balance_minor=500, to_balance_minor=1_000
    )

    rows = settlement_limits((only,), role=Role.AGENT, past_due_days=days, balance_minor=balance)
    assert len(rows) == found
    assert (
        settlement_limits((only,), role=Role.ADMIN, past_due_days=days, balance_minor=balance) == ()
    )


@pytest.mark.parametrize("amount", [0, 100_001])
def test_a_settlement_that_cannot_be(amount):
    with pytest.raises(ValueError, match="settlement"):
        offer(amount)


@given(
    amount=st.integers(1, 1_000),
    count=st.integers(1, 5),
    limits=st.tuples(st.integers(1, 5), st.integers(0, 10_000), st.integers(0, 1_000)),
    by=st.tuples(st.integers(0, 3), st.integers(0, 5_000), st.integers(0, 500)),
)
def test_a_wider_row_never_refuses_more(amount, count, limits, by):
    parts, share, forgiven = limits
    narrow = row(max_count=parts, min_share_bps=share, max_forgiven_minor=forgiven)
    wide = row(
        max_count=parts + by[0],
        min_share_bps=max(0, share - by[1]),
        max_forgiven_minor=forgiven + by[2],
    )

    def rules(matrix):
        proposed = offer(amount, count, balance=1_000)
        return {r.rule for r in check_settlement(proposed, matrix=matrix, role=Role.AGENT)}

    assert rules((wide,)) <= rules((narrow,))
    if not rules((narrow,)):
        assert not rules((narrow, wide))
