"""Chains of documents, the days they partition, and which version holds on a day."""

from dataclasses import fields, is_dataclass
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import InvalidInput
from app.domain.policy.book import PolicyBook
from app.domain.policy.model import Broken
from app.domain.policy.resolution import lineage
from app.domain.values import replace
from app.domain.vocabulary import PlanKind, PolicyRef, Product, Role
from app.services.policy_documents.reader import FIGURES, parse, policy_of, shipped
from tests.factories import plan, policy, row

DAY = "2026-03-01"
DEFAULT = policy_of([shipped("default")], version=1)

#: What a tenant might say about some of the figures.
SAID = {
    "/grace_days": st.integers(0, 60),
    "/missed/threshold_bps": st.integers(1, 10_000),
    "/broken/max_missed": st.none() | st.integers(1, 99),
    "/broken/max_delinquent_days": st.none() | st.integers(0, 999),
    "/allocation/future/goodwill": st.sampled_from(["next", "last"]),
    "/terms/agent/max_count": st.none() | st.integers(1, 1000),
    "/terms/supervisor/max_count": st.none() | st.integers(1, 1000),
    "/terms/agent/max_rate_bps": st.none() | st.integers(0, 9999),
    "/re_age/min_payments": st.none() | st.integers(0, 9),
    "/re_age/max_lifetime": st.none() | st.integers(0, 9),
    "/settlement/offer_days": st.none() | st.integers(0, 90),
    "/settlement/max_open_offers": st.none() | st.integers(1, 9),
    "/promise/max_open": st.none() | st.integers(0, 9),
    "/holiday_calendar": st.none() | st.sampled_from(["GB", "US-FED"]),
}


NULL_IS_ZERO = {
    "/re_age/min_months_on_book",
    "/re_age/min_payments",
    "/re_age/cool_down_days",
    "/modification/acceleration_min_missed",
}
NEVER_NULL = {
    "/grace_days",
    "/missed/method",
    "/missed/threshold_bps",
    "/buckets",
    "/allocation/components",
    "/allocation/order",
    "/allocation/future/repayment",
    "/allocation/future/goodwill",
    "/allocation/future/merchant_refund",
    "/allocation/tolerance_minor",
    "/re_age/on_return",
    "/modification/acceleration_role",
    "/settlement/void_after_grace_days",
    "/settlement/cure_days",
    "/settlement/on_return",
    "/settlement/clearing_days",
    "/settlement/matrix",
    "/settlement/tolerance_minor",
    "/settlement/debt_relief/applicable_entity",
    "/settlement/debt_relief/threshold_minor",
    "/settlement/debt_relief/currency",
    "/credit_report/collection",
    "/promise/grace_days",
    "/promise/threshold_bps",
}


@st.composite
def partials(draw):
    """Some figures by path, as a document would say them."""
    paths = draw(st.sets(st.sampled_from(sorted(SAID))))
    return {path: draw(SAID[path]) for path in sorted(paths)}


def nested(said):
    document = {}
    for path, value in said.items():
        *sections, key = path.strip("/").split("/")
        section = document
        for name in sections:
            section = section.setdefault(name, {})
        section[key] = value
    return document


def read(path, raw):
    """What the rules then compare: a minimum set to null is 0."""
    return 0 if raw is None and path in NULL_IS_ZERO else raw


def document(name="house", **said):
    return parse({"effective_from": DAY, **said}, name=name)


def figures(policy):
    """Every figure of a policy by its path."""

    def walk(value, path):
        for f in fields(value):
            inner = getattr(value, f.name)
            if is_dataclass(inner):
                yield from walk(inner, f"{path}/{f.name}")
            else:
                yield f"{path}/{f.name}", inner

    return {path: value for path, value in walk(policy, "") if path in FIGURES}


def test_every_field_of_a_policy_is_a_figure_of_the_document_and_the_other_way_round():
    assert figures(DEFAULT).keys() == FIGURES


@given(said=partials())
def test_absent_is_inherited_and_what_is_said_holds(said):
    policy = policy_of([document(**nested(said))], version=2)

    expected = figures(DEFAULT) | {path: read(path, raw) for path, raw in said.items()}
    assert figures(policy) == expected
    assert policy.ref == PolicyRef(name="house", version=2)
    assert policy.effective_from == date(2026, 3, 1)


@given(base=partials(), said=partials())
def test_a_chain_reads_from_the_base_upward(base, said):
    chain = [document(**nested(base)), document("own", extends="house", **nested(said))]

    expected = {path: read(path, raw) for path, raw in (base | said).items()}
    assert figures(policy_of(chain, version=1)) == figures(DEFAULT) | expected


