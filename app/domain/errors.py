"""How the domain says no.

DomainError             a refusal: the caller can understand and mend it
├─ InvalidInput         something sent is malformed; names each field and its limit
├─ NotFound             nothing by that id or reference
└─ (one class per reason that state or policy says no)

Every refusal carries its facts as fields; the edge turns them into members of the
problem document and never parses a sentence. A `ValueError` is not a refusal: it is a bug.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import ClassVar


class DomainError(Exception):
    """A refusal with typed facts. Subclasses are keyword-only dataclasses with a `detail`."""

    #: The kebab-case name of the problem type; `docs/problems.md` has one anchor per name.
    problem: ClassVar[str]

    @property
    def detail(self) -> str:
        """One sentence for a person, with the figures that decided."""
        raise NotImplementedError

    @property
    def facts(self) -> Mapping[str, object]:
        """The refusal's own fields, by name: members of the problem document."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def __str__(self) -> str:
        return self.detail


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One malformed field: where it is (a JSON pointer) and what its limit is."""

    pointer: str
    detail: str


@dataclass(eq=False, kw_only=True)
class InvalidInput(DomainError):
    """What was sent cannot be meant: every malformed field at once."""

    problem: ClassVar[str] = "invalid-input"
    errors: tuple[FieldProblem, ...]

    @property
    def detail(self) -> str:
        return "; ".join(f"{e.pointer or '/'}: {e.detail}" for e in self.errors)

    @classmethod
    def at(cls, pointer: str, detail: str) -> "InvalidInput":
        """The common case of a single malformed field."""
        return cls(errors=(FieldProblem(pointer=pointer, detail=detail),))


@dataclass(eq=False, kw_only=True)
class NotFound(DomainError):
    """Nothing by that id or reference (or nothing this tenant may see: the same answer)."""

    problem: ClassVar[str] = "not-found"
    resource: str
    key: str

    @property
    def detail(self) -> str:
        return f"No {self.resource} {self.key!r} here."
