"""The wiring: `uvicorn app.main:app` serves, and tests make an application of their own.

Settings are read when the server starts, not when this is imported. Without
`ACCORD_DATABASE_URL` the embedded PostgreSQL is started and migrated; with it, that server
is used as it is, and `/readyz` says whether its schema is ours.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI

from app.config import Settings
from app.routers import (
    account_reages,
    accounts,
    ach,
    amendments,
    approvals,
    changes,
    charges,
    closings,
    credit_reports,
    debt_relief,
    docs_pages,
    events,
    hardship,
    health,
    holds,
    letters,
    logs,
    metrics,
    options,
    pauses,
    payments,
    plans,
    policies,
    problems,
    promises,
    quotes,
    reage_reports,
    reages,
    reinstatements,
    reports,
    returns,
    rewrites,
    sandbox,
    schedules,
    settlement_reports,
    settlements,
    splits,
    suspense,
    sweeps,
    what_if,
)
from app.routers.admission import Admitted, Shares
from app.routers.guarding import Guarded
from app.routers.metrics import Metrics, Observed
from app.routers.openapi import DESCRIPTION, TITLE, Documented, release
from app.scheduler import daily_sweeps
from app.services.bookkeeping import read_chart
from app.services.garbage import collect_rarely
from app.services.readiness import embedded_database, newest_revision
from app.services.workers import fair_turns
from app.storage.engine import Database

#: Every router. A request is matched against their routes in this order.
ROUTERS: Sequence[APIRouter] = (
    payments.router,
    splits.router,
    schedules.router,
    returns.router,
    suspense.router,
    ach.router,
    accounts.router,
    charges.router,
    closings.router,
    holds.router,
    promises.router,
    plans.router,
    changes.router,
    hardship.router,
    rewrites.router,
    reages.router,
    account_reages.router,
    reage_reports.router,
    pauses.router,
    reinstatements.router,
    approvals.router,
    amendments.router,
    quotes.router,
    settlements.router,
    letters.router,
    debt_relief.router,
    settlement_reports.router,
    credit_reports.router,
    options.router,
    policies.router,
    what_if.router,
    events.router,
    reports.router,
    sweeps.router,
    sandbox.router,
    health.router,
    metrics.router,
    docs_pages.router,
)

State = dict[str, Any]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[State]]


def create_app(
    database: Database | None = None, *, routers: Sequence[APIRouter] = ROUTERS
) -> FastAPI:
    """The application, on `database` or, without one, on what the settings name at startup."""
    figures = Metrics()
    made = Documented(
        title=TITLE,
        version=release(),
        description=DESCRIPTION,
        servers=[{"url": "/", "description": "Here"}],
        openapi_url=None,  # `docs_pages` serves it
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_given(database, figures) if database else _from_settings(figures),
    )
    for router in routers:  # not included but taken over: a request is matched once, not thrice
        made.router.routes.extend(router.routes)
    problems.install(made)
    made.add_middleware(Admitted)
    made.add_middleware(Observed, metrics=figures)
    made.add_middleware(Guarded)
    return made


def _given(database: Database, figures: Metrics) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        yield _state(database, figures)

    return lifespan


def _from_settings(figures: Metrics) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        settings = Settings()
        logs.configure(settings.log_level, settings.log_format)
        newest_revision()  # read once, now
        collect_rarely()
        fair_turns()
        async with AsyncExitStack() as parts:
            url = settings.database_url
            if url is None:
                url = await parts.enter_async_context(embedded_database(settings.data_dir))
            database = Database(
                url,
                pool_size=settings.pool_size,
                pool_timeout_s=settings.pool_timeout_seconds,
                lock_timeout_s=settings.lock_timeout_seconds,
                statement_timeout_s=settings.statement_timeout_seconds,
            )
            parts.push_async_callback(database.dispose)
            if settings.scheduler:
                await parts.enter_async_context(_scheduled(url, settings, figures))
            chart = read_chart(settings.chart_file)
            state = _state(database, figures, metrics_page=settings.metrics)
            state["hsts_seconds"] = settings.hsts_seconds
            state["report_timeout_s"] = settings.report_timeout_seconds
            yield {**state, "chart": chart, "shares": Shares(settings.pool_size)}

    return lifespan


@asynccontextmanager
async def _scheduled(url: str, settings: Settings, figures: Metrics) -> AsyncIterator[None]:
    """The daily sweeps, on connections of their own."""
    database = Database(
        url,
        pool_size=2,
        lock_timeout_s=settings.lock_timeout_seconds,
        statement_timeout_s=settings.report_timeout_seconds,
        application_name="accord-scheduler",
    )
    try:
        async with daily_sweeps(database, at=settings.sweep_at, figures=figures):
            yield
    finally:
        await database.dispose()


def _state(database: Database, figures: Metrics, *, metrics_page: bool = True) -> State:
    """What every request finds in its scope's `state`."""
    return {
        "database": database,
        "metrics": figures,
        "metrics_page": figures if metrics_page else None,
    }


app = create_app()
