"""The course of an escalation: what may be done about it, as it stands."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

#: Until when a complaint is answered, where no policy says.
COMPLAINT_DAYS: Final = 30


class Desk(StrEnum):
    """To whom an account is escalated."""

    SUPERVISOR = "supervisor"
    LEGAL = "legal"
    COMPLIANCE = "compliance"
    COMPLAINTS = "complaints"
    VULNERABILITY = "vulnerability"


class Urgency(StrEnum):
    """How soon."""

    NORMAL = "normal"
    TODAY = "today"


class EscalationStatus(StrEnum):
    """How it stands."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    RETURNED = "returned"
    WITH_ATTORNEY = "with_attorney"
    FILED = "filed"
    CLOSED = "closed"


class Step(StrEnum):
    """What is done about it."""

    ASSIGN = "assign"
    ANSWER = "answer"
    RETURN = "return"
    SEND_TO_ATTORNEY = "send_to_attorney"
    FILED = "filed"
    CLOSE = "close"


_AT_DESK: Final = frozenset({
    EscalationStatus.OPEN, EscalationStatus.ASSIGNED, EscalationStatus.ANSWERED,
})  # fmt: skip
#: From which status each step may be taken, and where it leads.
_STEPS: Final[Mapping[Step, tuple[frozenset[EscalationStatus], EscalationStatus]]] = {
    Step.ASSIGN: (_AT_DESK | {EscalationStatus.RETURNED}, EscalationStatus.ASSIGNED),
    Step.ANSWER: (_AT_DESK, EscalationStatus.ANSWERED),
    Step.RETURN: (_AT_DESK | {EscalationStatus.WITH_ATTORNEY}, EscalationStatus.RETURNED),
    Step.SEND_TO_ATTORNEY: (_AT_DESK, EscalationStatus.WITH_ATTORNEY),
    Step.FILED: (frozenset({EscalationStatus.WITH_ATTORNEY}), EscalationStatus.FILED),
    Step.CLOSE: (frozenset(EscalationStatus) - {EscalationStatus.CLOSED}, EscalationStatus.CLOSED),
}
#: Steps of one desk alone.
_OF_LEGAL: Final = frozenset({Step.SEND_TO_ATTORNEY, Step.FILED})
#: An attorney has it: the house contacts nobody about the account.
HANDED_OVER: Final = frozenset({EscalationStatus.WITH_ATTORNEY, EscalationStatus.FILED})


def after(status: EscalationStatus, step: Step, desk: Desk) -> EscalationStatus | None:
    """How it stands after a step; None where the step cannot be taken."""
    froms, to = _STEPS[step]
    if status not in froms or (step in _OF_LEGAL and desk is not Desk.LEGAL):
        return None
    return to
