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
from typing import ClassVar, Final

#: How many malformed fields a refusal names; the others are counted.
MAX_TOLD: Final = 100
#: The longest pointer in a refusal: a field's name is the caller's own text.
MAX_WORDS: Final = 500
#: The longest detail: it may name every value there is.
MAX_DETAIL: Final = 1_000


def shortened(words: str, most: int = MAX_WORDS) -> str:
    """Words that may hold what a caller sent, cut where nobody reads on."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


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
        own = fields(self)  # type: ignore[arg-type]  # every refusal is a dataclass, this base is not
        return {field.name: getattr(self, field.name) for field in own}

    def __str__(self) -> str:
        return self.detail


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldProblem:
    """One malformed field: where it is (a JSON pointer) and what its limit is."""

    pointer: str
    detail: str


def pointer_to(pointer: str, *keys: str | int) -> str:
    """The JSON pointer (RFC 6901) of a member of what `pointer` points to."""
    escaped = (str(key).replace("~", "~0").replace("/", "~1") for key in keys)
    return "/".join([pointer, *escaped])


@dataclass(eq=False, kw_only=True)
class InvalidInput(DomainError):
    """What was sent cannot be meant: every malformed field at once.

    Of many, the first `MAX_TOLD` are told and the rest counted. `more` are those that were
    counted and not kept.
    """

    problem: ClassVar[str] = "invalid-input"
    errors: tuple[FieldProblem, ...]
    more: int = 0

    @property
    def told(self) -> tuple[FieldProblem, ...]:
        """The errors a client is told, the fields' names no longer than anybody reads."""
        return tuple(
            FieldProblem(pointer=shortened(one.pointer), detail=shortened(one.detail, MAX_DETAIL))
            for one in self.errors[:MAX_TOLD]
        )

    @property
    def untold(self) -> int:
        """How many there are beyond those."""
        return self.more + max(0, len(self.errors) - MAX_TOLD)

    @property
    def detail(self) -> str:
        # a header's pointer ends in the colon that others are given here; the whole has none
        lines = [
            f"{e.pointer.removesuffix(':')}: {e.detail}" if e.pointer else e.detail
            for e in self.told
        ]
        return "; ".join([*lines, f"and {self.untold} more"] if self.untold else lines)

    @property
    def facts(self) -> Mapping[str, object]:
        return {"errors": self.told, "more": self.untold or None}

    def only(self, most: int) -> "InvalidInput":
        """The first `most` of them, the others counted."""
        left_out = max(0, len(self.errors) - most)
        return InvalidInput(errors=self.errors[:most], more=self.more + left_out)

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
        return f"No {self.resource.replace('_', '-')} {self.key!r} here."
