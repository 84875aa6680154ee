"""Which types of events an endpoint asked for: whole types, or all of a noun (`installment.*`)."""

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from app.domain.entries.events import EventType
from app.domain.errors import FieldProblem, InvalidInput

_ALL_OF_A_NOUN = ".*"


class Own(StrEnum):
    """What is told to endpoints and is no event of an account."""

    PING = "webhook.ping"
    DISABLED = "webhook.disabled"
    SWEEP_DONE = "sweep.done"


KNOWN: Final = frozenset({*map(str, EventType), *map(str, Own)})
NOUNS: Final = frozenset(one.partition(".")[0] for one in KNOWN)


def check_patterns(patterns: Sequence[str] | None, pointer: str = "/types") -> None:
    """Raises `InvalidInput` naming each pattern that no type can fit; None asks for all."""
    if patterns is None:
        return
    if not patterns:
        raise InvalidInput.at(pointer, "should name a type, or be null for all")
    wrong = tuple(
        FieldProblem(pointer=f"{pointer}/{number}", detail="should be a type, or a noun and `.*`")
        for number, pattern in enumerate(patterns)
        if not _is_known(pattern)
    )
    if wrong:
        raise InvalidInput(errors=wrong)


def is_wanted(type_: str, patterns: Collection[str] | None) -> bool:
    """Whether an endpoint with these patterns (None: all) is told of a type."""
    if patterns is None:
        return True
    return type_ in patterns or type_.partition(".")[0] + _ALL_OF_A_NOUN in patterns


def _is_known(pattern: str) -> bool:
    if pattern.endswith(_ALL_OF_A_NOUN):
        return pattern.removesuffix(_ALL_OF_A_NOUN) in NOUNS
    return pattern in KNOWN
