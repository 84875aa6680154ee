"""Sweeps: the day close for every account, started and watched."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask

from app.domain.errors import NotFound
from app.routers.edge.deps import CanReadSweeps, CanRunSweeps
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.edge.skips import skipping
from app.schemas.edge.ids import SweepId, encode
from app.schemas.sweeps import BucketMoves, SkippedAccounts, SweepRead, SweepRequest, SweepStarted
from app.services.day_close import sweep
from app.services.day_close.sweep import SweepView
from app.services.messages.notices.noticing import follow_day, notice_page
from app.services.reports.closing import keep_day_before

router = APIRouter(prefix="/v1/sweeps", tags=["sweeps"], route_class=Operation)


@router.post("", status_code=202, summary="Start a sweep", response_model=SweepStarted)
async def start(body: SweepRequest, ctx: CanRunSweeps, request: Request) -> Response:
    """Judge the opening of a business date, and of every day missed before it, for all accounts.

    The run begins when the answer is sent; read it to see how far it is. Nothing depends on it:
    reads and commands judge the same days themselves. A second run of a date changes nothing
    and says so; one that was cut off, or not heard of for two minutes, is `incomplete`, and
    another goes on. So is one that had to skip an account: held by others (`locked`), without
    its policy (`policy_missing`), or one nobody foresaw (`failed`: told in the log by its id,
    `errors` counts the kinds). The last two are told by `account.not_judged` once a date; the
    accounts beside them are closed. A run of a sandbox ends `incomplete`, too, once its clock is
    moved to before the date.
    """
    run = await sweep.start_sweep(ctx, body.business_date)
    started = SweepStarted(id=run.id, status=run.status)
    location = f"/v1/sweeps/{encode('swp', run.id)}"
    response = answer(started, status=202, location=location)
    response.background = BackgroundTask(
        sweep.sweep,
        request.scope["state"]["database"],
        ctx.tenant_id,
        business_date=body.business_date,
        run_id=run.id,
        first=keep_day_before,
        then=follow_day,
        beside=notice_page,
        keeps_to_clock=True,
        heard=skipping(request.scope["state"]["metrics"], ctx.tenant_id),
    )
    return response


@router.get(
    "/{sweep_id}", summary="Read a sweep", response_model=SweepRead, responses=problems(NotFound)
)
async def read(sweep_id: SweepId, ctx: CanReadSweeps) -> Response:
    """How far a run is, what it told by type, and which buckets accounts came into and left."""
    return answer(_shown(await sweep.view_sweep(ctx, sweep_id)))


def _shown(view: SweepView) -> SweepRead:
    run = view.run
    entered, left = run.counts.get("entered", {}), run.counts.get("left", {})
    return SweepRead(
        id=run.id,
        business_date=run.business_date,
        status=run.status,
        examined=run.examined,
        changed=run.changed,
        by_transition=dict(run.counts.get("by_transition", {})),
        buckets={
            name: BucketMoves(entered=entered.get(name, 0), left=left.get(name, 0))
            for name in sorted({*entered, *left})
        },
        skipped={
            reason: SkippedAccounts(
                count=one["count"], account_ids=[UUID(name) for name in one["account_ids"]]
            )
            for reason, one in run.counts.get("skipped", {}).items()
        },
        errors=run.counts.get("errors", {}),
        checksum=view.checksum,
        rate_per_second=view.rate_per_second,
        remaining=view.remaining,
        started_at=run.started_at,
        finished_at=run.finished_at,
    )
