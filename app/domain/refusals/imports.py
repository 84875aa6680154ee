"""Why a file is not taken in now."""

from dataclasses import dataclass
from typing import ClassVar

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class ImportsWaiting(DomainError):
    """As many files wait as may."""

    problem: ClassVar[str] = "imports-waiting"
    waiting: int

    @property
    def detail(self) -> str:
        return f"{self.waiting} imports wait already: send the next when one of them has ended."
