"""Reports answered from the sums of closed days, where those say all that is asked.

The figures are those the facts give. The sums of positions are held against the sums of postings,
which are kept apart from them: so what comes to another sum is refused, as ever.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from app.domain.money import Component
from app.domain.overview.ages import columns_of as columns_of_ages
from app.domain.overview.ages import item_entries, receipt_entries
from app.domain.overview.definitions.catalog import Definition
from app.domain.overview.definitions.receipts import ADDITIONS
from app.domain.overview.points import CURVES, cohorts_of, columns_of, curve_entries, curve_sides
from app.domain.overview.positions import (
    COMPONENTS,
    DIMENSIONS,
    LASTING,
    OF_MANY,
    aging_entries,
    figures_of,
    groups_of,
    portfolio_entries,
)
from app.domain.overview.question import Question
from app.domain.overview.rolled import Way, cure_entries, roll_entries
from app.domain.overview.table import Entry, Key
from app.domain.reports.rolls import Cause
from app.domain.schedule.dates import months_later
from app.domain.vocabulary import CURRENT
from app.services.context import Context
from app.services.policy_books import bucket_names, one_ladder
from app.services.reports.look import Portfolio
from app.services.reports.rows import add_to
from app.storage.reports import now, points, postings, report_days, rolled, rollups
from app.storage.reports.rollups import Moved

_DAY = timedelta(days=1)
#: What ages at the ends of months answer by shipped bands, too.
_AGED = ("aging", "portfolio", "aging-items", "cei", "dso")
_OF_A_DAY = {"aging": aging_entries, "portfolio": portfolio_entries}


async def answered(ctx: Context, definition: Definition, asked: Question) -> Portfolio | None:
    """What a report adds up, of any number of accounts; None: the facts must be asked."""
    aged = definition.name in _AGED and asked.as_of < ctx.business_date
    if not asked.booked or (asked.standard and not aged):
        return None
    if asked.as_of >= ctx.business_date:
        now = await _now(ctx, definition, asked) if definition.name in _OF_A_DAY else None
        return now if now is not None and _comes_to(now, definition, asked) else None
    answer = _ANSWERS.get(definition.name)
    if answer is None:
        return None
    span = min(asked.begins, asked.as_of) - _DAY, max(asked.ends, asked.as_of)
    made = await report_days.as_made(ctx.tx, *span)
    found = await answer(ctx, definition, asked)
    if found is None or made != await report_days.as_made(ctx.tx, *span):
        return None
    return found if _comes_to(found, definition, asked) else None


def _comes_to(found: Portfolio, definition: Definition, asked: Question) -> bool:
    """Whether a part of the accounts comes to the ledger's: else one of them was of another.

    A placement corrected since has its old product in days kept before. The facts know of each.
    """
    if definition.owed is None or {*asked.filters} <= {"currency"}:
        return True
    sums: dict[str, int] = {}
    for one in found.entries:
        currency = str(one.currency)
        sums[currency] = sums.get(currency, 0) + one.adds.get(definition.owed.column, 0)
    both = {*sums, *found.ledger}
    return all(sums.get(one, 0) == found.ledger.get(one, 0) for one in both)


async def _of_a_day(ctx: Context, definition: Definition, asked: Question) -> Portfolio | None:
    if {*asked.by, *asked.filters} - {*DIMENSIONS}:
        return None
    if await report_days.kept_day(ctx.tx, asked.as_of) is None:
        return None
    if asked.standard:
        aged = await _ages(ctx, asked, groups_of(asked))
        if aged is None:
            return None
        sums = {key: cell for key, cell in aged.items() if cell["accounts"]}  # of who owes
    else:
        sums = await rollups.summed(ctx.tx, asked.as_of, groups_of(asked), asked.filters)
    entries = tuple(_OF_A_DAY[definition.name](sums, asked))
    return Portfolio(entries=entries, ledger=await _ledger(ctx, asked, entries), provisional=False)


async def _ages(
    ctx: Context, asked: Question, groups: tuple[str, ...]
) -> dict[Key, dict[str, int]] | None:
    """How old what is owed was at the end of a month, by groups; None: it is not kept."""
    if not await points.kept(ctx.tx, asked.as_of):
        return None
    columns = columns_of_ages(groups, standard=asked.standard)
    names = columns_of_ages(asked.filters, standard=asked.standard)
    narrowed = dict(zip(names, asked.filters.values(), strict=True))
    return await points.summed(ctx.tx, points.AGES, asked.as_of, columns, narrowed)


async def _by_item(ctx: Context, _: Definition, asked: Question) -> Portfolio | None:
    """At the end of a month whose ages are kept."""
    if {*asked.by, *asked.filters} - {*DIMENSIONS}:
        return None
    sums = await _ages(ctx, asked, ("currency", *asked.by))
    if sums is None:
        return None
    entries = tuple(item_entries(sums))
    return Portfolio(entries=entries, ledger=await _ledger(ctx, asked, entries), provisional=False)


async def _receipts(ctx: Context, _: Definition, asked: Question) -> Portfolio | None:
    """Up to the end of a month whose ages are kept, each day of the span kept."""
    groups = ("currency", *asked.by)
    before, ends = asked.begins - _DAY, asked.ends
    if {*groups, *asked.filters} - {*LASTING}:
        return None
    kept = await report_days.kept_days(ctx.tx, before, ends)
    if len(kept) != (ends - before).days + 1:
        return None
    ages = await _ages(ctx, asked, groups)
    if ages is None:
        return None
    opening = await rollups.booked(ctx.tx, before, groups, asked.filters)
    closing = await rollups.booked(ctx.tx, ends, groups, asked.filters)
    added: dict[Key, dict[str, int]] = {}
    begins, posted = asked.begins, list[Moved]()
    while begins <= ends:
        last = min(ends, months_later(begins.replace(day=1), 1) - _DAY)
        for one in await rollups.posted_between(ctx.tx, begins, last, groups, asked.filters):
            posted.append(one)
            if one.kind in ADDITIONS:
                months = added.setdefault(one.key, {})
                months[f"{last:%Y-%m}"] = months.get(f"{last:%Y-%m}", 0) + _minor(one)
        begins = last + _DAY
    if not _goes_on((*opening, *posted), closing):
        return None
    entries = receipt_entries(ages, _owed(opening), added, _owed(closing))
    booked = await rollups.booked(ctx.tx, ends, ("currency",), asked.filters)
    ledger = {str(key[0]): minor for key, minor in _owed(booked).items()}
    return Portfolio(entries=tuple(entries), ledger=ledger, provisional=False)


def _goes_on(moved: Iterable[Moved], closing: Iterable[Moved]) -> bool:
    """Whether each group closes with what it opened with and was moved: nobody changed his."""
    left: dict[tuple[Key, str], int] = {}
    for sign, of in ((1, moved), (-1, closing)):
        for one in of:
            for name, minor in one.amounts.items():
                left[one.key, name] = left.get((one.key, name), 0) + sign * minor
    return not any(left.values())


def _owed(booked: Iterable[Moved]) -> dict[Key, int]:
    return {one.key: _minor(one) for one in booked}


def _minor(one: Moved) -> int:
    return sum(one.amounts.values())


async def _now(ctx: Context, definition: Definition, asked: Question) -> Portfolio | None:
    """On the business date, once its day was opened for every account: of their rows."""
    if (
        asked.standard
        or {*asked.by, *asked.filters} - {*DIMENSIONS}
        or {*asked.filters} - {*LASTING[:-1]}
    ):
        return None
    since = await report_days.last_kept(ctx.tx, asked.as_of)
    if since is None:
        return None
    booked = await rollups.booked(ctx.tx, since, ("currency",), asked.filters)
    found = await now.stand_now(
        ctx.tx, asked.as_of, groups_of(asked), asked.filters, since=since, of=figures_of(asked)
    )
    if found.others:
        return None
    ledger = {str(one.key[0]): sum(one.amounts.values()) for one in booked}
    for currency, minor in found.posted.items():
        ledger[currency] = ledger.get(currency, 0) + minor
    entries = tuple(_OF_A_DAY[definition.name](found.sums, asked))
    return Portfolio(entries=entries, ledger=ledger, provisional=True)


async def _ledger(ctx: Context, asked: Question, entries: tuple[Entry, ...]) -> Mapping[str, int]:
    """What was booked; of a part that the ledger cannot tell, less what all others owe."""
    lasting = {name: value for name, value in asked.filters.items() if name in LASTING}
    booked = await rollups.booked(ctx.tx, asked.as_of, ("currency",), lasting)
    ledger = {str(one.key[0]): sum(one.amounts.values()) for one in booked}
    if lasting != asked.filters:
        whole = await rollups.summed(ctx.tx, asked.as_of, ("currency",), lasting)
        for (currency,), cell in whole.items():
            ledger[str(currency)] -= sum(cell[one] for one in COMPONENTS)
        for one in entries:
            ledger[str(one.currency)] += one.adds["balance_minor"]
    return ledger


async def _of_two(ctx: Context, definition: Definition, asked: Question) -> Portfolio | None:
    """Of the ends of two months that follow each other: what ended a lateness between is kept."""
    if (
        asked.standard
        or {*asked.by, *asked.filters} - {*DIMENSIONS}
        or {*asked.filters} - {*LASTING}
    ):
        return None
    kept = await report_days.kept_day(ctx.tx, asked.ends)
    if kept is None or kept.causes_since_on != asked.begins or not await one_ladder(ctx):
        return None
    if await report_days.kept_day(ctx.tx, asked.begins) is None:
        return None
    groups = ("currency", *(one for one in asked.by if one not in ("currency", "bucket")))
    ways = [
        Way(dict(zip(groups, one.key, strict=True)), one.start, one.start_bucket, one.end,
            one.cured, Cause(one.cause) if one.cause else None, one.accounts, one.opening_minor,
            one.closing_minor)
        for one in await rolled.rolled(ctx.tx, asked.begins, asked.ends, groups, asked.filters)
    ]  # fmt: skip
    entries = (
        roll_entries(ways, asked, await bucket_names(ctx))
        if definition.name == "roll"
        else cure_entries(ways, asked)
    )
    booked = await rollups.booked(ctx.tx, asked.begins, ("currency",), asked.filters)
    ledger = {str(one.key[0]): sum(one.amounts.values()) for one in booked}
    if definition.name == "cures":  # it tells of who was late alone
        for way in ways:
            if way.start is not None and way.start_bucket in {None, CURRENT}:
                add_to(ledger, {str(way.named["currency"]): -way.opening_minor})
    return Portfolio(entries=tuple(entries), ledger=ledger, provisional=False)


async def _of_cohorts(ctx: Context, _: Definition, asked: Question) -> Portfolio | None:
    """Of whole months' cohorts, at the end of a month whose points are kept."""
    columns, cohorts = columns_of(asked), cohorts_of(asked)
    own = CURVES[asked.report].own
    if (
        asked.standard
        or cohorts is None
        or {*asked.by} - {*DIMENSIONS, *own}
        or {*asked.filters} - {*DIMENSIONS}
    ):
        return None
    if not await points.kept(ctx.tx, asked.as_of):
        return None
    narrowed = {**asked.filters, "curve": asked.report}
    sums = await points.summed(
        ctx.tx, points.POINTS, asked.as_of, tuple(columns.values()), narrowed, cohorts=cohorts
    )
    entries = tuple(curve_entries(sums, asked))
    sides = curve_sides(sums, asked)
    return Portfolio(entries=entries, ledger={}, provisional=False, sides=sides)


