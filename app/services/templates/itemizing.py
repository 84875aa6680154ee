"""A validation notice's figures: how a debt came to what is owed now, or no notice at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.contact.validation import ItemizationReference, sums_up
from app.domain.errors import FieldProblem, InvalidInput
from app.services.reading import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Itemization:
    """What was owed on the itemization date, and what came to it since (12 CFR 1006.34(c)(2))."""

    reference: ItemizationReference
    on: date
    amount_minor: int
    interest_minor: int
    fees_minor: int
    payments_minor: int
    credits_minor: int
    original_creditor: str


def itemized(reading: Reading, said: Itemization, *, ends_on: date) -> dict[str, object]:
    """The variables of a notice about the account as it was read.

    Raises `InvalidInput` where the figures do not add up to what the ledger says is owed, or are
    below nothing: such a notice would tell an untruth, and none is made.
    """
    current = reading.state.balance.total_minor
    figures = {
        "amount": said.amount_minor,
        "interest": said.interest_minor,
        "fees": said.fees_minor,
        "payments": said.payments_minor,
        "credits": said.credits_minor,
    }
    _refuse(figures, current)
    rows: Sequence[tuple[str, int]] = (*figures.items(), ("current", current))
    return {
        **{f"validation.{name}": minor for name, minor in rows},
        "validation.itemization_on": said.on,
        "validation.itemization_event": said.reference.value,
        "validation.original_creditor": said.original_creditor,
        "validation.ends_on": ends_on,
        "validation.itemization": ("itemization", rows),
    }


def _refuse(figures: dict[str, int], current: int) -> None:
    below = [
        FieldProblem(pointer=f"/itemization/{name}_minor", detail="should not be below 0")
        for name, minor in figures.items()
        if minor < 0
    ]
    if below:
        raise InvalidInput(errors=tuple(below))
    amount, rest = figures["amount"], {k: v for k, v in figures.items() if k != "amount"}
    others = {f"{name}_minor": minor for name, minor in rest.items()}
    if not sums_up(amount, **others, current_minor=current):
        added = figures["amount"] + figures["interest"] + figures["fees"]
        taken = figures["payments"] + figures["credits"]
        raise InvalidInput.at(
            "/itemization", f"comes to {added - taken}, and the ledger says {current} is owed"
        )
