"""Batches: many items in one request, each judged on its own, answered in their order.

In mode `continue` those that can be are stored; in mode `atomic` one refusal undoes them all,
by raising `BatchRefused` with every item's result out of the transaction.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Literal, TypeVar

from fastapi import Request, Response
from pydantic import BaseModel, ValidationError

from app.domain.errors import DomainError, FieldProblem, InvalidInput
from app.domain.refusals import BatchRefused
from app.routers.problems import REGISTRY, document, field_problem
from app.routers.route import answer

Body = TypeVar("Body", bound=BaseModel)
Command = TypeVar("Command")
View = TypeVar("View")
Mode = Literal["atomic", "continue"]
Result = dict[str, object]

#: An item that could have been stored and was not, because another was refused.
_UNDONE = 424


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
    read = [_read(item, body, command) for item in items]
    views = iter(await execute([one for one in read if not isinstance(one, DomainError)]))
    request_id = str(request.scope["state"].get("request_id", ""))
    results: list[Result] = []
    refused = False
    for number, one in enumerate(read):
        outcome = one if isinstance(one, DomainError) else next(views)
        if isinstance(outcome, DomainError):
            refused = True
            results.append(_problem(number, outcome, request_id))
        else:
            results.append(show(outcome))
    if refused and mode == "atomic":
        raise BatchRefused(results=tuple(map(_undone, results)))
    return answer({"results": results})


def _read(
    item: object, body: type[Body], command: Callable[[Body], Command]
) -> Command | DomainError:
    try:
        return command(body.model_validate(item))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return InvalidInput(
            errors=tuple(field_problem({**e, "loc": ("body", *e["loc"])}) for e in found)
        )
    except DomainError as refusal:
        return refusal


def _problem(number: int, refusal: DomainError, request_id: str) -> Result:
    if isinstance(refusal, InvalidInput):
        refusal = InvalidInput(
            errors=tuple(
                FieldProblem(pointer=f"/items/{number}{e.pointer}", detail=e.detail)
                for e in refusal.errors
            )
        )
    return {"status": REGISTRY[type(refusal)].status, "problem": document(refusal, request_id)}


def _undone(result: Mapping[str, object]) -> Result:
    return dict(result) if "problem" in result else {"status": _UNDONE}
