"""How an account leaves the books: charged off as a loss, or closed. Bodies of facts.

A charge-off is an act of accounting: the debtor owes what he owed. A closure ends collection:
what is still owed is written off. Each can be taken back, as if it had never been.
"""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from app.domain.fact_kinds import FactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargedOff:
    """The creditor books the debt as a loss from that day; payments go on."""

    kind: Literal[FactKind.CHARGE_OFF] = FactKind.CHARGE_OFF
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeOffUndone:
    """As if never charged off."""

    kind: Literal[FactKind.CHARGE_OFF_UNDO] = FactKind.CHARGE_OFF_UNDO
    charge_off_id: UUID
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Collection ends on that day; what is owed then, and what comes back later, is written off."""

    kind: Literal[FactKind.CLOSURE] = FactKind.CLOSURE
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureUndone:
    """As if never closed."""

    kind: Literal[FactKind.CLOSURE_UNDO] = FactKind.CLOSURE_UNDO
    closure_id: UUID
    reason: str | None = None
