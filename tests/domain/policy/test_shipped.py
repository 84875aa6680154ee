"""The four shipped policies say exactly what the rules say, and where it comes from."""

from datetime import date

import pytest

from app.domain.money import Component
from app.domain.policy.model import (
    AllocationRules,
    Broken,
    Bucket,
    CreditReportRules,
    DebtReliefRules,
    FutureRules,
    MatrixRow,
    Missed,
    ModificationLimits,
    PromiseRules,
    ReAgeRules,
    SettlementRules,
    TermLimits,
)
from app.domain.policy.shipped import DOCUMENTS
from app.domain.values import replace
from app.domain.vocabulary import (
    AllocationOrder,
    FutureRule,
    MissedMethod,
    PolicyRef,
    ReAgeReturn,
    Role,
    SettlementReturn,
)
from app.services.policy_documents.reader import FIGURES, policy_of, shipped

NO_TERM_LIMITS = TermLimits(
    min_installment_minor=None,
    min_installment_bps=None,
    max_count=None,
    max_term_months=None,
    max_days_to_first=None,
    max_days_between=None,
    min_down_payment_bps=None,
    max_rate_bps=None,
)


def policy(name):
    return policy_of([shipped(name)], version=1)


def grant(role, *, count, share):
    return MatrixRow(
        role=role,
        from_days_past_due=0,
        to_days_past_due=None,
        from_balance_minor=0,
        to_balance_minor=None,
        max_count=count,
        min_share_bps=share,
    )


def test_there_are_four():
    assert list(DOCUMENTS) == ["default", "strict", "uk-forbearance", "unlimited"]
    assert [policy(name).ref for name in DOCUMENTS] == [
        PolicyRef(name=name, version=1) for name in DOCUMENTS
    ]


def test_the_default_is_complete():
    assert shipped("default").figures.keys() == FIGURES


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_figure_says_where_it_comes_from(name):
    said = shipped(name)

    def sourced(path):
        ends = [i for i, char in enumerate(path + "/") if char == "/"]
        return any(path[:end] in said.sources for end in ends)

    assert [path for path in said.figures if not sourced(path)] == []
    assert all(source.startswith(("[S]", "[S2]", "[M]", "[I]")) for source in said.sources.values())


@pytest.mark.parametrize("name", ["strict", "uk-forbearance", "unlimited"])
def test_a_tenants_own_default_does_not_move_the_others(name):
    assert shipped(name).extends is None


class TestDefault:
    def test_days(self):
        default = policy("default")

        assert default.effective_from == date(2026, 1, 1)
        assert default.grace_days == 5
        assert default.missed == Missed(method=MissedMethod.AGGREGATE, threshold_bps=10_000)
        assert default.broken == Broken(
            max_missed=3, max_consecutive_missed=2, max_delinquent_days=60
        )
        assert default.holiday_calendar == "US-FED"

    def test_buckets(self):
        assert policy("default").buckets == (
            Bucket(name="1-29", from_days=1, to_days=29),
            Bucket(name="30-59", from_days=30, to_days=59),
            Bucket(name="60-89", from_days=60, to_days=89),
            Bucket(name="90-119", from_days=90, to_days=119),
            Bucket(name="120-149", from_days=120, to_days=149),
            Bucket(name="150-179", from_days=150, to_days=179),
            Bucket(name="180+", from_days=180, to_days=None),
        )

    def test_allocation(self):
        assert policy("default").allocation == AllocationRules(
            components=(
                Component.COSTS,
                Component.FEES,
                Component.PENALTIES,
                Component.INTEREST,
                Component.PRINCIPAL,
            ),
            order=AllocationOrder.HORIZONTAL,
            future=FutureRules(
                repayment=FutureRule.NEXT,
                goodwill=FutureRule.LAST,
                merchant_refund=FutureRule.REAMORTIZE,
            ),
            tolerance_minor=0,
        )

    def test_terms(self):
        terms = policy("default").terms

        assert terms.of(Role.AGENT) == TermLimits(
            min_installment_minor=500,
            min_installment_bps=None,
            max_count=60,
            max_term_months=60,
            max_days_to_first=45,
            max_days_between=45,
            min_down_payment_bps=None,
            max_rate_bps=3600,
        )
        assert terms.of(Role.SUPERVISOR) == TermLimits(
            min_installment_minor=100,
            min_installment_bps=None,
            max_count=120,
            max_term_months=84,
            max_days_to_first=90,
            max_days_between=95,
            min_down_payment_bps=None,
            max_rate_bps=3600,
        )
        assert terms.of(Role.ADMIN) == NO_TERM_LIMITS

    def test_changes(self):
        assert policy("default").re_age == ReAgeRules(
            on_return=ReAgeReturn.FLAG,
            min_months_on_book=9,
            min_payments=3,
            max_in_12_months=1,
            max_in_60_months=2,
            workout_max_in_60_months=1,
            max_lifetime=None,
            cool_down_days=0,
            products=("open_end",),
        )
        assert policy("default").modification == ModificationLimits(
            max_deferrals_in_12_months=2,
            max_extensions_lifetime=5,
            max_reschedules_in_12_months=3,
            max_reamortizations_in_12_months=2,
            max_due_day_changes_in_12_months=2,
            max_payment_holidays_in_12_months=1,
            max_holiday_installments=3,
            max_step_downs_in_12_months=1,
            max_rewrites_in_12_months=1,
            max_rewrites_lifetime=2,
            acceleration_min_missed=1,
            acceleration_role=Role.SUPERVISOR,
        )

    def test_settlement_and_promise(self):
        assert policy("default").settlement == SettlementRules(
            offer_days=30,
            void_after_grace_days=5,
            cure_days=0,
            on_return=SettlementReturn.REOPEN,
            clearing_days=(),
            matrix=(
                grant(Role.AGENT, count=1, share=6000),
                grant(Role.AGENT, count=3, share=7000),
                grant(Role.SUPERVISOR, count=12, share=4000),
                grant(Role.ADMIN, count=None, share=None),
            ),
            tolerance_minor=0,
            max_open_offers=1,
            debt_relief=DebtReliefRules(
                applicable_entity=False, threshold_minor=600_00, currency="USD"
            ),
        )
        assert policy("default").promise == PromiseRules(
            grace_days=3, threshold_bps=10_000, max_open=1
        )

    def test_what_is_told_beyond(self):
        assert policy("default").credit_report == CreditReportRules(collection=False)


