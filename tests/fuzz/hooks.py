"""What the fuzzer puts in the place of ids it cannot know: those of the run's own seeds.

Most of the time; otherwise a made-up id stays, for unknown ones must be answered too.
"""

import ast
import json
import os
import re
import sys
from copy import deepcopy
from functools import wraps
from itertools import count
from pathlib import Path
from random import Random
from threading import RLock

import schemathesis
from schemathesis.generation import GenerationMode

if sys.version_info < (3, 12):
    # Until 3.12 two threads that parse at once may end in a SystemError (python/cpython#106905),
    # and the fuzzer's two describe their strategies by parsing them.
    _parsing, _parse = RLock(), ast.parse

    @wraps(_parse)
    def _one_at_a_time(*args, **settings):
        with _parsing:
            return _parse(*args, **settings)

    ast.parse = _one_at_a_time

_GIVEN = json.loads(Path(os.environ["ACCORD_FUZZ_SEEDS"]).read_text(encoding="utf-8"))
SEEDS, READY = _GIVEN["known"], _GIVEN["ready"]


@schemathesis.serializer("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def _as_it_is(_context, value):
    """A workbook is bytes, and what is made up for one is none."""
    return getattr(value, "data", value if isinstance(value, bytes) else str(value).encode())


_numbers, _chance = count(), Random(7)
_OFTEN, _READY = 0.8, 0.4
#: What was made for one operation is not taken from it by another.
_KEPT = {
    str(value)
    for one in READY.values()
    for value in [*one["path"].values(), *(one["body"] or {}).values()]
}
#: What stands for itself: a value sent to be refused is left as it is.
_VALID = re.compile(
    r"[a-z]+_[0-7][0-9a-hjkmnp-tv-z]{25}|(19|20)\d\d-(0[1-9]|1[0-2])-([01][1-9]|2[0-8])",
    re.ASCII,
)


def seeded(value, name=""):
    """The value with ids that exist, days that are open, and references that do not exist yet."""
    if isinstance(value, dict):
        return {key: seeded(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [seeded(inner, name) for inner in value]
    known = SEEDS.get(name)
    if isinstance(value, str) and value in _KEPT:
        return value
    if known and isinstance(value, str) and _VALID.fullmatch(value) and _chance.random() < _OFTEN:
        return _chance.choice(known)
    if name == "reference" and isinstance(value, str) and value and value.isprintable():
        return f"{value[:40]}-{next(_numbers)}"
    return value


@schemathesis.hook
def map_body(context, body):
    return seeded(body) if isinstance(body, dict) else body


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    return seeded(path_parameters) if isinstance(path_parameters, dict) else path_parameters


@schemathesis.hook
def before_call(context, case, **_):
    """Now and then the request that would be done, of those that are meant to be right.

    Each has a new idempotency key, and often no version: the examples' are others'.
    """
    ready = READY.get(f"{case.method.upper()} {case.path}")
    right = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if ready and right and _chance.random() < _READY:
        case.path_parameters = {**case.path_parameters, **ready["path"]}
        case.query = {**(case.query or {}), **ready.get("query", {})}
        if ready["body"] is not None:
            case.body = deepcopy(ready["body"])
    headers = case.headers or {}
    if "Idempotency-Key" in headers:
        headers["Idempotency-Key"] = f"fuzz-{next(_numbers)}"
    if "If-Match" in headers and _chance.random() < _OFTEN:
        del headers["If-Match"]
