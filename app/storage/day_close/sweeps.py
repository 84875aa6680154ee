"""The sweeps' own book: each run with what it has done so far, and what is left to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func, insert, literal, select, update

from app.storage import tables
from app.storage.database.engine import Transaction
from app.storage.database.tenanted import of_tenant

_RUN = tables.table(tables.SweepRun)
#: The verdicts that a day brings, whoever stored them: equal for any way of sweeping that day.
_CHECKSUM = of_tenant(
    "SELECT encode(sha256(convert_to(coalesce(string_agg("
    "account_id::text || natural_key, ',' ORDER BY account_id, natural_key), ''), 'UTF8')), 'hex') "
    "FROM event WHERE tenant_id = :the_tenant AND business_date = :business_date "
    "AND natural_key IS NOT NULL AND type <> 'contact.judged'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSweep:
    """A run as of its last page. One not heard of for `SILENCE` is `incomplete`: it died."""

    id: UUID
    business_date: date
    status: str
    examined: int
    changed: int
    counts: Mapping[str, Any]
    started_at: datetime
    finished_at: datetime | None
    noted_at: datetime

    @property
    def through(self) -> bool:
        """Whether it is over and another run would find nothing more to do."""
        return self.finished_at is not None and self.counts.get("waits") is False


#: A live run is heard of with every page, and no page takes as long as this.
SILENCE = timedelta(minutes=2)
#: The clock of the server that was asked, also where the row lies on another.
_NOW = func.statement_timestamp()
_HEARD = _RUN.c.noted_at > _NOW - literal(SILENCE)
_STATUS = case((and_(_RUN.c.status == "running", ~_HEARD), "incomplete"), else_=_RUN.c.status)
#: `StoredSweep.through`, as SQL.
THROUGH = and_(_RUN.c.finished_at.is_not(None), _RUN.c.counts["waits"].as_boolean().is_(False))
_COLUMNS = [
    _STATUS.label("status") if name == "status" else _RUN.c[name]
    for name in StoredSweep.__dataclass_fields__
]
_AS_WRITTEN = [_RUN.c[name] for name in StoredSweep.__dataclass_fields__]


async def start(tx: Transaction, tenant_id: UUID, run_id: UUID, business_date: date) -> StoredSweep:
    """A new run, nothing done yet."""
    made = insert(_RUN).values(
        tenant_id=tenant_id,
        id=run_id,
        business_date=business_date,
        status="running",
        examined=0,
        changed=0,
        counts={},
    )
    row = (await tx.execute(made.returning(*_AS_WRITTEN))).mappings().one()
    return StoredSweep(**row)


async def done_since(tx: Transaction, since: datetime, *, limit: int) -> tuple[StoredSweep, ...]:
    """Runs that are over and left nothing behind, ended after `since`, oldest first."""
    query = (
        select(*_COLUMNS)
        .where(_RUN.c.finished_at > since, _RUN.c.status == "done")
        .order_by(_RUN.c.finished_at)
        .limit(limit)
    )
    return tuple(StoredSweep(**row) for row in (await tx.execute(query)).mappings())


async def note(
    tx: Transaction,
    run_id: UUID,
    *,
    status: str,
    examined: int,
    changed: int,
    counts: Mapping[str, Any],
) -> None:
    """What a run has done by now; with any status but `running` it is over."""
    over = _NOW if status != "running" else None
    await tx.execute(
        update(_RUN)
        .where(_RUN.c.id == run_id)
        .values(
            status=status,
            examined=examined,
            changed=changed,
            counts=dict(counts),
            finished_at=over,
            noted_at=_NOW,
        )
    )


async def read(tx: Transaction, run_id: UUID) -> StoredSweep | None:
    """A run; None where there is none."""
    row = (await tx.execute(select(*_COLUMNS).where(_RUN.c.id == run_id))).mappings().one_or_none()
    return StoredSweep(**row) if row else None


async def runs_of(tx: Transaction, business_date: date) -> tuple[StoredSweep, ...]:
    """Every run of a date, oldest first."""
    query = select(*_COLUMNS).where(_RUN.c.business_date == business_date).order_by(_RUN.c.id)
    return tuple(StoredSweep(**row) for row in (await tx.execute(query)).mappings())


async def checksum(tx: Transaction, business_date: date) -> str:
    """A hash of every verdict told of that day."""
    return str((await tx.execute(_CHECKSUM, {"business_date": business_date})).scalar_one())
