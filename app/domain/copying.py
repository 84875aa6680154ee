"""Changed copies of what a fold carries: what `dataclasses.replace` does, at half its cost.

One fact is some sixteen changed copies, of a state with thirty fields among others, and they
were a third of a fold's time (benchmarks/README.md). The library asks each field anew whether it
may be given and then makes the copy as if from nothing; here the slots are copied as they are.
Only for values that check nothing when they are made; types are checked as the library's are.
"""

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeVar

Value = TypeVar("Value")
_Slots = dict[str, Callable[[object, object], None]]
_KNOWN: dict[type, tuple[Callable[[Any], tuple[object, ...]], _Slots]] = {}


def replace(value: Value, /, **changes: object) -> Value:
    """A copy with these fields changed. Raises `KeyError` for a field there is none of."""
    cls = value.__class__
    read, slots = _KNOWN.get(cls) or _known(cls)
    made = object.__new__(cls)
    for write, kept in zip(slots.values(), read(value), strict=True):
        write(made, kept)
    for name, changed in changes.items():
        slots[name](made, changed)
    return made


def _known(cls: Any) -> tuple[Callable[[Any], tuple[object, ...]], _Slots]:  # noqa: ANN401
    """How to read all fields of a class at once, and how to write each; found out once."""
    names = [field.name for field in fields(cls) if field.init]
    if hasattr(cls, "__post_init__") or len(names) != len(fields(cls)) or len(names) == 1:
        raise TypeError(f"{cls.__name__} makes its values itself")
    slots: _Slots = {name: getattr(cls, name).__set__ for name in names}
    _KNOWN[cls] = attrgetter(*names), slots
    return _KNOWN[cls]
