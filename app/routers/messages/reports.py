"""Delivery reports over HTTP: what became of messages, one or many."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanReportMessages
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.messages.reports import (
    AppliedListRead,
    AppliedRead,
    DeliveryReport,
    DeliveryReports,
    ReportedDeliveries,
)
from app.services.messages import reports
from app.services.messages.reports import Report

router = APIRouter(prefix="/v1/delivery-reports", tags=["messages"], route_class=Operation)


@router.post(
    "",
    status_code=201,
    summary="Report deliveries",
    response_model=AppliedListRead,
    responses=problems(NotFound),
)
@holds_many
async def post(body: ReportedDeliveries, ctx: CanReportMessages) -> Response:
    """In any order, twice, and early: only what is of a higher rank moves a message.

    A report of a `provider_message_id` that is not known is kept a day and matched when it is. A
    bounce makes the address invalid, a complaint takes the channel back.
    """
    items = body.items if isinstance(body, DeliveryReports) else (body,)
    told = [
        Report(**{name: getattr(one, name) for name in DeliveryReport.model_fields})
        for one in items
    ]
    done = await reports.report_many(ctx, told)
    results = [AppliedRead.model_validate(one) for one in done]
    return answer(AppliedListRead(results=results), status=201)
