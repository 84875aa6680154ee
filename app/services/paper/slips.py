"""A payment slip: what to pay, by when, under which reference, and the same as a QR code.

For euros to a known account the code is the European Payments Council's (EPC069-12, version 2):
a banking app fills in the transfer. Else it says the reference and nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import segno
from segno.helpers import make_epc_qr

_MOST_CENTS: Final = 999_999_999_99
_NAME, _TEXT = 70, 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Payee:
    """An account of the Single Euro Payments Area."""

    name: str
    iban: str
    bic: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What stands on it: a title, and labels with what they say."""

    title: str
    lines: tuple[tuple[str, str], ...]
    code: tuple[tuple[bool, ...], ...]  # the QR code's modules, row by row; True is dark

    def as_text(self) -> str:
        """The same as lines of text."""
        said = (f"{label}: {value}" for label, value in self.lines)
        return "\n".join((self.title, "", *said)) + "\n"


def code_of(
    *, reference: str, amount_minor: int, currency: str, payee: Payee | None
) -> tuple[tuple[bool, ...], ...]:
    """The QR code's modules: EPC for euros where the payee is known, else the reference."""
    if currency == "EUR" and payee is not None and 0 < amount_minor <= _MOST_CENTS:
        made = make_epc_qr(
            payee.name[:_NAME], payee.iban.replace(" ", ""), Decimal(amount_minor).scaleb(-2),
            text=reference[:_TEXT], bic=payee.bic, encoding="utf-8",
        )  # fmt: skip
    else:
        made = segno.make_qr(reference, error="M")
    return _dark(made.matrix)


def _dark(matrix: Sequence[bytearray]) -> tuple[tuple[bool, ...], ...]:
    return tuple(tuple(bool(module) for module in row) for row in matrix)
