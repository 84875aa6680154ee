"""What a creditor asks of settlements: how many, by whom, for whom, what was given up for what.

A settlement counts in the month of each thing that happened to it, as it stands now: offered in
one, satisfied in another. One that a void ended and a late payment restored is not void. Money
counts in the month in which the settlement ended: what was `recovered` under it stays credited
whether it was satisfied or void, and only a satisfied one forgives.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.vocabulary import Role, SettlementStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """One settlement and what became of it; `role` is that of who offered it."""

    role: Role
    creditor_reference: str | None
    currency: str
    status: SettlementStatus
    offered_on: date
    accepted_on: date | None = None
    satisfied_on: date | None = None
    voided_on: date | None = None
    closed_on: date | None = None  # declined, withdrawn or expired
    forgiven_minor: int = 0
    paid_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementFigures:
    """One month's settlements by one role for one creditor in one currency."""

    month_on: date  # its first day
    role: Role
    creditor_reference: str | None
    currency: str
    offered: int
    accepted: int
    satisfied: int
    void: int
    expired: int
    declined: int
    withdrawn: int
    forgiven_minor: int
    recovered_minor: int


def figures(fates: Sequence[Fate], *, since: date, until: date) -> tuple[SettlementFigures, ...]:
    """What happened from one day to another, both inclusive; by month, creditor and role.

    A month, creditor and role of which nothing happened is left out.
    """
    counted: dict[_Key, dict[str, int]] = {}
    for fate in fates:
        for on, what, minor in _happened(fate):
            if since <= on <= until:
                month_on = on.replace(day=1)
                key = (month_on, fate.creditor_reference, fate.role, fate.currency)
                counts = counted.setdefault(key, dict.fromkeys(_COUNTS, 0))
                counts[what] += 1
                counts["recovered_minor"] += minor
                counts["forgiven_minor"] += fate.forgiven_minor if what == _SATISFIED else 0
    return tuple(
        SettlementFigures(
            month_on=month_on, role=role, creditor_reference=creditor, currency=currency, **counts
        )
        for (month_on, creditor, role, currency), counts in sorted(counted.items(), key=_order)
    )


_Key = tuple[date, str | None, Role, str]
_SATISFIED, _VOID = SettlementStatus.SATISFIED.value, SettlementStatus.VOID.value
_CLOSED = (SettlementStatus.EXPIRED, SettlementStatus.DECLINED, SettlementStatus.WITHDRAWN)
_COUNTS = (
    SettlementStatus.OFFERED.value,
    SettlementStatus.ACCEPTED.value,
    _SATISFIED,
    _VOID,
    *(one.value for one in _CLOSED),
    "forgiven_minor",
    "recovered_minor",
)


def _happened(fate: Fate) -> Iterator[tuple[date, str, int]]:
    """When, what, and what had been paid by the end where that is one."""
    yield fate.offered_on, SettlementStatus.OFFERED.value, 0
    if fate.accepted_on is not None:
        yield fate.accepted_on, SettlementStatus.ACCEPTED.value, 0
    match fate.status:
        case SettlementStatus.SATISFIED if fate.satisfied_on is not None:
            yield fate.satisfied_on, _SATISFIED, fate.paid_minor
        case SettlementStatus.VOID if fate.voided_on is not None:
            yield fate.voided_on, _VOID, fate.paid_minor
        case status if status in _CLOSED and fate.closed_on is not None:
            yield fate.closed_on, status.value, 0


def _order(item: tuple[_Key, object]) -> tuple[date, str, int, str]:
    (month_on, creditor, role, currency), _ = item
    return month_on, creditor or "", role.rank, currency
