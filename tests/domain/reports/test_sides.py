"""The ledger's side of every report's money, over random lives: there is no difference, ever."""

from datetime import timedelta
from pathlib import Path
from re import findall
from uuid import UUID

import pytest
from hypothesis import currently_in_test_context, event, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from app.domain.account.fold import Fold
from app.domain.facts.accounts import Placement
from app.domain.facts.payments import Payment
from app.domain.overview.acts import Aim
from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.definitions.losses import forgiven_minor
from app.domain.overview.definitions.moves import RECONCILED
from app.domain.overview.ledger import Ledger, LedgerRow, Told
from app.domain.overview.question import Asked, Span, question
from app.domain.overview.seen import Looked, Seen
from app.domain.overview.table import Type
from app.domain.replay.replay import fold
from app.domain.reports.books import Basis
from app.domain.reports.targets import Target, TargetMetric, TargetScope
from app.domain.values import replace
from tests.domain.lives.test_changes import OURS, ChangingLife, steps_of
from tests.domain.lives.test_leveling import LIVES as BEARING
from tests.domain.lives.test_leveling import begun
from tests.domain.lives.test_random import DEEDS, PLACED, POLICIES, Life
from tests.domain.lives.test_settlements import POLICIES as SETTLING
from tests.domain.lives.test_settlements import Settlements
from tests.domain.replay.money.test_tolerance import tolerant
from tests.domain.replay.test_breathing_space import SpaceLife
from tests.domain.replay.test_closings import ENDINGS, EndingLife, placed_with
from tests.domain.reports.test_reports import looked
from tests.factories import book

SPACES = ["space"] * 6


def rows_of(life, known_on):
    """The rows of the ledger as a report reads them: each by what it is, or takes back."""
    by_id = {one.id: one for one in life.draft.postings}
    paid = {one.id: one.body.payment for one in life.facts if isinstance(one.body, Payment)}
    found = []
    for one in life.draft.postings:
        if one.business_date <= known_on:
            back = by_id.get(one.reverses, one)
            money = paid.get(one.payment_id or back.payment_id)
            found.append(
                LedgerRow(
                    kind=back.kind, money=money, on=back.effective_on,
                    effective_on=one.effective_on, minor=one.amount_minor,
                    unapplied_minor=one.unapplied_minor,
                )
            )  # fmt: skip
    return found


def told(name, life, asked, aims=()):
    """What a report tells of a life, with its ledger."""
    one = REPORTS[name]
    known = [each for each in life.facts if each.business_date <= asked.known_on]

    def at(on):
        if asked.booked:
            return looked(life, on)
        made = fold(known, life.policies, through=on)
        return Looked(on=on, fold=made, balance=made.state.balance, policies=life.policies,
                      unapplied_minor=made.state.unapplied_minor, placed=True)  # fmt: skip

    seen = Seen(
        id=UUID(int=1), reference="1", currency="USD", product="other", policy="default",
        creditor=None, at=at(asked.as_of), before=at(asked.begins),
        ends=[at(day) for day in one.ends(asked)] if one.ends else (), facts=known, aims=aims,
    )  # fmt: skip
    closed_on = min(asked.known_on, life.state.judged_on)
    made = Fold() if not known else fold(known, life.policies, through=closed_on)
    ledger = Ledger(
        rows=rows_of(life, asked.known_on), closed_on=closed_on,
        closed_minor=lambda: made.state.balance.total_minor,
        closed_forgiven_minor=lambda: forgiven_minor(made.state),
    )  # fmt: skip
    return Told(seen=seen, ledger=ledger, question=asked, entries=tuple(one.made(seen, asked)))


def ask(name, basis, first, last, *, as_of, known_on):
    one = REPORTS[name]
    if one.tied or one.span is Span.NONE:
        as_of = last
    days = {} if one.span is Span.NONE else {"from_on": first, "to_on": last}
    if one.span is Span.MONTHS:
        one = replace(one, span=Span.DAYS)
    return question(
        name, Asked(as_of=as_of, basis=basis, known_on=as_of if basis is Basis.BOOKED else known_on,
                    **days),
        span=one.span, basis=one.basis, groups=one.groups, business_date=known_on, tied=one.tied,
        also=one.also,
    )  # fmt: skip


