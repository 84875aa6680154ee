"""A debt is furnished after its consumer was told of it, and with its dispute."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.reporting.furnishing import (
    WAITS_DAYS,
    Telling,
    Unfit,
    against_furnishing,
    furnishable_from,
)

DAY = date(2026, 3, 2)
days = st.integers(0, 60).map(lambda n: DAY + timedelta(days=n))
tellings = st.lists(st.builds(Telling, on=days, spoken=st.booleans()), max_size=4)


def test_a_letter_waits_fourteen_days_and_a_talk_none():
    letter, talk = (Telling(on=DAY, spoken=spoken) for spoken in (False, True))
    assert furnishable_from([letter]) == date(2026, 3, 16)
    assert furnishable_from([letter, talk]) == DAY
    assert furnishable_from([]) is None


@given(tellings, days, st.booleans(), st.booleans())
def test_telling_once_more_never_forbids_and_a_note_always_helps(told, on, disputed, notes):
    more = [*told, Telling(on=on, spoken=True)]
    first, second = (
        against_furnishing(
            on, from_on=furnishable_from(one), disputed=disputed, notes_dispute=notes
        )
        for one in (told, more)
    )
    assert Unfit.CONSUMER_NOT_TOLD not in second
    assert set(second) <= set(first)
    assert (Unfit.DISPUTE_MUST_BE_NOTED in first) is (disputed and not notes)
    if all(on < one.on + timedelta(days=WAITS_DAYS) for one in told if not one.spoken):
        spoken = any(one.spoken and one.on <= on for one in told)
        assert (Unfit.CONSUMER_NOT_TOLD in first) is not spoken
