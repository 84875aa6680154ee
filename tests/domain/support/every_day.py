"""The slow way to judge: every day there is, as if nobody knew which days matter.

And an account read on one day after another, each going on from the day before.
"""

from datetime import timedelta

from app.domain.account.fold import Fold
from app.domain.day_close.close import judge
from app.domain.replay.replay import advance, apply, close_days, in_force


def judged_every_day(facts, policies, through):
    """The fold as it would be if nobody knew which days matter."""

    def open_days(made, last):
        day = made.state.judged_on + timedelta(days=1)
        while day <= last:
            judged = judge(made.state, policies, on=day)
            made = made.with_state(judged.state, *judged.verdicts)
            day += timedelta(days=1)
        return made

    first, *others = in_force(facts)
    made = apply(Fold(), first, policies)
    for one in others:
        made = apply(open_days(made, one.effective_on), one, policies)
    return open_days(made, through)


def read_every_day(facts, policies, *, since, until):
    """Each day with what a fold through it says; the facts of a day count on it."""
    made, coming, day = Fold(), list(in_force(facts)), since
    while day <= until:
        while coming and coming[0].effective_on <= day:
            made = advance(made, coming.pop(0), policies)
        made = close_days(made, policies, through=day)
        yield day, made
        day += timedelta(days=1)
