"""Large sheets as a kind of work: one of each tenant at a time, taken with a lease."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from uuid import UUID

from app.services.dry_runs import storing
from app.services.dry_runs.storing import Taken
from app.storage.database.engine import Database
from app.workers.loop import Batch

#: Sheets at once in one process: each is as much as a busy client.
_MOST: Final = 2


class Sheets:
    """One process's part in storing what was tried."""

    name = "sheets"

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._busy: set[UUID] = set()

    async def take(self, most: int) -> Batch[Taken]:
        """The next sheet of tenants that wait; one of a tenant at a time here."""
        room = min(most, _MOST - len(self._busy))
        if room <= 0:
            return Batch(busy=True)
        now = self._now()
        due = await storing.tenants_due(self._database, now=now, most=_MOST + len(self._busy))
        taken: list[Taken] = []
        for tenant in due:
            if len(taken) < room and tenant.tenant_id not in self._busy:
                one = await storing.take(self._database, tenant, now=now)
                taken += [one] if one is not None else []
        self._busy |= {one.tenant.tenant_id for one in taken}
        return Batch(jobs=taken, busy=bool(due))

    async def do(self, job: Taken) -> None:
        """Store one, as far as it goes."""
        try:
            await storing.carry_on(self._database, job, now=self._now)
        finally:
            self._busy.discard(job.tenant.tenant_id)
