"""Whose acts count for a target, how long decisions waited, and where a pace ends."""

from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.domain.entries.events import EventType
from app.domain.overview.acts import ActKind, Aim, Membership, ToldEvent, acts_told
from app.domain.overview.definitions.aims import aimed
from app.domain.overview.definitions.aims import reached as reached_of
from app.domain.overview.definitions.catalog import REPORTS
from app.domain.overview.definitions.office import waited
from app.domain.overview.question import Asked, question
from app.domain.overview.table import Entry, Layout, Tally, behind
from app.domain.reports.books import Basis
from app.domain.reports.targets import Target, TargetMetric, TargetScope
from app.domain.values import replace

FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
PLAN = UUID(int=7)


def aim(scope="actor", whose="ann", metric="collected", value=10_000_00, teams=()):
    first, last = FEBRUARY
    money = metric == "collected"
    target = Target(
        scope=TargetScope(scope), whose=whose, metric=TargetMetric(metric),
        currency="USD" if money else None, from_on=first, to_on=last, value=value,
    )  # fmt: skip
    return Aim(id=UUID(int=1), target=target, teams=teams, business_days=19,
               elapsed_business_days=10)  # fmt: skip


def told(kind, minutes, actor="sup", **data):
    at = datetime(2026, 2, 3, 9, minutes, tzinfo=UTC)
    return ToldEvent(UUID(int=minutes), kind, at.date(), at, PLAN, data, actor)


def row(one, **adds):
    asked = question(
        "targets", Asked(), span=REPORTS["targets"].span, basis=Basis.RESTATED,
        groups=REPORTS["targets"].groups, business_date=date(2026, 2, 13),
    )  # fmt: skip
    tally = Tally(asked, Layout(columns=REPORTS["targets"].columns, complete=reached_of))
    did = Entry(id=PLAN, currency=one.target.currency, key=one.key, adds=adds)
    tally.add([aimed(one), *([did] if adds else [])])
    (found,), totals = tally.rows()
    assert totals == ()  # a target is not added to another
    return found.cells


def test_what_is_done_counts_for_whom_it_was_who_did_it_and_for_the_team_of_that_day():
    day = date(2026, 2, 10)
    joined = (Membership(date(2026, 1, 1), ["ann"]), Membership(day, ["ann", "bob"]))
    team = aim("team", "east", teams=joined)

    assert aim().counts("C", "ann", day)
    assert not aim().counts("C", "bob", day)
    assert not aim().counts("C", "ann", date(2026, 3, 1))
    assert aim("creditor", "C").counts("C", None, day)
    assert not aim("creditor", "C").counts(None, None, day)
    assert team.counts(None, "bob", day)
    assert not team.counts(None, "bob", date(2026, 2, 9))
    assert not aim("team", "east").counts(None, "ann", day)


def test_a_target_is_told_in_its_own_unit():
    money = row(aim(), actual_minor=5_000_00)
    named = ("target_minor", "actual_minor", "attainment_bps", "projected_minor", "target_count")
    assert [money[name] for name in named] == [10_000_00, 5_000_00, 5_000, 9_500_00, None]
    nothing = row(aim(metric="contacts", value=19))
    assert (nothing["actual_count"], nothing["projected_count"]) == (0, 0)
    share = row(aim(metric="kept_bps", value=8_000), kept=3, judged=5)
    assert (share["actual_bps"], share["attainment_bps"]) == (6_000, 7_500)
    assert share["projected_minor"] is share["projected_count"] is None
    assert row(aim(metric="kept_bps", value=8_000))["attainment_bps"] is None


@given(
    reached=st.lists(st.integers(-1_000_00, 1_000_00), max_size=12),
    days=st.integers(1, 260), elapsed=st.integers(0, 260), money=st.booleans(),
)  # fmt: skip
def test_whoever_is_behind_a_pace_sums_to_it(reached, days, elapsed, money):
    """Each lies within a unit of its own share of it, however small the parts are."""
    elapsed, unit = min(elapsed, days), "minor" if money else "count"
    one = replace(
        aim(metric="collected" if money else "contacts"),
        business_days=days, elapsed_business_days=elapsed,
    )  # fmt: skip
    entries = [aimed(one)] + [
        Entry(id=UUID(int=n), currency=one.target.currency, key=one.key,
              adds={f"actual_{unit}": minor})
        for n, minor in enumerate(reached)
    ]  # fmt: skip
    asked = question(
        "targets", Asked(), span=REPORTS["targets"].span, basis=Basis.RESTATED,
        groups=REPORTS["targets"].groups, business_date=date(2026, 2, 13),
    )  # fmt: skip
    tally = Tally(asked, Layout(columns=REPORTS["targets"].columns, complete=reached_of))
    tally.add(entries)
    (found,), _ = tally.rows()
    parts = list(REPORTS["targets"].behind(entries, tally.sums, asked, found.key))
    column = next(each for each in REPORTS["targets"].columns if each.name == f"projected_{unit}")
    told = behind(parts, found.key, column)
    cell = found.cells[column.name]
    assert sum(each.adds[column.name] for each in told) == (cell or 0)
    if elapsed:
        for each in parts:
            own = Fraction(each.adds.get(f"actual_{unit}", 0) * days, elapsed)
            assert abs(each.adds[column.name] - own) < 1 + Fraction(1, 2)
    else:
        assert cell is None


def test_a_decision_waited_since_it_was_asked_for():
    acts = list(
        acts_told(
            [
                told(EventType.PLAN_CREATED, 0, "ann"),
                told(EventType.PLAN_APPROVED, 30),
                told(EventType.REVISION_PROPOSED, 31, "ann", revision=2),
                told(EventType.REVISION_PROPOSED, 33, "ann", revision=3),
                told(EventType.REVISION_REJECTED, 41, revision=2),
                told(EventType.RE_AGE_REFUSED, 45, "bob", failed=["payments", "age"]),
            ]
        )
    )

    assert [one.waited_minutes for one in acts if one.kind is ActKind.APPROVAL] == [30, 10]
    assert [one.what for one in acts if one.kind is ActKind.REFUSAL] == ["payments", "age"]
    assert waited({"waited.30": 1, "waited.10": 2}, None) == {"waited_median_minutes": 10}
    assert waited({}, None) == {"waited_median_minutes": None}
