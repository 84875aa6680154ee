"""What is refused of contacts: overrides nobody may use, decisions used up, rules made looser."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from app.domain.errors import MAX_TOLD, DomainError, shortened


@dataclass(eq=False, kw_only=True)
class NotOverridable(DomainError):
    """A reason that nobody may set aside: a hold, a restriction, hours, a basis."""

    problem: ClassVar[str] = "not-overridable"
    codes: tuple[str, ...]

    @property
    def detail(self) -> str:
        return f"Nobody may set aside {', '.join(self.codes)}."


@dataclass(eq=False, kw_only=True)
class DecisionUsed(DomainError):
    """One decision is one contact."""

    problem: ClassVar[str] = "decision-used"
    decision_id: UUID
    ended_because: str
    contact_id: UUID | None

    @property
    def detail(self) -> str:
        return f"The decision was {self.ended_because} already."


@dataclass(eq=False, kw_only=True)
class ExternalIdTaken(DomainError):
    """Another system's id names something else already."""

    problem: ClassVar[str] = "external-id-taken"
    system: str
    external_id: str
    existing_account_id: UUID | None = None
    existing_person_id: UUID | None = None
    existing_contact_id: UUID | None = None

    @property
    def detail(self) -> str:
        return f"{self.external_id!r} of {self.system} names something else already."


@dataclass(eq=False, kw_only=True)
class NotMergeable(DomainError):
    """Two persons that cannot be called one: of two sides, erased, or merged before."""

    problem: ClassVar[str] = "not-mergeable"
    because: str
    merged_into_person_id: UUID | None = None

    @property
    def detail(self) -> str:
        return f"They cannot be merged: {self.because}."


@dataclass(eq=False, kw_only=True)
class RuleLoosened(DomainError):
    """A contact policy that allows more than a law does, and names no counsel who says so."""

    problem: ClassVar[str] = "rule-loosened"
    pointers: tuple[str, ...]

    @property
    def detail(self) -> str:
        told = ", ".join(self.pointers[:MAX_TOLD])
        return shortened(
            f"Looser than the law it stands for, and no counsel is named in the document: {told}."
        )

    @property
    def facts(self) -> Mapping[str, object]:
        return {"pointers": [shortened(one) for one in self.pointers[:MAX_TOLD]]}
