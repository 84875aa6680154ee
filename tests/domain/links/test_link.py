"""Looking changes nothing, five wrong answers lock, and an agreement is made once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.links.link import Link, LinkStatus, accept, answer, revoke, view

NOW = datetime(2026, 10, 6, 15, tzinfo=UTC)
LINK = Link(expires_at=NOW + timedelta(days=1), text_hash="h1")

acts = st.one_of(
    st.just(("view", None)),
    st.tuples(st.just("answer"), st.booleans()),
    st.tuples(st.just("accept"), st.sampled_from(["h1", "h2"])),
)


def act(link, done, at=NOW):
    what, how = done
    if what == "view":
        return view(link, at)
    if what == "answer":
        return answer(link, at, right=how)
    return accept(link, at, method="POST", text_hash=how)


@given(st.lists(acts, max_size=20))
def test_looking_changes_nothing_and_an_agreement_is_made_once(done):
    link, agreed = LINK, 0
    for one in done:
        found = act(link, one)
        if one[0] == "view":
            assert found.link == link
        agreed += found.status == 201
        link = found.link
    assert agreed <= 1
    assert (link.status is LinkStatus.USED) == (agreed == 1) or link.status is LinkStatus.LOCKED


@given(st.lists(acts, max_size=20))
def test_nothing_personal_shows_before_the_answer(done):
    link, verified = LINK, False
    for one in done:
        found = act(link, one)
        verified = verified or one == ("answer", True)
        assert verified or found.shown in ("question", "locked")
        link = found.link


def test_its_last_instant_is_over():
    over = view(LINK, LINK.expires_at)

    assert (over.status, over.shown) == (410, "ended")
    assert view(revoke(LINK), NOW).status == 410
