"""What holds of every schedule: nothing is lost, nothing drifts, and solving undoes building."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidInput
from app.domain.money import Remainder, apportion, round_half_even, split, split_by
from app.domain.options.affordability import Debt, pro_rata
from app.domain.schedule.build import build
from app.domain.schedule.dates import NO_HOLIDAYS, Holidays, adjust, is_business_day, nominal_dates
from app.domain.schedule.solve import solve
from app.domain.schedule.terms import (
    BusinessDays,
    Convention,
    DayCount,
    Frequency,
    MonthEnd,
    Terms,
    Unit,
)
from app.domain.vocabulary import InstallmentKind

OPENS = date(2026, 1, 31)
HOLIDAYS = Holidays.of(date(2026, 1, 1) + timedelta(days=17 * n) for n in range(2000))

amounts = st.integers(1, 10**12)
counts = st.integers(1, 60)  # of a year each, the last of them before the horizon
days = st.dates(date(2026, 1, 31), date(2035, 12, 31))
frequencies = st.one_of(
    st.builds(Frequency, every=st.integers(1, 366), unit=st.just(Unit.DAY)),
    st.builds(Frequency, every=st.integers(1, 52), unit=st.just(Unit.WEEK)),
    st.builds(Frequency, every=st.integers(1, 12), unit=st.just(Unit.MONTH)),
    st.builds(
        Frequency,
        every=st.integers(1, 24),
        unit=st.just(Unit.SEMIMONTH),
        days=st.integers(1, 27).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, 31))),
    ),
)
terms = st.builds(
    Terms,
    installment_count=counts,
    frequency=frequencies,
    first_due_on=days,
    down_payment_bps=st.none() | st.integers(1, 9999),
    month_end=st.sampled_from(MonthEnd),
    rounding_unit_minor=st.sampled_from((1, 5, 100)),
    remainder=st.sampled_from(Remainder),
    annual_rate_bps=st.just(0) | st.integers(1, 3600),
    day_count=st.sampled_from(DayCount),
    business_days=st.none()
    | st.builds(BusinessDays, calendar=st.just("any"), convention=st.sampled_from(Convention)),
)


def built(asked, amount, opens_on=OPENS):
    """The schedule, or None where it is refused: most often too little for so many rows."""
    try:
        return build(asked, opens_on=opens_on, amount_minor=amount, holidays=HOLIDAYS)
    except InvalidInput:
        return None


@given(total=amounts, count=counts, remainder=st.sampled_from(Remainder), unit=st.integers(1, 500))
def test_a_split_loses_nothing_and_is_as_equal_as_it_can_be(total, count, remainder, unit):
    try:
        rows = split(total, count, unit_minor=unit, remainder=remainder)
    except InvalidInput:
        assert total < unit * count * 2
        return
    assert sum(rows) == total
    assert len(rows) == count
    assert min(rows) > 0
    assert count == 1 or len({*rows}) <= 3
    odd = 1 if remainder is Remainder.FIRST else count - 1
    regular = rows[1:] if remainder is Remainder.FIRST else rows[:odd]
    assert all(row % unit == 0 for row in regular)


@given(total=st.integers(1, 10**6), installment=st.integers(1000, 10**7))
def test_splitting_by_an_amount_loses_nothing(total, installment):
    rows = split_by(total, installment)

    assert sum(rows) == total
    assert {*rows[:-1]} <= {installment}
    assert 0 < rows[-1] <= installment


@given(asked=terms, amount=st.integers(10**5, 10**12))
def test_principal_sums_to_the_amount_and_rows_to_the_total(asked, amount):
    schedule = built(asked, amount)
    if schedule is None:
        return
    rows = schedule.installments
    assert sum(row.principal_minor for row in rows) == amount
    assert sum(row.interest_minor for row in rows) == schedule.finance_charge_minor
    assert sum(row.amount_minor for row in rows) == schedule.total_minor
    assert schedule.total_minor == amount + schedule.finance_charge_minor
    assert all(r.amount_minor == r.principal_minor + r.interest_minor > 0 for r in rows)
    assert (schedule.apr_bps > 0) <= (schedule.finance_charge_minor > 0)


@given(asked=terms, amount=st.integers(10**5, 10**12))
def test_dates_only_go_forward_and_due_dates_are_business_days(asked, amount):
    schedule = built(asked, amount)
    if schedule is None:
        return
    rows = schedule.installments
    regular = [row for row in rows if row.kind is InstallmentKind.INSTALLMENT]
    assert all(a.nominal_due_on < b.nominal_due_on for a, b in pairwise(regular))
    assert all(a.due_on <= b.due_on for a, b in pairwise(regular))
    assert [row.number for row in rows] == [*range(1, len(rows) + 1)]
    assert schedule.last_due_on == rows[-1].due_on
    if asked.business_days and asked.business_days.convention is not Convention.NONE:
        assert all(is_business_day(row.due_on, HOLIDAYS) for row in rows)
    else:
        assert all(row.due_on == row.nominal_due_on for row in rows)


@given(
    frequency=frequencies,
    anchor=days,
    month_end=st.sampled_from(MonthEnd),
    skip=st.integers(0, 40),
)
def test_no_drift_each_date_depends_on_the_anchor_alone(frequency, anchor, month_end, skip):
    """The run that starts at date k is the run from the start without its first k dates."""
    whole = nominal_dates(
        frequency, anchor_on=anchor, month_end=month_end, first_due_on=anchor, count=skip + 3
    )

    tail = nominal_dates(
        frequency, anchor_on=anchor, month_end=month_end, first_due_on=whole[skip], count=3
    )

    assert tail == whole[skip:]


@given(anchor=days, every=st.integers(1, 12), number=st.integers(0, 60))
def test_a_month_step_keeps_the_anchors_day_where_the_month_has_it(anchor, every, number):
    frequency = Frequency(every=every, unit=Unit.MONTH)
    step = nominal_dates(frequency, anchor_on=anchor, first_due_on=anchor, count=number + 1)[-1]

    assert (step.year - anchor.year) * 12 + step.month - anchor.month == every * number
    assert step.day == anchor.day or (step + timedelta(days=1)).day == 1


@given(day=days, convention=st.sampled_from(Convention))
def test_adjusting_stays_close_and_settles(day, convention):
    moved = adjust(day, convention, HOLIDAYS)

    assert adjust(moved, convention, HOLIDAYS) == moved
    assert abs((moved - day).days) <= 5
    if convention is Convention.FOLLOWING:
        assert moved >= day
    if convention is Convention.PRECEDING:
        assert moved <= day
    if convention is Convention.MODIFIED_FOLLOWING:
        assert moved.month == day.month


@given(count=counts, installment=st.integers(1, 10**9), frequency=frequencies, first=days)
def test_count_and_installment_give_an_amount_that_gives_them_back(
    count, installment, frequency, first
):
    asked = Terms(
        installment_count=count,
        installment_minor=installment,
        frequency=frequency,
        first_due_on=first,
    )

    whole = solve(asked, opens_on=OPENS, holidays=NO_HOLIDAYS)
    schedule = built(whole, whole.amount_minor)

    assert [row.amount_minor for row in schedule.installments] == [installment] * count


@given(amount=st.integers(10**6, 10**12), count=counts, frequency=frequencies, first=days)
def test_the_end_date_of_a_schedule_gives_its_count_back(amount, count, frequency, first):
    by_count = Terms(
        amount_minor=amount, installment_count=count, frequency=frequency, first_due_on=first
    )
    last_due_on = built(by_count, amount).last_due_on
    by_end = Terms(amount_minor=amount, frequency=frequency, first_due_on=first)

    whole = solve(by_end, opens_on=OPENS, holidays=NO_HOLIDAYS, last_due_on=last_due_on)

    assert whole == by_count


@given(
    count=st.integers(2, 60),
    installment=st.integers(1000, 10**7),
    rate=st.integers(1, 3600),
    day_count=st.sampled_from(DayCount),
)
def test_with_interest_the_level_payment_comes_back(count, installment, rate, day_count):
    asked = Terms(
        installment_count=count,
        installment_minor=installment,
        frequency=Frequency(unit=Unit.MONTH),
        annual_rate_bps=rate,
        day_count=day_count,
    )

    whole = solve(asked, opens_on=OPENS, holidays=NO_HOLIDAYS)
    schedule = built(whole, whole.amount_minor)

    assert {row.amount_minor for row in schedule.installments[:-1]} == {installment}


@given(amount=st.integers(0, 10**12), weights=st.lists(st.integers(0, 10**9), min_size=1))
def test_apportioning_is_exact_and_within_a_unit_of_fair(amount, weights):
    if not any(weights):
        return
    shares = apportion(amount, weights)

    assert sum(shares) == amount
    whole = sum(weights)
    assert all(
        abs(share * whole - amount * weight) < whole
        for share, weight in zip(shares, weights, strict=True)
    )


@given(
    available=st.integers(0, 10**6),
    debts=st.lists(
        st.builds(Debt, balance_minor=st.integers(1, 10**6), priority=st.booleans()), min_size=1
    ),
    minimum=st.integers(0, 500),
)
def test_pro_rata_shares_out_all_of_it(available, debts, minimum):
    shares = pro_rata(available, debts, minimum_minor=minimum)

    assert sum(shares) == available
    assert min(shares) >= 0


@given(numerator=st.integers(-(10**9), 10**9), denominator=st.integers(1, 10**6))
def test_rounding_is_never_off_by_more_than_half(numerator, denominator):
    rounded = round_half_even(numerator, denominator)

    assert 2 * abs(rounded * denominator - numerator) <= denominator
    assert round_half_even(-numerator, denominator) == -rounded
