"""Why a letter is not written, or not drawn, each with what decided."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class LetterUnfit(DomainError):
    """A letter says what is so: an offer only while it is open, a settlement only once it is."""

    problem: ClassVar[str] = "letter-unfit"
    settlement_id: UUID
    letter: str | None  # the one asked for; None: whichever is true
    settlement_status: str
    fitting: str | None  # the letter that would be true now

    @property
    def detail(self) -> str:
        now = f"the {self.fitting} letter" if self.fitting else "no letter"
        other = f", and the {self.letter} letter would not" if self.letter else ""
        return (
            f"The settlement is {self.settlement_status}: {now} would be true of it today{other}."
        )


@dataclass(eq=False, kw_only=True)
class CannotDraw(DomainError):
    """The letter has characters our fonts cannot draw, and none is replaced unasked."""

    problem: ClassVar[str] = "cannot-draw"
    characters: tuple[str, ...]  # as U+05D0

    @property
    def detail(self) -> str:
        shown = ", ".join(self.characters)
        return f"Our fonts cannot draw {shown}; ask for the letter as text/plain."
