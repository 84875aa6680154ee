"""One changed byte shows, and every reason against legal is told at once."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from app.domain.evidence.escalation import Case, against_legal
from app.domain.evidence.manifest import differences, manifest, root
from app.domain.vocabulary import HoldKind, Role

TODAY = date(2026, 10, 6)
files = st.dictionaries(st.text("abc/\u00e9", min_size=1), st.binary(max_size=20), max_size=5)


@given(files)
def test_the_same_files_have_one_root_however_they_came(content):
    backwards = dict(reversed(content.items()))
    told = manifest("acc_1", TODAY, content)

    assert root(told) == root(manifest("acc_1", TODAY, backwards))
    assert differences(told, content) == []


@given(files.filter(bool), st.binary(min_size=1, max_size=3))
def test_a_changed_a_missing_and_an_added_file_show(content, more):
    told = manifest("acc_1", TODAY, content)
    path = min(content)

    assert differences(told, {**content, path: content[path] + more}) == [path]
    assert differences(told, {key: one for key, one in content.items() if key != path}) == [path]
    assert differences(told, {**content, "an added one": b""}) == ["an added one"]
    assert root(manifest("acc_1", TODAY, {**content, path: content[path] + more})) != root(told)


@given(st.frozensets(st.sampled_from(HoldKind)), st.booleans(), st.booleans())
def test_more_against_it_never_lets_it_go(holds, barred, noted):
    bare = Case(owed_minor=1, minimum_minor=1, role=Role.AGENT, noted_by_supervisor=noted)
    more = Case(
        owed_minor=1, minimum_minor=1, role=Role.AGENT, noted_by_supervisor=noted,
        holds=holds, time_barred=barred,
    )  # fmt: skip

    assert set(against_legal(bare, TODAY)) <= set(against_legal(more, TODAY))
    assert ("ROLE" in against_legal(more, TODAY)) != noted
