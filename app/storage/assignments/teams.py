"""Teams as stored: every version of each, of which the newest counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, text
from sqlalchemy.dialects.postgresql import distinct_on

from app.storage.database.engine import Transaction
from app.storage.tables import Team, table

_TEAM = table(Team)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTeam:
    """Who belongs to a team, since which version, and who said so."""

    name: str
    version: int
    actors: tuple[str, ...]
    business_date: date
    recorded_at: datetime
    actor: str | None
    role: str


_COLUMNS = tuple(_TEAM.c[name] for name in StoredTeam.__dataclass_fields__)
_NEWEST = (
    select(*_COLUMNS).ext(distinct_on(_TEAM.c.name)).order_by(_TEAM.c.name, _TEAM.c.version.desc())
)  # fmt: skip
#: Who changes a tenant's teams waits for who does.
_LOCK = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('teams ' || accord_tenant_id()::text, 0))"
)


async def lock(tx: Transaction) -> None:
    """Change the tenant's teams one after the other."""
    await tx.execute(_LOCK)


async def read(tx: Transaction, name: str) -> StoredTeam | None:
    """A team as it is now."""
    row = (await tx.execute(_NEWEST.where(_TEAM.c.name == name))).mappings().one_or_none()
    return _team(row) if row else None


async def find(tx: Transaction, *, after: str | None, limit: int) -> list[StoredTeam]:
    """Teams by name."""
    query = _NEWEST if after is None else _NEWEST.where(_TEAM.c.name > after)
    return [_team(row) for row in (await tx.execute(query.limit(limit))).mappings()]


async def versions(tx: Transaction, *, known_on: date) -> list[StoredTeam]:
    """Every version of every team by the end of a business date, each team's in their order."""
    query = (
        select(*_COLUMNS)
        .where(_TEAM.c.business_date <= known_on)
        .order_by(_TEAM.c.name, _TEAM.c.version)
    )
    return [_team(row) for row in (await tx.execute(query)).mappings()]


async def add(tx: Transaction, tenant_id: UUID, team: StoredTeam, *, key_id: UUID | None) -> None:
    """Append a version."""
    said = {name: getattr(team, name) for name in StoredTeam.__dataclass_fields__}
    row = {**said, "actors": list(team.actors), "tenant_id": tenant_id, "key_id": key_id}
    await tx.execute(insert(_TEAM).values(row))


def _team(row: Mapping[Any, Any]) -> StoredTeam:
    return StoredTeam(**{**row, "actors": tuple(row["actors"])})
