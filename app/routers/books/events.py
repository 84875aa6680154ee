"""The feed of everything that happened."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput
from app.domain.refusals.commands import FeedRestored
from app.routers.edge.deps import CanFollowEvents
from app.routers.edge.pages import DEFAULT_LIMIT, Keyset, Limit, Long
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.edge.waiting import MOST_SECONDS, Waiters
from app.schemas.edge.ids import AccountId
from app.schemas.events.catalog import EventPage
from app.schemas.events.told import EventTold
from app.services.books import events
from app.services.books.events import Position, PutBack, RecordedEvent

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=Operation)

#: epoch, transaction, account, sequence; and the epoch in which the cursor was given
FEED = Keyset("events", int, Long, UUID, int, int, parameter="after")
#: As cursors were before they said that.
OLD_FEED = Keyset("events", int, Long, UUID, int, parameter="after")

After = Annotated[
    str | None,
    Query(max_length=500, description="`next_cursor` of the answer before; none: from the start."),
]
_TYPES = tuple(one.value for one in EventType)
Wait = Annotated[
    int,
    Query(
        ge=0,
        le=MOST_SECONDS,
        description="Where there is nothing new: answer as soon as there is, or after so many "
        "seconds.",
    ),
]
Found = tuple[tuple[RecordedEvent, ...], Position, int]
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
    response_model=EventPage,
    responses=problems(FeedRestored),
)
async def read_feed(
    request: Request,
    opens: CanFollowEvents,
    *,
    after: After = None,
    types: Types = None,
    account_id: Annotated[AccountId | None, Query(description="Only this account's.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    wait: Wait = 0,
) -> Response:
    """Everything that changed, in an order that never rearranges.

    Keep `next_cursor` and ask again with it as `after`, for ever; it is never null, and an empty
    page means nothing new. An event appears once its transaction,
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
    (position, given_in), wanted = _place(after), _types(types)

    async def look() -> Found:
        async with opens() as ctx:
            return await events.feed(
                ctx,
                after=position,
                given_in=given_in,
                types=wanted,
                account_id=account_id,
                limit=limit,
            )

    waiters: Waiters = request.scope["state"]["waiters"]
    try:
        found, stands, epoch = await waiters.until(
            request, look, enough=lambda page: bool(page[0]), seconds=wait
        )
    except PutBack as put_back:
        kept, epoch = put_back.kept, put_back.epoch
        raise FeedRestored(restart_after=FEED.write(*kept, epoch) if kept else None) from None
    shown = [EventTold.model_validate(event) for event in found]
    return answer({"data": shown, "next_cursor": FEED.write(*stands, epoch)})


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
    named = tuple(one.strip() for one in text.split(",")) if text is not None else ()
    unknown = [one for one in named if one not in _TYPES]
    if unknown:
        raise InvalidInput.at("?types", _unknown_type(unknown[0]))
    return tuple(map(EventType, named))


def _unknown_type(named: str) -> str:
    """What there is of the same noun, or else the nouns: all types would not fit."""
    noun = named.partition(".")[0]
    akin = [one for one in _TYPES if one.startswith(f"{noun}.")]
    nouns = dict.fromkeys(f"{one.partition('.')[0]}.…" for one in _TYPES)
    return f"{named[:60]!r} is no type of event; there are: {', '.join(akin or nouns)}"
