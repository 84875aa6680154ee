"""Targets: what an actor, a team or a creditor's accounts are to reach in a span of days."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.errors import InvalidInput
from app.domain.reports.targets import Target, TargetMetric
from app.routers.edge.deps import CanReadReports, CanWriteReports
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.route import Operation, answer
from app.schemas.assignments.targets import TargetRead, TargetRequest
from app.schemas.edge.time import Date
from app.schemas.edge.types import Page
from app.schemas.edge.words import Actor, Reference, TeamName
from app.services.assignments import targets
from app.services.assignments.targets import StoredTarget

router = APIRouter(prefix="/v1/targets", tags=["reports"], route_class=Operation)

TARGETS = Keyset("targets", UUID)


@router.put(
    "",
    summary="Set a target",
    response_model=TargetRead,
    responses={201: {"model": TargetRead}},
)
async def set_target(body: TargetRequest, ctx: CanWriteReports) -> Response:
    """What somebody is to reach in a span of days; of the same span, in place of what was said.

    Told as `target.set`. What reports of earlier days knew then stays what they say.
    """
    scope, whose = body.scope.named
    target = Target(
        scope=scope,
        whose=whose,
        metric=body.metric,
        currency=body.currency,
        from_on=body.since,
        to_on=body.until,
        value=body.value,
    )
    made, new = await targets.set_target(ctx, target)
    return answer(_read(made), status=201 if new else 200)


@router.get("", summary="List targets", response_model=Page[TargetRead])
async def find(
    ctx: CanReadReports,
    *,
    actor: Annotated[Actor | None, Query(description="Of this actor.")] = None,
    team: Annotated[TeamName | None, Query(description="Of this team.")] = None,
    creditor: Annotated[Reference | None, Query(description="Of this creditor.")] = None,
    metric: Annotated[TargetMetric | None, Query(description="Of this metric.")] = None,
    on: Annotated[Date | None, Query(description="Whose span this day lies in.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Those that stand, in the order they were set last."""
    (after,) = TARGETS.read(cursor) or (None,)
    named = {"actor": actor, "team": team, "creditor": creditor}
    wanted = {} if metric is None else {"metric": str(metric)}
    said = {scope: whose for scope, whose in named.items() if whose is not None}
    if len(said) > 1:
        raise InvalidInput.at("?" + max(said), "stands beside another: ask for one of them")
    for scope, whose in said.items():
        wanted |= {"scope": scope, "whose": whose}
    found = await targets.find_targets(ctx, wanted=wanted, on=on, after=after, limit=limit + 1)
    page, next_cursor = TARGETS.cut(found, limit, key=lambda one: (one.id,))
    return answer({"data": [_read(one) for one in page], "next_cursor": next_cursor})


def _read(one: StoredTarget) -> TargetRead:
    shared = {name: getattr(one, name) for name in TargetRead.model_fields if name != "scope"}
    return TargetRead.model_validate({**shared, "scope": {one.scope: one.whose}})
