"""Re-ages as a listing, with the examiner's figures by month."""

from collections.abc import Mapping
from datetime import date

from app.domain.overview.question import Question
from app.domain.overview.table import Key, Row, count, money
from app.domain.reporting.reages import SPANS, figures
from app.domain.reports.books import Basis
from app.services.context import Context
from app.services.listings.listing import Listing, Outside, Page, Reading
from app.services.reages import report as re_ages
from app.services.reages.report import Reported

_PAGE = 500
_WORDS = (
    "id", "account_id", "plan_id", "kind", "effective_on", "actor", "overridden", "undone_on",
    "flagged_on", "flagged_because", "defaulted_on",
)  # fmt: skip
_MOVED = money("moved_minor", "Principal moved")
_WITHIN = tuple(f"re_defaults_{months}" for months in SPANS)
_SUMMARY = (
    count("granted", "Granted"),
    count("of_plans", "Of plans"),
    count("of_accounts", "Of an account's own clock"),
    count("standard", "Standard"),
    count("workout", "Workout"),
    count("overridden", "Overridden"),
    count("undone", "Undone"),
    count("flagged", "Of those that stand, flagged"),
    money("moved_minor", "Moved by those that stand"),
    *(
        count(name, f"Late again within {months} months, of those that stand")
        for name, months in zip(_WITHIN, SPANS, strict=True)
    ),
)


async def _read(ctx: Context, of: Reading) -> Page:
    since, until = of.question.begins, of.question.ends
    found = await re_ages.page_of(ctx, since=since, until=until, after=of.after, limit=_PAGE)
    last = found[-1].stored if len(found) == _PAGE else None
    refused, reasons = (
        await re_ages.refusals(ctx, since=since, until=until) if of.after is None else (0, ())
    )
    said = ", ".join(f"{reason} {number}" for reason, number in reasons)
    return Page(
        rows=tuple(_row(one, of.outside) for one in found),
        things=len(found),
        sums=tuple(map(_summed, found)),
        after=(last.business_date, last.id) if last else None,
        notes=(f"Refused: {refused} ({said}).",) if refused else (),
    )


def _row(one: Reported, outside: Outside) -> Row:
    stored, grant, override = one.stored, one.grant, one.body.override
    because = one.flag.payment_id if one.flag else None
    words = (
        outside.shown("re_age", stored.id),
        outside.shown("account", stored.account_id),
        outside.shown("plan", stored.plan_id) or None,
        str(one.body.re_age),
        _day(stored.effective_on),
        stored.actor,
        " ".join(override.failed) if override else None,
        _day(grant.undone_on),
        _day(grant.flagged_on),
        outside.shown("payment", because) or None,
        _day(grant.defaulted_on),
    )
    return Row(key=(stored.currency, *words), cells={"moved_minor": grant.moved_minor})


def _day(on: date | None) -> str | None:
    return None if on is None else on.isoformat()


def _summed(one: Reported) -> tuple[Key, Mapping[str, int]]:
    """A re-age's part of the examiner's figures."""
    found = figures([one.grant])
    adds = {each.name: getattr(found, each.name, 0) for each in _SUMMARY}
    within = {f"re_defaults_{months}": number for months, number in found.re_defaults}
    return (one.stored.currency, f"{one.stored.effective_on:%Y-%m}"), {**adds, **within}


async def _number(ctx: Context, asked: Question, limit: int) -> int:
    return await re_ages.number(ctx, since=asked.begins, until=asked.ends, limit=limit)


RE_AGES = Listing(
    name="re-ages", title="Re-ages", what="What an examiner asks of re-ages.",
    basis=Basis.RESTATED, scope="plans:read",
    names=(*_WORDS[:6], "moved_minor", *_WORDS[6:]),
    words=_WORDS, columns=(_MOVED,), lead=("id",), summary_by=("month",), summary_columns=_SUMMARY,
    chart="granted", of_year=True, read=_read, number=_number,
)  # fmt: skip
