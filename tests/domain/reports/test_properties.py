"""What holds of every report: sums, reconciliation, and that yesterday's books stay closed."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.reports import aging, books, cohorts, people, rolls
from app.domain.reports.shares import share_bps

FIRST = date(2026, 1, 1)
days = st.dates(FIRST, FIRST + timedelta(days=200))
STATUSES = ["open", "charged_off", "paid", "settled", "closed"]


@st.composite
def positions(draw):
    balance = draw(st.integers(0, 10_000))
    return aging.Position(
        currency=draw(st.sampled_from(["USD", "EUR"])), status=draw(st.sampled_from(STATUSES)),
        delinquent_days=draw(st.integers(0, 400)), balance_minor=balance,
        overdue_minor=draw(st.integers(0, balance)),
    )  # fmt: skip


@given(st.lists(positions()))
def test_aging_sums_to_what_is_owed_currency_by_currency(found):
    rows = aging.by_account(found)

    for currency in ("USD", "EUR"):
        owed = [one.balance_minor for one in found if one.owes and one.currency == currency]
        told = [one for one in rows if one.currency == currency]
        assert sum(one.balance_minor for one in told) == sum(owed)
        assert sum(one.accounts for one in told) == len(owed)


@given(st.lists(st.builds(aging.Item, due_on=days, open_minor=st.integers(0, 1000))), days)
def test_aging_by_item_sums_to_what_is_open(items, as_of):
    assert sum(aging.by_item(items, as_of).values()) == sum(one.open_minor for one in items)


def standings(prefix):
    one = st.builds(
        rolls.Standing, id=st.integers(0, 12).map(lambda n: f"{prefix}{n}"),
        bucket=st.sampled_from(aging.BUCKETS), balance_minor=st.integers(0, 10_000),
        status=st.sampled_from(STATUSES),
    )  # fmt: skip
    return st.lists(one, unique_by=lambda one: one.id, max_size=10)


@given(standings("a"), standings("a"))
def test_a_roll_row_sums_to_its_opening_and_no_account_is_told_twice(opening, closing):
    rows = rolls.roll_matrix(opening, closing)

    for row in rows:
        assert sum(cell.minor for cell in row.to.values()) == row.opening_minor
        assert sum(cell.accounts for cell in row.to.values()) == row.accounts
    old = [row for row in rows if row.from_ != rolls.NEW]
    assert sum(row.accounts for row in old) == sum(one.owes for one in opening)
    assert sum(row.opening_minor for row in old) == sum(
        one.balance_minor for one in opening if one.owes
    )


postings = st.lists(
    st.builds(
        books.Posted, kind=st.sampled_from(["placement", "payment", "reversal"]),
        effective_on=days, business_date=days, amount_minor=st.integers(-1000, 1000),
    ),
    max_size=12,
)  # fmt: skip


@given(postings, days, postings)
def test_what_is_entered_later_changes_no_booked_balance(found, known_on, later):
    after = [one for one in later if one.business_date > known_on]
    before = books.balance_minor(found, books.Basis.BOOKED, as_of=known_on, known_on=known_on)

    assert before == books.balance_minor(
        [*found, *after], books.Basis.BOOKED, as_of=known_on, known_on=known_on
    )


@given(postings, days, days, st.sampled_from(books.Basis))
def test_a_flow_reconciles_and_two_in_a_row_are_one(found, one, other, basis):
    from_on, to_on = sorted((one, other))
    middle = from_on + (to_on - from_on) // 2
    whole = books.flow(found, from_on=from_on, to_on=to_on, basis=basis)
    first = books.flow(found, from_on=from_on, to_on=middle, basis=basis)
    second = books.flow(found, from_on=middle + timedelta(days=1), to_on=to_on, basis=basis)

    assert whole.reconciles
    assert first.closing_minor == second.opening_minor
    assert second.closing_minor == whole.closing_minor


@given(st.lists(st.builds(
    people.Collected, minor=st.integers(-500, 500), plan_author=st.none() | st.just("ann"),
    promise_maker=st.none() | st.just("bob"), assigned=st.none() | st.just("cy"),
    reversed=st.booleans(),
)))  # fmt: skip
def test_attributed_money_is_all_that_was_collected(payments):
    found = people.attributed_minor(payments)

    assert sum(found.values()) == sum(one.minor for one in payments if not one.reversed)


@given(st.lists(
    st.builds(cohorts.Observed, days=st.integers(1, 300), event=st.booleans()), min_size=1
))  # fmt: skip
def test_survival_never_rises(plans):
    told = [cohorts.survival_bps(plans, day) for day in range(0, 310, 10)]

    assert told == sorted(told, reverse=True)
    assert 0 <= told[-1] <= told[0] <= 10_000


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_share_is_the_nearest_whole_basis_point(numerator, denominator):
    told = share_bps(numerator, denominator)

    assert abs(told * denominator - numerator * 10_000) * 2 <= denominator
