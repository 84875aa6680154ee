"""Whatever is asked under whatever limits: what every option and every change promises."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.agreement.authority import check_terms
from app.domain.options.options import ChangeKind, OptionName, proposed
from app.domain.policy.model import TermLimits, TermLimitsByRole
from app.domain.schedule.terms import BusinessDays, Convention
from app.domain.vocabulary import Role
from tests.domain.support.asking import (
    FREQUENCIES,
    OPENS,
    amounts,
    named,
    plan,
)

LIMIT_SETS = st.builds(
    TermLimits,
    min_installment_minor=st.none() | st.integers(0, 100_00),
    min_installment_bps=st.none() | st.integers(0, 500),
    max_count=st.integers(1, 40),
    max_term_months=st.none() | st.integers(1, 60),
    max_days_to_first=st.none() | st.integers(20, 60),
    max_days_between=st.none() | st.integers(10, 60),
    min_down_payment_bps=st.none() | st.integers(0, 3_000),
    max_rate_bps=st.none(),
)
QUESTIONS = st.fixed_dictionaries(
    {
        "balance": st.integers(1, 5000_00),
        "frequency": st.sampled_from(FREQUENCIES),
        "first_due_on": st.dates(OPENS, OPENS + timedelta(50)),
        "currency": st.sampled_from([None, "USD", "JPY", "KWD"]),
        "role": st.sampled_from(Role),
        "limits": st.builds(
            TermLimitsByRole, agent=LIMIT_SETS, supervisor=LIMIT_SETS, admin=LIMIT_SETS
        ),
        "business_days": st.sampled_from(
            [None, BusinessDays(calendar="WEEKENDS", convention=Convention.MODIFIED_FOLLOWING)]
        ),
    }
)


@given(asked=QUESTIONS, affordable=st.integers(0, 1500_00))
def test_every_option_keeps_its_promises(asked, affordable):
    answer = plan(affordable, **asked)
    by_name = named(answer)

    assert [option.rank for option in answer.options] == list(range(1, len(by_name) + 1))
    assert bool(answer.options) != bool(answer.nearest)
    for option in answer.options:
        assert sum(amounts(option)) == asked["balance"]
        assert 0 < option.highest_minor <= affordable
        assert option.breaches == ()
        assert option.schedule.installments[0].nominal_due_on >= asked["first_due_on"]
    order = [by_name[n].highest_minor for n in ("lowest", "best_fit", "soonest") if n in by_name]
    assert order == sorted(order)
    if answer.options:
        assert answer.options[0].name is OptionName.SOONEST


@given(asked=QUESTIONS, affordable=st.integers(1, 1500_00), more=st.integers(1, 500_00))
def test_more_to_pay_is_never_later(asked, affordable, more):
    before, after = (plan(minor, **asked).options for minor in (affordable, affordable + more))

    if before:
        assert after[0].schedule.last_due_on <= before[0].schedule.last_due_on


@given(asked=QUESTIONS, affordable=st.integers(1, 200_00))
def test_lowest_is_the_lowest(asked, affordable):
    """A cent less than the lowest, and the same question has no answer."""
    options = plan(affordable, **asked).options
    least = min((o.highest_minor for o in options if o.name in ("lowest", "soonest")), default=0)
    if least and not asked["limits"].of(asked["role"]).min_down_payment_bps:
        assert plan(least, **asked).options
        assert not plan(least - 1, **asked).options


@given(asked=QUESTIONS, affordable=st.integers(0, 300_00))
def test_every_change_would_be_agreed_by_its_role(asked, affordable):
    for change in plan(affordable, **asked).nearest:
        if change.kind in (ChangeKind.HIGHER_INSTALLMENT, ChangeKind.HOLD):
            assert change.schedule is None
            if change.needed_minor is not None:
                assert change.short_minor == change.needed_minor - affordable > 0
                retry = plan(change.needed_minor, **asked)
                assert retry.options
            continue
        seen = proposed(change.schedule, opens_on=OPENS)
        limits = asked["limits"]
        assert check_terms(seen, limits=limits, role=change.role) == ()
        assert check_terms(seen, limits=limits, role=asked["role"]) == change.overrides
