"""Statements of account and invoices: the ledger's figures, in words and on paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from app.domain.account.state import State
from app.domain.entries.postings import PostingKind
from app.domain.errors import InvalidInput
from app.domain.reporting.statements import Booked, Statement, Sums, statement_of, sums_of
from app.services.books.ledger import LedgerRow, ledger_of
from app.services.context import Context
from app.services.documents.addresses import address_of
from app.services.documents.paper import drawn_letters, paper_letter
from app.services.paper.slips import Slip, code_of
from app.services.reading import Reading, read_account
from app.services.templates.filling import About, installment_of
from app.services.templates.identity import Identity, identity_of
from app.services.templates.rendering import Rendered, render
from app.services.templates.written import pen_of
from app.services.threads import apart
from app.storage.persons import persons
from app.storage.persons.persons import StoredPerson

#: Rows of an account's ledger, and lines of one statement: nobody reads more on paper.
MOST_ROWS: Final = 5_000
MOST_LINES: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """A statement with what is due by its last day, and the rows behind its lines."""

    reading: Reading
    statement: Statement
    rows: tuple[LedgerRow, ...]
    due_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceView:
    """What an installment asks for: its figures, and what its payment slip says."""

    reading: Reading
    installment_id: UUID
    number: int
    due_on: date
    amount_minor: int
    paid_minor: int
    open_minor: int
    identity: Identity
    person: StoredPerson | None

    @property
    def code(self) -> Literal["epc", "reference"]:
        """What the QR code says: a whole transfer in euros, or the reference alone."""
        euros = self.reading.account.currency == "EUR"
        return "epc" if euros and self.identity.payee is not None else "reference"


async def view_statement(
    ctx: Context, account_id: UUID, *, from_on: date | None, to_on: date | None
) -> StatementView:
    """The statement of a period, by default from the first row to the business date.

    Rows are told by the day they were booked, so that a statement once given stays true. Raises
    `NotFound`, `InvalidInput` for a period that ends before it begins or after the business date,
    or has more lines than a statement holds.
    """
    last = to_on or ctx.business_date
    if last > ctx.business_date:
        raise InvalidInput.at("?to", f"should not lie after the business date {ctx.business_date}")
    rows = await ledger_of(ctx, account_id, limit=MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise InvalidInput.at(
            "?from", f"the ledger has more than {MOST_ROWS} rows: read it by pages instead"
        )
    first = from_on or (min(rows[0].business_date, last) if rows else last)
    if first > last:
        raise InvalidInput.at("?from", f"should not lie after {last}")
    within = tuple(row for row in rows if first <= row.business_date <= last)
    if len(within) > MOST_LINES:
        raise InvalidInput.at(
            "?from", f"the period has {len(within)} lines, and {MOST_LINES} at most are told"
        )
    reading = await read_account(ctx, account_id, as_of=last)
    return StatementView(
        reading=reading,
        statement=statement_of([booked(row) for row in rows], first, last),
        rows=within,
        due_minor=_due(reading.state, last),
    )


async def ledger_sums(ctx: Context, account_id: UUID) -> Sums:
    """What the account was placed with, and all that came to it since.

    Raises `NotFound`, `InvalidInput` for a ledger of more rows than are told on paper.
    """
    rows = await ledger_of(ctx, account_id, limit=MOST_ROWS + 1)
    if len(rows) > MOST_ROWS:
        raise InvalidInput.at("", f"the ledger has more than {MOST_ROWS} rows")
    return sums_of([booked(row) for row in rows])


def booked(row: LedgerRow) -> Booked:
    """A row of the ledger as statements read it."""
    return Booked(
        kind=PostingKind(row.kind),
        on=row.business_date,
        change_minor=row.amount_minor - row.unapplied_minor,
        unapplied_minor=row.unapplied_minor,
        balance_after_minor=row.balance_after_minor,
        takes_back=PostingKind(row.reversed_kind) if row.reversed_kind else None,
    )


def _due(state: State, on: date) -> int:
    """What is due by that day: of the live plan what is, without one what the contract asks."""
    plan = state.live_plan
    if plan is None:
        return min(state.contract_due_minor, state.balance.total_minor)
    return sum(one.open_minor for one in plan.owing if one.due_on <= on)


async def statement_text(
    ctx: Context, view: StatementView, *, locale: str | None
) -> tuple[Rendered, Identity, StoredPerson | None]:
    """The statement in words, who says them and to whom. Raises as `render`."""
    account = view.reading.account
    person = await _debtor(ctx, view.reading)
    identity = await identity_of(ctx, account.creditor_reference, account.policy_name)
    rendered = await render(
        ctx, view.reading, person, "statement", locale=locale, more=statement_values(view)
    )
    return rendered, identity, person


def statement_values(view: StatementView) -> dict[str, object]:
    """What a statement's template says, by the names it knows it under."""
    said = view.statement
    return {
        "statement.from_on": said.from_on,
        "statement.to_on": said.to_on,
        "statement.opening": said.opening_minor,
        "statement.charged": said.charged_minor,
        "statement.paid": said.paid_minor,
        "statement.other": said.other_minor,
        "statement.closing": said.closing_minor,
        "statement.unapplied": said.unapplied_minor,
        "statement.due": view.due_minor,
        "statement.lines": ("lines", _lines(said)),
    }


