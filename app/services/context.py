"""Who asks, for which tenant, on which business date, inside which transaction."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from app.domain.vocabulary import Role
from app.storage.accounts.accounts import Begun
from app.storage.changes import StoredAmendment
from app.storage.database.engine import Transaction


def instant_on(day: date, wall: datetime) -> datetime:
    """A tenant's now: a day of its own with the time of day of the clock on its wall.

    A sandbox has a date that its owner sets and the real time of day, whoever asks: a request,
    a visitor of a link, a worker, an import.
    """
    return datetime.combine(day, wall.timetz()).astimezone(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One request's (or one import page's, or one sweep page's) surroundings.

    `business_date` was found once, at the edge: the tenant's day in its time zone, or the
    sandbox clock. Nothing below reads a clock.
    """

    tx: Transaction
    tenant_id: UUID
    role: Role
    business_date: date
    sandbox: bool = False
    actor: str | None = None
    key_id: UUID | None = None  # the key asked with; None: an import, a sweep
    origin: str | None = None  # the system that asks, as it calls itself
    policy_epoch: int = 0
    now: datetime | None = None
    time_zone: str = "UTC"  # the tenant's, in which its days begin
    approving: StoredAmendment | None = None  # the change that is made now, as it was asked for
    because: str | None = None  # why that is approved
    begun: Begun | None = None  # the command's account, where it was locked as the request began

    @property
    def instant(self) -> datetime:
        """The moment of the request on the business date (noon where nobody asked a clock)."""
        return self.now or datetime.combine(self.business_date, time(12), UTC)
