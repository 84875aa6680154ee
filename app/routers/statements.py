"""Statements of account and invoices: as figures, or on paper."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from app.domain.errors import NotFound
from app.domain.refusals.letters import CannotDraw
from app.domain.refusals.templates import NoWording, TemplateUnfit
from app.routers.edge.deps import CanReadAccounts
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import AccountId, InstallmentId
from app.schemas.edge.time import Date
from app.schemas.statements import InvoiceRead, StatementLineRead, StatementRead
from app.schemas.templates.templates import Locale
from app.services.documents import statements
from app.services.documents.statements import InvoiceView, StatementView

router = APIRouter(prefix="/v1/accounts/{account_id}", tags=["accounts"], route_class=Operation)

_PDF = "application/pdf"
_ON_PAPER: dict[str, Any] = {"content": {_PDF: {"schema": {"type": "string", "format": "binary"}}}}
Format = Annotated[
    Literal["json", "pdf"], Query(alias="format", description="The figures, or a letter.")
]
InLocale = Annotated[
    Locale | None, Query(description="Of the letter. Default: the debtor's language.")
]
_REFUSALS = problems(NotFound, NoWording, TemplateUnfit, CannotDraw)


@router.get(
    "/statement",
    summary="Read a statement of account",
    response_model=StatementRead,
    responses={200: _ON_PAPER, **_REFUSALS},
)
async def statement(
    account_id: AccountId,
    ctx: CanReadAccounts,
    *,
    from_on: Annotated[
        Date | None, Query(alias="from", description="Default: the day of the ledger's first row.")
    ] = None,
    to_on: Annotated[
        Date | None, Query(alias="to", description="Default: the business date.")
    ] = None,
    format_: Format = "json",
    locale: InLocale = None,
) -> Response:
    """What was owed, charged and paid in a period, and what is due: the ledger's figures.

    Rows count by the day they were booked, so a statement once given stays true. As `pdf` it is a
    letter by the template `statement`; nothing is sent or kept.
    """
    view = await statements.view_statement(ctx, account_id, from_on=from_on, to_on=to_on)
    if format_ == "pdf":
        made = await statements.statement_on_paper(ctx, view, locale=locale)
        return _paper(made, "statement")
    return answer(_statement(view))


@router.get(
    "/invoice",
    summary="Read an installment's invoice",
    response_model=InvoiceRead,
    responses={200: _ON_PAPER, **_REFUSALS},
)
async def invoice(
    account_id: AccountId,
    ctx: CanReadAccounts,
    *,
    installment_id: Annotated[
        InstallmentId, Query(description="One of the account with something open.")
    ],
    format_: Format = "json",
    locale: InLocale = None,
) -> Response:
    """What is still to be paid on an installment, and how.

    As `pdf` it is a letter by the template `invoice` with a payment slip: reference, due date,
    amount, and a QR code of them. Nothing is sent or kept.
    """
    view = await statements.view_invoice(ctx, account_id, installment_id)
    if format_ == "pdf":
        return _paper(await statements.invoice_on_paper(ctx, view, locale=locale), "invoice")
    return answer(_invoice(view))


# --- Between the contract and the service -----------------------------------------------------


def _paper(made: bytes, name: str) -> Response:
    disposition = {"Content-Disposition": f'inline; filename="{name}.pdf"'}
    return Response(made, media_type=_PDF, headers=disposition)


def _statement(view: StatementView) -> StatementRead:
    account, said = view.reading.account, view.statement
    return StatementRead(
        account_id=account.id,
        reference=account.reference,
        currency=account.currency,
        from_on=said.from_on,
        to_on=said.to_on,
        opening_minor=said.opening_minor,
        charged_minor=said.charged_minor,
        paid_minor=said.paid_minor,
        other_minor=said.other_minor,
        closing_minor=said.closing_minor,
        due_minor=view.due_minor,
        unapplied_minor=said.unapplied_minor,
        lines=[
            StatementLineRead.model_validate(
                {
                    "posting_id": row.id,
                    "kind": row.kind,
                    "on": row.business_date,
                    "effective_on": row.effective_on,
                    "amount_minor": row.amount_minor,
                    "unapplied_minor": row.unapplied_minor,
                    "balance_after_minor": row.balance_after_minor,
                }
            )
            for row in view.rows
        ],
    )


def _invoice(view: InvoiceView) -> InvoiceRead:
    account = view.reading.account
    return InvoiceRead.model_validate(
        {
            "account_id": account.id,
            "installment_id": view.installment_id,
            "number": view.number,
            "due_on": view.due_on,
            "currency": account.currency,
            "amount_minor": view.amount_minor,
            "paid_minor": view.paid_minor,
            "open_minor": view.open_minor,
            "reference": account.reference,
            "payee": view.identity.payee,
            "code": view.code,
        }
    )
