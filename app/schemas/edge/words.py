"""Names, references, reasons and labels in requests and answers: their lengths and characters."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.domain import field_limits
from app.domain.field_limits import Text


def words(kind: Text) -> StringConstraints:
    """A kind of text, as imports check it too."""
    return StringConstraints(min_length=kind.least, max_length=kind.most, pattern=kind.pattern)


#: Somebody else's id for something: one line of printable characters, no blank at either end.
Reference = Annotated[str, words(field_limits.REFERENCE), Field(examples=["INV-2026-0042"])]
PlacementBatch = Annotated[
    str, words(field_limits.PLACEMENT_BATCH), Field(examples=["ACME 2026-02"])
]
#: Another system, as it calls itself.
System = Annotated[str, words(field_limits.SYSTEM), Field(examples=["hubspot"])]
#: One line for people: a name, a reason.
Line = Annotated[str, words(field_limits.LINE)]
#: A word that marks or groups.
Tag = Annotated[str, words(field_limits.TAG)]
#: Somebody who works here, as `Accord-Actor` says.
Actor = Annotated[str, words(field_limits.ACTOR), Field(examples=["agent-17"])]
TeamName = Annotated[str, words(field_limits.TEAM_NAME), Field(examples=["austin"])]
#: The caller's own labels; kept, given back, never read.
Metadata = Annotated[
    dict[
        Annotated[str, words(field_limits.LABEL_NAME)],
        Annotated[str, words(field_limits.LABEL)],
    ],
    Field(max_length=field_limits.MAX_LABELS, examples=[{"channel": "letter"}]),
]
