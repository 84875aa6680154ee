"""Imports as a kind of work: a file of each tenant at a time, taken with a lease, page by page."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from app.routers.edge.csv import read_id
from app.routers.edge.logs import exception_facts, log
from app.schemas.edge.ids import PREFIXES, encode
from app.services.files.imports import Failure
from app.services.imports import work
from app.services.imports.work import Taken
from app.storage.database.engine import Database
from app.workers.loop import Batch
from app.workers.turns import Turns


class Imports:
    """One process's part in importing."""

    name = "imports"

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._turns = Turns(due=self._due, take=self._take, id_of=lambda tenant_id: tenant_id)

    async def _due(self, most: int) -> tuple[UUID, ...]:
        return await work.tenants_due(self._database, now=self._now(), most=most)

    async def _take(self, tenant_id: UUID) -> Taken | None:
        return await work.take(self._database, tenant_id, now=self._now())

    async def take(self, most: int) -> Batch[Taken]:
        """The next file of tenants that wait."""
        return await self._turns.take(most)

    async def do(self, job: Taken) -> None:
        """Import one, as far as it goes."""
        shown = encode(PREFIXES["import"], job.stored.id)
        try:
            await work.carry_on(
                self._database,
                job,
                now=self._now,
                payment_id=partial(read_id, "payment"),
                failed=partial(_tell, shown),
            )
        finally:
            self._turns.over(job.tenant_id)


def _tell(shown: str, failure: Failure) -> None:
    """A line that failed as nobody foresaw; no word of what it says."""
    log.error(
        "import", import_=shown, line=failure.row.line.number, **exception_facts(failure.error)
    )
