"""Bodies of facts about a settlement: offered, approved, accepted, or ended before that.

A settlement has the id of the fact that offered it, and its plan the id of the fact that accepted
it.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Literal
from uuid import UUID

from app.domain.facts.body import Happened
from app.domain.facts.kinds import FactKind
from app.domain.schedule.agreed import AgreedInstallment
from app.domain.vocabulary import PolicyRef


class SettlementOutcome(StrEnum):
    """How somebody ends a settlement; what ends by itself expires, is void or satisfied."""

    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    VOID = "void"


class SettlementOffered(Happened, kw_only=True, tag=FactKind.SETTLEMENT_OFFERED.value):
    """`amount_minor` is offered to be taken for the whole balance, until the end of `expires_on`.

    `installments` is what binds once accepted. `waits`: outside its author's authority.
    `supersedes`: the open offer it counters, which ends with it.
    """

    kind: ClassVar[Literal[FactKind.SETTLEMENT_OFFERED]] = FactKind.SETTLEMENT_OFFERED
    amount_minor: int
    policy: PolicyRef
    expires_on: date
    installments: tuple[AgreedInstallment, ...]
    waits: bool = False
    supersedes: UUID | None = None
    reason: str | None = None


class SettlementApproved(Happened, kw_only=True, tag=FactKind.SETTLEMENT_APPROVED.value):
    """Somebody else, who may, approved the waiting offer: it stands from the fact's date."""

    kind: ClassVar[Literal[FactKind.SETTLEMENT_APPROVED]] = FactKind.SETTLEMENT_APPROVED
    settlement_id: UUID
    reason: str | None = None


class SettlementAccepted(Happened, kw_only=True, tag=FactKind.SETTLEMENT_ACCEPTED.value):
    """The debtor accepts: a plan of kind `settlement` takes over the amount, by this schedule.

    The fact's id is the plan's id. A live plan ends with it; a void does not revive that one.
    """

    kind: ClassVar[Literal[FactKind.SETTLEMENT_ACCEPTED]] = FactKind.SETTLEMENT_ACCEPTED
    settlement_id: UUID
    amount_minor: int
    policy: PolicyRef
    installments: tuple[AgreedInstallment, ...]


class SettlementClosed(Happened, kw_only=True, tag=FactKind.SETTLEMENT_CLOSED.value):
    """The settlement ends by decision: an open offer is declined or withdrawn, a live one void.

    `void` also ends one that a returned payment reopened, where the policy says so.
    """

    kind: ClassVar[Literal[FactKind.SETTLEMENT_CLOSED]] = FactKind.SETTLEMENT_CLOSED
    settlement_id: UUID
    outcome: SettlementOutcome
    reason: str | None = None


#: Every body of this file.
SettlementBody = SettlementOffered | SettlementApproved | SettlementAccepted | SettlementClosed
