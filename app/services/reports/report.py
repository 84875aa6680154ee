"""A report made: asked, looked at, summed, and held against the ledger before anybody sees it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.errors import InvalidInput, NotFound
from app.domain.overview.definitions.catalog import REPORTS, Definition
from app.domain.overview.definitions.moves import roll_columns
from app.domain.overview.question import Asked, Question, question
from app.domain.overview.table import (
    Column,
    Entry,
    Key,
    Layout,
    Reconciled,
    Report,
    Sums,
    Tally,
    behind,
)
from app.domain.refusals.reports import ReportDoesNotReconcile
from app.domain.reports.aging import BUCKETS
from app.domain.reports.rolls import CHARGED_OFF, NEW
from app.services.context import Context
from app.services.policy_books import bucket_names
from app.services.reports.beside import beside
from app.services.reports.look import Portfolio, look
from app.services.reports.rows import Sides, add_of_nobody
from app.services.reports.summed import answered


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A report, with the entries that its cells are the sums of, each of an account or of many."""

    report: Report
    entries: tuple[Entry, ...]
    sums: Sums


def definition_of(name: str) -> Definition:
    """Raises `NotFound`."""
    if name not in REPORTS:
        raise NotFound(resource="report", key=name)
    return REPORTS[name]


def resolve(name: str, asked: Asked, business_date: date) -> tuple[Definition, Question]:
    """A report and the question with its defaults. Raises `NotFound`, what `question` does."""
    definition = definition_of(name)
    wanted = question(
        name, asked, span=definition.span, basis=definition.basis, groups=definition.groups,
        business_date=business_date, tied=definition.tied, also=definition.also,
    )  # fmt: skip
    return definition, wanted


async def make(ctx: Context, name: str, asked: Asked, *, by_account: bool = False) -> Made:
    """The report: of closed days from their sums, where those say it, else from each account.

    `by_account`: its entries are wanted one by one. Raises what `resolve` does, `ReportTooLarge`,
    and `ReportDoesNotReconcile` where its figures do not come to the ledger's.
    """
    definition, wanted = resolve(name, asked, ctx.business_date)
    tally = Tally(wanted, await layout_of(ctx, definition, wanted))
    found = None if by_account else await answered(ctx, definition, wanted)
    found = found or await look(ctx, definition, wanted)
    of_nobody = await beside(ctx, definition, wanted)
    entries = (*found.entries, *of_nobody)
    tally.add(entries)
    report = finished(definition, wanted, tally, found, of_nobody)
    return Made(report=report, entries=entries, sums=tally.sums)


def finished(
    definition: Definition, wanted: Question, tally: Tally, found: Portfolio,
    of_nobody: Iterable[Entry],
) -> Report:  # fmt: skip
    """The table of what was summed. Raises `ReportDoesNotReconcile`."""
    rows, totals = tally.rows()
    return Report(
        question=wanted,
        title=definition.title,
        columns=tally.columns,
        rows=rows,
        totals=totals,
        reconciles=_reconciled(definition, wanted, tally, found, of_nobody),
        provisional=found.provisional,
        notes=definition.notes,
        few=tally.few,
    )


async def layout_of(ctx: Context, definition: Definition, wanted: Question) -> Layout:
    """The columns and the order of the groups; buckets are the tenant's own."""
    buckets = BUCKETS if wanted.standard else await bucket_names(ctx)
    columns = roll_columns(buckets) if definition.by_bucket else definition.columns
    order = {"bucket": (*buckets, CHARGED_OFF, NEW), **definition.order}
    return Layout(
        columns=columns, order=order, derive=definition.derive, complete=definition.complete,
        cohort=definition.cohort, bare=definition.bare,
    )  # fmt: skip


def _reconciled(
    definition: Definition, wanted: Question, tally: Tally, found: Portfolio,
    of_nobody: Iterable[Entry],
) -> tuple[Reconciled, ...]:  # fmt: skip
    """Every column that is held, by currency."""
    sides: Sides = {column: dict(sums) for column, sums in found.sides.items()}
    add_of_nobody(sides, definition, of_nobody)
    if definition.owed is not None:
        sides[definition.owed.column] = dict(found.ledger)
    told = list[Reconciled]()
    for held in definition.held:
        sums, side = tally.by_currency(held.column), sides.get(held.column, {})
        told += (
            Reconciled(
                column=held.column, currency=currency, ledger_minor=side.get(currency, 0),
                report_minor=sums.get(currency, 0),
            )
            for currency in sorted({*sums, *side})
        )  # fmt: skip
    for one in told:
        if one.difference_minor:
            raise ReportDoesNotReconcile(
                report=wanted.report, column=one.column, currency=one.currency,
                ledger_minor=one.ledger_minor, report_minor=one.report_minor,
            )  # fmt: skip
    return tuple(told)


async def look_behind(
    ctx: Context, name: str, asked: Asked, *, key: Key, column: str
) -> tuple[Column, Sequence[Entry]]:
    """What is behind a cell: its sum is the cell. Raises as `make`, and `InvalidInput`."""
    made = await make(ctx, name, asked, by_account=True)
    columns = {one.name: one for one in made.report.columns}
    if column not in columns or all(row.key != key for row in made.report.rows):
        raise InvalidInput.at("?cell", "is not a cell of this report")
    entries: Iterable[Entry] = made.entries
    if (parts := definition_of(name).behind) is not None:
        entries = parts(entries, made.sums, made.report.question, key)
    return columns[column], behind(entries, key, columns[column])