async def _flow(ctx: Context, _: Definition, asked: Question) -> Portfolio | None:
    groups = _flow_groups(asked)
    if {*groups, *asked.filters} - {*LASTING}:
        return None
    before, ends = asked.begins - _DAY, asked.ends
    kept = await report_days.kept_days(ctx.tx, before, ends)
    if not {before, ends} <= {*kept}:
        return None
    every = len(kept) == (ends - before).days + 1
    posted = rollups.posted_between if every else rollups.posted_in
    moved = [
        *await rollups.booked(ctx.tx, before, groups, asked.filters),
        *await posted(ctx.tx, asked.begins, ends, groups, asked.filters),
    ]
    if not _goes_on(moved, await rollups.booked(ctx.tx, ends, groups, asked.filters)):
        return None
    entries = tuple(one for each in moved for one in _moved(each, groups, asked))
    booked = await rollups.booked(ctx.tx, asked.ends, ("currency",), asked.filters)
    ledger = {str(one.key[0]): sum(one.amounts.values()) for one in booked}
    return Portfolio(entries=entries, ledger=ledger, provisional=False)


def _moved(one: Moved, groups: tuple[str, ...], asked: Question) -> list[Entry]:
    """What was moved of each component: into the opening, or by its kind."""
    named = dict(zip(groups, one.key, strict=True))
    into = "opening_minor" if one.kind is None else f"{one.kind}_minor"
    return [
        Entry(
            id=OF_MANY,
            currency=str(named["currency"]),
            key=tuple({**named, "component": component.value}[name] for name in asked.by),
            adds={into: minor, "closing_minor": minor},
            accounts=0,
        )
        for component in Component
        if (minor := one.amounts[f"{component}_minor"])
    ]


