"""The fold: an account's facts, by effective date and order of entry, give its state.

`apply` takes one fact further; `fold` takes them all, judging the days between them. Nothing is
patched in place, so a backdated or reversed fact needs no rule of its own: the fold is made again,
and `books.enter` writes the difference. A fact that undoes another takes it out of the fold
(`in_force`), as if it had never been.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.account.state import State
from app.domain.day_close import clocks
from app.domain.day_close.close import close, next_review_on, rebucket
from app.domain.day_close.interest import accrued, reprojected
from app.domain.facts.accounts import Placement, PlacementCorrected
from app.domain.facts.changes import Change
from app.domain.facts.fact import Fact, facts_of, is_change, is_of
from app.domain.policy.book import PolicyBook
from app.domain.replay import closings, promises, settlements
from app.domain.replay.kinds import KINDS
from app.domain.values import replace


def in_force(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that count, in the order they count: undone ones and their undoing left out."""
    entered = tuple(facts)
    undone = {fact.body.undoes for fact in entered} - {None}
    undone |= {fact.id for fact in entered if fact.body.falls_with in undone}
    counting = (f for f in _corrected(entered) if f.id not in undone and f.body.undoes is None)
    return tuple(sorted(counting, key=lambda fact: (fact.effective_on, _turn(fact), fact.sequence)))


def _corrected(entered: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts as they were corrected since, the latest entered last; corrections left out."""
    corrections = {fact.id: fact.body for fact in facts_of(entered, PlacementCorrected)}
    if not corrections:
        return entered
    newest = {body.placement_id: body for body in corrections.values()}
    return tuple(
        replace(fact, body=newest[fact.id].corrected(fact.body))
        if is_of(fact, Placement) and fact.id in newest
        else fact
        for fact in entered
        if fact.id not in corrections
    )


def _turn(fact: Fact) -> int:
    """Where a fact comes within its day."""
    return KINDS[type(fact.body)].turn(fact)


def fold(facts: Iterable[Fact], policies: PolicyBook, *, through: date) -> Fold:
    """Everything up to and including `through`, that day's opening judged.

    Facts effective after `through` are left out: the state as of that day, with today's
    knowledge of what was undone.
    """
    entered = tuple(facts)
    last = max((fact.sequence for fact in entered), default=0)
    made = Fold(newest=last)
    for fact in in_force(entered):
        if fact.effective_on > through:
            break
        made = advance(made, fact, policies)
    made = close_days(made, policies, through=through)
    return replace(made, state=replace(made.state, sequence=last))


def advance(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    """Close the days before a fact and apply it."""
    return apply(close_days(made, policies, through=fact.effective_on), fact, policies)


def close_days(made: Fold, policies: PolicyBook, *, through: date) -> Fold:
    """`day_close.close`, its verdicts kept."""
    judged = close(made.state, policies, through=through)
    return made.with_state(judged.state, *judged.verdicts).earn(*judged.earned)


def needs_history(state: State, fact: Fact) -> bool:
    """Whether a fact cannot simply be applied to the stored state.

    So it is with one that counts before the latest day that left a trace, one that undoes
    another, and one that puts older money to use, whose lines only history knows. A breathing
    space comes before what was entered on its first day.
    """
    if fact.effective_on < state.latest_on:
        return True
    return KINDS[type(fact.body)].needs_history(state, fact)


def rewound(state: State, on: date) -> State:
    """The stored state as of a day not before its latest trace: nothing happened since."""
    if on < state.latest_on:
        raise ValueError(f"{on} lies before {state.latest_on}, the latest trace")
    return replace(state, judged_on=on) if on < state.judged_on else state


def apply(made: Fold, fact: Fact, policies: PolicyBook) -> Fold:
    """The fold after one more fact, the days before it closed. Unbuilt kinds are refused."""
    kind = KINDS.get(type(fact.body))
    if kind is None or kind.changes is None:
        raise ValueError(f"{fact.kind!r} is no kind of fact the fold can apply (yet)")
    state = made.state
    if fact.effective_on < state.judged_on:
        raise ValueError(f"fact {fact.id} counts before {state.judged_on}, already judged")
    on = fact.effective_on
    made = kind.changes(made.with_state(accrued(state, on)), fact, policies)
    made = closings.write_off_closed(promises.counted(made, fact), fact)
    made = settlements.follow(made, fact, policies)
    state = replace(
        clocks.fall_due(reprojected(made.state), on=on),
        moved_on=on if kind.moves_money else made.state.moved_on,
        judged_on=max(made.state.judged_on, on),
        latest_on=max(made.state.latest_on, on),
        sequence=max(made.state.sequence, fact.sequence),
    )
    judged = rebucket(state, policies, on=on, by_payment=kind.moves_money)
    state = replace(judged.state, next_review_on=next_review_on(judged.state, policies))
    return made.with_state(state, *judged.verdicts)


def changes_of(facts: Iterable[Fact], plan_id: UUID) -> tuple[Fact[Change], ...]:
    """The changes of one plan's schedule among these facts, in their order."""
    return tuple(fact for fact in facts if is_change(fact) and fact.body.plan_id == plan_id)
