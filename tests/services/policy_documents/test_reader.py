"""What a policy document may say, where it may say so, and everything it may not."""

from datetime import date

import pytest

from app.domain.errors import InvalidInput
from app.domain.money import Component
from app.services.policy_documents.reader import parse

DAY = "2026-03-01"


def document(**said):
    return parse({"effective_from": DAY, **said}, name="house")


def refused(**said):
    with pytest.raises(InvalidInput) as refusal:
        document(**said)
    return {error.pointer for error in refusal.value.errors}


def bucket(from_days, to_days, name=None):
    return {"name": name or f"{from_days}+", "from_days": from_days, "to_days": to_days}


def row(count=1, days=(0, None), balance=(0, None), role="agent"):
    return {
        "role": role,
        "max_count": count,
        "from_days_past_due": days[0],
        "to_days_past_due": days[1],
        "from_balance_minor": balance[0],
        "to_balance_minor": balance[1],
        "min_share_bps": 5000,
    }


def test_the_places_a_source_may_stand():
    said = document(
        grace_days={"value": 7, "source": "contract 4.2"},
        broken={"max_missed": 2, "source": "letter of 3 May"},
        sources={"promise": "script", "holiday_calendar": "contract 9"},
        terms={"agent": {"max_count": 6, "sources": {"max_count": "statute"}}},
        creditors={"A/B": {"grace_days": {"value": 9, "source": "their letter"}}},
    )

    assert said.figures["/grace_days"] == 7
    assert said.creditors["A/B"]["/grace_days"] == 9
    assert said.sources == {
        "/grace_days": "contract 4.2",
        "/broken": "letter of 3 May",
        "/promise": "script",
        "/holiday_calendar": "contract 9",
        "/terms/agent/max_count": "statute",
        "/creditors/A~1B/grace_days": "their letter",
    }


def test_components_are_spelled_in_singular_or_plural():
    said = document(
        allocation={"components": ["costs", "fee", "penalties", "interest", "principal"]}
    )

    assert said.figures["/allocation/components"] == (
        Component.COSTS,
        Component.FEES,
        Component.PENALTIES,
        Component.INTEREST,
        Component.PRINCIPAL,
    )


