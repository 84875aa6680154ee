"""What a fold carries and the database keeps: values that are copied and read fast.

One fact is some sixteen changed copies, of a state with thirty fields among others, and each
posting reads and writes a whole state. The library makes a copy at a tenth of what a dataclass
costs and reads one at a fifth (benchmarks/values.py). Of the domain only this file knows it.
"""

import dataclasses
from typing import Any, dataclass_transform

from msgspec import Struct, field, structs
from msgspec.structs import asdict, astuple

__all__ = ["Value", "asdict", "astuple", "field", "plain", "replace"]


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Value(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Never changed, equal where its fields are, and so of no circle that needs collecting.

    A class says `kw_only=True` once more: the library asks it of each that has fields. What is
    stored of a value leaves out what is the default, so a field added later changes no document.
    """


def plain(value: object) -> object:
    """What JSON is to say of something it has no form for: a value's fields by name, else its text.

    For `default=` of a writer of JSON.
    """
    return asdict(value) if isinstance(value, Value) else str(value)


def replace(value: Any, /, **changes: object) -> Any:  # noqa: ANN401 - see the stub
    """A copy of a struct or a dataclass with these fields changed.

    One function for both: checkers cannot tell the two apart, so a choice would go wrong unseen.
    Raises `TypeError` for a field there is none of.
    """
    if isinstance(value, Struct):
        return structs.replace(value, **changes)
    return dataclasses.replace(value, **changes)  # noqa: TID251 - the one place that may
