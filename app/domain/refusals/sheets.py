"""Why nothing of a spreadsheet is stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.domain.errors import DomainError


@dataclass(eq=False, kw_only=True)
class MappingIncomplete(DomainError):
    """Somebody must say first which column is which."""

    problem: ClassVar[str] = "mapping-incomplete"
    missing: Sequence[str]
    ambiguous: Sequence[str]

    @property
    def detail(self) -> str:
        said = [f"no column says {name}" for name in self.missing]
        said += [f"several columns may say {name}" for name in self.ambiguous]
        return f"{'; '.join(said)}: say which in the mapping."


@dataclass(eq=False, kw_only=True)
class CellRefused(DomainError):
    """A row cannot be stored, and so none of them is."""

    problem: ClassVar[str] = "cell-refused"
    row: int
    field: str | None
    why: str

    @property
    def detail(self) -> str:
        which = f", {self.field}" if self.field else ""
        return f"Row {self.row}{which}: {self.why}. Nothing of the sheet is stored."


@dataclass(eq=False, kw_only=True)
class DryRunStale(DomainError):
    """What was tried is not what would be stored."""

    problem: ClassVar[str] = "dry-run-stale"
    why: str

    @property
    def detail(self) -> str:
        return f"{self.why}: try the sheet again."
