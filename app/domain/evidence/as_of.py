"""How a row stood at the end of a day, where later facts rewrote it: so that a file stays the same.

A contact's, a message's and a decision's row say how each stands today. What came after the day is
taken back here, from the facts that stand beside: whoever makes the file of that day again, later,
gets the same bytes.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

Row = dict[str, Any]

#: Of a recording or an attachment: the day of the correction that named it, where one did.
NAMED_ON: Final = "named_on"

#: Of a message, what is known of it once it left, and never changes from then on.
_ONCE_SENT = frozenset({
    "point_id", "channel", "locale", "template_version", "provider", "provider_message_id",
    "content_hash", "decision_id",
})  # fmt: skip
#: What a worker writes for itself: told by the facts, one by one.
_OF_WORK = frozenset({
    "status", "reason", "contact_id", "not_before_at", "attempts", "unheard",
    "provider_idempotent", "sequence",
})  # fmt: skip
_LEFT = frozenset({"sent", "delivered", "bounced", "failed", "complained", "returned"})
#: Who read a contact, and when, is no fact of it.
_READ = frozenset({"read_at", "read_actor"})
#: What contacts from before there was such do not say.
_SAID_SINCE = ("links", "judged_by")


def contact_as_of(row: Row, facts: Iterable[Mapping[str, Any]], as_of: date) -> Row:
    """A contact as it was said by that day, from its row and all its facts in their order.

    A correction's fact holds what was said before it; a verdict's the codes that were told.
    """
    told = list(facts)
    was = {name: value for name, value in row.items() if name not in _READ}
    for fact in reversed(told):
        if fact["business_date"] <= as_of:
            continue
        if fact["kind"] == "corrected":
            before = {name: value for name, value in fact["body"].items() if name in was}
            was |= {name: _as_in_row(was[name], value) for name, value in before.items()}
        elif fact["kind"] == "judged" and "by_before" in fact["body"]:
            was["judged_by"] = fact["body"]["by_before"]
    by_then = [one for one in told if one["business_date"] <= as_of]
    verdicts = [one["body"]["outside"] for one in by_then if one["kind"] == "judged"]
    was["corrections"] = sum(one["kind"] == "corrected" for one in by_then)
    was["outside"] = [] if was["voided_on"] or not verdicts else verdicts[-1]
    if was["voided_on"] is not None and was["voided_on"] > as_of:
        was["voided_on"] = None
        was["outside"] = verdicts[-1] if verdicts else []
    return {
        name: value for name, value in was.items() if name not in _SAID_SINCE or value is not None
    }


def _as_in_row(now: object, before: Any) -> Any:  # noqa: ANN401 - a column's, as JSON has it
    return datetime.fromisoformat(before) if isinstance(now, datetime) and before else before


def message_as_of(row: Row, told: Iterable[Mapping[str, Any]]) -> Row:
    """A message as the events about it told by the day, and what left, once it had."""
    last: Mapping[str, Any] = {}
    left = False
    for one in told:
        last = one
        left = left or one.get("status") in _LEFT
    was = {
        name: value
        for name, value in row.items()
        if name not in _OF_WORK and (left or name not in _ONCE_SENT)
    }
    for name in ("status", "reason", "contact_id"):
        was[name] = last.get(name)
    return was


def decision_as_of(row: Row, ended_on: date | None, as_of: date) -> Row:
    """A decision as it stood by that day: not ended, where that came later."""
    if ended_on is None or ended_on <= as_of:
        return row
    return {**row, **dict.fromkeys(("ended_because", "end_reason", "ended_at", "contact_id"))}
