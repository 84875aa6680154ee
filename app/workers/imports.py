"""Imports as a kind of work: a file of each tenant at a time, taken with a lease, page by page."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from app.routers.edge.csv import read_id
from app.routers.edge.logs import exception_facts, log
from app.schemas.edge.ids import PREFIXES, encode
from app.services.files.imports import Failure
from app.services.imports import work
from app.services.imports.work import Taken
from app.storage.database.engine import Database
from app.workers.loop import Batch

#: Files at once in one process: each is as much as a busy client.
_MOST: Final = 2


class Imports:
    """One process's part in importing."""

    name = "imports"

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now
        self._busy: set[UUID] = set()

    async def take(self, most: int) -> Batch[Taken]:
        """The next file of tenants that wait; one of a tenant at a time here."""
        room = min(most, _MOST - len(self._busy))
        if room <= 0:
            return Batch(busy=True)
        now = self._now()
        due = await work.tenants_due(self._database, now=now, most=_MOST + len(self._busy))
        taken: list[Taken] = []
        for tenant_id in due:
            if len(taken) < room and tenant_id not in self._busy:
                one = await work.take(self._database, tenant_id, now=now)
                taken += [one] if one is not None else []
        self._busy |= {one.tenant_id for one in taken}
        return Batch(jobs=taken, busy=bool(due))

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
            self._busy.discard(job.tenant_id)


def _tell(shown: str, failure: Failure) -> None:
    """A line that failed as nobody foresaw; no word of what it says."""
    log.error(
        "import", import_=shown, line=failure.row.line.number, **exception_facts(failure.error)
    )
