"""How the figures of a policy document are spelled, and what their ranges are.

A reader takes a raw JSON value and its pointer; it answers the typed figure or raises
`InvalidInput` with everything that is wrong in it, not only the first.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, TypeVar

from app.domain.currencies import exponent
from app.domain.errors import FieldProblem, InvalidInput
from app.domain.money import MAX_MINOR

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)
Reader = Callable[[object, str], T]

#: Nothing in a policy reaches further than a century.
MAX_DAYS = 36_500
MAX_MONTHS = 1_200
MAX_COUNT = 1_000
MAX_RATE_BPS = 1_000_000
#: Rows of one list. Every list has an end.
MAX_ROWS = 200
MAX_SOURCE = 1_000


def pointer_to(pointer: str, *keys: str | int) -> str:
    """The JSON pointer (RFC 6901) of a member of what `pointer` points to."""
    escaped = (str(key).replace("~", "~0").replace("/", "~1") for key in keys)
    return "/".join([pointer, *escaped])


@contextmanager
def noting(problems: list[FieldProblem]) -> Iterator[None]:
    """Keep what this block finds wrong, and go on to the next field."""
    try:
        yield
    except InvalidInput as refusal:
        problems += refusal.errors


def refuse_if(problems: list[FieldProblem]) -> None:
    """Raise everything noted, if anything was."""
    if problems:
        raise InvalidInput(errors=tuple(problems))


def whole(low: int, high: int) -> Reader[int]:
    """A whole number, both bounds inclusive. True is not 1, and 1.0 is not either."""

    def read(value: object, pointer: str) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        raise InvalidInput.at(pointer, f"must be a whole number from {low} to {high}")

    return read


def flag(value: object, pointer: str) -> bool:
    """True or false, and nothing that merely looks like it."""
    if isinstance(value, bool):
        return value
    raise InvalidInput.at(pointer, "must be true or false")


def one_of(kind: type[E]) -> Reader[E]:
    """One member, by value."""

    def read(value: object, pointer: str) -> E:
        if isinstance(value, str) and value in set(kind):
            return kind(value)
        raise InvalidInput.at(pointer, f"must be one of {', '.join(kind)}")

    return read


def text(pattern: str, said: str) -> Reader[str]:
    """A string that matches the whole pattern; `said` tells a person what that is."""

    def read(value: object, pointer: str) -> str:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return value
        raise InvalidInput.at(pointer, f"must be {said}")

    return read


def currency(value: object, pointer: str) -> str:
    """The code of a currency in circulation."""
    code = text("[A-Z]{3}", "an ISO 4217 code, like USD")(value, pointer)
    try:
        exponent(code)
    except InvalidInput as refusal:
        raise InvalidInput.at(pointer, refusal.errors[0].detail) from None
    return code


def or_null(reader: Reader[T]) -> Reader[T | None]:
    """Null, said on purpose, lifts the limit (absent inherits it: that is not the same)."""
    return lambda value, pointer: None if value is None else reader(value, pointer)


def null_as(nothing: T, reader: Reader[T]) -> Reader[T]:
    """Null reads as `nothing`, so that the rules may compare plain numbers."""
    return lambda value, pointer: nothing if value is None else reader(value, pointer)


DAYS = whole(0, MAX_DAYS)
COUNT = whole(1, MAX_COUNT)
MINOR = whole(0, MAX_MINOR)
SHARE_BPS = whole(0, 10_000)
#: What a database and a JSON encoder both take: no control characters, no lone surrogates.
_PLAIN = r"[^\x00-\x1f\x7f\ud800-\udfff]"
SOURCE = text(rf"(?:{_PLAIN}|\s){{1,{MAX_SOURCE}}}", f"a text of 1 to {MAX_SOURCE} characters")
LABEL = text(rf"{_PLAIN}{{1,64}}", "a name of 1 to 64 characters")
NAME = text(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", "1 to 64 letters, digits, dots, dashes and underscores"
)
REFERENCE = text(rf"{_PLAIN}{{1,200}}", "a reference of 1 to 200 characters")


def items(value: object, pointer: str, reader: Reader[T]) -> list[T]:
    """Every item of a list, or every problem in it."""
    if not isinstance(value, (list, tuple)) or len(value) > MAX_ROWS:
        raise InvalidInput.at(pointer, f"must be a list of at most {MAX_ROWS}")
    read, problems = list[T](), list[FieldProblem]()
    for index, item in enumerate(value):
        with noting(problems):
            read.append(reader(item, pointer_to(pointer, index)))
    refuse_if(problems)
    return read


def row(value: object, pointer: str, readers: Mapping[str, Reader[Any]]) -> dict[str, Any]:
    """One object of a list. An absent field reads as null: a row has nothing to inherit from.

    A `source` beside the fields documents the row.
    """
    if not isinstance(value, Mapping):
        raise InvalidInput.at(pointer, "must be an object")
    read, problems = dict[str, Any](), list[FieldProblem]()
    for key in value.keys() - readers.keys() - {"source"}:
        problems += InvalidInput.at(pointer_to(pointer, key), "is not a field here").errors
    for key, reader in readers.items():
        with noting(problems):
            read[key] = reader(value.get(key), pointer_to(pointer, key))
    with noting(problems):
        or_null(SOURCE)(value.get("source"), pointer_to(pointer, "source"))
    refuse_if(problems)
    return read
