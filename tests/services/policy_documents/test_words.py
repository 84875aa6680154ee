"""How a policy document is refused: in which words, how many of them, and how soon."""

import time

import pytest

from app.domain.errors import InvalidInput
from app.services.policy_documents.reader import parse, refuse_crowded
from app.services.policy_documents.sections import MAX_CREDITORS

#: The longest that one document may take; it takes a third of that here.
PATIENCE_S = 0.3


def document(**said):
    return parse({"effective_from": "2026-03-01", **said}, name="house")


def bucket(from_days, to_days, name=None):
    return {"name": name or f"{from_days}+", "from_days": from_days, "to_days": to_days}


def told(**said):
    with pytest.raises(InvalidInput) as refusal:
        document(**said)
    return {error.pointer: error.detail for error in refusal.value.errors}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        pytest.param(
            {"grace_days": -1},
            {"/grace_days": "must be a whole number from 0 to 36500"},
            id="range",
        ),
        pytest.param(
            {"grace_days": {"value": "5"}},
            {"/grace_days": "must be a whole number from 0 to 36500"},
            id="range, with a source",
        ),
        pytest.param(
            {"missed": {"method": "most"}},
            {"/missed/method": "must be one of aggregate, ninety_percent"},
            id="words",
        ),
        pytest.param(
            {"broken": None},
            {"/broken": "must be an object; leave it out to inherit it"},
            id="section",
        ),
        pytest.param(
            {"buckets": {"name": "a"}}, {"/buckets": "must be a list of at most 200"}, id="list"
        ),
        pytest.param(
            {"buckets": [{"name": "a"}]},
            {"/buckets/0/from_days": "must be given: there is nothing to inherit it from"},
            id="row",
        ),
        pytest.param(
            {"buckets": [bucket(1, None, "{a}"), bucket(5, None)]},
            {"/buckets/1/from_days": "must be the day after '{a}' ends: no overlap and no gap"},
            id="braces",
        ),
        pytest.param(
            {"grace": 1, "grace_days": {"value": 1, "why": 2}},
            {"/grace": "is not a field of a policy", "/grace_days/why": "is not a field here"},
            id="unknown",
        ),
        pytest.param(
            {"sources": {"grace": "x", "grace_days": ""}},
            {
                "/sources/grace": "is not a field of a policy",
                "/sources/grace_days": "must be a text of 1 to 1000 characters",
            },
            id="sources, all at once",
        ),
        pytest.param(
            {"sources": {"[key]": "x"}, "creditors": {"[key]": {"[key]": 1}}},
            {
                "/sources/[key]": "is not a field of a policy",
                "/creditors/[key]/[key]": "is not a field of a policy",
            },
            id="a member named as pydantic marks keys",
        ),
        pytest.param(
            {"extends": "a b", "effective_from": "soon"},
            {
                "/extends": "must be 1 to 64 letters, digits, dots, dashes and underscores",
                "/effective_from": "must be a date such as 2026-01-31",
            },
            id="head",
        ),
    ],
)
def test_what_is_wrong_is_said_in_words_that_name_the_limits(said, words):
    assert told(**said) == words


def test_the_first_hundred_are_told_and_the_rest_counted():
    with pytest.raises(InvalidInput) as refusal:
        document(creditors={f"C{n}": {"grace_days": -1} for n in range(150)})

    assert (len(refusal.value.told), refusal.value.untold) == (100, 50)
    assert refusal.value.told[0].pointer == "/creditors/C0/grace_days"


def test_null_lifts_a_limit_and_unset_inherits_it():
    said = document(broken={"max_missed": None}, re_age={"min_payments": None})

    assert said.figures == {"/broken/max_missed": None, "/re_age/min_payments": 0}


def test_documents_stored_before_there_was_a_most_are_read():
    crowd = {f"C{n}": {"grace_days": 1} for n in range(MAX_CREDITORS + 1)}

    assert len(document(creditors=crowd).creditors) == MAX_CREDITORS + 1
    with pytest.raises(InvalidInput) as refusal:
        refuse_crowded({"creditors": crowd})
    assert [error.pointer for error in refusal.value.errors] == ["/creditors"]


def crowd_of(**figures):
    """A document with a thousand creditors, each with figures of several sections."""
    partial = {
        **figures,
        "broken": {"max_missed": 2, "source": "theirs"},
        "terms": {"agent": {"max_count": {"value": 6, "source": "theirs"}}},
        "buckets": [bucket(1, 29), bucket(30, None)],
        "settlement": {"matrix": [{"role": "agent"}, {"role": "admin"}]},
    }
    return {f"C{n}": partial for n in range(1_000)}


def read(crowd):
    """What is read or refused, and the least time of three: a busy machine only adds to it."""
    times = []
    for _ in range(3):
        begun = time.thread_time()
        try:
            found = document(creditors=crowd)
        except InvalidInput as refusal:
            found = refusal
        times.append(time.thread_time() - begun)
    return found, min(times)


def test_a_thousand_creditors_are_read_in_a_moment():
    said, took_s = read(crowd_of(grace_days=1))

    assert took_s < PATIENCE_S
    assert len(said.creditors) == 1_000


def test_and_so_is_what_is_wrong_in_each():
    refusal, took_s = read(crowd_of(grace_days=-1))

    assert took_s < PATIENCE_S
    assert refusal.untold == 900