@given(said=partials())
def test_saying_it_again_changes_nothing(said):
    once = document(**nested(said))
    again = document("house-again", extends="house", **nested(said))

    assert figures(policy_of([once, again], version=1)) == figures(policy_of([once], version=1))
    assert policy_of([once], version=1) == policy_of([once], version=1)


@given(said=partials(), creditors=partials())
def test_a_creditor_changes_the_fields_it_names_and_no_other(said, creditors):
    chain = [document(**nested(said), creditors={"CRED-1": nested(creditors)})]

    tenant = policy_of(chain, version=1)
    own = policy_of(chain, version=1, creditor="CRED-1")

    assert figures(own) == figures(tenant) | {k: read(k, raw) for k, raw in creditors.items()}
    assert policy_of(chain, version=1, creditor="CRED-2") == tenant


def test_a_creditor_of_the_base_beats_the_tenant_of_the_last_document():
    base = document(creditors={"CRED-1": {"grace_days": 10}, "CRED-2": {"grace_days": 11}})
    last = document("own", extends="house", grace_days=7, creditors={"CRED-2": {"grace_days": 12}})

    assert policy_of([base, last], version=1).grace_days == 7
    assert policy_of([base, last], version=1, creditor="CRED-1").grace_days == 10
    assert policy_of([base, last], version=1, creditor="CRED-2").grace_days == 12


@pytest.mark.parametrize("path", sorted(NEVER_NULL))
def test_null_is_refused_where_a_rule_needs_a_figure(path):
    with pytest.raises(InvalidInput) as refusal:
        document(**nested({path: None}))
    assert [error.pointer for error in refusal.value.errors] == [path]


@pytest.mark.parametrize("path", sorted(FIGURES - NEVER_NULL))
def test_null_lifts_a_limit(path):
    policy = policy_of([document(**nested({path: None}))], version=1)

    assert figures(policy) == figures(DEFAULT) | {path: read(path, None)}


def test_zero_is_not_absent():
    policy = policy_of(
        [document(terms={"agent": {"max_rate_bps": 0}}, re_age={"max_lifetime": 0})], version=1
    )

    assert policy.terms.agent.max_rate_bps == 0
    assert policy.re_age.max_lifetime == 0


class TestLineage:
    def test_from_the_base_upward(self):
        base, middle = document("base"), document("middle", extends="base")
        last = document("last", extends="middle")

        assert lineage(last, {"middle": middle, "base": base}) == (base, middle, last)

    def test_an_unknown_base(self):
        with pytest.raises(InvalidInput, match="no policy 'nobody' here"):
            lineage(document(extends="nobody"), {})

    def test_itself(self):
        own = document("own", extends="own")
        with pytest.raises(InvalidInput, match="own → own"):
            lineage(own, {"own": own})

    def test_itself_the_long_way_round(self):
        known = {name: document(name, extends=base) for name, base in ("ab", "bc", "ca")}
        with pytest.raises(InvalidInput, match="a → b → c → a"):
            lineage(known["a"], known)

    def test_the_new_version_counts_not_the_saved_one(self):
        saved, base = document("a"), document("b", extends="a")
        with pytest.raises(InvalidInput, match="a → b → a"):
            lineage(document("a", extends="b"), {"a": saved, "b": base})

    @pytest.mark.parametrize(
        "chain",
        [
            pytest.param([], id="empty"),
            pytest.param([document(extends="default")], id="base missing"),
            pytest.param([document("a"), document("b", extends="c")], id="broken link"),
        ],
    )
    def test_a_chain_that_is_none_is_a_bug(self, chain):
        with pytest.raises(ValueError, match=r"chain|extend"):
            policy_of(chain, version=1)


def bucket(from_days, to_days, name=None):
    return {"name": name or f"{from_days}+", "from_days": from_days, "to_days": to_days}


@st.composite
def bucket_rows(draw):
    starts = sorted(draw(st.sets(st.integers(1, 400), min_size=1, max_size=8)))
    ends = [start - 1 for start in starts[1:]] + [None]
    return [bucket(start, end) for start, end in zip(starts, ends, strict=True)]


@given(rows=bucket_rows(), day=st.integers(-5, 500))
def test_buckets_partition_the_days(rows, day):
    policy = policy_of([document(buckets=rows)], version=1)

    holding = [
        r["name"]
        for r in rows
        if r["from_days"] <= day and (r["to_days"] is None or day <= r["to_days"])
    ]
    assert [policy.bucket_of(day)] == (holding or ["current"])

    turn = policy.next_bucket_from(day)
    if turn is None:
        assert policy.bucket_of(day) == rows[-1]["name"]
    else:
        assert turn > day
        assert policy.bucket_of(turn - 1) == policy.bucket_of(day)
        assert policy.bucket_of(turn) != policy.bucket_of(day)


