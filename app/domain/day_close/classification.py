"""The verdicts of the charge-off clocks: the account is substandard, its charge-off is due.

Each is reached once for a run of days past due, at the opening of its day, and withdrawn like any
verdict when a fact takes it away. They advise: nothing else happens on those days. Days that had
passed when the account was placed belong to the creditor and give no verdict.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from app.domain.account import verdicts
from app.domain.account.state import State
from app.domain.account.verdicts import Verdict
from app.domain.standing.classification import Classification, classified
from app.domain.values import replace


def alert_days(state: State) -> Iterator[date]:
    """The days of the next verdicts; one whose day is already past is reached on the next day."""
    dates = classified(state, state.product, on=state.judged_on)
    if dates is not None:
        tomorrow = state.judged_on + timedelta(days=1)
        yield from (max(day, tomorrow) for day in _unreached(state, dates) if day is not None)


def judge_alerts(state: State, *, on: date) -> tuple[State, list[Verdict]]:
    """Reach the verdicts whose days have come."""
    dates = classified(state, state.product, on=on)
    if dates is None:
        return state, []
    substandard, charge_off = (day is not None and day <= on for day in _unreached(state, dates))
    reached: list[Verdict] = []
    if substandard and dates.since_on is not None:
        reached.append(verdicts.substandard(on=on, since_on=dates.since_on))
    if charge_off:
        reached.append(
            verdicts.charge_off_due(
                on=on,
                due_on=dates.charge_off_due_on,
                loss_on=dates.loss_on,
                driver=dates.driver,
            )
        )
    return _noted(state, dates, substandard=substandard, charge_off=charge_off), reached


def placed(state: State, *, on: date) -> State:
    """The state of an account just placed: days that had passed by then give no verdict."""
    dates = classified(state, state.product, on=on)
    if dates is None:
        return state
    substandard, charge_off = (day is not None and day <= on for day in _unreached(state, dates))
    return _noted(state, dates, substandard=substandard, charge_off=charge_off)


def _unreached(state: State, dates: Classification) -> tuple[date | None, date | None]:
    """The substandard and the charge-off day, where this run has not reached their verdicts yet."""
    return (
        None if state.substandard_for_on == dates.since_on else dates.substandard_on,
        None if state.charge_off_for_on == dates.driven_from_on else dates.charge_off_due_on,
    )


def _noted(state: State, dates: Classification, *, substandard: bool, charge_off: bool) -> State:
    if substandard:
        state = replace(state, substandard_for_on=dates.since_on)
    if charge_off:
        state = replace(state, charge_off_for_on=dates.driven_from_on)
    return state
