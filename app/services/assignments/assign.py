"""Accounts given to whoever works them: one, or many at once, and each tells it.

A fact beside the books: it changes no figure, and a posting never reads or writes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.domain.entries.events import Event, EventType
from app.domain.errors import DomainError, InvalidInput, NotFound
from app.services.context import Context
from app.services.guards import known_account
from app.services.work import Work, begin_many, finish
from app.storage.accounts import accounts
from app.storage.assignments import assignments, teams
from app.storage.assignments.assignments import StoredAssignment
from app.storage.database.turns import in_turns

__all__ = [
    "Assign",
    "StoredAssignment",
    "assign_account",
    "assign_accounts",
    "assignments_of",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign:
    """To whom an account is given; to neither actor nor team: it is taken back."""

    reason: str
    account_id: UUID | None = None
    account_reference: str | None = None
    actor: str | None = None
    team: str | None = None


async def assign_account(ctx: Context, account_id: UUID, command: Assign) -> StoredAssignment:
    """Give an account to somebody. Given to whom it is given already, nothing changes.

    Raises `NotFound`, `InvalidInput` for a team nobody knows, `ClockBehindFacts`.
    """
    one = Assign(
        reason=command.reason, account_id=account_id, actor=command.actor, team=command.team
    )
    (result,) = await assign_accounts(ctx, [one])
    if isinstance(result, DomainError):
        raise result
    return result


async def assign_accounts(
    ctx: Context, commands: Sequence[Assign]
) -> tuple[StoredAssignment | DomainError, ...]:
    """Several at once; one refused keeps no other from it. A result each, in their order."""
    known_teams = await _known_teams(ctx, commands)
    named = [one.account_reference for one in commands if one.account_reference is not None]
    by_reference = await accounts.resolve(ctx.tx, "account", named)
    targets = [_target(one, by_reference) for one in commands]
    works = await begin_many(ctx, (one for one in targets if one is not None))
    last = dict(await assignments.last(ctx.tx, works))
    given: dict[UUID, StoredAssignment] = {}
    results = list[StoredAssignment | DomainError]()
    async for command, target in in_turns(zip(commands, targets, strict=True)):
        work = works.get(target) if target else None
        if work is None:
            key = command.account_reference or str(command.account_id)
            results.append(NotFound(resource="account", key=key))
            continue
        refusal = _refusal(command, work, known_teams, given)
        if refusal is not None:
            results.append(refusal)
            continue
        had = last.get(work.account.id)
        if had is not None and _whom(had) == (command.actor, command.team):
            results.append(had)
            continue
        given[work.account.id] = made = _given(ctx, work, command, had)
        results.append(made)
    changed = [works[one] for one in given]
    await finish(ctx, changed)
    await assignments.add(ctx.tx, ctx.tenant_id, given.values())
    return tuple(results)


async def _known_teams(ctx: Context, commands: Sequence[Assign]) -> set[str]:
    named = {one.team for one in commands if one.team is not None}
    return {name for name in sorted(named) if await teams.read(ctx.tx, name) is not None}


def _target(command: Assign, by_reference: Mapping[str, tuple[UUID, UUID]]) -> UUID | None:
    if command.account_reference is None:
        return command.account_id
    return by_reference.get(command.account_reference, (None, None))[0]


def _refusal(
    command: Assign,
    work: Work,
    known_teams: set[str],
    given: Mapping[UUID, StoredAssignment],
) -> DomainError | None:
    if work.account.id in given:
        return InvalidInput.at("/account_id", "is given to somebody by an item before this one")
    if command.team is not None and command.team not in known_teams:
        return InvalidInput.at("/team", "is no team; PUT /v1/teams/{name} makes one")
    return None


def _given(
    ctx: Context, work: Work, command: Assign, last: StoredAssignment | None
) -> StoredAssignment:
    """What is appended, and told."""
    before = _whom(last) if last else (None, None)
    after = (command.actor, command.team)
    work.tell(
        Event(
            type=EventType.ACCOUNT_ASSIGNED,
            business_date=ctx.business_date,
            data={"before": _told(before), "after": _told(after)},
            reason=command.reason,
        )
    )
    return StoredAssignment(
        account_id=work.account.id,
        number=last.number + 1 if last else 1,
        assigned_actor=command.actor,
        assigned_team=command.team,
        reason=command.reason,
        business_date=ctx.business_date,
        recorded_at=ctx.instant,
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
        origin=ctx.origin,
    )


def _whom(one: StoredAssignment) -> tuple[str | None, str | None]:
    return one.assigned_actor, one.assigned_team


def _told(who: tuple[str | None, str | None]) -> Mapping[str, str | None] | None:
    actor, team = who
    return None if who == (None, None) else {"actor": actor, "team": team}


async def assignments_of(
    ctx: Context, account_id: UUID, *, after: int, limit: int
) -> list[StoredAssignment]:
    """To whom an account was given, the first first. Raises `NotFound`."""
    await known_account(ctx, account_id)
    return await assignments.of_account(ctx.tx, account_id, after=after, limit=limit)
