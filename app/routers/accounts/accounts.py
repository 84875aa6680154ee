"""Accounts: placed, read as of any day, amended; their ledger, timeline and self-check."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.domain.entries.postings import PostingKind
from app.domain.errors import NotFound
from app.domain.money import Amounts
from app.domain.refusals.commands import BatchRefused, ClockBehindFacts, ReferenceTaken
from app.domain.standing.status import AccountStatus
from app.domain.vocabulary import Product
from app.routers.edge import batches
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import AsOf, CanCheckAccounts, CanReadAccounts, CanWriteAccounts
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit, judged_page
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.accounts.accounts import (
    AccountBatchRead,
    AccountBatchRequest,
    AccountPatch,
    AccountRead,
    AccountRequest,
    AssignedRead,
    BalanceRead,
    CreditorFields,
    CreditorRead,
    DebtorFields,
    DebtorRead,
)
from app.schemas.accounts.delinquency import DelinquencyRead
from app.schemas.books.ledger import ComponentsRead, PostingRead, SelfCheckRead
from app.schemas.edge.ids import AccountId, PersonId, encode
from app.schemas.edge.types import JudgedPage, Page
from app.schemas.edge.words import Actor, Line, Reference, TeamName
from app.services.accounts import place as accounts
from app.services.accounts.amend import AmendAccount, amend_account
from app.services.accounts.place import OpenAccount, PersonDetails, PersonRole
from app.services.accounts.read import AccountView, find_accounts, view_account
from app.services.books import ledger
from app.services.books.ledger import LedgerRow, SelfCheck
from app.services.context import Context
from app.services.etags import EtagMismatch

router = APIRouter(prefix="/v1/accounts", tags=["accounts"], route_class=Operation)

ACCOUNTS = Keyset("accounts", UUID)
LEDGER = Keyset("ledger", int)


@router.post(
    "",
    status_code=201,
    summary="Place an account",
    response_model=AccountRead,
    responses=problems(ReferenceTaken),
)
async def place(body: AccountRequest, ctx: CanWriteAccounts) -> Response:
    """Take a debt into the books, with what is owed on it by component.

    `reference` is your own id: placing it again is refused and names the account that has it.
    Everything later counts from `effective_on`, which may lie in the past.
    """
    view = await accounts.open_account(ctx, _command(body, ctx))
    return _answer(view, status=201)


@router.post(
    "/batch",
    summary="Place many accounts",
    response_model=AccountBatchRead,
    responses=problems(BatchRefused),
)
@holds_many
async def place_many(
    body: AccountBatchRequest, ctx: CanWriteAccounts, request: Request
) -> Response:
    """Place up to 1,000 accounts in one transaction, with a result for each, in their order.

    `continue` places those that can be; `atomic` places all or, when one is refused, none, and
    answers 409 `batch-refused` with every item's result. Pointers begin with `/items/<n>`.
    """
    return await batches.run(
        request,
        body.mode,
        body.items,
        body=AccountRequest,
        command=lambda item: _command(item, ctx),
        execute=lambda commands: accounts.open_accounts(ctx, commands),
        show=lambda view: {"status": 201, "account": account_read(view)},
    )


@router.get("", summary="List accounts", response_model=JudgedPage[AccountRead])
async def find(
    ctx: CanReadAccounts,
    *,
    reference: Annotated[Reference | None, Query(description="Your own id of it.")] = None,
    debtor_reference: Annotated[
        Reference | None, Query(description="All of this person's.")
    ] = None,
    assigned_to: Annotated[Actor | None, Query(description="Given to this actor.")] = None,
    assigned_team: Annotated[TeamName | None, Query(description="Given to this team.")] = None,
    debtor_id: Annotated[PersonId | None, Query(description="All that this person owes.")] = None,
    q: Annotated[
        Line | None,
        Query(
            min_length=2,
            description="What a representative types: the account's or the debtor's reference, an "
            "e-mail or phone of theirs, or how their name begins. At most 200 people may fit.",
        ),
    ] = None,
    status: Annotated[AccountStatus | None, Query(description="As of the business date.")] = None,
    bucket: Annotated[
        Reference | None,
        Query(description="As of the business date; a name from a policy.", examples=["30-59"]),
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Accounts in the order they were placed, each as of the business date.

    So do `status` and `bucket`, whether the date was swept or not. Where more than 1,000 accounts
    have days nobody has closed, the list is right as of `judged_through_on`, but for
    `accounts_behind`. A bucket that no policy names: 422.
    """
    key = ACCOUNTS.read(cursor)
    found = await find_accounts(
        ctx,
        reference=reference,
        debtor_reference=debtor_reference,
        assigned_to=assigned_to,
        assigned_team=assigned_team,
        debtor_id=debtor_id,
        q=q,
        status=status,
        bucket=bucket,
        after=key[0] if key else None,
        limit=limit,
    )
    next_cursor = ACCOUNTS.write(found.last) if found.last else None
    return judged_page([account_read(view) for view in found.views], next_cursor, found.judged)


