"""A settlement, as facts: less than the whole is offered, approved, accepted, or comes to nothing.

Bodies of facts. An offer's fact is the
settlement: its id is the settlement's id. An acceptance's fact is the plan that pays it.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementOffered(Happened):
    """`amount_minor` is offered to be taken for the whole balance, until the end of `expires_on`.

    `installments` is what binds once accepted. `waits`: outside its author's authority.
    `supersedes`: the open offer it counters, which ends with it.
    """

    kind: Literal[FactKind.SETTLEMENT_OFFERED] = FactKind.SETTLEMENT_OFFERED
    amount_minor: int
    policy: PolicyRef
    expires_on: date
    installments: tuple[AgreedInstallment, ...]
    waits: bool = False
    supersedes: UUID | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementApproved(Happened):
    """Somebody else, who may, approved the waiting offer: it stands from the fact's date."""

    kind: Literal[FactKind.SETTLEMENT_APPROVED] = FactKind.SETTLEMENT_APPROVED
    settlement_id: UUID
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementAccepted(Happened):
    """The debtor accepts: a plan of kind `settlement` takes over the amount, by this schedule.

    The fact's id is the plan's id. A live plan ends with it; a void does not revive that one.
    """

    kind: Literal[FactKind.SETTLEMENT_ACCEPTED] = FactKind.SETTLEMENT_ACCEPTED
    settlement_id: UUID
    amount_minor: int
    policy: PolicyRef
    installments: tuple[AgreedInstallment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementClosed(Happened):
    """The settlement ends by decision: an open offer is declined or withdrawn, a live one void.

    `void` also ends one that a returned payment reopened, where the policy says so.
    """

    kind: Literal[FactKind.SETTLEMENT_CLOSED] = FactKind.SETTLEMENT_CLOSED
    settlement_id: UUID
    outcome: SettlementOutcome
    reason: str | None = None


#: Every body of this file.
SettlementBody = SettlementOffered | SettlementApproved | SettlementAccepted | SettlementClosed
