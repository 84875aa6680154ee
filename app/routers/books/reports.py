"""Reports a manager can trust: each as of any day, in every format, and what is behind a cell."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from app.domain.errors import NotFound
from app.domain.overview.definitions.catalog import REPORTS, Definition
from app.domain.overview.question import FILTERS, Asked, Span
from app.domain.overview.runs import ReportFormat
from app.domain.overview.table import Report
from app.domain.refusals.letters import CannotDraw
from app.domain.refusals.reports import (
    ReportDoesNotReconcile,
    ReportKnownBeforeAsOf,
    ReportSpan,
    ReportTooLarge,
    RunsBusy,
)
from app.domain.reports.books import Basis
from app.routers.books.report_runs import started
from app.routers.edge.csv import Csv
from app.routers.edge.deps import CanReport
from app.routers.edge.logs import log
from app.routers.edge.middleware.metrics import Metrics
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.books.report_runs import RunRead
from app.schemas.books.reports import (
    BehindRead,
    CatalogRead,
    ReportDefinitionRead,
    ReportTableRead,
)
from app.schemas.edge.ids import PREFIXES, encode
from app.schemas.edge.time import Date
from app.schemas.edge.types import Page
from app.services.context import Context
from app.services.listings.listing import Listing
from app.services.listings.making import LISTINGS
from app.services.reports.alarm import tell_apart
from app.services.reports.files import printed, workbook
from app.services.reports.render import read_cell, report_csv, report_json, said_of
from app.services.reports.report import look_behind, make, resolve

router = APIRouter(prefix="/v1/reports", tags=["reports"], route_class=Operation)

#: Formats of the reports that list things one by one; the journal's own operation gives CSV.
_LISTED = {"journal": ["csv", "xlsx", "pdf"]}
FORMATS = ["json", "csv", "xlsx", "pdf"]
BEHIND = Keyset("behind", int)
_REFUSED = problems(
    NotFound, ReportSpan, ReportKnownBeforeAsOf, ReportTooLarge, ReportDoesNotReconcile
)
#: Of more than one request may read, a run is made.
_RUN: dict[int | str, dict[str, Any]] = {
    202: {"model": RunRead, "description": "More than a request may read: a run is made of it."},
    **problems(NotFound, ReportSpan, ReportKnownBeforeAsOf, RunsBusy, ReportDoesNotReconcile),
}
_UNDRAWABLE = problems(CannotDraw)
#: What stands beside a file.
HEADERS = {
    f"Accord-Report-{name}": {"description": words, "schema": {"type": "string"}}
    for name, words in (
        ("As-Of", "The day looked from."),
        ("Known-On", "What was entered later does not count."),
        ("Basis", "`booked` or `restated`."),
        ("Provisional", "`true` while the day is open."),
        ("Hash", "The same for the same question, for ever."),
    )
}
_CSV: dict[str, Any] = {
    "description": "One header line and the rows.",
    "content": {
        "text/csv": {"schema": {"type": "string", "examples": ["currency,bucket,accounts"]}}
    },
    "headers": HEADERS,
}


class Xlsx(Response):
    """What OpenAPI says such an answer is."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Pdf(Response):
    """What OpenAPI says such an answer is."""

    media_type = "application/pdf"


def file_response(media_type: str | None, description: str) -> dict[str, Any]:
    """What OpenAPI says of a file, and of what stands beside it."""
    schema = {"type": "string", "format": "binary"}
    return {
        "description": description,
        "content": {str(media_type): {"schema": schema}},
        "headers": HEADERS,
    }


Name = Annotated[
    str, Path(max_length=40, pattern="^[a-z][a-z-]*$", description="As the catalog names it.",
              examples=["aging"])
]  # fmt: skip