@router.get(
    "/{account_id}",
    summary="Read an account",
    response_model=AccountRead,
    responses=problems(NotFound),
)
async def read(account_id: AccountId, ctx: CanReadAccounts, as_of: AsOf = None) -> Response:
    """What is owed, by component, and how late it is, on any day.

    In the past, that day's state with today's knowledge: a payment reversed since counts on no
    day. After the business date, nothing more is paid. Before the account was placed: 404.
    """
    return _answer(await view_account(ctx, account_id, as_of=as_of))


@router.patch(
    "/{account_id}",
    summary="Amend an account",
    response_model=AccountRead,
    responses=problems(NotFound, EtagMismatch, ClockBehindFacts),
)
async def amend(
    account_id: AccountId, body: AccountPatch, ctx: CanWriteAccounts, if_match: IfMatch = None
) -> Response:
    """Change the debtor, the creditor or the metadata; nothing else of an account can change.

    Of a person, fields left out or null stay as they are. `metadata` is replaced as a whole.
    A creditor's reference cannot change: it chose the rules everything was worked out under.
    """
    command = AmendAccount(
        debtor=_debtor(body.debtor), creditor=_creditor(body.creditor), metadata=body.metadata
    )
    return _answer(await amend_account(ctx, account_id, command, if_match))


