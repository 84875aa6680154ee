"""Reconciliation over HTTP: a processor's settlement file held against what was posted."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app.domain.vocabulary import PaymentMethod
from app.routers.edge.bodies import MAX_BODY_BYTES
from app.routers.edge.deps import CanReportPayments
from app.routers.edge.files.csv_bodies import AsSaid, csv_body
from app.routers.edge.files.uploads import Content
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import encode
from app.schemas.edge.time import Date
from app.schemas.payments.reconciliations import ReconciliationRead
from app.services.files import settlement_files
from app.services.files.reconcile import Finding, Reconciliation, Side, Verdict
from app.services.files.settlement_files import SettlementFile

router = APIRouter(prefix="/v1/reconciliations", tags=["payments"], route_class=Operation)


@router.post(
    "",
    summary="Reconcile a settlement file",
    response_model=ReconciliationRead,
    responses=problems("body-too-large"),
    openapi_extra=csv_body(MAX_BODY_BYTES),
)
async def reconcile(
    content: Content,
    said: AsSaid,
    ctx: CanReportPayments,
    *,
    from_: Annotated[
        Date | None,
        Query(alias="from", description="First day to miss payments on; else the file's own."),
    ] = None,
    to: Annotated[Date | None, Query(description="The last such day.")] = None,
    method: Annotated[
        PaymentMethod | None, Query(description="Miss only payments that came this way.")
    ] = None,
) -> Response:
    """Every line of a settlement CSV (reference, amount, currency, date), judged. Stores nothing.

    A line is `matched`, `amount differs`, `missing here`, `duplicate` or `unreadable`; a payment of
    those days that no line names is `missing there`. A negative line is money that went back: a
    reversal, chargeback or refund. Up to 20,000 lines; the first 1,000 differences are named.
    """
    sent = SettlementFile(
        content=content,
        formats=said.formats,
        delimiter=said.delimiter,
        renamed=said.renamed,
        constants=said.constants,
    )
    made = await settlement_files.reconcile_file(ctx, sent, since=from_, until=to, method=method)
    total = made.total
    # By its model: a file may say more than any number of JSON that the usual writer knows.
    shown = ReconciliationRead.model_validate(
        {
            "from_on": total.since,
            "to_on": total.until,
            "read": _side(total.read),
            "verdicts": dict(_verdicts(total)),
            "adds_up": total.adds_up,
            "blank": total.blank,
            "differences": made.count,
            "findings": [_finding(one) for one in made.differences],
        }
    )
    return answer(shown)


def _verdicts(total: Reconciliation) -> Iterator[tuple[str, dict[str, Any]]]:
    for verdict in Verdict:
        both = {"there": _side(total.there[verdict]), "here": _side(total.here[verdict])}
        yield str(verdict), both


def _side(side: Side) -> dict[str, Any]:
    return {"rows": side.rows, "sums_minor": dict(side.sums)}


def _finding(one: Finding) -> dict[str, Any]:
    there, here = one.there, one.here
    return {
        "verdict": str(one.verdict),
        "line": there.line if there else None,
        "reference": there.reference if there else here.reference if here else "",
        "currency": (there.currency if there else "") or (here.currency if here else ""),
        "amount_there_minor": one.there_minor if there and not there.problem else None,
        "amount_here_minor": one.here_minor if here else None,
        "date_there": there.on if there else None,
        "effective_on": here.effective_on if here else None,
        "payment_id": encode("pay", here.id) if here else None,
        "status": here.status if here else None,
        "problem": there.problem if there else None,
    }