@pytest.mark.parametrize(
    ("said", "pointers"),
    [
        pytest.param({"grace": 5}, {"/grace"}, id="unknown field"),
        pytest.param({"missed": {"mode": 1}}, {"/missed/mode"}, id="unknown nested field"),
        pytest.param({"a/b~c": 1}, {"/a~1b~0c"}, id="escaped pointer"),
        pytest.param({"grace_days": -1}, {"/grace_days"}, id="negative"),
        pytest.param({"grace_days": True}, {"/grace_days"}, id="a boolean is no number"),
        pytest.param({"grace_days": 5.0}, {"/grace_days"}, id="nor is a float"),
        pytest.param({"grace_days": "5"}, {"/grace_days"}, id="nor is a string"),
        pytest.param({"grace_days": None}, {"/grace_days"}, id="null where no limit is"),
        pytest.param({"broken": None}, {"/broken"}, id="null section"),
        pytest.param({"broken": {"max_missed": 0}}, {"/broken/max_missed"}, id="broken at once"),
        pytest.param({"missed": {"threshold_bps": 0}}, {"/missed/threshold_bps"}, id="bps low"),
        pytest.param({"missed": {"threshold_bps": 10001}}, {"/missed/threshold_bps"}, id="bps up"),
        pytest.param({"missed": {"method": "most"}}, {"/missed/method"}, id="method"),
        pytest.param({"missed": {"method": ["most"]}}, {"/missed/method"}, id="a list"),
        pytest.param({"name": "other"}, {"/name"}, id="another name"),
        pytest.param({"extends": 3}, {"/extends"}, id="extends a number"),
        pytest.param({"effective_from": "2026-02-30"}, {"/effective_from"}, id="no such day"),
        pytest.param({"effective_from": None}, {"/effective_from"}, id="no day"),
        pytest.param({"holiday_calendar": ""}, {"/holiday_calendar"}, id="empty calendar"),
        pytest.param({"creditors": []}, {"/creditors"}, id="creditors as a list"),
        pytest.param({"creditors": {"": {}}}, {"/creditors/"}, id="a creditor without a name"),
        pytest.param({"creditors": {"\0": {}}}, {"/creditors/\0"}, id="unprintable"),
        pytest.param({"source": "\ud800"}, {"/source"}, id="half a character"),
        pytest.param({"creditors": {"A": 1}}, {"/creditors/A"}, id="a creditor's number"),
        pytest.param({"creditors": {"A": {"extends": "x"}}}, {"/creditors/A/extends"}, id="head"),
        pytest.param({"sources": {"grace": "x"}}, {"/sources/grace"}, id="source of nothing"),
        pytest.param({"sources": "x"}, {"/sources"}, id="sources as a string"),
        pytest.param({"source": 1}, {"/source"}, id="source as a number"),
        pytest.param(
            {"grace_days": {"value": 5, "why": "x", "source": ""}},
            {"/grace_days/why", "/grace_days/source"},
            id="figure with more than a source",
        ),
        pytest.param({"buckets": []}, {"/buckets"}, id="no bucket"),
        pytest.param({"buckets": {}}, {"/buckets"}, id="buckets as an object"),
        pytest.param({"buckets": [3]}, {"/buckets/0"}, id="bucket as a number"),
        pytest.param({"buckets": [bucket(0, None)]}, {"/buckets/0/from_days"}, id="day 0 is late"),
        pytest.param({"buckets": [bucket(1, 29)]}, {"/buckets/0/to_days"}, id="days end"),
        pytest.param(
            {"buckets": [bucket(1, 29), bucket(31, None)]}, {"/buckets/1/from_days"}, id="gap"
        ),
        pytest.param(
            {"buckets": [bucket(1, 30), bucket(30, None)]}, {"/buckets/1/from_days"}, id="overlap"
        ),
        pytest.param(
            {"buckets": [bucket(30, None), bucket(1, 29)]},
            {"/buckets/1/from_days", "/buckets/1/to_days"},
            id="unsorted",
        ),
        pytest.param(
            {"buckets": [bucket(9, 5), bucket(6, None)]}, {"/buckets/0/to_days"}, id="backwards"
        ),
        pytest.param(
            {"buckets": [bucket(1, 5, "a"), bucket(6, None, "a")]},
            {"/buckets/1/name"},
            id="same name",
        ),
        pytest.param(
            {"buckets": [bucket(1, None, "current")]}, {"/buckets/0/name"}, id="taken name"
        ),
        pytest.param(
            {"buckets": [{"name": "a", "from_days": 1, "days": 2, "source": 3}]},
            {"/buckets/0/days", "/buckets/0/source"},
            id="bucket fields",
        ),
        pytest.param(
            {"allocation": {"components": ["cost", "fee", "tax"]}},
            {"/allocation/components/2"},
            id="unknown component",
        ),
        pytest.param(
            {"allocation": {"components": ["cost", "fee", "penalty", "interest"]}},
            {"/allocation/components"},
            id="component left out",
        ),
        pytest.param(
            {"allocation": {"components": ["cost", "costs", "fee", "penalty", "interest"]}},
            {"/allocation/components"},
            id="component twice",
        ),
        pytest.param(
            {"re_age": {"products": ["open_end", "loan"]}}, {"/re_age/products/1"}, id="product"
        ),
        pytest.param(
            {"re_age": {"products": ["tax", "tax"]}}, {"/re_age/products"}, id="product twice"
        ),
        pytest.param(
            {"settlement": {"clearing_days": {"ach": 3, "gold": 1, "card": -1}}},
            {"/settlement/clearing_days/gold", "/settlement/clearing_days/card"},
            id="clearing days",
        ),
        pytest.param(
            {"settlement": {"clearing_days": []}}, {"/settlement/clearing_days"}, id="no map"
        ),
        pytest.param(
            {"settlement": {"matrix": [row(days=(9, 8)), row(2, balance=(9, 8))]}},
            {"/settlement/matrix/0/to_days_past_due", "/settlement/matrix/1/to_balance_minor"},
            id="ranges backwards",
        ),
        pytest.param(
            {"settlement": {"matrix": [row(days=(0, 30)), row(days=(30, None))]}},
            {"/settlement/matrix/1"},
            id="overlapping ranges",
        ),
        pytest.param(
            {"settlement": {"matrix": [row(days=(30, 40)), row(days=(0, 30))]}},
            {"/settlement/matrix/1"},
            id="overlapping ranges, the later lower",
        ),
        pytest.param(
            {"settlement": {"debt_relief": {"applicable_entity": 1, "currency": "usd"}}},
            {"/settlement/debt_relief/applicable_entity", "/settlement/debt_relief/currency"},
            id="debt relief",
        ),
        pytest.param(
            {"settlement": {"debt_relief": {"currency": "XXX"}}},
            {"/settlement/debt_relief/currency"},
            id="no such currency",
        ),
        pytest.param(
            {"grace_days": -1, "promise": {"max_open": "x"}, "buckets": [bucket(1, 2)]},
            {"/grace_days", "/promise/max_open", "/buckets/0/to_days"},
            id="everything at once",
        ),
    ],
)
def test_what_a_document_may_not_say(said, pointers):
    assert refused(**said) == pointers


