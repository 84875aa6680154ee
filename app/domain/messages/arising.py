"""Which notices an event wants, withdraws, or gives a day for: what tells of it, and how long.

An event says only what happened; whether a notice of it is true is asked of the account, when it
is made and when it leaves.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID, uuid5

from app.domain.messages.notices import When
from app.domain.values import Value

#: How many days after what it tells of a notice may still leave; the day it expires is excluded.
LASTS_DAYS: Final[Mapping[When, int]] = {
    When.PLAN_AGREED: 7,
    When.PLAN_CHANGED: 7,
    When.PLAN_BROKEN: 14,
    When.PROMISE_BROKEN: 7,
    When.PAYMENT_POSTED: 7,
    When.SETTLEMENT_OFFERED: 14,
    When.SETTLEMENT_ACCEPTED: 14,
    When.SETTLEMENT_SATISFIED: 14,
}
WITHDRAWN_LASTS_DAYS: Final = 14
#: What a sent notice may be withdrawn by, and the words that say so.
WITHDRAWN_BY: Final[Mapping[When, str]] = {
    When.PLAN_BROKEN: "plan_broken_withdrawn",
    When.PAYMENT_POSTED: "receipt_withdrawn",
}
WITHDRAWN: Final = "_withdrawn"


class Wish(Value, kw_only=True):
    """A notice an event asks for. `on`: the date it is about; `withdraws`: what was sent of it.

    `subject`: `plan`, `payment`, `promise` or `settlement`, whose id is `subject_id`.
    """

    when: When
    subject: str
    subject_id: UUID
    on: date
    withdraws: bool = False


class Noted(Value, kw_only=True):
    """A day that an event gave, before or after which a notice may be due."""

    when: When
    subject_id: UUID
    about_on: date


class _Told(Value, kw_only=True):
    """An event as far as notices read it."""

    data: Mapping[str, Any]
    plan_id: UUID | None
    payment_id: UUID | None
    on: date
    corrected: bool


def wished(
    kind: str,
    data: Mapping[str, Any],
    *,
    plan_id: UUID | None,
    payment_id: UUID | None,
    business_date: date,
    corrects: bool,
) -> Wish | None:
    """What an event of this type wants said, if anything.

    Money and plans are told of by the day they count from, so that a history entered late writes
    to nobody about what is long past. A correction's data are {before, after}: where nothing is
    true any more, what was sent is withdrawn.
    """
    now = data.get("after") if corrects else data
    said = now if now is not None else data.get("before") or {}
    effective = said.get("effective_on")
    on = date.fromisoformat(effective) if effective else business_date
    told = _Told(
        data=said, plan_id=plan_id, payment_id=payment_id, on=on, corrected=corrects and now is None
    )
    found = _KINDS.get(kind)
    if found is None:
        return None
    when, subject = found
    return _of(kind, when, subject, told)


def _of(kind: str, when: When, subject: str, told: _Told) -> Wish | None:
    ids = {"plan": told.plan_id, "payment": told.payment_id}
    subject_id = ids.get(subject) or _id(told.data.get(f"{subject}_id"))
    withdraws = kind in _TAKES_BACK or told.corrected
    if subject_id is None or told.data.get("won") or (withdraws and when not in WITHDRAWN_BY):
        return None
    return Wish(when=when, subject=subject, subject_id=subject_id, on=told.on, withdraws=withdraws)


def _id(said: object) -> UUID | None:
    return UUID(str(said)) if said else None


_KINDS: Final[Mapping[str, tuple[When, str]]] = {
    "plan.activated": (When.PLAN_AGREED, "plan"),
    "plan.revised": (When.PLAN_CHANGED, "plan"),
    "plan.broken": (When.PLAN_BROKEN, "plan"),
    "promise.broken": (When.PROMISE_BROKEN, "promise"),
    "payment.posted": (When.PAYMENT_POSTED, "payment"),
    "payment.reversed": (When.PAYMENT_POSTED, "payment"),
    "payment.charged_back": (When.PAYMENT_POSTED, "payment"),
    "settlement.offered": (When.SETTLEMENT_OFFERED, "settlement"),
    "settlement.approved": (When.SETTLEMENT_OFFERED, "settlement"),
    "settlement.accepted": (When.SETTLEMENT_ACCEPTED, "settlement"),
    "settlement.satisfied": (When.SETTLEMENT_SATISFIED, "settlement"),
}
_TAKES_BACK: Final = frozenset({"payment.reversed", "payment.charged_back"})


def noted(kind: str, data: Mapping[str, Any], *, account_id: UUID) -> Noted | None:
    """The day an event of an account gives for a notice before or after it; None of any other.

    An offer that waits for approval is noted like any: whether it stands is asked on the day.
    """
    if kind not in _DAYS:
        return None
    when, subject, day = _DAYS[kind]
    return Noted(
        when=when,
        subject_id=account_id if subject == "account" else UUID(str(data[f"{subject}_id"])),
        about_on=date.fromisoformat(data[day]),
    )


_DAYS: Final[Mapping[str, tuple[When, str, str]]] = {
    "account.created": (When.PLACED, "account", "effective_on"),
    "promise.made": (When.BEFORE_PROMISE, "promise", "due_on"),
    "settlement.offered": (When.BEFORE_EXPIRY, "settlement", "expires_on"),
}


def expires_on(when: When, on: date) -> date:
    """The first day on which a notice about that date may not leave any more, nor be made."""
    return on + timedelta(days=LASTS_DAYS[when])


def revision_id(plan_id: UUID, number: int) -> UUID:
    """A plan's schedule by that number, as the subject of a notice: each change is one of its own.

    Two changes of one day would share a key otherwise, and the second would not be told.
    """
    return uuid5(plan_id, f"revision/{number}")
