"""What the books tell the world of verdicts: those that came, changed or fell away.

Events hold ids, amounts and dates; never names or free text.
"""

from collections.abc import Iterator, Mapping

from app.domain.account.fold import Fold
from app.domain.account.verdicts import Verdict
from app.domain.entries.events import Event, EventType
from app.domain.values import replace


def event_of_verdict(verdict: Verdict) -> Event:
    """The event that tells a verdict for the first time."""
    return Event(
        type=EventType(verdict.type),
        business_date=verdict.on,
        plan_id=verdict.plan_id,
        payment_id=verdict.payment_id,
        data=_data(verdict),
        key=verdict.key,
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


def verdict_events(before: Fold, after: Fold) -> Iterator[Event]:
    """New verdicts, and corrections of those that changed or fell away, by day judged."""
    was = {verdict.key: verdict for verdict in before.verdicts}
    now = {verdict.key: verdict for verdict in after.verdicts}
    changed = [
        replace(event_of_verdict(verdict), before=_data(was[key]), corrects=True)
        if key in was
        else event_of_verdict(verdict)
        for key, verdict in now.items()
        if key not in was or was[key].data != verdict.data
    ]
    changed += [
        replace(event_of_verdict(verdict), before=_data(verdict), corrects=True, withdrawn=True)
        for key, verdict in was.items()
        if key not in now
    ]
    yield from sorted(changed, key=lambda event: event.business_date)
