"""A row of the ledger, and the row that says what a fact itself did."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from app.domain.account.fold import Fold
from app.domain.facts.fact import Fact
from app.domain.money import Amounts
from app.domain.values import Value


class PostingKind(StrEnum):
    """What a ledger row is."""

    PLACEMENT = "placement"
    CHARGE = "charge"
    INTEREST = "interest"
    PAYMENT = "payment"
    REALLOCATION = "reallocation"
    REVERSAL = "reversal"
    CHARGEBACK = "chargeback"
    REFUND = "refund"
    ADJUSTMENT = "adjustment"
    FORGIVENESS = "forgiveness"
    WRITE_OFF = "write_off"


class Posting(Value, kw_only=True):
    """One row of the ledger. Its id is its fact's; a fact's further rows count on from it.

    Positive raises what is owed. `components` and `unapplied_minor` sum to `amount_minor`.
    """

    id: UUID
    fact_id: UUID
    kind: PostingKind
    effective_on: date
    business_date: date
    components: Amounts
    unapplied_minor: int = 0
    balance_after_minor: int = 0
    payment_id: UUID | None = None
    plan_id: UUID | None = None
    reverses: UUID | None = None
    reason: str | None = None
    actor: str | None = None

    @property
    def amount_minor(self) -> int:
        return self.components.total_minor + self.unapplied_minor


def row_of(
    fact: Fact,
    kind: PostingKind,
    components: Amounts,
    *,
    unapplied_minor: int = 0,
    effective_on: date | None = None,
    payment_id: UUID | None = None,
    plan_id: UUID | None = None,
    reverses: UUID | None = None,
    reason: str | None = None,
) -> tuple[Posting, ...]:
    """The row a fact makes, with its id; on its day unless another is given."""
    posting = Posting(
        id=fact.id,
        fact_id=fact.id,
        kind=kind,
        effective_on=effective_on or fact.effective_on,
        business_date=fact.business_date,
        components=components,
        unapplied_minor=unapplied_minor,
        payment_id=payment_id,
        plan_id=plan_id,
        reverses=reverses,
        reason=reason,
        actor=fact.actor,
    )
    return (posting,)


def no_rows(_fact: Fact, _before: Fold, _after: Fold) -> tuple[Posting, ...]:
    """Of a fact that moves no money itself. What moves because of it, the books find."""
    return ()
