"""What a payment paid, line by line."""

from collections.abc import Iterable
from uuid import UUID

from app.domain.money import NOTHING, Amounts, Component
from app.domain.values import Value


class Line(Value, kw_only=True):
    """Some cents of a payment: the account component they lowered, and the rule that sent them.

    On a plan, `cell` is the installment's cell; on its principal cell the component is the
    part of the taken-over balance that went down.
    """

    component: Component
    amount_minor: int
    rule: str
    plan_id: UUID | None = None
    installment_id: UUID | None = None
    cell: Component | None = None


def lowered_by(lines: Iterable[Line]) -> Amounts:
    """What lines lowered, by account component."""
    total = NOTHING
    for line in lines:
        total += Amounts.of(line.component, line.amount_minor)
    return total
