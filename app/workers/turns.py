"""Whose turn is it? Of each tenant one job at a time in this process, and few of all at once.

For work that keeps a process as busy as a client of its tenant would.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Generic, TypeVar
from uuid import UUID

from app.workers.loop import Batch

Job = TypeVar("Job")
Tenant = TypeVar("Tenant")
#: Jobs at once in one process.
_MOST: Final = 2


class Turns(Generic[Tenant, Job]):
    """Jobs taken for those whose turn it is. `due` answers some that wait, the longest first."""

    def __init__(
        self,
        *,
        due: Callable[[int], Awaitable[Sequence[Tenant]]],
        take: Callable[[Tenant], Awaitable[Job | None]],
        id_of: Callable[[Tenant], UUID],
    ) -> None:
        self._due, self._take, self._id_of = due, take, id_of
        self._busy: set[UUID] = set()

    async def take(self, most: int) -> Batch[Job]:
        """The next jobs; a tenant's next one is only taken once `over` was said of the last."""
        room = min(most, _MOST - len(self._busy))
        if room <= 0:
            return Batch(busy=True)
        due = await self._due(_MOST + len(self._busy))
        taken: list[Job] = []
        busy = set[UUID]()
        for tenant in due:
            tenant_id = self._id_of(tenant)
            if len(taken) < room and tenant_id not in self._busy:
                one = await self._take(tenant)
                if one is not None:
                    taken.append(one)
                    busy.add(tenant_id)
        self._busy |= busy
        return Batch(jobs=taken, busy=bool(due))

    def over(self, tenant_id: UUID) -> None:
        """Say that a tenant's job has ended, well or not."""
        self._busy.discard(tenant_id)
