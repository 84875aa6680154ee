"""Policies: the creditor's rules, in versions that never change."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Response

from app.domain.errors import NotFound
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanReadPolicies, CanWritePolicies
from app.routers.edge.etags import IfMatch
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.policies.documents import READ_ONLY, PolicyBody, PolicyRead
from app.schemas.edge.types import Page
from app.services.etags import EtagMismatch
from app.services.policies import save as policies
from app.services.policies.save import DaysClosed, PolicyVersion

router = APIRouter(prefix="/v1/policies", tags=["policies"], route_class=Operation)

Name = Annotated[
    str,
    Path(
        max_length=64,
        pattern=r"^[^\u0000]+$",
        description="The policy's name.",
        examples=["default"],
    ),
]
Version = Annotated[int, Path(ge=1, le=1_000_000, description="Versions count from 1.")]


@router.get("", summary="List policies", response_model=Page[PolicyRead])
async def find(ctx: CanReadPolicies) -> Response:
    """The newest version of each policy, by name. All of them: `next_cursor` is always null."""
    found = await policies.list_policies(ctx)
    return answer({"data": [_shown(one) for one in found], "next_cursor": None})


@router.get(
    "/{name}", summary="Read a policy", response_model=PolicyRead, responses=problems(NotFound)
)
async def read(name: Name, ctx: CanReadPolicies) -> Response:
    """The newest version, as it was saved: figures left out are inherited, null means no limit.

    It may take effect only on its `effective_from`. The `ETag` is its version.
    """
    found = await policies.read_policy(ctx, name)
    return answer(_shown(found), version=found.version)


@router.put(
    "/{name}",
    summary="Save a policy",
    response_model=PolicyRead,
    responses={
        201: {"model": PolicyRead, "description": "The first version by this name."},
        **problems(EtagMismatch, DaysClosed),
    },
)
@holds_many
async def save(
    name: Name,
    body: Annotated[PolicyBody, Body()],
    ctx: CanWritePolicies,
    if_match: IfMatch = None,
) -> Response:
    """Make a new version of the policy by this name; those before it stay as they are.

    Plans stay pinned to the version they opened under, and nothing already closed is judged
    again: `effective_from` lies after every day closed for an account under the policy. Without
    one, it is the business date or the first day that is open. Everything wrong in the document
    is told at once, each with its pointer.
    """
    document = {key: value for key, value in body.items() if key not in READ_ONLY}
    saved = await policies.save_policy(ctx, name, document, if_match)
    status = 201 if saved.version == 1 else 200
    return answer(_shown(saved), status=status, version=saved.version)


@router.get(
    "/{name}/versions/{version}",
    summary="Read a policy version",
    response_model=PolicyRead,
    responses=problems(NotFound),
)
async def read_version(name: Name, version: Version, ctx: CanReadPolicies) -> Response:
    """One version, as it was saved. It never changes."""
    return answer(_shown(await policies.read_policy(ctx, name, version)))


def _shown(one: PolicyVersion) -> Mapping[str, Any]:
    return {
        **one.document,
        "name": one.name,
        "version": one.version,
        "extends": one.extends,
        "effective_from": one.effective_from,
        "actor": one.actor,
        "created_at": one.created_at,
    }
