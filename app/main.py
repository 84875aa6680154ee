"""The wiring: `uvicorn app.main:app` serves, and tests make an application of their own.

Settings are read when the server starts, not when this is imported. Without
`ACCORD_DATABASE_URL` the embedded PostgreSQL is started and migrated; with it, that server
is used as it is, and `/readyz` says whether its schema is ours.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from app.config import Settings, release
from app.routers import approvals as inbox
from app.routers import documents, health, keys, me, sandbox, statements, sweeps
from app.routers.accounts import accounts, charges, closings, holds, promises
from app.routers.assignments import assignments, targets
from app.routers.books import credit_report, journal, listings, report_runs, reports
from app.routers.changes import (
    changes,
    decisions,
    pauses,
    placements,
    reinstatements,
    relief,
    revisions,
    rewrites,
)
from app.routers.contacts import contacts
from app.routers.contacts import decisions as contact_decisions
from app.routers.contacts import of as contacts_of
from app.routers.contacts import policies as contact_policies
from app.routers.contacts import validation as contact_validation
from app.routers.docs_pages import pages
from app.routers.dry_runs import dry_runs
from app.routers.edge import logs, methods, problems
from app.routers.edge.deps import Clock, here_and_now
from app.routers.edge.methods import CrossOrigin
from app.routers.edge.middleware import metrics
from app.routers.edge.middleware.admission import Admitted, Shares
from app.routers.edge.middleware.metrics import Metrics, Observed
from app.routers.edge.middleware.rate_limits import Limited, RateLimits
from app.routers.edge.middleware.security import Guarded
from app.routers.edge.waiting import Waiters
from app.routers.escalations import escalations
from app.routers.feed import events
from app.routers.imports import imports
from app.routers.keeping import evidence, keeping, timeline
from app.routers.links import links, unsubscribe
from app.routers.links import pages as link_pages
from app.routers.messages import inbound, messages, printing, providers
from app.routers.messages import reports as message_reports
from app.routers.openapi.document import DESCRIPTION, TITLE, Documented
from app.routers.payments import (
    ach,
    payments,
    reconciliations,
    returns,
    reversals,
    sepa,
    splits,
    suspense,
)
from app.routers.persons import consents, external_ids, parties, persons, points, suppressions
from app.routers.plans import decisions as approvals
from app.routers.plans import options, plans, quotes, schedules
from app.routers.policies import policies, what_if
from app.routers.reages import accounts as account_reages
from app.routers.reages import cycles, report
from app.routers.reages import plans as reages
from app.routers.report_schedules import report_schedules
from app.routers.settlements import form_1099c, settlements
from app.routers.settlements import report as settlement_reports
from app.routers.templates import templates
from app.routers.webhooks import deliveries as webhook_deliveries
from app.routers.webhooks import endpoints as webhook_endpoints
from app.routers.worklists import dialer as dialer_lists
from app.routers.worklists import items as work_items
from app.routers.worklists import worklists
from app.scheduler import daily_sweeps
from app.services.books.journal import read_chart
from app.services.collector import collect_rarely
from app.services.contacts import postal_zones
from app.services.day_close import sweep
from app.services.tenancy.continuity import noted
from app.services.tenancy.distribution import AT_ONCE
from app.services.tenancy.key_use import KeyUse
from app.services.tenancy.readiness import embedded_database, newest_revision
from app.services.threads import fair_turns
from app.storage.database.engine import Database
from app.workers.running import folders, mail_server, sender, workers

#: Every router. A request is matched against their routes in this order.
ROUTERS: Sequence[APIRouter] = (
    payments.router,
    splits.router,
    schedules.router,
    returns.router,
    suspense.router,
    ach.router,
    sepa.router,
    reversals.router,
    reconciliations.router,
    imports.router,
    assignments.router,
    targets.router,
    dry_runs.router,
    templates.router,
    messages.router,
    printing.router,
    contact_policies.router,
    message_reports.router,
    inbound.router,
    providers.router,
    links.router,
    worklists.router,
    work_items.router,
    work_items.items,
    dialer_lists.router,
    escalations.router,
    accounts.router,
    statements.router,
    charges.router,
    closings.router,
    placements.router,
    holds.router,
    promises.router,
    persons.router,
    suppressions.router,
    external_ids.router,
    keeping.router,
    timeline.router,
    timeline.of_account,
    evidence.router,
    points.router,
    parties.router,
    consents.router,
    contact_decisions.router,
    contact_decisions.kept,
    contact_policies.rules,
    contacts.router,
    contacts_of.router,
    contact_validation.router,
    plans.router,
    changes.router,
    revisions.router,
    relief.router,
    rewrites.router,
    reages.router,
    cycles.router,
    account_reages.router,
    report.router,
    pauses.router,
    reinstatements.router,
    approvals.router,
    inbox.router,
    decisions.router,
    quotes.router,
    settlements.router,
    documents.router,
    form_1099c.router,
    report_schedules.router,
    settlement_reports.router,
    credit_report.router,
    options.router,
    policies.router,
    what_if.router,
    events.router,
    journal.router,
    report_runs.router,
    listings.router,
    reports.router,
    webhook_endpoints.router,
    webhook_deliveries.router,
    sweeps.router,
    sandbox.router,
    me.router,
    keys.router,
    health.router,
    metrics.router,
    pages.router,
    link_pages.router,
    unsubscribe.router,
)

#: The framework would tell whoever listens in the process of paths and queries, which name persons.
UNTOLD: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False}

State = dict[str, Any]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[State]]


def create_app(
    database: Database | None = None,
    *,
    routers: Sequence[APIRouter] = ROUTERS,
    clock: Clock = here_and_now,
) -> FastAPI:
    """The application, on `database` or, without one, on what the settings name at startup.

    `clock`: what its requests take for now; tests have one of their own.
    """
    figures = Metrics()
    made = Documented(
        title=TITLE,
        version=release(),
        description=DESCRIPTION,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        contact={"name": "The makers of Accord"},
        servers=[{"url": "/", "description": "Here"}],
        openapi_url=None,  # `docs_pages` serves it
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=UNTOLD,
        lifespan=_given(database, figures, clock) if database else _from_settings(figures),
    )
    for router in routers:  # not included but taken over: a request is matched once, not thrice
        made.router.routes.extend(router.routes)
    problems.install(made)
    made.add_middleware(Admitted)
    made.add_middleware(Limited)
    methods.install(made)
    made.add_middleware(Observed, metrics=figures)
    made.add_middleware(CrossOrigin)
    made.add_middleware(Guarded)
    return made


def _given(database: Database, figures: Metrics, clock: Clock) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        yield _state(database, figures, clock)

    return lifespan


def _from_settings(figures: Metrics) -> Lifespan:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[State]:
        settings = Settings()
        logs.configure(settings.log_level, settings.log_format)
        _read_once()
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
            allowed = settings.webhooks_allowed_networks
            if settings.workers:
                await parts.enter_async_context(
                    workers(
                        url,
                        allowed=allowed,
                        lock_timeout_s=settings.lock_timeout_seconds,
                        statement_timeout_s=settings.statement_timeout_seconds,
                        mail=mail_server(settings.smtp_url, settings.mail_from),
                        secrets=settings.secrets,
                        public_url=settings.public_url,
                        bounces=settings.bounces,
                        folders=folders(settings.files_dir),
                        min_cell=settings.min_cell,
                        fiscal_month=settings.fiscal_month,
                    )
                )
            speaks = sender(allowed)
            parts.push_async_callback(speaks.close)
            chart = read_chart(settings.chart_file)
            state = _state(database, figures, here_and_now, metrics_page=settings.metrics)
            state["sender"] = speaks
            state["secrets"] = settings.secrets
            state["hsts_seconds"] = settings.hsts_seconds
            state["cors_origins"] = settings.cors_origins
            if settings.rate_limit:
                state["rate_limits"] = RateLimits(settings.rate_limit)
            state["report_timeout_s"] = settings.report_timeout_seconds
            yield {
                **state, "chart": chart, "shares": Shares(settings.pool_size),
                "fiscal_month": settings.fiscal_month, "public_url": settings.public_url,
            }  # fmt: skip

    return lifespan


def _read_once() -> None:
    """What the process reads or sets once: now, so that no request waits for it."""
    newest_revision()
    postal_zones.ready()
    collect_rarely()
    fair_turns()


@asynccontextmanager
async def _scheduled(url: str, settings: Settings, figures: Metrics) -> AsyncIterator[None]:
    """The daily sweeps, on connections of their own."""
    database = Database(
        url,
        pool_size=sweep.WORKERS
        * AT_ONCE,  # as many are opened as are used at once: on one server 2
        lock_timeout_s=settings.lock_timeout_seconds,
        statement_timeout_s=settings.report_timeout_seconds,
        application_name="accord-scheduler",
    )
    try:
        async with daily_sweeps(database, at=settings.sweep_at, figures=figures):
            yield
    finally:
        await database.dispose()


def _state(
    database: Database, figures: Metrics, clock: Clock, *, metrics_page: bool = True
) -> State:
    """What every request finds in its scope's `state`."""
    return {
        "database": database,
        "clock": clock,
        "metrics": figures,
        "metrics_page": figures if metrics_page else None,
        "key_use": KeyUse(),
        "waiters": Waiters(),
        "sender": sender(),
    }


app = create_app()
