"""What took a payment back, in part or whole: reversals, chargebacks and refunds."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.domain.facts.kinds import FactKind
from app.domain.facts.payments import Chargeback, ChargebackReversal, Refund, Reversal
from app.domain.values import replace
from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.database.types import fact_body_from_values

_FACT = tables.table(tables.Fact)
_KINDS = (
    FactKind.REVERSAL,
    FactKind.CHARGEBACK,
    FactKind.CHARGEBACK_REVERSAL,
    FactKind.REFUND,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """A reversal, chargeback or refund.

    `amount_minor` None: all of the payment. `won_on`: when the chargeback was taken out again.
    """

    kind: str
    id: UUID
    effective_on: date
    business_date: date
    amount_minor: int | None
    reason_code: str | None
    reference: str | None
    actor: str | None
    won_on: date | None = None
    won_by: UUID | None = None


async def of_payment(
    tx: Transaction, account_id: UUID, payment_id: UUID, *, known_on: date
) -> tuple[Undoing, ...]:
    """What was entered against a payment up to a business date, in order of entry."""
    f = _FACT.c
    query = (
        select(f.id, f.effective_on, f.business_date, f.actor, f.body)
        .where(f.account_id == account_id, f.kind.in_(_KINDS), f.business_date <= known_on)
        .order_by(f.sequence)
    )
    found: list[Undoing] = []
    won: dict[UUID, tuple[date, UUID]] = {}
    for row in await tx.execute(query):
        body = fact_body_from_values(row.body)
        if isinstance(body, ChargebackReversal):
            won[body.chargeback_id] = (row.effective_on, row.id)
        elif isinstance(body, Reversal | Chargeback | Refund) and body.payment_id == payment_id:
            found.append(
                Undoing(
                    kind=body.kind,
                    id=row.id,
                    effective_on=row.effective_on,
                    business_date=row.business_date,
                    amount_minor=getattr(body, "amount_minor", None),
                    reason_code=getattr(body, "reason_code", None),
                    reference=body.reference,
                    actor=row.actor,
                )
            )
    return tuple(_won(one, won) for one in found)


def _won(one: Undoing, won: dict[UUID, tuple[date, UUID]]) -> Undoing:
    on, by = won.get(one.id, (None, None))
    return replace(one, won_on=on, won_by=by)
