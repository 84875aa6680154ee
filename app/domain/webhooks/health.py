"""When an endpoint that only fails is warned of, and when it is disabled."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.values import Value, replace

#: After so long of nothing but failures, at least two; one success begins anew.
DISABLED_AFTER: Final = timedelta(hours=120)
#: Whoever looks after it is told when this much has passed.
WARNED_AFTER: Final = (timedelta(hours=24), timedelta(hours=96))


class Because(StrEnum):
    """Why an endpoint is disabled."""

    GONE = "gone"  # it answered 410
    FAILING = "failing"
    BY_HAND = "by_hand"


class Resume(StrEnum):
    """From where an endpoint that is enabled again goes on."""

    WHERE_IT_STOPPED = "where_it_stopped"
    NOW = "now"


class Health(Value, kw_only=True):
    """Since when nothing but failures came, and how many warnings were given of it."""

    failing_since_at: datetime | None = None
    warned: int = 0

    @property
    def failing(self) -> bool:
        return self.failing_since_at is not None


class Heard(Value, kw_only=True):
    """An endpoint's health after an attempt; `warns` and `disables` say what is to be done now."""

    health: Health
    warns: bool = False
    disables: bool = False


def hear(health: Health, *, at: datetime, ok: bool) -> Heard:
    """One attempt more."""
    if ok:
        return Heard(health=Health())
    if health.failing_since_at is None:
        return Heard(health=Health(failing_since_at=at))
    failing_for = at - health.failing_since_at
    passed = sum(failing_for >= limit for limit in WARNED_AFTER)
    return Heard(
        health=replace(health, warned=max(passed, health.warned)),
        warns=passed > health.warned,
        disables=failing_for >= DISABLED_AFTER,
    )
