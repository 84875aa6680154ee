"""The feed of everything that happened."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput
from app.domain.refusals.commands import FeedRestored
from app.routers.edge.deps import CanReadEvents
from app.routers.edge.pages import DEFAULT_LIMIT, Keyset, Limit, Long
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation
from app.schemas.books.events import EventRead
from app.schemas.edge.types import AccountId, Page
from app.services.books import events
from app.services.books.events import Position, PutBack

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=Operation)

#: epoch, transaction, account, sequence; and the epoch in which the cursor was given
FEED = Keyset("events", int, Long, UUID, int, int, parameter="after")
#: As cursors were before they said that.
OLD_FEED = Keyset("events", int, Long, UUID, int, parameter="after")

After = Annotated[
    str | None,
    Query(max_length=500, description="`next_cursor` of the answer before; none: from the start."),
]
Types = Annotated[
    str | None,
    Query(
        max_length=2000,
        description="Only these types, separated by commas.",
        examples=["payment.posted,payment.reversed"],
    ),
]


@router.get(
    "",
    summary="Read the event feed",
    response_model=Page[EventRead],
    responses=problems(FeedRestored),
)
async def read_feed(
    ctx: CanReadEvents,
    after: After = None,
    types: Types = None,
    account_id: Annotated[AccountId | None, Query(description="Only this account's.")] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, object]:
    """Everything that changed, in an order that never rearranges.

    Keep `next_cursor` and ask again with it as `after`, for ever; it is null only while nothing
    has happened yet, and an empty page means nothing new. An event appears once its transaction,
    and all that began before it, have ended, so what commits late is never passed over. After a
    crash on your side you may read some events again (*at least once*): their `id` tells.
    Events of one account come in order of `sequence`. If the database was put back to an earlier
    state and what you read was lost with it, the answer is 409 `feed-restored`, which says where
    to go on.

    What was judged and no longer holds is told again by an event of the same type that `corrects`
    it, with what was said before and what is true now (`after` null: no longer so).
    `account.substandard` and `account.charge_off_due` only advise: they tell the 90th past-due day
    and the month-end by which the loss should be booked, once for each time the account is late.
    """
    position, given_in = _place(after)
    try:
        found, stands, epoch = await events.feed(
            ctx,
            after=position,
            given_in=given_in,
            types=_types(types),
            account_id=account_id,
            limit=limit,
        )
    except PutBack as put_back:
        kept, epoch = put_back.kept, put_back.epoch
        raise FeedRestored(restart_after=FEED.write(*kept, epoch) if kept else None) from None
    return {"data": found, "next_cursor": FEED.write(*stands, epoch) if stands else None}


def _place(after: str | None) -> tuple[Position | None, int]:
    """Where a reader stands, and in which epoch that was given."""
    try:
        key = FEED.read(after)
    except InvalidInput:
        key = OLD_FEED.read(after)
    if key is None:
        return None, 0
    return Position(*key[:4]), key[4] if len(key) > len(Position._fields) else key[0]


def _types(text: str | None) -> tuple[EventType, ...]:
    try:
        return tuple(EventType(one.strip()) for one in text.split(",")) if text else ()
    except ValueError as error:
        raise InvalidInput.at("?types", "should be event types separated by commas") from error
