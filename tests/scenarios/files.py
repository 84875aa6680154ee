"""Reading what is to be played: step files (JSON) and the lives people wrote (Markdown)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.scenarios import questions, story
from tests.scenarios.acts import buckets_of
from tests.scenarios.client import Unknown
from tests.scenarios.runner import Case

#: The ranges of delinquent days a step file means when it gives none.
BUCKETS = (
    {"name": "RANGE_1", "min": 1, "max": 3},
    {"name": "RANGE_3", "min": 4, "max": 30},
    {"name": "RANGE_30", "min": 31, "max": 60},
    {"name": "RANGE_60", "min": 61, "max": 90},
    {"name": "RANGE_90", "min": 91, "max": 120},
    {"name": "RANGE_120", "min": 121, "max": 150},
    {"name": "RANGE_150", "min": 151, "max": 180},
    {"name": "RANGE_180", "min": 181, "max": 240},
    {"name": "RANGE_240", "min": 241, "max": None},
)


class Unreadable(Exception):
    """A file that holds nothing to play; the message says why."""


def read_cases(path: Path) -> list[Case]:
    """The cases of one file, in its order. Raises `Unreadable`."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".md":
            return [story.read(text, name=path.stem)]
        cases = list(_from_json(json.loads(text)))
    except (OSError, ValueError, KeyError, TypeError, Unknown) as error:
        raise Unreadable(f"{path}: {error}") from error
    if not cases:
        raise Unreadable(f"{path}: holds no case with steps")
    return cases


def _from_json(document: Any) -> Iterator[Case]:
    """Whatever list of the document has members with `steps`, or questions, holds cases."""
    lists = document.values() if isinstance(document, dict) else [document]
    meta = document.get("_meta", {}) if isinstance(document, dict) else {}
    for found in lists:
        for number, one in enumerate(found if isinstance(found, list) else (), start=1):
            if isinstance(one, dict) and ("steps" in one or questions.is_case(one)):
                yield Case(
                    id=str(one.get("id") or number),
                    title=str(one.get("title") or one.get("description") or ""),
                    steps=tuple(one["steps"]) if "steps" in one else (questions.step_of(one),),
                    buckets=_buckets(one, meta),
                )


def _buckets(one: dict[str, Any], meta: dict[str, Any]) -> tuple[dict[str, Any], ...]:
    """A case's own ranges, else the file's, else the usual ones."""
    own = one.get("_meta") or one.get("meta") or {}
    return tuple(
        buckets_of(one.get("buckets") or own.get("buckets") or meta.get("buckets") or BUCKETS)
    )
