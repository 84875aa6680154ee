"""Which letter may be written about a settlement as it stands on a day."""

from datetime import date
from enum import StrEnum

from app.domain.vocabulary import SettlementStatus


class LetterKind(StrEnum):
    """Which moment of a settlement a letter tells of."""

    OFFER = "offer"
    ACCEPTANCE = "acceptance"
    SATISFACTION = "satisfaction"


def fitting(
    status: SettlementStatus, *, first_due_on: date, remaining_minor: int, on: date
) -> LetterKind | None:
    """The one letter that is true on that day; None of what waits, is over or came to nothing.

    So nothing is asked of who has paid, also while the money has yet to clear, and no offer is
    shown that nobody can accept: neither one that ended nor one whose first payment is due already.
    """
    if status is SettlementStatus.OFFERED and first_due_on < on:
        return None
    if status is SettlementStatus.ACCEPTED and remaining_minor == 0:
        return None
    return _FITTING.get(status)


_FITTING = {
    SettlementStatus.OFFERED: LetterKind.OFFER,
    SettlementStatus.ACCEPTED: LetterKind.ACCEPTANCE,
    SettlementStatus.SATISFIED: LetterKind.SATISFACTION,
}
