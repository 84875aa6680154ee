"""Batches: many items in one request, each judged on its own, answered in their order.

In mode `continue` those that can be are stored; in mode `atomic` one refusal undoes them all,
by raising `BatchRefused` with every item's result out of the transaction.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Literal, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from app.domain.errors import MAX_TOLD, DomainError, FieldProblem, InvalidInput
from app.domain.refusals.commands import BatchRefused
from app.routers.edge.field_problems import malformed
from app.routers.edge.problem_types.registry import REGISTRY
from app.routers.edge.problems import document
from app.routers.edge.route import answer

Body = TypeVar("Body", bound=BaseModel)
Command = TypeVar("Command")
View = TypeVar("View")
Mode = Literal["atomic", "continue"]
Result = dict[str, object]

#: An item that could have been stored and was not, because another was refused.
_UNDONE = 424
#: No item of a valid batch holds as many.
_MOST_VALUES = 500
#: Malformed fields named in one answer. Of items after that each names one and counts the rest.
_MOST_TOLD = 1000


async def run(
    request: Request,
    mode: Mode,
    items: Sequence[object],
    *,
    body: type[Body],
    command: Callable[[Body], Command],
    execute: Callable[[Sequence[Command]], Awaitable[Sequence[View | DomainError]]],
    show: Callable[[View], Result],
) -> Response:
    """Read every item, do those that can be read, answer one result an item.

    `show` makes an item's result: its `status`, and what it made. Raises `BatchRefused`.
    """
    read = list[Command | DomainError]()
    for item in items:
        await asyncio.sleep(0)  # others' requests go between a large batch's items
        read.append(_read(item, body, command))
    views = iter(await execute([one for one in read if not isinstance(one, DomainError)]))
    request_id = str(request.scope["state"].get("request_id", ""))
    results: list[Result] = []
    refused = False
    room = _MOST_TOLD
    for number, one in enumerate(read):
        await asyncio.sleep(0)
        outcome = one if isinstance(one, DomainError) else next(views)
        if isinstance(outcome, DomainError):
            refused = True
            if isinstance(outcome, InvalidInput):
                outcome = _placed(number, outcome.only(max(1, min(room, MAX_TOLD))))
                room -= len(outcome.errors)
            results.append(_problem(outcome, request_id))
        else:
            results.append(show(outcome))
    if refused and mode == "atomic":
        made = set(_made(results))
        raise BatchRefused(results=tuple(_undone(result, made) for result in results))
    return answer({"results": results})


def _read(
    item: object, body: type[Body], command: Callable[[Body], Command]
) -> Command | DomainError:
    if _exceeds(item, _MOST_VALUES):
        return InvalidInput.at("", f"should hold {_MOST_VALUES} values at most")
    try:
        return command(body.model_validate(item))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        return malformed([{**e, "loc": ("body", *e["loc"])} for e in found], item)
    except DomainError as refusal:
        return refusal


def _exceeds(value: object, most: int) -> bool:
    """Whether there are more values in it; it looks no further than that."""
    seen, inside = 0, [value]
    while inside:
        one = inside.pop()
        if isinstance(one, dict):
            inside += one.values()
        elif isinstance(one, list):
            inside += one
        seen += 1
        if seen + len(inside) > most:
            return True
    return False


def _placed(number: int, refusal: InvalidInput) -> InvalidInput:
    """The refusal with its pointers as they are in the whole body."""
    errors = tuple(
        FieldProblem(pointer=f"/items/{number}{e.pointer}", detail=e.detail) for e in refusal.errors
    )
    return InvalidInput(errors=errors, more=refusal.more)


def _problem(refusal: DomainError, request_id: str) -> Result:
    return {"status": REGISTRY[type(refusal)].status, "problem": document(refusal, request_id)}


def _made(results: Sequence[Result]) -> Iterator[object]:
    """The ids of what was made and is undone with the whole batch."""
    for result in results:
        for shown in result.values():
            if result["status"] == HTTPStatus.CREATED and isinstance(shown, Mapping):
                yield shown["id"]


def _undone(result: Result, made: set[object]) -> Result:
    """An item's result where none is kept; no problem names what no longer is."""
    problem = result.get("problem")
    if not isinstance(problem, Mapping):
        return {"status": _UNDONE}
    kept = {k: v for k, v in problem.items() if not (isinstance(v, str) and v in made)}
    return {**result, "problem": kept}
