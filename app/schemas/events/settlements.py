"""What events of settlements carry: offered, decided, accepted, and what they came to."""

from pydantic import Field

from app.schemas.edge.ids import SettlementId
from app.schemas.edge.time import Date
from app.schemas.events.base import Data, Effective, absent


class SettlementOfferedData(Effective):
    """A part is offered to be taken for the whole."""

    settlement_id: SettlementId
    amount_minor: int
    installment_count: int
    expires_on: Date
    waits: bool = Field(description="For approval: it cannot be accepted yet.")


class SettlementDecidedData(Effective):
    """Somebody approved it, or said no."""

    settlement_id: SettlementId


class SettlementAcceptedData(Effective):
    """The debtor accepted: a plan of kind `settlement` pays it."""

    settlement_id: SettlementId
    amount_minor: int


class SettlementWithdrawnData(Data):
    """An offer ended: by somebody, by its counter-offer, or by something else that happened."""

    settlement_id: SettlementId
    effective_on: Date = absent("Where somebody ended it.")
    reason: str = absent("`superseded`, `not_approved`, or what else happened.")
    superseded_by_settlement_id: SettlementId = absent("The offer that countered it.")


class SettlementExpiredData(Data):
    """An open offer lapsed."""

    settlement_id: SettlementId


class SettlementSatisfiedData(Data):
    """It is paid, and the rest is forgiven."""

    settlement_id: SettlementId
    amount_minor: int
    forgiven_minor: int


class SettlementUnsettledData(Data):
    """It is being paid again, or came to nothing."""

    settlement_id: SettlementId
    reason: str
