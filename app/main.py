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
from app.routers import docs_pages, documents, health, sandbox, sweeps
from app.routers.accounts import accounts, charges, closings, holds, promises
from app.routers.books import credit_report, events, journal
from app.routers.changes import changes, decisions, pauses, reinstatements, relief, rewrites
from app.routers.edge import logs, metrics, problems
from app.routers.edge.admission import Admitted, Shares
from app.routers.edge.metrics import Metrics, Observed
from app.routers.edge.openapi import DESCRIPTION, TITLE, Documented, release
from app.routers.edge.security_headers import Guarded
from app.routers.payments import ach, payments, returns, splits, suspense
from app.routers.plans import decisions as approvals
from app.routers.plans import options, plans, quotes, schedules
from app.routers.policies import policies, what_if
from app.routers.reages import accounts as account_reages
from app.routers.reages import plans as reages
from app.routers.reages import report
from app.routers.settlements import form_1099c, settlements
from app.routers.settlements import report as settlement_reports
from app.scheduler import daily_sweeps
from app.services.books.journal import read_chart
from app.services.collector import collect_rarely
from app.services.tenancy.continuity import noted
from app.services.tenancy.readiness import embedded_database, newest_revision
from app.services.threads import fair_turns
from app.storage.database.engine import Database

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
    relief.router,
    rewrites.router,
    reages.router,
    account_reages.router,
    report.router,
    pauses.router,
    reinstatements.router,
    approvals.router,
    decisions.router,
    quotes.router,
    settlements.router,
    documents.router,
    form_1099c.router,
    settlement_reports.router,
    credit_report.router,
    options.router,
    policies.router,
    what_if.router,
    events.router,
    journal.router,
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
            await parts.enter_async_context(noted(database))
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
