"""What took a payment back, in part or whole: reversals, chargebacks and refunds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from app.domain.facts.kinds import FactKind
from app.domain.facts.payments import Chargeback, ChargebackReversal, Refund, Reversal
from app.domain.values import replace
from app.storage import tables
from app.storage.accounts.accounts import resolve
from app.storage.database.engine import Transaction
from app.storage.database.types import fact_body_from_values
from app.storage.payments.payments import chains_of

_FACT = tables.table(tables.Fact)
_PAYMENT = tables.table(tables.Payment)
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
    role: str | None
    entered_at: datetime
    won_on: date | None = None
    won_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """Money that went back, as a processor would list it: a negative line under a reference."""

    id: UUID
    kind: str
    payment_id: UUID
    amount_minor: int
    currency: str
    effective_on: date


async def by_reference(tx: Transaction, references: Iterable[str]) -> dict[str, tuple[Back, ...]]:
    """What went back under these references, the payment's or the return's own, as it came.

    What was won back had gone before, so it is here too.
    """
    wanted = sorted(set(references))
    names: dict[UUID, set[str]] = {}  # of payments and of what took them back
    owners = set[UUID]()
    pairs = [(key, pair) for key, chain in (await chains_of(tx, wanted)).items() for pair in chain]
    for kind in _CLAIMED:
        pairs += (await resolve(tx, kind, wanted)).items()
    for key, (owner, own_id) in pairs:
        names.setdefault(own_id, set()).add(key)
        owners.add(owner)
    found: dict[str, list[Back]] = {}
    for one in await _gone(tx, owners):
        for key in sorted(names.get(one.id, set()) | names.get(one.payment_id, set())):
            found.setdefault(key, []).append(one)
    return {key: tuple(ones) for key, ones in found.items()}


_CLAIMED = ("reversal", "chargeback", "refund")


async def _gone(tx: Transaction, owners: Iterable[UUID]) -> list[Back]:
    """Everything that went back on these accounts, in order of entry."""
    f, p = _FACT.c, _PAYMENT.c
    wanted = sorted(set(owners))
    if not wanted:
        return []
    facts = (
        select(f.id, f.effective_on, f.body)
        .where(f.account_id.in_(wanted), f.kind.in_(_KINDS))
        .order_by(f.account_id, f.sequence)
    )
    bodies = [(row, fact_body_from_values(row.body)) for row in await tx.execute(facts)]
    taken = [body for _, body in bodies if isinstance(body, Reversal | Chargeback | Refund)]
    paid = {body.payment_id for body in taken}
    payments = select(p.id, p.amount_minor, p.currency).where(
        p.account_id.in_(wanted), p.id.in_(sorted(paid))
    )
    known = {row.id: row for row in await tx.execute(payments)} if paid else {}
    return [
        Back(
            id=row.id,
            kind=body.kind,
            payment_id=body.payment_id,
            amount_minor=getattr(body, "amount_minor", known[body.payment_id].amount_minor),
            currency=known[body.payment_id].currency,
            effective_on=row.effective_on,
        )
        for row, body in bodies
        if isinstance(body, Reversal | Chargeback | Refund)
    ]


async def of_payment(
    tx: Transaction, account_id: UUID, payment_id: UUID, *, known_on: date
) -> tuple[Undoing, ...]:
    """What was entered against a payment up to a business date, in order of entry."""
    f = _FACT.c
    query = (
        select(f.id, f.effective_on, f.business_date, f.entered_at, f.actor, f.role, f.body)
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
                    role=row.role,
                    entered_at=row.entered_at,
                )
            )
    return tuple(_won(one, won) for one in found)


def _won(one: Undoing, won: dict[UUID, tuple[date, UUID]]) -> Undoing:
    on, by = won.get(one.id, (None, None))
    return replace(one, won_on=on, won_by=by)
