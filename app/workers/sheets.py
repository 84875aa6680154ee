"""Large sheets as a kind of work: one of each tenant at a time, taken with a lease."""

from collections.abc import Callable
from datetime import datetime

from app.services.dry_runs import storing
from app.services.dry_runs.storing import Taken
from app.services.messages.surroundings import TenantRecord
from app.storage.database.engine import Database
from app.workers.loop import Batch
from app.workers.turns import Turns


class Sheets:
    """One process's part in storing what was tried."""

    name = "sheets"

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._turns = Turns(due=self._due, take=self._take, id_of=lambda one: one.tenant_id)

    async def _due(self, most: int) -> list[TenantRecord]:
        return await storing.tenants_due(self._database, now=self._now(), most=most)

    async def _take(self, tenant: TenantRecord) -> Taken | None:
        return await storing.take(self._database, tenant, now=self._now())

    async def take(self, most: int) -> Batch[Taken]:
        """The next sheet of tenants that wait."""
        return await self._turns.take(most)

    async def do(self, job: Taken) -> None:
        """Store one, as far as it goes."""
        try:
            await storing.carry_on(self._database, job, now=self._now)
        finally:
            self._turns.over(job.tenant.tenant_id)