def _lines(said: Statement) -> Sequence[tuple[date, str, int | None, int]]:
    """What was brought forward, and every row."""
    rows = [(one.on, one.what, one.change_minor, one.balance_after_minor) for one in said.lines]
    return [(said.from_on, "opening", None, said.opening_minor), *rows]


async def statement_on_paper(ctx: Context, view: StatementView, *, locale: str | None) -> bytes:
    """The statement as a PDF. Raises as `render`, and `CannotDraw`."""
    rendered, identity, person = await statement_text(ctx, view, locale=locale)
    return await _drawn(ctx, rendered, identity, person, size=len(view.rows))


# --- Invoices -----------------------------------------------------------------------------------


async def view_invoice(ctx: Context, account_id: UUID, installment_id: UUID) -> InvoiceView:
    """What is still to be paid on an installment.

    Raises `NotFound`, and `InvalidInput` for one that is paid or was called off.
    """
    reading = await read_account(ctx, account_id)
    number, one = installment_of(reading.state, installment_id)
    if one.open_minor <= 0:
        raise InvalidInput.at("?installment_id", "names an installment of which nothing is open")
    return InvoiceView(
        reading=reading,
        installment_id=installment_id,
        number=number,
        due_on=one.due_on,
        amount_minor=one.amount_minor,
        paid_minor=one.paid.total_minor,
        open_minor=one.open_minor,
        identity=await identity_of(
            ctx, reading.account.creditor_reference, reading.account.policy_name
        ),
        person=await _debtor(ctx, reading),
    )


async def invoice_text(
    ctx: Context, view: InvoiceView, *, locale: str | None
) -> tuple[Rendered, Slip]:
    """The invoice in words, and its payment slip. Raises as `render`."""
    about = About(installment_id=view.installment_id)
    rendered = await render(ctx, view.reading, view.person, "invoice", locale=locale, about=about)
    return rendered, slip_of(view, rendered.locale)


def slip_of(view: InvoiceView, locale: str) -> Slip:
    """To whom, under which reference, by when and how much, and the same as a code."""
    account, payee = view.reading.account, view.identity.payee
    pen = pen_of(locale, account.currency)
    words = pen.phrases["paper"]
    lines = [(words["pay_to"], payee.name if payee else view.identity.name)]
    if payee is not None:
        lines.append(("IBAN", payee.iban))
    lines += [
        (words["reference"], account.reference),
        (words["due_on"], pen.writer.day(view.due_on)),
        (words["amount"], pen.writer.money(view.open_minor)),
    ]
    return Slip(
        title=words["slip"],
        lines=tuple(lines),
        code=code_of(
            reference=account.reference,
            amount_minor=view.open_minor,
            currency=account.currency,
            payee=payee,
        ),
    )


async def invoice_on_paper(ctx: Context, view: InvoiceView, *, locale: str | None) -> bytes:
    """The invoice as a PDF with its payment slip. Raises as `render`, and `CannotDraw`."""
    rendered, slip = await invoice_text(ctx, view, locale=locale)
    return await _drawn(ctx, rendered, view.identity, view.person, slip=slip)


async def _debtor(ctx: Context, reading: Reading) -> StoredPerson | None:
    debtor_id = reading.account.debtor_id
    return await persons.read(ctx.tx, debtor_id) if debtor_id else None


async def _drawn(
    ctx: Context,
    rendered: Rendered,
    identity: Identity,
    person: StoredPerson | None,
    *,
    slip: Slip | None = None,
    size: int = 1,
) -> bytes:
    letter = paper_letter(
        identity=identity,
        to=await address_of(ctx, person, locale=rendered.locale, sent_from=identity.country),
        title=rendered.subject,
        text=rendered.text,
        locale=rendered.locale,
        dated_on=ctx.business_date,
        slip=slip,
    )
    return await apart(ctx, lambda: drawn_letters([letter]), size=size)
