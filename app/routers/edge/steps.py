"""Steps of a thing that has a course: each a POST below it, answered by how the thing then is."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter

from app.domain.errors import DomainError
from app.routers.edge.problems import problems

_Route = TypeVar("_Route", bound=Callable[..., Any])


def steps_of(
    router: APIRouter, path: str, *, answered: type, refused: tuple[type[DomainError], ...]
) -> Callable[..., Callable[[_Route], _Route]]:
    """`step(name, summary, *also)`: makes a function a step of what `path` names.

    `refused`: what any step may be refused by; `also`: what this one may be, too.
    """

    def step(
        name: str, summary: str, *also: type[DomainError], read: type | None = None
    ) -> Callable[[_Route], _Route]:
        return router.post(
            f"{path}/{name}",
            summary=summary,
            response_model=read or answered,
            responses=problems(*refused, *also),
        )

    return step