async def whose(ctx: Context, asked: Question, ids: Sequence[UUID]) -> Mapping[Key, int]:
    """Of how many of these accounts each row and total of a flow is that kept sums answered."""
    groups = _flow_groups(asked)
    found: dict[Key, int] = {}
    for one in await postings.movers(
        ctx.tx, ids, from_on=asked.begins, to_on=asked.ends, groups=groups, filters=asked.filters
    ):
        named = dict(zip(groups, one.key, strict=True))
        for component, number in one.components.items():
            of = {**named, "component": component}
            key = (of["currency"], *(of[name] for name in asked.by))
            found[key] = found.get(key, 0) + number
        total = (named["currency"],)
        found[total] = found.get(total, 0) + one.any
    return found


def _flow_groups(asked: Question) -> tuple[str, ...]:
    return ("currency", *(one for one in asked.by if one != "component"))


_ANSWERS: Mapping[str, Callable[[Context, Definition, Question], Awaitable[Portfolio | None]]] = {
    "aging-items": _by_item,
    **dict.fromkeys(("cei", "dso"), _receipts),
    **dict.fromkeys(_OF_A_DAY, _of_a_day),
    **dict.fromkeys(("roll", "cures"), _of_two),
    **dict.fromkeys(CURVES, _of_cohorts),
    "flow": _flow,
}