@pytest.mark.parametrize(
    "matrix",
    [
        pytest.param([row(days=(0, 30)), row(days=(31, None))], id="other ages"),
        pytest.param([row(balance=(0, 99)), row(balance=(100, None))], id="other sizes"),
        pytest.param([row(1), row(3)], id="other parts"),
        pytest.param([row(), row(role="supervisor")], id="another role"),
    ],
)
def test_rows_that_do_not_overlap(matrix):
    assert len(document(settlement={"matrix": matrix}).figures["/settlement/matrix"]) == 2


def test_a_range_may_be_one_day_long():
    said = document(
        buckets=[bucket(1, 1), bucket(2, None)], settlement={"matrix": [row(days=(9, 9))]}
    )

    assert said.figures["/buckets"][0].to_days == 1
    assert said.figures["/settlement/matrix"][0].to_days_past_due == 9


def test_what_a_matrix_row_leaves_out_is_no_limit():
    (read,) = document(settlement={"matrix": [{"role": "admin"}]}).figures["/settlement/matrix"]

    assert (read.from_days_past_due, read.to_days_past_due) == (0, None)
    assert (read.from_balance_minor, read.to_balance_minor) == (0, None)
    assert (read.max_count, read.min_share_bps, read.max_forgiven_minor) == (None, None, None)


def test_a_value_may_stand_without_its_source():
    assert document(grace_days={"value": 9}).figures == {"/grace_days": 9}


@pytest.mark.parametrize(
    ("section", "key", "low", "high"),
    [
        ("missed", "threshold_bps", 1, 10_000),
        ("broken", "max_missed", 1, 1_000),
        ("broken", "max_delinquent_days", 0, 36_500),
        ("allocation", "tolerance_minor", 0, 2**53 - 1),
        ("re_age", "min_months_on_book", 0, 1_200),
        ("re_age", "min_payments", 0, 1_000),
        ("re_age", "max_lifetime", 0, 1_000),
        ("modification", "max_extensions_lifetime", 0, 1_000),
        ("settlement", "offer_days", 0, 36_500),
        ("promise", "max_open", 0, 1_000),
        ("agent", "min_installment_minor", 0, 2**53 - 1),
        ("agent", "min_installment_bps", 0, 10_000),
        ("agent", "max_count", 1, 1_000),
        ("agent", "max_term_months", 0, 1_200),
        ("agent", "max_days_to_first", 0, 36_500),
        ("agent", "max_rate_bps", 0, 1_000_000),
    ],
)
def test_figures_reach_their_bounds_and_no_further(section, key, low, high):
    def said(value):
        figures = {section: {key: value}}
        return {"terms": figures} if section == "agent" else figures

    for value in (low, high):
        document(**said(value))
    for value in (low - 1, high + 1):
        (pointer,) = refused(**said(value))
        assert pointer.endswith(f"/{section}/{key}")


def test_lists_and_texts_have_an_end():
    days = [bucket(n, n) for n in range(1, 200)]
    assert len(document(buckets=[*days, bucket(200, None)]).figures["/buckets"]) == 200
    assert refused(buckets=[*days, bucket(200, 200), bucket(201, None)]) == {"/buckets"}

    assert document(source="x" * 1_000).sources[""] == "x" * 1_000
    assert refused(source="x" * 1_001) == {"/source"}


def test_a_date_may_come_from_outside_but_is_never_inherited():
    assert parse({}, name="own", effective_from=date(2026, 5, 1)).effective_from == date(2026, 5, 1)
    with pytest.raises(InvalidInput):
        parse({"extends": "default"}, name="own")


def test_a_name_is_checked_too():
    with pytest.raises(InvalidInput) as refusal:
        parse({"effective_from": DAY}, name="a b")
    assert [error.pointer for error in refusal.value.errors] == ["/name"]
