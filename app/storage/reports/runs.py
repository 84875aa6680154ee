"""Runs of reports as stored: begun, noted as they go on, read, and emptied after their time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, insert, literal, select, update

from app.domain.overview.runs import KEPT, RunStatus
from app.storage import tables
from app.storage.database.engine import Transaction

_RUN = tables.table(tables.ReportRun)
_FACT = tables.table(tables.Fact)
#: A live run is heard of with every page, and no page takes as long as this.
SILENCE = timedelta(minutes=2)
#: What the clocks of servers and of their database may differ by.
_SKEW = timedelta(minutes=10)
_AFTER_TIME = 80  # bits of an id behind its milliseconds
_NOW = func.statement_timestamp()
_LIVE = _RUN.c.status.in_((RunStatus.QUEUED, RunStatus.RUNNING))
_DEAD = and_(_LIVE, _RUN.c.noted_at <= _NOW - literal(SILENCE))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRun:
    """A run as of its last page. One not heard of for `SILENCE` has failed: its server died."""

    id: UUID
    report: str
    parameters: Mapping[str, Any]
    form: str
    business_date: date
    created_at: datetime
    expires_at: datetime
    actor: str | None
    role: str
    key_id: UUID | None
    status: str
    progress_bps: int
    finished_at: datetime | None
    noted_at: datetime  # by the machine's clock, whatever day a sandbox has
    hash: str | None
    told: Mapping[str, Any] | None
    problem: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnteredFact:
    """A fact that was entered since."""

    id: UUID
    kind: str
    effective_on: date
    business_date: date


_STATUS = case((_DEAD, RunStatus.FAILED.value), else_=_RUN.c.status)
_COLUMNS = [
    _STATUS.label("status") if name == "status" else _RUN.c[name]
    for name in StoredRun.__dataclass_fields__
]


async def start(tx: Transaction, tenant_id: UUID, run: Mapping[str, Any]) -> None:
    """A new run, nothing done yet."""
    values = {**run, "status": RunStatus.QUEUED, "progress_bps": 0}
    await tx.execute(insert(_RUN).values(tenant_id=tenant_id, **values))


async def live(tx: Transaction) -> int:
    """How many are under way."""
    query = select(func.count()).select_from(_RUN).where(_LIVE, ~_DEAD)
    return int((await tx.execute(query)).scalar_one())


async def by_status(tx: Transaction) -> Mapping[str, int]:
    """How many there are of the days in which one is kept."""
    recent = _RUN.c.noted_at > _NOW - literal(KEPT)
    query = select(_STATUS, func.count()).where(recent).group_by(_STATUS)
    return {str(status): int(number) for status, number in await tx.execute(query)}


async def read(tx: Transaction, run_id: UUID) -> StoredRun | None:
    """A run; None where there is none."""
    row = (await tx.execute(select(*_COLUMNS).where(_RUN.c.id == run_id))).mappings().one_or_none()
    return StoredRun(**row) if row else None


async def content(tx: Transaction, run_id: UUID) -> bytes | None:
    """Its file, as long as it is kept."""
    found = (await tx.execute(select(_RUN.c.content).where(_RUN.c.id == run_id))).scalar_one()
    return None if found is None else bytes(found)


async def note(tx: Transaction, run_id: UUID, *, progress_bps: int) -> bool:
    """How far a run is; False: it is to go on no further."""
    noted = (
        update(_RUN)
        .where(_RUN.c.id == run_id, _LIVE)
        .values(status=RunStatus.RUNNING, progress_bps=progress_bps, noted_at=_NOW)
        .returning(_RUN.c.id)
    )
    return (await tx.execute(noted)).first() is not None


async def end(tx: Transaction, run_id: UUID, status: RunStatus, **values: object) -> None:
    """A run that was live is over, with what came of it.

    It began by the tenant's clock, which of a sandbox shows a day of its own, and ends by the same.
    """
    created = select(_RUN.c.created_at).where(_RUN.c.id == run_id)
    apart = (await tx.execute(created)).scalar_one() - _made_at(run_id)
    ended = update(_RUN).where(_RUN.c.id == run_id, _LIVE)
    at = _NOW + literal(apart)
    await tx.execute(ended.values(status=status, finished_at=at, noted_at=_NOW, **values))


async def empty_old(tx: Transaction, now: datetime) -> None:
    """Let go of files past their time."""
    old = update(_RUN).where(_RUN.c.expires_at <= now, _RUN.c.content.is_not(None))
    await tx.execute(old.values(content=None, told=None))


def _made_at(id_: UUID) -> datetime:
    """When an id was made, by the clock of the machine that made it."""
    return datetime.fromtimestamp((id_.int >> _AFTER_TIME) / 1000, UTC)


def _first_id(at: datetime) -> UUID:
    """The least id that is made at an instant."""
    return UUID(int=int(at.timestamp() * 1000) << _AFTER_TIME)


async def facts_since(tx: Transaction, since: datetime, *, limit: int) -> tuple[EnteredFact, ...]:
    """The first facts that were entered after an instant of the machine's clock, of whatever kind.

    Ids sort by the time they were made, so those of before are not read.
    """
    query = (
        select(_FACT.c.id, _FACT.c.kind, _FACT.c.effective_on, _FACT.c.business_date)
        .where(_FACT.c.id >= _first_id(since - _SKEW), _FACT.c.entered_at > since)
        .order_by(_FACT.c.id)
        .limit(limit)
    )
    return tuple(EnteredFact(**row) for row in (await tx.execute(query)).mappings())