def test_unlimited_has_no_limits():
    unlimited = policy("unlimited")
    none = Broken(max_missed=None, max_consecutive_missed=None, max_delinquent_days=None)

    assert unlimited.grace_days == 0
    assert unlimited.broken == none
    assert {unlimited.terms.of(role) for role in Role} == {NO_TERM_LIMITS}
    assert unlimited.re_age == replace(
        policy("default").re_age,
        min_months_on_book=0,
        min_payments=0,
        max_in_12_months=None,
        max_in_60_months=None,
        workout_max_in_60_months=None,
        products=None,
    )
    assert unlimited.modification == ModificationLimits(
        max_deferrals_in_12_months=None,
        max_extensions_lifetime=None,
        max_reschedules_in_12_months=None,
        max_reamortizations_in_12_months=None,
        max_due_day_changes_in_12_months=None,
        max_payment_holidays_in_12_months=None,
        max_holiday_installments=None,
        max_step_downs_in_12_months=None,
        max_rewrites_in_12_months=None,
        max_rewrites_lifetime=None,
        acceleration_min_missed=0,
        acceleration_role=Role.AGENT,
    )
    assert unlimited.settlement.offer_days is None
    assert unlimited.settlement.max_open_offers is None
    assert unlimited.settlement.matrix == tuple(
        grant(role, count=None, share=None) for role in Role
    )
    assert unlimited.promise == PromiseRules(grace_days=0, threshold_bps=10_000, max_open=None)
    assert unlimited.holiday_calendar is None
    assert unlimited.missed == policy("default").missed
    assert unlimited.allocation == policy("default").allocation


def no_wider(limit, than):
    return than is None or (limit is not None and limit <= than)


def test_strict_is_nowhere_wider_than_the_default():
    strict, default = policy("strict"), policy("default")

    assert strict.grace_days < default.grace_days
    for section in ("broken", "modification"):
        ours, theirs = getattr(strict, section), getattr(default, section)
        assert all(no_wider(getattr(ours, f), getattr(theirs, f)) for f in ours.__slots__)
    for role in Role:
        ours, theirs = strict.terms.of(role), default.terms.of(role)
        for name in ours.__slots__:
            if name.startswith("max"):
                assert no_wider(getattr(ours, name), getattr(theirs, name)), name
            else:
                assert (getattr(ours, name) or 0) >= (getattr(theirs, name) or 0), name
    assert strict.re_age.max_lifetime == 1


def test_uk_forbearance_gives_time_and_breaks_nothing():
    uk, default = policy("uk-forbearance"), policy("default")

    assert uk.broken == policy("unlimited").broken
    assert uk.holiday_calendar == "GB"
    assert uk.terms.agent.max_term_months > default.terms.agent.max_term_months
    assert uk.terms.agent.max_rate_bps == 0
    assert uk.terms.supervisor.max_rate_bps == 0
    assert uk.terms.agent.min_installment_minor == 100
    assert uk.modification.max_extensions_lifetime is None
    assert uk.promise.threshold_bps == default.promise.threshold_bps
