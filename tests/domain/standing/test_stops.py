"""How many days a hold or a pause stops: a hold its last day too, a pause up to its end."""

from datetime import date, timedelta

import pytest

from app.domain.account.plan import Paused
from app.domain.account.state import State
from app.domain.standing.lateness import counted_days, stopped, stops_of
from tests.domain.standing.test_lateness import FEB, MAR, hold
from tests.factories import fact_id, plan, row


@pytest.mark.parametrize("length", [1, 2, 30, 60, 61])
def test_a_hold_of_so_many_days_stops_so_many(length):
    one = hold(date(2026, 2, 10), date(2026, 2, 10) + timedelta(length - 1))
    state = State(holds=(one,))

    (stop,) = stops_of(state)
    assert counted_days([stop], start=FEB, end=date(2027, 1, 1)) == 334 - length
    assert sum(stopped([stop], FEB + timedelta(n)) for n in range(334)) == length
    assert sum(one.stands(FEB + timedelta(n)) for n in range(334)) == length


def test_a_pause_ends_on_a_day_that_counts_again():
    ends_on = date(2026, 2, 20)
    pause = Paused(id=fact_id(9), starts_on=date(2026, 2, 10), ends_on=ends_on)
    days = stops_of(State(plans=(plan(row(1, FEB), pauses=(pause,)),)))

    assert counted_days(days, start=FEB, end=MAR) == 28 - 10
    assert stopped(days, ends_on)
