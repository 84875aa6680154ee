"""Following events as a kind of work: each tenant's feed read on, notices made of it, by pages."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from app.routers.edge.logs import exception_facts, log
from app.services.messages.notices import following
from app.services.messages.surroundings import TenantRecord
from app.storage.database.engine import Database
from app.workers.loop import Batch

_MOST_TENANTS: Final = 100
#: Pages a tenant has before others have their turn.
_MOST_PAGES: Final = 40


class Following:
    """One process's part in making notices of events."""

    name = "following"

    def __init__(self, database: Database, *, now: Callable[[], datetime]) -> None:
        self._database, self._now = database, now

    async def take(self, most: int) -> Batch[TenantRecord]:
        """The tenants whose feeds go on; the lock is taken page by page."""
        behind = await following.tenants_behind(self._database, most=min(most, _MOST_TENANTS))
        return Batch(jobs=behind, busy=bool(behind))

    async def do(self, job: TenantRecord) -> None:
        """Read on until there is nothing more for now, or others should have their turn."""

        def passed_over(error: Exception) -> None:
            log.error("notice not made", tenant=str(job.tenant_id), **exception_facts(error))

        for _ in range(_MOST_PAGES):
            done = await following.follow_on(
                self._database, job, now=self._now(), passed_over=passed_over
            )
            if not done.more:
                return
