"""What events of escalations carry: to which desk, and how they stand."""

from app.domain.evidence.course import Desk, EscalationStatus, Urgency
from app.schemas.edge.ids import EscalationId
from app.schemas.edge.time import Date
from app.schemas.events.base import Data, absent


class EscalationData(Data):
    """Of an escalation."""

    escalation_id: EscalationId
    to: Desk


class EscalationOpenedData(EscalationData):
    """An account was escalated to another desk."""

    urgency: Urgency
    due_on: Date | None = absent("Until when it is to be answered.")


class EscalationChangedData(EscalationData):
    """It stands otherwise now."""

    before: EscalationStatus
    after: EscalationStatus


class EscalationClosedData(EscalationChangedData):
    """It is over."""
