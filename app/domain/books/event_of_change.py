"""The events of a changed schedule: what was revised, what was re-aged, what was taken back."""

from collections.abc import Callable, Mapping
from typing import Any

from app.domain.books.events import Event, EventType
from app.domain.facts.changes import (
    Acceleration,
    AccountReAge,
    Change,
    Cycle,
    Deferral,
    DueDayChange,
    PaymentHoliday,
    ReAge,
    Reamortization,
    Reschedule,
    RevisionUndo,
    Rewrite,
    StepDown,
    Workout,
)
from app.domain.facts.fact import Fact, is_of
from app.domain.facts.kinds import FactKind

Telling = tuple[EventType, Callable[[Fact[Any]], dict[str, object]]]

_RE_AGES = (FactKind.RE_AGE, FactKind.ACCOUNT_RE_AGE)


def _revised(fact: Fact[Change]) -> dict[str, object]:
    body = fact.body
    return {"cause": body.kind, "revision": body.number}


def _rewritten(fact: Fact[Rewrite]) -> dict[str, object]:
    body = fact.body
    return {**_revised(fact), "quote_id": body.quote_id, "renewal": body.renewal}


def _re_age(fact: Fact[ReAge]) -> dict[str, object]:
    body = fact.body
    return {
        "re_age_id": fact.id,
        "kind": body.re_age,
        "first_due_on": body.due[0].due_on,
        "installment_count": len(body.due),
        "overridden": list(body.override.failed) if body.override else [],
    }


def _account_re_age(fact: Fact[AccountReAge]) -> dict[str, object]:
    body = fact.body
    overridden = list(body.override.failed) if body.override else []
    return {"re_age_id": fact.id, "kind": body.re_age, "overridden": overridden}


def _undone(fact: Fact[RevisionUndo]) -> dict[str, object]:
    body = fact.body
    name = "re_age_id" if body.undone in _RE_AGES else "revision_fact_id"
    return {"undone": body.undone, name: body.undoes}


def _cycle(fact: Fact[Cycle]) -> dict[str, object]:
    body = fact.body
    return {
        "cycle_id": fact.id,
        "due_on": body.due_on,
        "minimum_due_minor": body.minimum_due_minor,
    }


def _workout(fact: Fact[Workout]) -> dict[str, object]:
    body = fact.body
    return {"workout_id": fact.id, "payment_minor": body.payment_minor}


_REVISED: Telling = (EventType.PLAN_REVISED, _revised)
_TELLINGS: Mapping[type, tuple[Telling, ...]] = {
    ReAge: ((EventType.RE_AGE_GRANTED, _re_age), _REVISED),
    AccountReAge: ((EventType.RE_AGE_GRANTED, _account_re_age),),
    Reamortization: (_REVISED,),
    Reschedule: (_REVISED,),
    Deferral: (_REVISED,),
    DueDayChange: (_REVISED,),
    PaymentHoliday: (_REVISED,),
    StepDown: (_REVISED,),
    Acceleration: (_REVISED,),
    Rewrite: ((EventType.PLAN_REVISED, _rewritten),),
    RevisionUndo: ((EventType.PLAN_REVISED, _undone),),
    Cycle: ((EventType.CYCLE_RECORDED, _cycle),),
    Workout: ((EventType.WORKOUT_ENTERED, _workout),),
}


def of(fact: Fact) -> tuple[Telling, ...]:
    """What tells this fact; nothing where it is no change."""
    told = _TELLINGS.get(type(fact.body), ())
    if isinstance(fact.body, RevisionUndo) and fact.body.undone in _RE_AGES:
        undone: Telling = (EventType.RE_AGE_UNDONE, _undone)
        return (undone, *told) if fact.body.plan_id else (undone,)  # else no schedule moved
    return told


def key(kind: EventType, fact: Fact) -> str | None:
    """The natural key of what may be corrected later: a re-age that was granted."""
    if kind is not EventType.RE_AGE_GRANTED:
        return None
    return f"{kind}:{fact.id}:{fact.effective_on}:0"


def grant_event(fact: Fact[ReAge] | Fact[AccountReAge]) -> Event:
    """The event that told a re-age, as it was told."""
    data = _re_age(fact) if is_of(fact, ReAge) else _account_re_age(fact)
    return Event(
        type=EventType.RE_AGE_GRANTED,
        business_date=fact.business_date,
        plan_id=getattr(fact.body, "plan_id", None),
        data={"effective_on": fact.effective_on, **data},
        key=key(EventType.RE_AGE_GRANTED, fact),
    )
