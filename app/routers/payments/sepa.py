"""SEPA direct debits that come back: the reason codes, and what each allows."""

from fastapi import APIRouter, Response

from app.domain.sepa import CODES
from app.routers.edge.deps import CanReadPayments
from app.routers.edge.route import Operation, answer
from app.schemas.payments.sepa import SepaCodesRead

router = APIRouter(prefix="/v1/sepa-returns", tags=["payments"], route_class=Operation)


@router.get("/codes", summary="List SEPA reason codes", response_model=SepaCodesRead)
async def codes(_ctx: CanReadPayments) -> Response:
    """The reason codes known here: what each means, how it comes, until when, and its source."""
    return answer(SepaCodesRead.model_validate({"codes": list(CODES.values())}))
