"""A listing made: within a request as far as one may read, at the command line, or as a run."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from app.domain.overview.question import Asked, Question
from app.domain.overview.runs import ReportFormat, told_of
from app.domain.overview.table import Report
from app.domain.refusals.reports import ReportTooLarge
from app.services.context import Context
from app.services.listings.files import Writer, writer_of
from app.services.listings.journal import JOURNAL
from app.services.listings.listing import (
    MOST_ROWS,
    MOST_THINGS,
    Built,
    Listing,
    Outside,
    Page,
    Reading,
)
from app.services.listings.reages import RE_AGES
from app.services.listings.settlements import SETTLEMENTS
from app.services.reports.files import sheet_of
from app.services.reports.runs import Kept, Running
from app.services.threads import apart
from app.storage.reports.runs import StoredRun

LISTINGS: Final[Mapping[str, Listing]] = {one.name: one for one in (JOURNAL, RE_AGES, SETTLEMENTS)}
_NARROW: Final = "from and to"
_IN_MEMORY: Final = 8_000_000
#: How a transaction of one's own is begun, for each page.
Opened = Callable[[], AbstractAsyncContextManager[Context]]
#: Told how many things are listed; False: it is to go on no further.
Noted = Callable[[Context, int], Awaitable[bool]]


class CalledOff(Exception):
    """Nobody wants it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a listing comes to, with the rows that were held."""

    report: Report
    summary: Report


async def listed(ctx: Context, listing: Listing, asked: Question, outside: Outside) -> Done:
    """It without a file. Raises `ReportTooLarge` where it is more than a request may list."""
    await _bounded(ctx, listing, asked)
    return await _made(lambda: nullcontext(ctx), listing, asked, outside, most=MOST_ROWS)


async def listed_file(
    ctx: Context, listing: Listing, asked: Question, form: ReportFormat, outside: Outside
) -> tuple[Report, bytes]:
    """It and its file. Raises as `listed`, and `CannotDraw` where a page cannot be drawn."""
    await _bounded(ctx, listing, asked)
    with _temporary() as file:
        done = await into_file(
            lambda: nullcontext(ctx), listing, asked, (form, file), outside, most=MOST_ROWS
        )
        file.seek(0)
        return done.report, file.read()


async def _bounded(ctx: Context, listing: Listing, asked: Question) -> None:
    if await listing.number(ctx, asked, MOST_THINGS + 1) > MOST_THINGS:
        raise ReportTooLarge(limit=MOST_THINGS, what=f"rows of {listing.name}", narrow=_NARROW)


async def into_file(
    opened: Opened, listing: Listing, asked: Question, into: tuple[ReportFormat, BinaryIO] | None,
    outside: Outside, *, most: int | None = None, noted: Noted | None = None,
    called: str | None = None,
) -> Done:  # fmt: skip
    """Write it, a page at a time; or only sum it. `most`: rows, None: all there are.

    Raises `CalledOff`, `ReportTooLarge`, `CannotDraw`.
    """
    writer = None
    if into is not None:
        async with opened() as ctx:
            head = Built(listing, asked).report(business_date=ctx.business_date)
            writer = writer_of(*into, listing, head, sheet=sheet_of(ctx), generated_at=ctx.instant)
    return await _made(
        opened, listing, asked, outside, most=most, noted=noted, writer=writer, called=called
    )


async def _made(
    opened: Opened, listing: Listing, asked: Question, outside: Outside, *, most: int | None,
    noted: Noted | None = None, writer: Writer | None = None, called: str | None = None,
) -> Done:  # fmt: skip
    built, things, after = Built(listing, asked), 0, None
    while True:
        async with opened() as ctx:
            if noted is not None and not await noted(ctx, things):
                raise CalledOff
            page = await listing.read(ctx, Reading(asked, outside, after))
        if most is not None and built.rows + len(page.rows) > most:
            raise ReportTooLarge(limit=most, what=f"rows of {listing.name}", narrow=_NARROW)

        def work(page: Page = page) -> None:
            built.add(page)
            if writer is not None:
                writer.add(page.rows)

        await apart(ctx, work, size=len(page.rows))
        if page.after is None:
            break
        things, after = things + page.things, page.after
    report = built.report(business_date=ctx.business_date, run_id=called)
    done = Done(report=report, summary=built.summary(report))
    if writer is not None:
        ending = writer
        await apart(
            ctx, lambda: ending.end(done.report, done.summary, listing.chart), size=built.rows
        )
    return done


def _temporary() -> BinaryIO:
    return cast("BinaryIO", SpooledTemporaryFile(max_size=_IN_MEMORY))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listings:
    """The listings as runs make them: `reports.runs.Listed`."""

    outside: Outside

    def has(self, name: str) -> bool:
        """Whether a report of that name is one of them."""
        return name in LISTINGS

    def asked(self, name: str, asked: Asked, ctx: Context) -> Question:
        """Its question with its defaults. Raises `InvalidInput`."""
        return LISTINGS[name].asked(asked, ctx.business_date)

    async def again(self, ctx: Context, run: StoredRun) -> Report:
        """What a run's question comes to now. Raises `ReportTooLarge`."""
        listing = LISTINGS[run.report]
        done = await listed(ctx, listing, listing.asked_again(run.parameters), self.outside)
        return done.report

    async def make(self, running: Running, run: StoredRun) -> Kept | None:
        """The run's file and what is kept of it; None: it was cancelled."""
        listing = LISTINGS[run.report]
        asked = listing.asked_again(run.parameters)
        async with running.opened() as ctx:
            number = await listing.number(ctx, asked, MOST_ROWS + 1)
        if number > MOST_ROWS:
            raise ReportTooLarge(limit=MOST_ROWS, what=f"rows of {listing.name}", narrow=_NARROW)

        async def noted(ctx: Context, things: int) -> bool:
            return await running.goes_on(ctx, things, number)

        with _temporary() as file:
            try:
                done = await into_file(
                    running.opened, listing, asked, (ReportFormat(run.form), file), self.outside,
                    most=MOST_ROWS, noted=noted, called=running.called,
                )  # fmt: skip
            except CalledOff:
                return None
            file.seek(0)
            return Kept(hash=done.report.hash, told=told_of(done.report), content=file.read())
