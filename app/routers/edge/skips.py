"""Who hears of an account that a sweep skipped: the log, with the error, and the figures."""

from collections.abc import Callable
from uuid import UUID

from app.routers.edge.logs import exception_facts, log
from app.routers.edge.middleware.metrics import Metrics
from app.services.day_close.sweep import Skipped


def log_skipped(tenant_id: UUID, one: Skipped) -> None:
    """A line for each: a warning, or an error where nobody foresaw it."""
    known = {"tenant": str(tenant_id), "account": str(one.account_id), "reason": one.reason.value}
    if one.error is None:
        log.warning("account skipped", **known)
    else:
        log.error("account skipped", **known, **exception_facts(one.error))


def skipping(figures: Metrics, tenant_id: UUID) -> Callable[[Skipped], None]:
    """What a sweep inside a server calls."""

    def heard(one: Skipped) -> None:
        figures.skip(one.reason.value)
        log_skipped(tenant_id, one)

    return heard
