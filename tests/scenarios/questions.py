"""Cases that ask one question, and who here knows how to ask the service.

A case of this kind has an `input` and what is `expected`, and no steps. It becomes one step; a
question nobody here can put to the service becomes one that says so, and is skipped by name.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tests.scenarios import (
    ach,
    allocating,
    closings,
    computing,
    contacting,
    crediting,
    dating,
    eligibility,
    lateness,
    managing,
    messaging,
    multiple_debts,
    obsolescence,
    regulation_f,
    settling_questions,
    sharing,
    telling,
    working,
)
from tests.scenarios.client import NotPlayable
from tests.scenarios.life import Life, Step

_ASKERS = (
    ach, allocating, dating, eligibility, lateness, closings, obsolescence, sharing,
    settling_questions, crediting, computing, contacting, regulation_f,
    messaging, working, telling, multiple_debts,
)  # fmt: skip


def is_case(one: Mapping[str, Any]) -> bool:
    """Whether this asks a question, and is not a life in steps."""
    return isinstance(one.get("input"), dict) and isinstance(one.get("expected"), dict)


def step_of(one: Mapping[str, Any]) -> Step:
    """The case as a step to be played."""
    said = one["input"]
    if one.get("metric") in managing.METRICS:
        return {"op": "metric_question", **one}
    for asker in _ASKERS:
        for op, is_meant in asker.ASKED:
            if is_meant(said):
                return {"op": op, "input": said, "expected": one["expected"]}
    return {"op": "question", "input": said}


async def question(life: Life, step: Step) -> None:
    """One that nobody here can ask."""
    said = ", ".join(step["input"])
    raise NotPlayable(f"no endpoint is asked with {said}")


#: The ops of every kind of question by name.
OPS: Mapping[str, Callable[[Life, Step], Awaitable[None]]] = {
    "question": question,
    "metric_question": managing.metric_question,
    **{op: getattr(asker, op) for asker in _ASKERS for op, _ in asker.ASKED},
}
