"""The list of addresses beside letters: what is written is read again, less who is forgotten."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.messages import address_list

_LINE = st.text(min_size=1, max_size=12).filter(lambda one: one[0] != "'")
_ROWS = st.lists(st.lists(_LINE, max_size=9), min_size=1, max_size=5)


@given(addresses=_ROWS, gone=st.sets(st.integers(1, 5)))
def test_the_others_are_as_they_were(addresses, gone):
    rows = [(n, f"msg_{n}", lines) for n, lines in enumerate(addresses, start=1)]
    kept = address_list.without(address_list.written(rows), gone)

    assert kept == address_list.without(kept, gone)
    assert address_list.read(kept) == {
        number: tuple(lines) for number, _, lines in rows if number not in gone
    }


def test_no_spreadsheet_takes_a_line_for_a_formula():
    said = address_list.written([(1, "msg_1", ["=1+1", "'s-Hertogenbosch"])])

    assert said.decode().splitlines()[1] == "1,msg_1,'=1+1,'s-Hertogenbosch,,,,,"
    assert address_list.read(said) == {1: ("=1+1", "'s-Hertogenbosch")}
