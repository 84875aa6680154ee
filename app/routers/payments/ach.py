"""ACH returns without a payment: the codes, what each allows, and return rates. Stores nothing."""

from dataclasses import asdict

from fastapi import APIRouter, Response

from app.domain.ach import CODES, latest_return_on, may_retry, return_rates, sixtieth_day
from app.domain.errors import NotFound
from app.routers.edge.deps import CanReadPayments
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.payments.ach import (
    AchAnswer,
    AchQuestion,
    RatesRead,
    RatesRequest,
    ReturnCodesRead,
)
from app.services.holidays import calendar

router = APIRouter(prefix="/v1/ach-returns", tags=["payments"], route_class=Operation)


@router.get("/codes", summary="List ACH return codes", response_model=ReturnCodesRead)
async def codes(_ctx: CanReadPayments) -> Response:
    """The return codes known here: what each means, its window, what may follow, and its source."""
    return answer(ReturnCodesRead.model_validate({"codes": list(CODES.values())}))


@router.post(
    "/assessments",
    summary="Assess an ACH return",
    response_model=AchAnswer,
    responses=problems(NotFound),
)
async def assess(body: AchQuestion, ctx: CanReadPayments) -> Response:
    """May this debit go out again, and until when could it come back? Nothing is stored.

    Insufficient and uncollected funds may be reinitiated twice, within 180 days of the first
    settlement. Windows count the Federal Reserve's banking days. A payment's own reversal
    answers the same (`ach_return`).
    """
    code = CODES.get(body.code)
    if code is None:
        raise NotFound(resource="ACH return code", key=body.code)
    retry = may_retry(
        code,
        entries_made=body.entries_made,
        original_settled_on=min(body.original_settled_on or body.settled_on, body.settled_on),
        today=body.on or ctx.business_date,
        reauthorized=body.reauthorized,
        corrected=body.corrected,
    )
    return answer(
        {
            "code": code.code,
            "retry_allowed": retry.allowed,
            "reason": retry.reason,
            "retry": code.retry,
            "retry_until_on": retry.until_on,
            "entries_left": retry.entries_left,
            "sixtieth_day_on": sixtieth_day(body.settled_on),
            "latest_return_on": latest_return_on(code, body.settled_on, calendar("US-FED")),
        }
    )


@router.post("/rates", summary="Judge return rates", response_model=RatesRead)
async def rates(body: RatesRequest, _ctx: CanReadPayments) -> Response:
    """The rates of returned debits and the limits they pass. One at its limit passes nothing.

    Rates are shown in whole basis points, rounded, and judged exactly.
    """
    return answer(asdict(return_rates(**dict(body))))
