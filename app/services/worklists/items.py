"""Items as one looks at them: in working order, explained, and what the gate says of each.

Accounts with days still to close are judged in memory first, as everywhere; so a list is right on
a day on which nothing was swept, and says so where too many are behind.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from app.domain.contact.known import Asked as AskedOfGate
from app.domain.contact.known import Wording
from app.domain.contact.words import Channel, Purpose
from app.domain.errors import InvalidInput
from app.domain.values import replace
from app.domain.worklists.books import in_books
from app.domain.worklists.lists import Worklist
from app.domain.worklists.order import Item, Waiting, waiting
from app.domain.worklists.score import Points, Standing, WorkReason, because
from app.domain.worklists.suggest import Suggestion, suggested
from app.services.contacts.facts import facts_of_many
from app.services.contacts.gate import Judged as JudgedContact
from app.services.contacts.gate import channels_of
from app.services.context import Context
from app.services.judging import Judged, judge_behind
from app.services.worklists.lists import item_of
from app.storage import approvals
from app.storage.accounts import accounts
from app.storage.accounts.narrowing import narrowed
from app.storage.worklists import find as found_items
from app.storage.worklists import items, reasons
from app.storage.worklists.find import Asked, FoundItem
from app.storage.worklists.items import LastContact

#: How far ahead a list may be looked at.
MAX_AHEAD_DAYS = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """An account on a list, why, and whether it can be worked now.

    `contactability`: the list's channels, the one to use first first; empty where it has none.
    """

    id: UUID
    worklist: Worklist
    found: FoundItem
    person_id: UUID | None
    because: tuple[Points, ...]
    waiting: Waiting | None
    contactability: tuple[tuple[Channel, JudgedContact], ...]
    suggested: tuple[Suggestion, ...]
    last_contact: LastContact | None
    waiting_kind: str | None = None  # of what waits for approval
    language: str | None = None

    @property
    def allowed(self) -> bool:
        """Whether the gate lets one of the list's channels through now, if any is asked."""
        nobody = not self.worklist.channels or self.found.stray  # is reached by working it
        return nobody or any(judged.decision.allowed for _, judged in self.contactability)

    @property
    def next_allowed_at(self) -> datetime | None:
        """When the gate lets the first of the list's channels through; None: nobody knows."""
        times = [judged.decision.next_allowed_at for _, judged in self.contactability]
        return min((one for one in times if one is not None), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsPage:
    """Items in working order, the place to go on from, and how far the days are judged."""

    items: list[ItemView]
    next_place: tuple[int, int, int, date, int, str] | None
    judged: Judged


async def find_items(
    ctx: Context,
    worklist: Worklist,
    *,
    as_of: date | None,
    workable: bool | None,
    after: tuple[int, int, int, date, int, str] | None,
    limit: int,
) -> ItemsPage:
    """A page of a list. `workable`: only those that can, or cannot, be worked now.

    A page may hold fewer than asked for where the gate decides which; `next_place` goes on.
    Raises `InvalidInput` for a day before the business date, or too far ahead.
    """
    today = as_of or ctx.business_date
    latest = ctx.business_date + timedelta(days=MAX_AHEAD_DAYS)
    if not ctx.business_date <= today <= latest:
        raise InvalidInput.at("?as_of", f"must lie from {ctx.business_date} to {latest}")
    asked, judged = await asked_of(ctx, today)
    # What the gate forbade is asked about anew: what somebody was kept from may be worked by now.
    wanted = replace(asked, after=after, offered=workable or None, gate_too=False)
    found = await found_items.find(ctx.tx, worklist, wanted, limit=limit + 1)
    views = await views_of(ctx, worklist, found[:limit], today=today, at=asked.now)
    if workable is not None:
        views = [one for one in views if (one.waiting is None) is workable]
    place = found[limit - 1].place if len(found) > limit else None
    return ItemsPage(items=views, next_place=place, judged=judged)


async def asked_of(
    ctx: Context, today: date | None = None, *, only: UUID | None = None
) -> tuple[Asked, Judged]:
    """What a list is asked for, and the accounts that were judged for it in memory.

    `today`: as it will be on that day at this hour, if nothing else happens; None: now. `only`: of
    one account alone.
    """
    on = today or ctx.business_date
    wanted = () if only is None else narrowed(account_id=only)
    judged = await judge_behind(replace(ctx, business_date=on), wanted)
    behind = [
        {
            **reasons.row_of(
                one.account.id, one.account.reference, in_books(one.state, one.policies)
            ),
            "bucket": one.state.bucket,
        }
        for one in judged.readings.values()
    ]
    asked = Asked(
        today=on,
        now=_at_this_hour(ctx, on),
        time_zone=ctx.time_zone,
        behind=behind,
        only=None if only is None else (only,),
    )
    return asked, judged


def _at_this_hour(ctx: Context, on: date) -> datetime:
    """The instant at which the tenant's clocks show on that day what they show now."""
    if on == ctx.business_date:
        return ctx.instant
    zone = ZoneInfo(ctx.time_zone)
    clock = ctx.instant.astimezone(zone).time()
    return datetime.combine(on, clock, zone).astimezone(UTC)


async def view_item(ctx: Context, worklist: Worklist, about_id: UUID) -> ItemView | None:
    """One item as it stands now; None where no reason for it stands.

    `about_id`: its account's, or that of a message about none.
    """
    asked, _ = await asked_of(ctx, only=about_id)
    found = await found_items.find(ctx.tx, worklist, asked, limit=1)
    views = await views_of(ctx, worklist, found, today=ctx.business_date)
    return views[0] if views else None


async def views_of(
    ctx: Context,
    worklist: Worklist,
    found: Sequence[FoundItem],
    *,
    today: date,
    at: datetime | None = None,
) -> list[ItemView]:
    """Items explained, with what the gate says of each; a bounded number of statements.

    `at`: the instant of the gate, and of what waits until one; None: now.
    """
    at = at or ctx.instant
    ids = [one.account_id for one in found]
    stored = await accounts.read_many(ctx.tx, ids)
    gated = await _gated(ctx, worklist, [stored[one] for one in ids if one in stored], at)
    contacts_ = await items.last_contacts(ctx.tx, ids)
    asked_for = {
        one.account_id: one.subjects[WorkReason.APPROVAL_WAITING]
        for one in found
        if WorkReason.APPROVAL_WAITING in one.subjects
    }
    kinds = await approvals.kinds_of(ctx.tx, asked_for.values())
    views = list[ItemView]()
    for one in (_without_lapsed(each, at) for each in found):
        account = stored.get(one.account_id)
        channels, language = gated.get(one.account_id, ((), None))
        view = ItemView(
            id=item_of(worklist.name, one.account_id),
            worklist=worklist,
            found=one,
            person_id=account.debtor_id if account else one.sender_id,
            because=because_of(ctx, worklist, one, today),
            waiting=None,
            contactability=channels,
            suggested=(),
            last_contact=contacts_.get(one.account_id),
            waiting_kind=kinds.get(asked_for.get(one.account_id, one.account_id)),
            language=language,
        )
        allowed = [channel for channel, judged in channels if judged.decision.allowed]
        said = [points.code for points in view.because]
        views.append(
            replace(
                view,
                waiting=waiting(_item(view), at),
                suggested=suggested(said, allowed),
            )
        )
    return views


def _without_lapsed(one: FoundItem, at: datetime) -> FoundItem:
    """A claim lapses by itself: nobody has the item any more, whoever had it last."""
    if one.claimed_until_at is None or one.claimed_until_at > at:
        return one
    return replace(one, claimed_by=None, claimed_until_at=None)


def because_of(ctx: Context, worklist: Worklist, one: FoundItem, today: date) -> tuple[Points, ...]:
    """Why it is worked, as the domain explains it."""
    standing = [Standing(reason=reason, on=on) for reason, on in one.since.items()]
    if not standing and one.callback_at is not None:
        called_on = one.callback_at.astimezone(ZoneInfo(ctx.time_zone)).date()
        standing = [Standing(reason=WorkReason.CALLBACK, on=called_on)]
    return because(
        standing,
        overdue_minor=one.overdue_minor,
        today=today,
        weights=worklist.reasons,
        per_amount_minor=worklist.per_amount_minor,
        amount_cap=worklist.amount_cap,
    )


def _item(view: ItemView) -> Item:
    """As the order reads it."""
    one = view.found
    return Item(
        account=one.reference,
        because=view.because,
        overdue_minor=one.overdue_minor,
        callback_at=one.callback_at,
        claimed_until_at=one.claimed_until_at,
        skipped_until_at=one.skipped_until_at,
        allowed=view.allowed,
        next_allowed_at=view.next_allowed_at,
    )


async def _gated(
    ctx: Context, worklist: Worklist, stored: Sequence[accounts.StoredAccount], at: datetime
) -> dict[UUID, tuple[tuple[tuple[Channel, JudgedContact], ...], str | None]]:
    """By account what the gate says of each of the list's channels, and the person's language."""
    if not worklist.channels or not stored:
        return {}
    known = await facts_of_many(ctx, stored, at)
    asked = AskedOfGate(
        at=at,
        channel=worklist.channels[0],
        purpose=Purpose.COLLECTION,
        wording=Wording(opt_out_notice=True),
    )
    only: Collection[Channel] = worklist.channels
    return {
        account_id: (tuple(channels_of(found, asked, only)), found.person.language)
        for account_id, found in known.items()
    }