@pytest.mark.parametrize(
    ("days", "name", "turn"),
    [
        (-1, "current", 1),
        (0, "current", 1),
        (1, "1-29", 30),
        (29, "1-29", 30),
        (30, "30-59", 60),
        (179, "150-179", 180),
        (180, "180+", None),
        (9999, "180+", None),
    ],
)
def test_the_default_buckets(days, name, turn):
    assert (DEFAULT.bucket_of(days), DEFAULT.next_bucket_from(days)) == (name, turn)


def version(number, since, name="house"):
    return replace(
        DEFAULT, ref=PolicyRef(name=name, version=number), effective_from=date(2026, 1, since)
    )


class TestBook:
    def test_the_day_decides(self):
        book = PolicyBook(name="house", policies=(version(1, 10), version(2, 20)))

        held = {day: book.in_force(date(2026, 1, day)).ref.version for day in (1, 9, 10, 19, 20)}
        assert held == {1: 1, 9: 1, 10: 1, 19: 1, 20: 2}

    def test_a_later_version_that_begins_earlier_outlives_the_one_before(self):
        book = PolicyBook(name="house", policies=(version(2, 5), version(1, 10)))

        assert book.in_force(date(2026, 1, 4)).ref.version == 1
        assert book.in_force(date(2026, 1, 5)).ref.version == 2
        assert book.in_force(date(2026, 1, 10)).ref.version == 2

    def test_another_policy_is_pinned_to_but_never_in_force(self):
        other = version(7, 1, name="other")
        book = PolicyBook(name="house", policies=(version(1, 10), other))

        assert book.pinned(PolicyRef(name="other", version=7)) is other
        assert book.in_force(date(2026, 1, 31)).ref.name == "house"

    def test_a_settlement_s_plan_lives_under_its_own_reading(self):
        one = policy(grace_days=9)
        book = PolicyBook(name="default", policies=(one,))
        settling = plan(row(1, date(2026, 2, 1)), kind=PlanKind.SETTLEMENT)

        assert book.of(plan(row(1, date(2026, 2, 1)))) is one
        assert book.of(settling) is book.of(settling)
        assert book.of(settling).grace_days == one.settlement.void_after_grace_days
        assert book.of(settling).broken == Broken(
            max_missed=None, max_consecutive_missed=1, max_delinquent_days=None
        )
        assert book.of(settling).missed == one.missed
        assert book.of(settling).settlement == one.settlement

    def test_what_is_not_loaded_is_a_bug(self):
        book = PolicyBook(name="house", policies=(version(1, 10),))
        with pytest.raises(ValueError, match="'house' version 2"):
            book.pinned(PolicyRef(name="house", version=2))

    @pytest.mark.parametrize(
        "policies",
        [
            pytest.param((), id="empty"),
            pytest.param((version(1, 1, name="other"),), id="nothing of its own"),
            pytest.param((version(1, 1), version(1, 2)), id="a version twice"),
        ],
    )
    def test_a_book_that_cannot_be(self, policies):
        with pytest.raises(ValueError, match=r"house|twice"):
            PolicyBook(name="house", policies=policies)

    @given(days=st.lists(st.integers(1, 28), min_size=1, max_size=6), on=st.integers(0, 30))
    def test_it_is_the_highest_version_that_has_taken_effect(self, days, on):
        versions = tuple(version(n, day) for n, day in enumerate(days, start=1))
        day = date(2026, 1, 1) + timedelta(days=on - 1)

        effective = [v for v in versions if v.effective_from <= day]
        expected = max(effective, key=lambda v: v.ref.version, default=versions[0])
        assert PolicyBook(name="house", policies=versions).in_force(day) == expected

    @given(days=st.lists(st.integers(1, 28), min_size=2, max_size=6), on=st.integers(0, 30))
    def test_a_new_version_changes_no_day_before_its_own(self, days, on):
        versions = tuple(version(n, day) for n, day in enumerate(days, start=1))
        day = date(2026, 1, 1) + timedelta(days=on - 1)
        if day < versions[-1].effective_from:
            before = PolicyBook(name="house", policies=versions[:-1]).in_force(day)
            assert PolicyBook(name="house", policies=versions).in_force(day) == before


def test_roles_rank_by_authority_not_by_alphabet():
    assert sorted(Role, key=lambda role: role.rank) == ["agent", "supervisor", "admin"]


def test_products_compare_with_plain_strings():
    assert DEFAULT.re_age.products == (Product.OPEN_END,) == ("open_end",)


def test_clearing_days_default_to_none_at_all():
    policy = policy_of([document(settlement={"clearing_days": {"ach": 3}})], version=1)

    assert policy.settlement.clearing_days_of("ach") == 3
    assert policy.settlement.clearing_days_of("cash") == 0
