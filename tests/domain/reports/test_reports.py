"""Reports over random lives: what is asked of a day, whatever is entered after it."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.entries.postings import PostingKind
from app.domain.facts.accounts import Placement
from app.domain.facts.payments import Payment
from app.domain.money import NOTHING, Component
from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.definitions.moves import RECONCILED
from app.domain.overview.question import Asked, Span, question
from app.domain.overview.seen import Looked, Moved, Seen
from app.domain.overview.table import Layout, Tally, Type, behind
from app.domain.replay.replay import fold
from app.domain.reports.books import Basis
from app.domain.reports.rolls import NEW
from app.domain.values import replace
from app.domain.vocabulary import PaymentKind
from tests.domain.lives.test_random import PLACED, POLICIES, START, Life, step
from tests.factories import book

MONEY = {PostingKind.PAYMENT, PostingKind.REVERSAL, PostingKind.CHARGEBACK, PostingKind.REFUND}
lives = st.lists(
    st.tuples(st.sampled_from(POLICIES), st.lists(step, min_size=1, max_size=8)),
    min_size=1,
    max_size=3,
)


def lived(drawn):
    """Accounts with their lives behind them, each entered day by day."""
    found = []
    for policy, steps in drawn:
        life = Life(book(policy))
        life.enter(Placement(balance=PLACED))
        for one in steps:
            life.take(*one)
        found.append(life)
    return found


def ledger(life, on):
    rows = [one for one in life.draft.postings if one.business_date <= on]
    return sum((one.components for one in rows), NOTHING), rows


def looked(life, on):
    known = [one for one in life.facts if one.business_date <= on]
    made = fold(known, life.policies, through=on)
    balance, rows = ledger(life, on)
    return Looked(
        on=on, fold=made, balance=balance, policies=life.policies, placed=bool(known),
        unapplied_minor=-sum(one.unapplied_minor for one in rows),
    )  # fmt: skip


def moved(life, first, last):
    _, rows = ledger(life, last)
    return [
        Moved(kind=one.kind.value if one.business_date >= first else None, component=name.value,
              month=f"{one.business_date:%Y-%m}" if one.business_date >= first else None,
              minor=one.components[name])
        for one in rows
        for name in Component
        if one.components[name]
    ]  # fmt: skip


def booked(name, found, first, last):
    """The table of a report and its entries, from the books of its last day."""
    one = REPORTS[name]
    days = {} if one.span is Span.NONE else {"from_on": first, "to_on": last}
    if one.span is Span.MONTHS:  # the days are said to be whole months: nothing asks the calendar
        one = replace(one, span=Span.DAYS)
    asked = question(
        name, Asked(as_of=last, **days), span=one.span, basis=Basis.BOOKED, groups=one.groups,
        business_date=last, tied=one.tied, also=one.also,
    )  # fmt: skip
    entries = [
        entry
        for number, life in enumerate(found)
        for entry in one.made(
            Seen(
                id=UUID(int=number), reference=str(number), currency="USD", product="other",
                policy="default", creditor=None, at=looked(life, last),
                before=looked(life, first),
                ends=[looked(life, day) for day in one.ends(asked)] if one.ends else (),
                facts=[f for f in life.facts if f.business_date <= last],
                moved=moved(life, first, last),
            ),
            asked,
        )
    ]  # fmt: skip
    layout = Layout(columns=one.columns, derive=one.derive, complete=one.complete,
                    cohort=one.cohort, order=one.order)  # fmt: skip
    tally = Tally(asked, layout)
    tally.add(entries)
    rows, totals = tally.rows()
    if one.behind:
        keys = [row.key for row in rows]
        entries = [part for key in keys for part in one.behind(entries, tally.sums, asked, key)]
    return rows, totals, entries


@given(lives, st.integers(0, 120), st.integers(0, 120))
@settings(max_examples=12)
def test_every_report_sums_to_the_ledger_and_each_cell_to_what_is_behind(drawn, begins, more):
    found = lived(drawn)
    first = START + timedelta(days=begins)
    last = max(first, min(first + timedelta(days=more), max(one.today for one in found)))
    for life in found:
        life.take("wait", 1, max(0, (last - life.today).days), 0, 0)
    for name, one in REPORTS.items():
        rows, totals, entries = booked(name, found, first, last)
        if one.owed and not one.owed.counted:
            day = first if one.owed.column == RECONCILED else last
            owed = sum(ledger(life, day)[0].total_minor for life in found)
            assert sum(entry.adds.get(one.owed.column, 0) for entry in entries) == owed, name
        assert len(rows) <= len(entries)
        for row in (*rows, *totals):
            for column in one.columns:
                plain = column.of is None and column.type in {Type.COUNT, Type.MONEY}
                if len(row.key) > 1 and plain:
                    those = behind(entries, row.key, column)
                    told = row.cells[column.name] or 0  # of what is not known: nothing
                    assert sum(e.adds[column.name] for e in those) == told, (name, column.name)
    rows, _, _ = booked("exceptions", found, first, last)
    assert "self_check" not in {row.key[1] for row in rows}
    rows, _, entries = booked("roll", found, first, last)
    for row in rows:
        mine = [one for one in entries if one.key == row.key[1:]]
        to = sum(minor for one in mine for name, minor in one.adds.items()
                 if name.startswith("to.") and name.endswith(".minor"))  # fmt: skip
        assert to == row.cells["opening_minor"]
        ways = [row.cells[f"{way}_bps"] for way in ("worse", "same", "better", "exit")]
        assert (row.key[1] == NEW) == (ways == [None] * 4)


@given(lives, st.integers(1, 60))
@settings(max_examples=10)
def test_what_is_entered_today_changes_no_booked_report_of_yesterday(drawn, days):
    found = lived(drawn)
    yesterday = max(one.today for one in found)
    first = yesterday - timedelta(days=days)
    for life in found:
        life.take("wait", 1, (yesterday - life.today).days, 0, 0)
    before = {name: booked(name, found, first, yesterday)[:2] for name in REPORTS}
    for life in found:
        for what in ("pay", "reverse", "charge", "plan", "waive"):
            life.take(what, 5_000, int(what == "pay"), 30, 1)
    assert {name: booked(name, found, first, yesterday)[:2] for name in REPORTS} == before


@given(lives)
@settings(max_examples=25)
def test_whose_money_it_was_comes_to_what_was_collected(drawn):
    found = lived(drawn)
    last = max(one.today for one in found)
    for life in found:
        life.take("wait", 1, (last - life.today).days, 0, 0)
    _, attributed, _ = booked("activity", found, START, last)
    _, conceded, _ = booked("concessions", found, START, last)
    whose = sum(row.cells["collected_minor"] for row in attributed)
    assert whose == sum(row.cells["collected_minor"] for row in conceded)
    assert whose == sum(map(net_collected, found))


def net_collected(life):
    """Repayments less what was taken back, by the ledger of one account."""
    payments = [one for one in life.facts if isinstance(one.body, Payment)]
    repaid = {one.id for one in payments if one.body.payment is PaymentKind.REPAYMENT}
    return -sum(
        one.amount_minor
        for one in life.draft.postings
        if one.payment_id in repaid and one.kind in MONEY
    )
