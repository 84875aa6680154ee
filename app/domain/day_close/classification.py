"""What the day close tells of the charge-off clocks: substandard days and charge-off days.

Each is told once for the run that reached it, at the opening of its day, and withdrawn like any
verdict when a fact takes it away. They advise: nothing else happens on those days. What had
elapsed when the account was placed is the creditor's own past and is not told.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from app.domain.account import verdicts
from app.domain.account.state import State
from app.domain.account.verdicts import Verdict
from app.domain.standing.classification import Classification, classified


def alert_days(state: State) -> Iterator[date]:
    """The days on which something is to be told next; one already past, on the day to come."""
    dates = classified(state, state.product, on=state.judged_on)
    if dates is not None:
        tomorrow = state.judged_on + timedelta(days=1)
        yield from (max(day, tomorrow) for day in _untold(state, dates) if day is not None)


def judge_alerts(state: State, *, on: date) -> tuple[State, list[Verdict]]:
    """Tell the days that have come."""
    dates = classified(state, state.product, on=on)
    if dates is None:
        return state, []
    substandard, charge_off = (day is not None and day <= on for day in _untold(state, dates))
    told: list[Verdict] = []
    if substandard and dates.since_on is not None:
        told.append(verdicts.substandard(on=on, since_on=dates.since_on))
    if charge_off:
        told.append(
            verdicts.charge_off_due(
                on=on,
                due_on=dates.charge_off_due_on,
                loss_on=dates.loss_on,
                driver=dates.driver,
            )
        )
    return _told(state, dates, substandard=substandard, charge_off=charge_off), told


def placed(state: State, *, on: date) -> State:
    """The state of an account just placed: what had elapsed by then is not told."""
    dates = classified(state, state.product, on=on)
    if dates is None:
        return state
    substandard, charge_off = (day is not None and day <= on for day in _untold(state, dates))
    return _told(state, dates, substandard=substandard, charge_off=charge_off)


def _untold(state: State, dates: Classification) -> tuple[date | None, date | None]:
    """The substandard and the charge-off day, where they were not told for this run yet."""
    return (
        None if state.substandard_for_on == dates.since_on else dates.substandard_on,
        None if state.charge_off_for_on == dates.driven_from_on else dates.charge_off_due_on,
    )


def _told(state: State, dates: Classification, *, substandard: bool, charge_off: bool) -> State:
    if substandard:
        state = replace(state, substandard_for_on=dates.since_on)
    if charge_off:
        state = replace(state, charge_off_for_on=dates.driven_from_on)
    return state
