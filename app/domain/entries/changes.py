"""The events of a changed schedule: revised, re-aged, undone.

Principal moves between installments and the balance stays, so none of these posts to the ledger.
"""

from app.domain.account.fold import Fold
from app.domain.entries.events import Event, EventType, event_of
from app.domain.facts.changes import (
    AccountReAge,
    Change,
    Cycle,
    ReAge,
    RevisionUndo,
    Rewrite,
    Workout,
)
from app.domain.facts.fact import Fact, is_of
from app.domain.facts.kinds import RE_AGES

Events = tuple[Event, ...]


def tell_revised(fact: Fact[Change], _before: Fold) -> Events:
    """Any change of a plan's schedule of which there is no more to say."""
    return (_revised(fact, {}),)


def _revised(fact: Fact[Change], more: dict[str, object]) -> Event:
    body = fact.body
    data = {"cause": body.kind, "revision": body.number, **more}
    return event_of(fact, EventType.PLAN_REVISED, data, plan_id=body.plan_id)


def tell_rewrite(fact: Fact[Rewrite], _before: Fold) -> Events:
    return (_revised(fact, {"quote_id": fact.body.quote_id, "renewal": fact.body.renewal}),)


def tell_re_age(fact: Fact[ReAge], _before: Fold) -> Events:
    return (granted_event(fact), _revised(fact, {}))


def tell_account_re_age(fact: Fact[AccountReAge], _before: Fold) -> Events:
    return (granted_event(fact),)


def granted_event(fact: Fact[ReAge] | Fact[AccountReAge]) -> Event:
    """The event that tells a re-age. It may be corrected later, hence its key."""
    body, kind = fact.body, EventType.RE_AGE_GRANTED
    data: dict[str, object] = {"re_age_id": fact.id, "kind": body.re_age}
    plan_id = None
    if is_of(fact, ReAge):
        plan_id, due = fact.body.plan_id, fact.body.due
        data |= {"first_due_on": due[0].due_on, "installment_count": len(due)}
    data["overridden"] = list(body.override.failed) if body.override else []
    return event_of(
        fact, kind, data, plan_id=plan_id, key=f"{kind}:{fact.id}:{fact.effective_on}:0"
    )


def tell_undone(fact: Fact[RevisionUndo], _before: Fold) -> Events:
    """A re-age taken back is told as one; a schedule that moved with it, as revised too."""
    body = fact.body
    re_aged = body.undone in RE_AGES
    name = "re_age_id" if re_aged else "revision_fact_id"
    data = {"undone": body.undone, name: body.undoes}
    kinds = [EventType.RE_AGE_UNDONE] if re_aged else []
    if body.plan_id or not re_aged:
        kinds.append(EventType.PLAN_REVISED)
    return tuple(event_of(fact, kind, data, plan_id=body.plan_id) for kind in kinds)


def tell_cycle(fact: Fact[Cycle], _before: Fold) -> Events:
    body = fact.body
    data = {
        "cycle_id": fact.id,
        "due_on": body.due_on,
        "minimum_due_minor": body.minimum_due_minor,
    }
    return (event_of(fact, EventType.CYCLE_RECORDED, data),)


def tell_workout(fact: Fact[Workout], _before: Fold) -> Events:
    data = {"workout_id": fact.id, "payment_minor": fact.body.payment_minor}
    return (event_of(fact, EventType.WORKOUT_ENTERED, data),)
