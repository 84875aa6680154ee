"""What a credit report would carry of an account."""

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.routers.edge.deps import AsOf, CanReadAccounts
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.books.credit_report import CreditReportRead
from app.schemas.edge.ids import AccountId
from app.services.books import credit_report
from app.services.contacts.furnishing import furnishing_of

router = APIRouter(prefix="/v1", tags=["accounts"], route_class=Operation)


@router.get(
    "/accounts/{account_id}/credit-report",
    summary="Read what a credit report would carry",
    response_model=CreditReportRead,
    responses=problems(NotFound),
)
async def read(account_id: AccountId, ctx: CanReadAccounts, as_of: AsOf = None) -> Response:
    """Metro 2 account status, payment rating, special comment, balance, first delinquency.

    And what it was worked out from. Nothing is furnished. Where nobody told us what the contract
    asks for (no billing cycles, nothing past due at placement), `scheduled_payment_minor` is null
    and no comment says that a plan pays less. From which day it may be furnished, and whether with
    a dispute, follows from its contacts and holds.
    """
    found = await credit_report.report(ctx, account_id, as_of=as_of)
    report, known, reading = found.report, found.known, found.reading
    furnishing = await furnishing_of(ctx, reading)
    return answer(
        CreditReportRead(
            account_id=account_id,
            as_of=reading.as_of,
            currency=reading.account.currency,
            account_status=report.account_status,
            payment_rating=report.payment_rating,
            special_comment=report.special_comment,
            balance_minor=report.balance_minor,
            past_due_minor=report.past_due_minor,
            first_delinquency_on=report.first_delinquency_on,
            obsolete_after_on=report.obsolete_after_on,
            past_due_days=known.past_due_days,
            plan_payment_minor=known.plan_payment_minor,
            scheduled_payment_minor=known.scheduled_payment_minor,
            scheduled_by=found.scheduled_by,
            furnishable_from_on=furnishing.from_on,
            disputed_since_on=furnishing.disputed_since_on,
            unfit=list(furnishing.against(reading.as_of)),
        )
    )
