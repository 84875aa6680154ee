"""What happens to every request around its route, and the figures that come of it.

`Observed` is the one middleware: it gives the request its id, times it, writes its line in
the log, counts it, and answers a bug with a 500 that says nothing. Routes are counted by
their template, so a client cannot make new series by asking for new paths.
"""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from secrets import token_hex
from uuid import UUID

from fastapi import APIRouter, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.domain.errors import DomainError
from app.domain.overview.runs import RunStatus
from app.routers.edge.bodies import most_bytes
from app.routers.edge.logs import exception_facts, log
from app.routers.edge.problems import internal_error

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_COMMANDS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """One application's figures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "accord_request_seconds",
            "Requests and how long they took, by route.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._commands = Counter(
            "accord_commands_total",
            "Commands by what became of them: stored, replayed, refused or failed.",
            ("route", "outcome"),
            registry=self.registry,
        )
        self._skipped = Counter(
            "accord_sweep_accounts_skipped_total",
            "Accounts a sweep left as they were, by reason.",
            ("reason",),
            registry=self.registry,
        )
        self._reports = Histogram(
            "accord_report_seconds",
            "Reports made and how long they took, by format.",
            ("report", "format"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._reports_refused = Counter(
            "accord_report_refused_total",
            "Reports that were not given, by the problem's name.",
            ("report", "reason"),
            registry=self.registry,
        )
        self._behind: dict[UUID, int] = {}
        Gauge(
            "accord_rollup_lag_days",
            "Closed days since the last whose sums are kept, of the tenant most behind.",
            registry=self.registry,
        ).set_function(lambda: max(self._behind.values(), default=0))
        self._runs: dict[UUID, Mapping[str, int]] = {}
        runs = Gauge(
            "accord_runs",
            "Runs of reports of the last thirty days, by how they stood when they were looked at.",
            ("status",),
            registry=self.registry,
        )
        for status in RunStatus:
            runs.labels(status.value).set_function(partial(self._runs_in, status.value))
        self.transactions = 0
        Gauge(
            "accord_transactions_open",
            "Database connections in use by requests.",
            registry=self.registry,
        ).set_function(lambda: self.transactions)
        self._series: dict[tuple[str, str, int], Histogram] = {}
        self._outcomes: dict[tuple[str, str], Counter] = {}

    def count(self, method: str, route: str, status: int, seconds: float, outcome: str) -> None:
        series = self._series.get((method, route, status))
        if series is None:
            series = self._seconds.labels(method, route, str(status))
            self._series[method, route, status] = series
        series.observe(seconds)
        if method in _COMMANDS:
            counter = self._outcomes.get((route, outcome))
            if counter is None:
                counter = self._outcomes[route, outcome] = self._commands.labels(route, outcome)
            counter.inc()

    def skip(self, reason: str) -> None:
        """Count an account that a sweep skipped."""
        self._skipped.labels(reason).inc()

    def rollups_behind(self, tenant_id: UUID, days: int) -> None:
        """Note by how many closed days a tenant's sums are behind."""
        self._behind[tenant_id] = days

    def runs_kept(self, tenant_id: UUID, by_status: Mapping[str, int]) -> None:
        """Note how many runs a tenant has, by how they stand."""
        self._runs[tenant_id] = by_status

    def _runs_in(self, status: str) -> int:
        return sum(one.get(status, 0) for one in self._runs.values())

    @contextmanager
    def report(self, name: str, form: str) -> Iterator[None]:
        """Time a report of the catalog, or count why it was not given."""
        started = time.perf_counter()
        try:
            yield
        except DomainError as refusal:
            self._reports_refused.labels(name, refusal.problem).inc()
            raise
        self._reports.labels(name, form).observe(time.perf_counter() - started)

    def text(self) -> bytes:
        return generate_latest(self.registry)


class Observed:
    """The middleware. Pure ASGI: nothing between the route and the wire is copied."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id.decode()
        started = time.perf_counter()
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id)]
            await send(message)

        received = 0

        async def limited() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most_bytes(scope.get("endpoint")):
                raise HTTPException(413)
            return message

        try:
            await self._app(scope, limited, answer)
        except Exception as error:  # noqa: BLE001 - the last place that can answer
            log.error("bug", request_id=request_id.decode(), **exception_facts(error))
            if status == 0:
                await internal_error(Request(scope))(scope, receive, answer)
        finally:
            self._report(scope, status, time.perf_counter() - started)

    def _report(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = getattr(scope.get("route"), "path", "unmatched")
        state = scope["state"]
        outcome = _outcome(status, replayed="replayed" in state)
        self._metrics.count(method, route, status, seconds, outcome)
        if route in _QUIET and status < 400:  # noqa: PLR2004 - probes, every few seconds
            return
        identity = state.get("identity")
        log.info(
            "request",
            request_id=state["request_id"],
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            tenant=str(identity.tenant_id) if identity else None,
            outcome=outcome if method in _COMMANDS else None,
        )


def _request_id(scope: Scope) -> bytes:
    """The caller's id for the request if it is a plain one, else ours."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return token_hex(16).encode()


def _outcome(status: int, *, replayed: bool) -> str:
    if replayed:
        return "replayed"
    if status == 0 or status >= 500:  # noqa: PLR2004 - a bug, a lost client, no database
        return "failed"
    return "stored" if status < 300 else "refused"  # noqa: PLR2004


router = APIRouter(include_in_schema=False)


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    figures: Metrics | None = request.scope["state"]["metrics_page"]
    if figures is None:
        raise HTTPException(404)
    return Response(figures.text(), media_type=CONTENT_TYPE_LATEST)
