"""The figures of a form 1099-C for a settlement."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.routers.edge.deps import AsOf, CanReadPlans
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import SettlementId
from app.schemas.settlements.form_1099c import DebtReliefRead, DischargeRead, ToldDischargeRead
from app.services.settlements import form_1099c

router = APIRouter(prefix="/v1", tags=["settlements"], route_class=Operation)


@router.get(
    "/settlement-offers/{settlement_id}/debt-relief",
    summary="Read what a settlement discharged",
    response_model=DebtReliefRead,
    responses=problems(NotFound),
)
async def read(settlement_id: SettlementId, ctx: CanReadPlans, as_of: AsOf = None) -> Response:
    """What was forgiven, when, and who tells the tax office: the figures of a form 1099-C.

    `discharge` is null until the settlement is satisfied, and again once a payment that
    satisfied it came back: `told` shows what was told before, so that a form which was filed can
    be corrected. We file nothing ourselves.
    """
    found = await form_1099c.of_settlement(ctx, settlement_id, as_of=as_of)
    reading, told = found.view.reading, found.figures
    return answer(
        DebtReliefRead(
            settlement_id=settlement_id,
            account_id=reading.account.id,
            status=found.view.settlement.status,
            as_of=reading.as_of,
            currency=reading.account.currency,
            threshold_minor=found.rules.threshold_minor,
            threshold_currency=found.rules.currency,
            applicable_entity=found.rules.applicable_entity,
            discharge=DischargeRead.model_validate(told) if told else None,
            told=[ToldDischargeRead.model_validate(one) for one in found.told],
        )
    )
