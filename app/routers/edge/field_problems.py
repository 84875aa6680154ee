"""Where a request is wrong and what its limit is: pydantic's errors in the client's own terms.

The library speaks of its types: a tuple, a pattern, the alternative of a union. A client knows
only what it sent, so each problem points into that, and names the limit as the docs do.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from app.domain import field_limits
from app.domain.errors import MAX_TOLD, FieldProblem, InvalidInput

#: Patterns that nobody can read. Lengths are told by errors of their own.
_CHARACTERS: Final = {
    field_limits.LINE.pattern: "should be printable characters",
    field_limits.REFERENCE.pattern: "should be printable characters, no blank at either end",
    field_limits.SUMMARY.pattern: "should be without NUL characters",
    field_limits.LABEL.pattern: "should be without NUL characters",
} | {
    kind.pattern: f"should be {kind.words}"
    for kind in (
        field_limits.ACTOR,
        field_limits.LANGUAGE,
        field_limits.LOCALE,
        field_limits.REGION,
        field_limits.SYSTEM,
        field_limits.TEMPLATE_KEY,
    )
}
#: By pydantic's name of the error; what is not here is told in its own words.
_DETAILS: Final = {
    "tuple_type": "should be a list",
    "list_type": "should be a list",
    "dict_type": "should be an object",
    "model_type": "should be an object",
    "model_attributes_type": "should be an object",
    "too_short": "should have {min_length} members at least",
    "too_long": "should have {max_length} members at most",
    "union_tag_invalid": "should be one of {expected_tags}",
    "union_tag_not_found": "is needed: it says what the rest is",
}


def malformed(found: Sequence[Mapping[str, Any]], sent: object = None) -> InvalidInput:
    """All of pydantic's errors about what was `sent` as one refusal.

    Those nobody will be told are only counted.
    """
    told = list(_own(found))
    first = tuple(field_problem(one, sent) for one in told[:MAX_TOLD])
    return InvalidInput(errors=first, more=len(told) - len(first))


def field_problem(one: Mapping[str, Any], sent: object = None) -> FieldProblem:
    """One of pydantic's errors, its `loc` beginning with body, query, path or header."""
    where, *path = one["loc"]
    if one["type"] == "json_invalid":
        detail = f"is not JSON: {one['ctx']['error']} at character {path[0]}"
        return FieldProblem(pointer="", detail=detail)
    if where == "query":
        return FieldProblem(pointer=f"?{path[0]}", detail=_detail(one))
    if where == "header":
        return FieldProblem(pointer=f"{path[0]}:", detail=_detail(one))
    steps = [*_steps_into(sent, path, missing=one["type"] == "missing"), *_tag(one)]
    escaped = (str(step).replace("~", "~0").replace("/", "~1") for step in steps)
    return FieldProblem(pointer="".join(f"/{step}" for step in escaped), detail=_detail(one))


def _own(found: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Without lists that are too short only because what is in them was refused."""
    above = {one["loc"][:depth] for one in found for depth in range(len(one["loc"]))}
    return (one for one in found if one["type"] != "too_short" or one["loc"] not in above)


def _steps_into(sent: Any, path: Sequence[str | int], *, missing: bool) -> Iterator[str | int]:  # noqa: ANN401 - JSON
    """The steps of a path that lead into what was sent; the others name our types."""
    for number, step in enumerate(path, start=1):
        named = isinstance(sent, Mapping) and step in sent
        if named or (isinstance(sent, list) and isinstance(step, int) and step < len(sent)):
            sent = sent[step]
        elif not (missing and number == len(path)):
            continue
        yield step


def _tag(one: Mapping[str, Any]) -> tuple[str, ...]:
    """The member that says of which kind an object is, where the error is about it."""
    if one["type"] in ("union_tag_invalid", "union_tag_not_found"):
        return (one["ctx"]["discriminator"].strip("'"),)
    return ()


def _detail(one: Mapping[str, Any]) -> str:
    kind, ctx = one["type"], one.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _CHARACTERS.get(ctx["pattern"], str(one["msg"]))
    if kind == "too_short" and ctx["min_length"] == 1:
        return "should not be empty"
    return _DETAILS[kind].format(**ctx) if kind in _DETAILS else str(one["msg"])


#: Of what a report is asked for, what is no filter.
_ASKED = frozenset({"as_of", "known_on", "basis", "from", "to", "by", "standard"})


@contextmanager
def parameters_in_body() -> Iterator[None]:
    """What is refused of a report's question at `?name` is refused where a body says it."""
    try:
        yield
    except InvalidInput as refusal:
        told = tuple(
            FieldProblem(pointer=_in_body(one.pointer), detail=one.detail) for one in refusal.errors
        )
        raise InvalidInput(errors=told, more=refusal.more) from refusal


def _in_body(pointer: str) -> str:
    if not pointer.startswith("?"):
        return pointer
    name = pointer.removeprefix("?")
    return f"/parameters/{name}" if name in _ASKED else f"/parameters/filters/{name}"