@router.get(
    "/{account_id}/ledger",
    summary="Read the ledger",
    response_model=Page[PostingRead],
    responses=problems(NotFound),
)
async def read_ledger(
    account_id: AccountId, ctx: CanReadAccounts, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Every posting in order of entry, newest last, with the balance after it.

    Rows are never changed. Where a later fact changed how a payment was split, a `reallocation`
    of amount 0 says so; what a reversal takes back, it `reverses`. What a closure gives up is a
    `write_off`; where a later return, or an undo, changes it, a further row has the difference.
    """
    key = LEDGER.read(cursor)
    found = await ledger.ledger_of(ctx, account_id, after=key[0] if key else 0, limit=limit + 1)
    page, next_cursor = LEDGER.cut(found, limit, key=lambda row: (row.sequence,))
    return answer({"data": [_posting(row) for row in page], "next_cursor": next_cursor})


@router.get(
    "/{account_id}/self-check",
    summary="Check the books",
    response_model=SelfCheckRead,
    responses=problems(NotFound),
)
async def check(account_id: AccountId, ctx: CanCheckAccounts) -> SelfCheck:
    """Hold the account's books against each other: every identity with its two sides.

    All facts are folded anew and compared with the stored state, the cached figures, the ledger
    and the allocations. `ok` is false only if Accord is wrong.
    """
    return await ledger.self_check(ctx, account_id)


# --- Between the contract and the service -----------------------------------------------------


def account_read(view: AccountView) -> AccountRead:
    """An account as the contract shows it."""
    account, state = view.reading.account, view.reading.state
    live, dates = state.live_plan, view.reading.classification
    return AccountRead(
        id=account.id,
        reference=account.reference,
        currency=account.currency,
        product=Product(account.product),
        status=view.reading.status,
        opened_on=account.opened_on,
        effective_on=state.placed_on,
        balance=BalanceRead.model_validate(state.balance),
        unapplied_minor=state.unapplied_minor,
        past_due_minor=min(state.contract_due_minor, state.balance.total_minor),
        validation_ends_on=account.validation_ends_on,
        delinquent_since_on=state.contract_since_on,
        charged_off_on=state.charged_off_on,
        closed_on=state.closed_on,
        written_off_minor=state.written_off.total_minor,
        substandard_on=dates.substandard_on if dates else None,
        loss_on=dates.loss_on if dates else None,
        charge_off_due_on=dates.charge_off_due_on if dates else None,
        charge_off_driver=dates.driver if dates else None,
        first_delinquency_on=state.first_delinquency_on,
        reported_since_on=state.reported_since_on,
        delinquency=DelinquencyRead.model_validate(view.reading.delinquency),
        active_plan_id=live.id if live else None,
        debtor=DebtorRead.model_validate(view.debtor) if view.debtor else None,
        creditor=CreditorRead.model_validate(view.creditor) if view.creditor else None,
        assigned_to=AssignedRead.model_validate(view.assigned_to) if view.assigned_to else None,
        pending_approvals=view.pending_approvals,
        policy=account.policy_name,
        placement_batch=state.placement_batch,
        metadata=dict(view.metadata),
        etag=view.etag,
        created_at=account.created_at,
    )


def _answer(view: AccountView, *, status: int = 200) -> Response:
    account = view.reading.account
    location = f"/v1/accounts/{encode('acc', account.id)}" if status == 201 else None  # noqa: PLR2004
    return answer(account_read(view), status=status, version=account.version, location=location)


def _command(body: AccountRequest, ctx: Context) -> OpenAccount:
    return OpenAccount(
        reference=body.reference,
        currency=body.currency,
        product=body.product,
        opened_on=body.opened_on or body.effective_on or ctx.business_date,
        balance=Amounts(**dict(body.balance)),
        past_due_minor=body.past_due_minor,
        effective_on=body.effective_on,
        validation_ends_on=body.validation_ends_on,
        delinquent_since_on=body.delinquent_since_on,
        charged_off_on=body.charged_off_on,
        debtor=_debtor(body.debtor),
        creditor=_creditor(body.creditor),
        policy=body.policy,
        placement_batch=body.placement_batch,
        metadata=body.metadata,
    )


def _debtor(sent: DebtorFields | None) -> PersonDetails | None:
    return PersonDetails(role=PersonRole.DEBTOR, **dict(sent)) if sent else None


def _creditor(sent: CreditorFields | None) -> PersonDetails | None:
    return PersonDetails(role=PersonRole.CREDITOR, **dict(sent)) if sent else None


#: What a reversal takes back has its own id, but for what a settlement forgave: that is a row.
_UNDONE = {
    PostingKind.PAYMENT: "pay",
    PostingKind.CHARGEBACK: "cbk",
    PostingKind.ADJUSTMENT: "adj",
    PostingKind.FORGIVENESS: "pst",
}


def _undone(row: LedgerRow) -> str:
    """What kind of thing a reversal takes back, by the prefix of its id."""
    kind = PostingKind(row.reversed_kind) if row.reversed_kind else PostingKind.CHARGE
    return _UNDONE.get(kind, "chg")


def _posting(row: LedgerRow) -> PostingRead:
    reverses = encode(_undone(row), row.reverses) if row.reverses is not None else None
    return PostingRead(
        id=row.id,
        sequence=row.sequence,
        kind=PostingKind(row.kind),
        effective_on=row.effective_on,
        business_date=row.business_date,
        posted_at=row.posted_at,
        amount_minor=row.amount_minor,
        components=ComponentsRead.model_validate(row),
        balance_after_minor=row.balance_after_minor,
        payment_id=row.payment_id,
        plan_id=row.plan_id,
        reverses=reverses,
        reason=row.reason,
        actor=row.actor,
    )
