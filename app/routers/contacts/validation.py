"""The validation notice of an account: read, and how its debt came about taken down."""

from typing import Any

from fastapi import APIRouter, Response

from app.domain.errors import NotFound
from app.routers.edge.deps import CanReadContacts, CanWriteContacts
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.contacts.validation import ItemizationRequest, ValidationRead
from app.schemas.edge.ids import AccountId
from app.services.contacts import itemizing
from app.services.contacts.itemizing import SayItemization, ValidationView

router = APIRouter(prefix="/v1/accounts/{account_id}", tags=["contacts"], route_class=Operation)


@router.get(
    "/validation",
    summary="Read an account's validation notice",
    response_model=ValidationRead,
    responses=problems(NotFound),
)
async def read(account_id: AccountId, ctx: CanReadContacts) -> Response:
    """What the account's contacts come to: when its notice was due, went, and until when it runs.

    `itemization` is what was said of the debt, counted on to today by the ledger.
    """
    return answer(_read(await itemizing.view_validation(ctx, account_id)))


@router.post(
    "/itemizations",
    status_code=201,
    summary="Say how a debt came about",
    response_model=ValidationRead,
    responses=problems(NotFound),
)
async def itemize(
    account_id: AccountId, body: ItemizationRequest, ctx: CanWriteContacts
) -> Response:
    """What was owed on the itemization date, and what came to it until the account was placed.

    The figures must come to what it was placed with; said again, the newest counts. A validation
    notice tells them with what the ledger added since.
    """
    command = SayItemization(
        reference=body.reference,
        on=body.on,
        amount_minor=body.amount_minor,
        interest_minor=body.interest_minor,
        fees_minor=body.fees_minor,
        payments_minor=body.payments_minor,
        credits_minor=body.credits_minor,
        original_creditor=body.original_creditor,
    )
    return answer(_read(await itemizing.say_itemization(ctx, account_id, command)), status=201)


def _read(view: ValidationView) -> ValidationRead:
    kept, said = view.validation, view.itemization
    values: dict[str, Any] = {
        "account_id": view.account_id,
        "initial_communication": None,
        "notice": None,
        "due_by_on": view.due_by_on,
        "overdue": view.overdue,
        "validation_ends_on": view.validation_ends_on,
        "disputed_on": view.disputed_on,
        "dispute_contact_id": kept.dispute_contact_id,
        "original_creditor_requested_on": kept.original_creditor_requested_on,
        "original_creditor_contact_id": kept.original_creditor_contact_id,
        "itemization": None,
    }
    if kept.initial_contact_id is not None:
        values["initial_communication"] = {
            "contact_id": kept.initial_contact_id, "on": kept.initial_on,
        }  # fmt: skip
    if kept.notice_contact_id is not None:
        values["notice"] = {
            "contact_id": kept.notice_contact_id,
            "message_id": view.message_id,
            "sent_on": kept.sent_on,
            "assumed_received_on": kept.received_on,
            "ends_on": kept.ends_on,
        }
    if said is not None:
        values["itemization"] = {
            "reference": said.reference, "on": said.on, "amount_minor": said.amount_minor,
            "interest_minor": said.interest_minor, "fees_minor": said.fees_minor,
            "payments_minor": said.payments_minor, "credits_minor": said.credits_minor,
            "original_creditor": said.original_creditor, "current_minor": view.current_minor,
        }  # fmt: skip
    return ValidationRead.model_validate(values)
