"""The events of verdicts: of those reached, those that changed, and those withdrawn.

Events hold ids, amounts and dates; never names or free text.
"""

from collections.abc import Iterator, Mapping

from app.domain.account.fold import Fold
from app.domain.account.verdicts import Verdict
from app.domain.entries.events import Event, EventType
from app.domain.facts.fact import Fact
from app.domain.values import replace


def event_of_verdict(verdict: Verdict, by: Fact | None = None) -> Event:
    """The event that tells a verdict for the first time. `by`: the act that it came of."""
    return Event(
        type=EventType(verdict.type),
        business_date=verdict.on,
        plan_id=verdict.plan_id,
        payment_id=verdict.payment_id,
        data=_data(verdict),
        key=verdict.key,
        actor=by.actor if by else None,
        role=by.role if by else None,
        origin=by.origin if by else None,
        reason=by.body.why if by else None,
    )


def _data(verdict: Verdict) -> Mapping[str, object]:
    if verdict.type.startswith("promise."):
        return {"promise_id": verdict.subject, **verdict.data}
    if verdict.type.startswith("settlement."):
        return {"settlement_id": verdict.subject, **verdict.data}
    if verdict.type.startswith("charge."):
        return {"charge_id": verdict.subject, **verdict.data}
    if verdict.subject is not None and verdict.subject != verdict.plan_id:
        return {"installment_id": verdict.subject, **verdict.data}
    return dict(verdict.data)


def verdict_events(before: Fold, after: Fold, *, by: Fact) -> Iterator[Event]:
    """New verdicts, and corrections of those that changed or fell away, by day judged.

    All of them came of the act `by`.
    """
    was = {verdict.key: verdict for verdict in before.verdicts}
    now = {verdict.key: verdict for verdict in after.verdicts}
    changed = [
        replace(event_of_verdict(verdict, by), before=_data(was[key]), corrects=True)
        if key in was
        else event_of_verdict(verdict, by)
        for key, verdict in now.items()
        if key not in was or was[key].data != verdict.data
    ]
    changed += [
        replace(event_of_verdict(verdict, by), before=_data(verdict), corrects=True, withdrawn=True)
        for key, verdict in was.items()
        if key not in now
    ]
    yield from sorted(changed, key=lambda event: event.business_date)
