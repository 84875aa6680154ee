"""Runs: a report made in the background, kept as a file, asked again and held against another."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.background import BackgroundTask

from app.domain.books.chart import DEFAULT, Chart
from app.domain.errors import NotFound
from app.domain.overview.question import Asked, asked_again
from app.domain.overview.runs import Difference, ReportFormat, RunStatus
from app.domain.refusals.reports import (
    ReportKnownBeforeAsOf,
    ReportSpan,
    ReportTooLarge,
    RunGone,
    RunsBusy,
)
from app.routers.edge.csv import shown_id
from app.routers.edge.deps import CanReport
from app.routers.edge.field_problems import parameters_in_body
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.books.report_runs import (
    CellDifferenceRead,
    ComparedRead,
    EnteredFactRead,
    RunParameters,
    RunQuestionRead,
    RunRead,
    RunRequest,
    VerifiedRead,
)
from app.schemas.books.reports import ReportTableRead
from app.schemas.edge.ids import PREFIXES, RunId, encode
from app.services.context import Context
from app.services.listings.listing import Outside
from app.services.listings.making import LISTINGS, Listings
from app.services.reports import runs
from app.services.reports.runs import EnteredFact, Running, StoredRun
from app.services.tenancy.authentication import Identity, permit

router = APIRouter(prefix="/v1", tags=["reports"], route_class=Operation)

_MEDIA = {
    ReportFormat.JSON: "application/json",
    ReportFormat.CSV: "text/csv",
    ReportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ReportFormat.PDF: "application/pdf",
}
_FILE: dict[str, Any] = {
    "model": ReportTableRead,
    "description": "The file, byte for byte as it was made; of JSON, what the report says.",
    "content": {
        media: {"schema": {"type": "string", "format": "binary"}}
        for form, media in _MEDIA.items()
        if form is not ReportFormat.JSON
    },
}
_VERIFIED: dict[int | str, dict[str, Any]] = {
    202: {"model": RunRead, "description": "More than a request may read: a run asks it again."},
}
_ASKED = problems(NotFound, ReportSpan, ReportKnownBeforeAsOf, ReportTooLarge)


@router.post(
    "/report-runs",
    status_code=202,
    summary="Run a report",
    response_model=RunRead,
    responses={**_ASKED, **problems(RunsBusy)},
)
async def run(body: RunRequest, ctx: CanReport, request: Request) -> Response:
    """Have a report made and kept for thirty days, of up to a million accounts.

    It begins when the answer is sent; read it to see how far it is. At most two are under way at
    once. One that is not heard of for two minutes has failed.
    """
    with parameters_in_body():
        return await started(request, ctx, body.report, _asked(body.parameters), body.format)


async def started(
    request: Request, ctx: Context, report: str, asked: Asked, form: ReportFormat
) -> Response:
    """202 with a run that begins when the answer is sent. Raises what `begin_run` does."""
    listed = listings_of(request)
    permit_listing(request, report)
    begun = await runs.begin_run(ctx, report, asked, form, listed=listed)
    response = answer(
        _read(begun), status=202, location=f"/v1/report-runs/{encode('run', begun.id)}"
    )
    going = Running(
        database=request.scope["state"]["database"], tenant_id=ctx.tenant_id, run_id=begun.id,
        business_date=ctx.business_date, time_zone=ctx.time_zone, called=encode("run", begun.id),
        listed=listed,
    )  # fmt: skip
    response.background = BackgroundTask(going.go)
    return response


def listings_of(request: Request) -> Listings:
    """The reports that list things one by one, as this service calls things outside."""
    chart: Chart = request.scope["state"].get("chart", DEFAULT)
    return Listings(outside=Outside(shown=shown_id, chart=chart))


def permit_listing(request: Request, report: str) -> None:
    """Refuse what a run of such a report would tell to a key that may not read it."""
    if report in LISTINGS:
        identity: Identity = request.scope["state"]["identity"]
        permit(identity.scopes, LISTINGS[report].scope)


def _asked(said: RunParameters) -> Asked:
    return Asked(
        as_of=said.as_of, known_on=said.known_on, basis=said.basis, from_on=said.from_,
        to_on=said.to, by=said.by, standard=said.standard, filters=dict(said.filters),
    )  # fmt: skip


def _read(one: StoredRun) -> RunRead:
    question = {name: value for name, value in one.parameters.items() if name != "report"}
    return RunRead(
        id=one.id, report=one.report, parameters=RunQuestionRead.model_validate(question),
        format=ReportFormat(one.form), status=RunStatus(one.status), progress_bps=one.progress_bps,
        hash=one.hash,
        problem=one.problem, created_at=one.created_at, finished_at=one.finished_at,
        expires_at=one.expires_at, actor=one.actor,
    )  # fmt: skip


@router.get(
    "/report-runs/{run_id}",
    summary="Read a run",
    response_model=RunRead,
    responses=problems(NotFound),
)
async def read(run_id: RunId, ctx: CanReport) -> Response:
    """How far it is, and the hash of what came of it."""
    return answer(_read(await runs.read_run(ctx, run_id)))


@router.get(
    "/report-runs/{run_id}/file",
    summary="Download a run's file",
    response_class=Response,
    responses={200: _FILE, **problems(NotFound, RunGone)},
)
async def file(run_id: RunId, ctx: CanReport, request: Request) -> Response:
    """What the report's own operation gave then, in the format asked for.

    Of the journal, re-ages and settlements JSON is the table that other reports give.
    """
    found, content = await runs.file_of(ctx, run_id)
    permit_listing(request, found.report)
    name = f"{found.report}-{found.parameters['as_of']}.{found.form}"
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_MEDIA[ReportFormat(found.form)], headers=disposition)


@router.post(
    "/report-runs/{run_id}/cancel",
    summary="Cancel a run",
    response_model=RunRead,
    responses=problems(NotFound),
)
async def cancel(run_id: RunId, ctx: CanReport) -> Response:
    """Have it go on no further than the page it is at; one that is over stays as it is."""
    return answer(_read(await runs.cancel_run(ctx, run_id)))


@router.post(
    "/report-runs/{run_id}/verify",
    summary="Ask a run's question again",
    response_model=VerifiedRead,
    responses={**_VERIFIED, **problems(NotFound, RunGone, RunsBusy)},
)
async def verify(
    run_id: RunId,
    ctx: CanReport,
    request: Request,
    *,
    again: Annotated[
        RunId | None, Query(description="A run that asked the same since: its answer is held.")
    ] = None,
) -> Response:
    """Whether the same question has the same answer now; where not, which cells, and why.

    What was booked on a day that is over is always the same. What would read more than a request
    may is asked again by a run: its answer is 202, and says where the run is. Once that is done,
    verify with `again`.
    """
    run = await runs.read_run(ctx, run_id)
    permit_listing(request, run.report)
    try:
        found = await runs.verify_run(ctx, run_id, again=again, listed=listings_of(request))
    except ReportTooLarge:
        asked = asked_again(run.parameters)
        return await started(request, ctx, run.report, asked, ReportFormat(run.form))
    return answer(
        VerifiedRead(
            same=found.same,
            hash_then=found.hash_then,
            hash_now=found.hash_now,
            differences=[_difference(one) for one in found.differences],
            facts_since=[
                EnteredFactRead(
                    id=_fact_id(one), kind=one.kind, effective_on=one.effective_on,
                    entered_on=one.business_date,
                )
                for one in found.facts_since
            ],
        )
    )  # fmt: skip


#: Facts of which something is called that goes by another name than their kind.
_NOUNS = {
    "account_re_age": "re_age", "placement_correction": "correction", "plan_opened": "plan",
    "plan_proposed": "plan", "settlement_offered": "settlement",
}  # fmt: skip


def _fact_id(one: EnteredFact) -> str:
    """As what it made is called; of others, which make nothing that has an id, as a fact's."""
    noun = one.kind if one.kind in PREFIXES else _NOUNS.get(one.kind, "entered_fact")
    return encode(PREFIXES[noun], one.id)


@router.get(
    "/reports/compare",
    summary="Compare two runs",
    response_model=ComparedRead,
    responses=problems(NotFound, RunGone),
)
async def compare(
    ctx: CanReport,
    request: Request,
    *,
    left: Annotated[RunId, Query(description="A run that is done …")],
    right: Annotated[RunId, Query(description="… and another.")],
) -> Response:
    """Which cells of one are others in the other."""
    for one in (left, right):
        permit_listing(request, (await runs.read_run(ctx, one)).report)
    found = await runs.compare_runs(ctx, left, right)
    told = [_difference(one) for one in found.differences]
    return answer(ComparedRead(count=found.count, differences=told))


def _difference(one: Difference) -> CellDifferenceRead:
    return CellDifferenceRead(row=list(one.row), column=one.column, left=one.left, right=one.right)
