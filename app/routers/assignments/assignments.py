"""Teams, and accounts given to whoever works them."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.domain.errors import NotFound
from app.domain.refusals.commands import BatchRefused, ClockBehindFacts
from app.routers.edge import batches
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import (
    CanAssignAccounts,
    CanReadAccounts,
    CanReadReports,
    CanWriteReports,
)
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.assignments.assignments import (
    AssignmentBatchRead,
    AssignmentBatchRequest,
    AssignmentItem,
    AssignmentRead,
    AssignmentRequest,
    TeamRead,
    TeamRequest,
)
from app.schemas.edge.ids import AccountId, encode
from app.schemas.edge.types import Page
from app.schemas.edge.words import TeamName
from app.services.assignments import assign, teams
from app.services.assignments.assign import Assign
from app.services.etags import EtagMismatch

router = APIRouter(prefix="/v1", tags=["assignments"], route_class=Operation)

TEAMS = Keyset("teams", str)
ASSIGNMENTS = Keyset("assignments", int)
Name = Annotated[TeamName, Path(description="Your own name of the team.")]


@router.get("/teams", summary="List teams", response_model=Page[TeamRead])
async def find_teams(
    ctx: CanReadReports, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Teams by name, as they are now."""
    (after,) = TEAMS.read(cursor) or (None,)
    found = await teams.find_teams(ctx, after=after, limit=limit + 1)
    page, next_cursor = TEAMS.cut(found, limit, key=lambda one: (one.name,))
    data = [TeamRead.model_validate(one) for one in page]
    return answer({"data": data, "next_cursor": next_cursor})


@router.get(
    "/teams/{name}", summary="Read a team", response_model=TeamRead, responses=problems(NotFound)
)
async def read_team(name: Name, ctx: CanReadReports) -> Response:
    """Who belongs to it now."""
    team = await teams.read_team(ctx, name)
    return answer(TeamRead.model_validate(team), version=team.version)


@router.put(
    "/teams/{name}",
    summary="Save a team",
    response_model=TeamRead,
    responses={201: {"model": TeamRead}, **problems(EtagMismatch)},
)
async def save_team(
    name: Name, body: TeamRequest, ctx: CanWriteReports, if_match: IfMatch = None
) -> Response:
    """Who belongs to a team from now on; reports of earlier days keep who belonged then."""
    team, new = await teams.save_team(ctx, name, body.actors, if_match)
    status = 201 if new else 200
    return answer(TeamRead.model_validate(team), status=status, version=team.version)


@router.post(
    "/accounts/{account_id}/assignments",
    status_code=201,
    summary="Assign an account",
    response_model=AssignmentRead,
    responses=problems(NotFound, ClockBehindFacts),
)
async def assign_(
    account_id: AccountId, body: AssignmentRequest, ctx: CanAssignAccounts
) -> Response:
    """Give an account to an actor or a team, or take it back. The last one counts.

    It is a fact beside the books, told as `account.assigned`; reads show it as `assigned_to`.
    Given to whom it is given already, nothing is added.
    """
    made = await assign.assign_account(ctx, account_id, Assign(**dict(body)))
    return answer(AssignmentRead.model_validate(made), status=201)


@router.get(
    "/accounts/{account_id}/assignments",
    summary="List an account's assignments",
    response_model=Page[AssignmentRead],
    responses=problems(NotFound),
)
async def of_account(
    account_id: AccountId, ctx: CanReadAccounts, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """To whom the account was given and why, the first first."""
    (after,) = ASSIGNMENTS.read(cursor) or (0,)
    found = await assign.assignments_of(ctx, account_id, after=after, limit=limit + 1)
    page, next_cursor = ASSIGNMENTS.cut(found, limit, key=lambda one: (one.number,))
    data = [AssignmentRead.model_validate(one) for one in page]
    return answer({"data": data, "next_cursor": next_cursor})


@router.post(
    "/assignments/batch",
    summary="Assign many accounts",
    response_model=AssignmentBatchRead,
    responses=problems(BatchRefused, ClockBehindFacts),
)
@holds_many
async def assign_many(
    body: AssignmentBatchRequest, ctx: CanAssignAccounts, request: Request
) -> Response:
    """Give up to 1,000 accounts in one transaction, with a result for each, in their order."""
    return await batches.run(
        request,
        body.mode,
        body.items,
        body=AssignmentItem,
        command=lambda item: Assign(**dict(item)),
        execute=lambda commands: assign.assign_accounts(ctx, commands),
        show=lambda one: {"status": 201, "account_id": encode("acc", one.account_id)},
    )
