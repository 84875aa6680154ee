# To type checkers `replace` is the library's own: they know the fields and types it takes, which
# msgspec does not tell them.
from dataclasses import replace as replace  # noqa: TID251 - the one place that may
from typing import dataclass_transform

from msgspec import Struct
from msgspec import field as field
from msgspec.structs import asdict as asdict
from msgspec.structs import astuple as astuple

@dataclass_transform(frozen_default=True, kw_only_default=True)
class Value(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True): ...

def plain(value: object) -> object: ...