def held(life, days, basis):
    """Every report of some days of a life comes to its ledger's side."""
    begins, more, back = days
    first = life.facts[0].effective_on + timedelta(days=begins)
    last = min(first + timedelta(days=more), life.today)
    if last < first:
        return
    as_of = max(first, last - timedelta(days=back))
    target = Target(
        scope=TargetScope.CREDITOR, whose="C", metric=TargetMetric.COLLECTED, currency="USD",
        from_on=first, to_on=last, value=1,
    )  # fmt: skip
    aims = (Aim(id=UUID(int=7), target=target),)
    for name, one in REPORTS.items():
        asked = ask(name, basis, first, last, as_of=as_of, known_on=life.today)
        found = told(name, life, asked, aims)
        for column, side in one.sides:
            if currently_in_test_context():
                event(f"{name}.{column}: {bool(found.shown_minor(column))}")
            assert side(found) == found.shown_minor(column), (name, column, asked)


def placed_life(kind, rules, first=None):
    life = kind(policies=book(rules))
    life.enter(first or Placement(balance=PLACED))
    return life


LIVES = {
    "plain": (DEEDS, lambda n: placed_life(Life, POLICIES[n % 3])),
    "changing": ([*DEEDS, *OURS], lambda n: placed_life(ChangingLife, POLICIES[n % 3])),
    "ending": ([*DEEDS, *ENDINGS],
               lambda n: placed_life(EndingLife, POLICIES[n % 2], placed_with(PLACED))),
    "spaces": ([*DEEDS, *SPACES], lambda n: placed_life(SpaceLife, POLICIES[n % 3])),
    "tolerant": (DEEDS, lambda _: tolerant()),
    "bearing": (BEARING, lambda _: begun()),
}  # fmt: skip
days = st.tuples(st.integers(0, 60), st.integers(0, 200), st.integers(0, 90))


@pytest.mark.parametrize("kind", LIVES)
@given(st.data(), st.integers(0, 5), days, st.sampled_from(Basis))
@settings(max_examples=20)
def test_what_a_report_tells_is_what_the_ledger_says(kind, data, rules, span, basis):
    deeds, new = LIVES[kind]
    life = new(rules)
    for one in data.draw(steps_of(deeds, max_size=10)):
        life.take(*one)
    held(life, span, basis)


class HeldSettlements(Settlements):
    """Settlements that are satisfied, bounce and are satisfied again, as reports tell them."""

    @precondition(lambda self: hasattr(self, "books"))
    @rule(span=days, basis=st.sampled_from(Basis))
    def asked(self, span, basis):
        held(self.books, span, basis)


@pytest.mark.parametrize("basis", Basis)
def test_forgiveness_that_fell_and_stands_again_counts_once(basis):
    """Its second row counts from its first day, and what took the first one from its own."""
    told_of = HeldSettlements()
    told_of.place(by=SETTLING[0], parts=1)
    told_of.hold(kind="breathing_space")
    told_of.wait(count=29)
    told_of.pay_rows(back=0, more=0, rows=1)
    told_of.wait(count=19)
    told_of.charge_back(all_of_it=False, minor=1, which=0)
    told_of.win(which=0)

    settlement = told_of.books.state.settlements[0]
    forgave = [
        one.effective_on for one in told_of.books.draft.postings if one.kind == "forgiveness"
    ]
    assert forgave == [settlement.satisfied_on] * 2
    held(told_of.books, (0, 165, 11), basis)


TestHeldSettlements = HeldSettlements.TestCase
TestHeldSettlements.settings = settings(stateful_step_count=25, max_examples=25)


def test_every_money_column_has_its_ledger_or_a_reason_why_not():
    for name, one in REPORTS.items():
        money = {column.name for column in one.columns if column.type is Type.MONEY}
        told_of = {each.column for each in one.held} - {RECONCILED}
        assert told_of <= money, name
        assert bool(money - told_of) == bool(one.unheld), name
        assert one.held or not money, name


def test_the_page_names_every_column_that_is_held():
    page = (Path(__file__).parents[3] / "docs" / "reports.md").read_text()
    table = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    told_of = {
        (name, column)
        for _, names, columns, *_ in table
        for name in findall(r"`([\w-]+)`", names)
        for column in findall(r"`(\w+)`", columns)
    }
    assert told_of == {(name, each.column) for name, one in REPORTS.items() for each in one.held}
