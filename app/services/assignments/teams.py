"""Teams: who works together, as said from one version to the next."""

from collections.abc import Iterable

from app.domain.errors import NotFound
from app.services.context import Context
from app.services.etags import Expected
from app.storage.assignments import teams
from app.storage.assignments.teams import StoredTeam

__all__ = ["StoredTeam", "find_teams", "read_team", "save_team"]


async def save_team(
    ctx: Context, name: str, actors: Iterable[str], if_match: Expected | None
) -> tuple[StoredTeam, bool]:
    """A team with these members, and whether it is a new one.

    Each change is a version; the same members again make none. Raises `EtagMismatch`.
    """
    await teams.lock(ctx.tx)
    known = await teams.read(ctx.tx, name)
    if if_match is not None:
        if_match.check(known.version if known else 0)
    members = tuple(sorted(set(actors)))
    if known is not None and known.actors == members:
        return known, False
    team = StoredTeam(
        name=name,
        version=known.version + 1 if known else 1,
        actors=members,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
    )
    await teams.add(ctx.tx, ctx.tenant_id, team, key_id=ctx.key_id)
    return team, known is None


async def read_team(ctx: Context, name: str) -> StoredTeam:
    """A team as it is now. Raises `NotFound`."""
    team = await teams.read(ctx.tx, name)
    if team is None:
        raise NotFound(resource="team", key=name)
    return team


async def find_teams(ctx: Context, *, after: str | None, limit: int) -> list[StoredTeam]:
    """Teams by name."""
    return await teams.find(ctx.tx, after=after, limit=limit)
