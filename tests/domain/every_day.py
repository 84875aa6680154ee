"""The slow way to judge: every day there is, as if nobody knew which days matter."""

from datetime import timedelta

from app.domain.folding import Fold
from app.domain.replay import apply, standing
from app.domain.review import judge


def judged_every_day(facts, policies, through):
    """The fold as it would be if nobody knew which days matter."""

    def open_days(made, last):
        day = made.state.judged_on + timedelta(days=1)
        while day <= last:
            judged = judge(made.state, policies, on=day)
            made = made.then(judged.state, *judged.verdicts)
            day += timedelta(days=1)
        return made

    first, *others = standing(facts)
    made = apply(Fold(), first, policies)
    for one in others:
        made = apply(open_days(made, one.effective_on), one, policies)
    return open_days(made, through)