def _filter(description: str) -> Any:  # noqa: ANN401 - a query parameter
    return Query(min_length=1, max_length=200, pattern=r"^[^\x00]+$", description=description)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What every report may be asked for; what a report has no use for, it refuses."""

    as_of: Annotated[
        Date | None, Query(description="The day looked from (default: the business date).")
    ] = None
    known_on: Annotated[
        Date | None,
        Query(description="What was entered after it does not exist (default: `as_of` for "
              "`booked`, the business date for `restated`)."),
    ] = None  # fmt: skip
    basis: Annotated[
        Basis | None, Query(description="What the books of a day say, or what is known since.")
    ] = None
    from_: Annotated[Date | None, Query(alias="from", description="From this day …")] = None
    to: Annotated[Date | None, Query(description="… to this one.")] = None
    by: Annotated[
        str | None,
        Query(max_length=100, pattern="^[a-z_]+(,[a-z_]+)*$",
              description="Groups with commas between, at most three with the report's own.",
              examples=["creditor,product"]),
    ] = None  # fmt: skip
    standard: Annotated[
        bool, Query(description="The shipped bands instead of the policies' buckets.")
    ] = False
    currency: Annotated[str | None, _filter("Only of this currency.")] = None
    creditor: Annotated[str | None, _filter("Only of this creditor, by reference.")] = None
    product: Annotated[str | None, _filter("Only of this product.")] = None
    policy: Annotated[str | None, _filter("Only of this policy.")] = None
    placement_batch: Annotated[
        str | None,
        _filter("Only of this batch; without one, of this month of placement (`YYYY-MM`)."),
    ] = None
    bucket: Annotated[str | None, _filter("Only in this bucket on the day.")] = None
    status: Annotated[str | None, _filter("Only of this status on the day.")] = None
    standing: Annotated[str | None, _filter("Only with a plan of this standing.")] = None
    plan_kind: Annotated[str | None, _filter("Only with a plan of this kind.")] = None
    assigned_to: Annotated[str | None, _filter("Only assigned to this actor on the day.")] = None
    team: Annotated[str | None, _filter("Only assigned to this team on the day.")] = None

    @property
    def asked(self) -> Asked:
        filters: Mapping[str, str | None] = {name: getattr(self, name) for name in FILTERS}
        return Asked(
            as_of=self.as_of, known_on=self.known_on, basis=self.basis, from_on=self.from_,
            to_on=self.to, by=tuple(self.by.split(",")) if self.by else (), standard=self.standard,
            filters={name: value for name, value in filters.items() if value is not None},
        )  # fmt: skip


Question = Annotated[Parameters, Depends()]


@router.get("", summary="List reports", response_model=CatalogRead)
async def list_reports(_: CanReport) -> Response:
    """Every report there is, and what it may be asked for."""
    found = [*map(_definition, REPORTS.values()), *map(_listing, LISTINGS.values())]
    return answer(CatalogRead(data=sorted(found, key=lambda one: one.name)))


def _listing(one: Listing) -> ReportDefinitionRead:
    return ReportDefinitionRead(
        name=one.name, title=one.title, what=one.what, parameters=["from", "to"],
        basis_default=one.basis, formats=_LISTED.get(one.name, FORMATS), scopes=[one.scope],
    )  # fmt: skip


def _definition(one: Definition) -> ReportDefinitionRead:
    days = [] if one.span is Span.NONE else ["from", "to"]
    return ReportDefinitionRead(
        name=one.name, title=one.title, what=one.what, basis_default=one.basis, formats=FORMATS,
        parameters=["as_of", "known_on", "basis", *days, "by", "standard", *FILTERS],
        scopes=["reports:read"],
    )  # fmt: skip


@router.get(
    "/{report}.csv",
    summary="Export a report",
    response_class=Csv,
    responses={200: _CSV, **_RUN},
)
async def export_report(
    report: Name, ctx: CanReport, question: Question, request: Request
) -> Response:
    """The rows of a report as CSV; who asked what stands in the headers."""

    async def told(made: Report) -> Response:
        return Csv(report_csv(made), headers=headers_of(made))

    return await _answered(request, ctx, report, question, form=ReportFormat.CSV, told=told)


@router.get(
    "/{report}.xlsx",
    summary="Export a workbook",
    response_class=Xlsx,
    responses={200: file_response(Xlsx.media_type, "Sheets *About*, *Data* and *Chart*."), **_RUN},
)
async def export_workbook(
    report: Name, ctx: CanReport, question: Question, request: Request
) -> Response:
    """The same figures as typed cells, with a filter, and a chart where the report has one."""

    async def told(made: Report) -> Response:
        return Xlsx(await workbook(ctx, made), headers=headers_of(made))

    return await _answered(request, ctx, report, question, form=ReportFormat.XLSX, told=told)


@router.get(
    "/{report}.pdf",
    summary="Print a report",
    response_class=Pdf,
    responses={200: file_response(Pdf.media_type, "A chart and the table."), **_RUN, **_UNDRAWABLE},
)
async def print_report(
    report: Name, ctx: CanReport, question: Question, request: Request
) -> Response:
    """The same figures on paper: letter in American time zones, A4 elsewhere."""

    async def told(made: Report) -> Response:
        return Pdf(await printed(ctx, made), headers=headers_of(made))

    return await _answered(request, ctx, report, question, form=ReportFormat.PDF, told=told)


async def _answered(
    request: Request, ctx: Context, report: str, question: Parameters, *, form: ReportFormat,
    told: Callable[[Report], Awaitable[Response]],
) -> Response:  # fmt: skip
    """The report as `told`; where a request may not read so much, a run of it in that format."""
    with _noticed(request, report, form):
        try:
            return await told((await make(ctx, report, question.asked)).report)
        except ReportTooLarge:
            return await started(request, ctx, report, question.asked, form)
        except ReportDoesNotReconcile:
            _, wanted = resolve(report, question.asked, ctx.business_date)
            await tell_apart(ctx, request.scope["state"]["database"], wanted)
            raise


@contextmanager
def _noticed(request: Request, report: str, form: ReportFormat) -> Iterator[None]:
    """Time it and count refusals; one that does not come to the ledger is an alarm in the log."""
    figures: Metrics = request.scope["state"]["metrics"]
    try:
        with figures.report(report if report in REPORTS else "unknown", form):
            yield
    except ReportDoesNotReconcile as refusal:
        log.error("report does not reconcile", **refusal.facts)
        raise


def headers_of(made: Report) -> dict[str, str]:
    """Who asked what, and the hash."""
    said = said_of(made)
    return {f"Accord-Report-{key}": said[key] for key in said if key != "Report"}


@router.get(
    "/{report}/rows",
    summary="Look behind a cell",
    response_model=Page[BehindRead],
    responses=_REFUSED,
)
async def look_behind_cell(
    report: Name,
    ctx: CanReport,
    question: Question,
    *,
    cell: Annotated[
        str, Query(max_length=600, description="A row's `cell`, a dot, and the column's name.")
    ],
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """The accounts, plans or promises that a figure is the sum of; of a share, its numerator."""
    (after,) = BEHIND.read(cursor) or (0,)
    key, column = read_cell(cell)
    found, entries = await look_behind(ctx, report, question.asked, key=key, column=column)
    numbered = list(enumerate(entries, start=1))[after : after + limit + 1]
    page, next_cursor = BEHIND.cut(numbered, limit, key=lambda one: (one[0],))
    source = found.of[0] if found.of else found.name
    data = [
        BehindRead(
            id=encode(PREFIXES[one.noun], one.id),
            reference=one.reference,
            minor=one.adds[source],
            why=one.why,
        )
        for _, one in page
    ]
    return answer({"data": data, "next_cursor": next_cursor})


@router.get("/{report}", summary="Read a report", response_model=ReportTableRead, responses=_RUN)
async def read_report(
    report: Name, ctx: CanReport, question: Question, request: Request
) -> Response:
    """A report as of any day, by what was known on any later one.

    `booked` is what the books of a day say: it never changes once the day is over. `restated` is
    what is known since. Money that does not come to what the ledger says is not shown. What would
    read more than 5,000 accounts or 20,000 facts is made as a run: its answer is 202, and says
    where the run is.
    """

    async def told(made: Report) -> Response:
        return answer(report_json(made, generated_at=ctx.instant))

    return await _answered(request, ctx, report, question, form=ReportFormat.JSON, told=told)
