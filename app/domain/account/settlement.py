"""A settlement as it stands after an account's facts; `State.settlements` holds them as offered."""

from datetime import date
from uuid import UUID

from app.domain.money import NOTHING, Amounts
from app.domain.schedule.dates import later
from app.domain.values import Value, astuple
from app.domain.vocabulary import PolicyRef, SettlementStatus


class Settlement(Value, kw_only=True):
    """An offer and what became of it. `forgiven` is what stands forgiven: nothing until satisfied.

    `reason` says why it was withdrawn, declined or void. `clears_on`: the day all money on its
    plan has cleared. `curable_until_on`: the last day on which paying what is overdue restores
    it after a miss.
    """

    id: UUID
    status: SettlementStatus
    amount_minor: int
    offered_on: date
    expires_on: date  # inclusive
    policy: PolicyRef
    supersedes: UUID | None = None
    plan_id: UUID | None = None
    accepted_on: date | None = None
    satisfied_on: date | None = None
    voided_on: date | None = None
    closed_on: date | None = None  # the day it was declined or withdrawn, or expired
    reason: str | None = None
    forgiven: Amounts = NOTHING
    clears_on: date | None = None
    paid_by: UUID | None = None  # the payment that paid on its plan last
    curable_until_on: date | None = None
    #: The ledger's row of what stands forgiven: where it is booked, no part of what is true.
    forgiveness_id: UUID | None = None

    def __eq__(self, other: object) -> bool:
        """Whether the same is true of both, wherever it is booked."""
        if not isinstance(other, Settlement):
            return NotImplemented
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def _compared(self) -> tuple[object, ...]:
        *what_is_true, _forgiveness_id = astuple(self)
        return tuple(what_is_true)

    @property
    def open(self) -> bool:
        """Whether it is an offer still, which somebody may yet accept or approve."""
        return self.status in {SettlementStatus.OFFERED, SettlementStatus.PENDING_APPROVAL}

    @property
    def forgave(self) -> bool:
        """Whether it stands satisfied for less than the whole; paid in full forgives nothing."""
        return self.status is SettlementStatus.SATISFIED and bool(self.forgiven)

    @property
    def lapses_on(self) -> date:
        """The first day on which it cannot be accepted any more."""
        return later(self.expires_on)
