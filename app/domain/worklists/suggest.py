"""What to do about an account that is worked: acts, the first first."""

from collections.abc import Iterable
from enum import StrEnum

from app.domain.contact.words import Channel
from app.domain.values import Value
from app.domain.worklists.score import WorkReason


class WorkAct(StrEnum):
    """What somebody can do about an item."""

    APPROVE = "approve"
    ESCALATE = "escalate"
    VERIFY = "verify"
    CALL = "call"
    MESSAGE = "message"
    OFFER = "offer"


class Suggestion(Value, kw_only=True):
    """An act; `by`: the channel, of one that reaches somebody."""

    act: WorkAct
    by: Channel | None = None


_CONTACTLESS = (
    (WorkReason.APPROVAL_WAITING, WorkAct.APPROVE),
    (WorkReason.ESCALATED, WorkAct.ESCALATE),
    (WorkReason.VALIDATION_DUE, WorkAct.VERIFY),
    (WorkReason.BAD_POINT, WorkAct.VERIFY),
    (WorkReason.UNKNOWN_SENDER, WorkAct.VERIFY),
)
_OFFERED = frozenset({
    WorkReason.PLAN_BROKEN, WorkReason.FIRST_PAYMENT_DEFAULT, WorkReason.PROMISE_BROKEN,
    WorkReason.NO_CONTACT, WorkReason.QUOTE_EXPIRING, WorkReason.SETTLEMENT_EXPIRING,
})  # fmt: skip


def suggested(reasons: Iterable[str], allowed: Iterable[Channel]) -> tuple[Suggestion, ...]:
    """What the reasons ask for, by channels the gate allows now, the one to use first first."""
    found, ways = set(reasons), tuple(allowed)
    acts = [Suggestion(act=act) for reason, act in _CONTACTLESS if reason in found]
    for channel in ways:
        if channel is Channel.VISIT:
            continue
        act = WorkAct.CALL if channel is Channel.CALL else WorkAct.MESSAGE
        acts.append(Suggestion(act=act, by=channel))
    if ways and found & _OFFERED:  # who may not be reached is offered nothing
        acts.append(Suggestion(act=WorkAct.OFFER))
    return tuple(acts)
