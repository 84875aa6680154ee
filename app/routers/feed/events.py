"""The feed of everything that happened."""

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.domain.contact.words import ExternalKind
from app.domain.entries.events import EventType
from app.domain.errors import InvalidInput
from app.domain.refusals.commands import FeedRestored
from app.routers.accounts.accounts import account_read
from app.routers.books.feed_places import FEED, place_of
from app.routers.contacts.contacts import contact_read
from app.routers.edge.deps import CanFollowEvents
from app.routers.edge.pages import DEFAULT_LIMIT, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.edge.waiting import MOST_SECONDS, Waiters
from app.routers.persons.persons import person_read
from app.schemas.edge.ids import AccountId
from app.schemas.events.told import EventTold
from app.schemas.feed.feed import EventPage, ExpandedRead
from app.services.books import events
from app.services.books.events import Position, PutBack, RecordedEvent
from app.services.context import Context
from app.services.feed.expand import expand_events
from app.services.persons.persons import PersonView
from app.services.tenancy.authentication import permit

router = APIRouter(prefix="/v1/events", tags=["events"], route_class=Operation)

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
Found = tuple[tuple[RecordedEvent, ...], Position, int, ExpandedRead | None]
Types = Annotated[
    str | None,
    Query(
        max_length=2000,
        description="Only these types, separated by commas.",
        examples=["payment.posted,payment.reversed"],
    ),
]
Expand = Annotated[
    str | None,
    Query(
        max_length=60,
        description="Tell, too, what the events are about as it is today: `account`, `person`, "
        "`contact`, separated by commas.",
        examples=["account,person"],
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
    expand: Expand = None,
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

    `expand` adds `expanded`: each thing once, whichever of the events name it, as of now and not
    as of the event. It needs `persons:read`, and `accounts:read` or `contacts:read` for those.
    """
    (position, given_in), wanted, kinds = place_of(after), _types(types), _kinds(expand)

    async def look() -> Found:
        async with opens() as ctx:
            _permit(request, kinds)
            page, stands, epoch = await events.feed(
                ctx,
                after=position,
                given_in=given_in,
                types=wanted,
                account_id=account_id,
                limit=limit,
            )
            return page, stands, epoch, await _expanded(ctx, page, kinds)

    waiters: Waiters = request.scope["state"]["waiters"]
    try:
        found, stands, epoch, expanded = await waiters.until(
            request, look, enough=lambda page: bool(page[0]), seconds=wait
        )
    except PutBack as put_back:
        kept, epoch = put_back.kept, put_back.epoch
        raise FeedRestored(restart_after=FEED.write(*kept, epoch) if kept else None) from None
    shown = [EventTold.model_validate(event) for event in found]
    told: dict[str, Any] = {"data": shown, "next_cursor": FEED.write(*stands, epoch)}
    return answer(told if expanded is None else {**told, "expanded": expanded})


def _permit(request: Request, kinds: Collection[ExternalKind]) -> None:
    """Refuse what the key could not read elsewhere. Raises `ScopeMissing`."""
    for kind in sorted({ExternalKind.PERSON, *kinds} if kinds else ()):
        permit(request.scope["state"]["identity"].scopes, f"{kind}s:read")


async def _expanded(
    ctx: Context, page: tuple[RecordedEvent, ...], kinds: Collection[ExternalKind]
) -> ExpandedRead | None:
    """What the events of a page are about; None: nobody asked."""
    if not kinds:
        return None
    found = await expand_events(ctx, page, kinds)
    return ExpandedRead(
        accounts=[account_read(one) for one in found.accounts],
        persons=[person_read(PersonView(person=one)) for one in found.persons],
        contacts=[contact_read(one) for one in found.contacts],
    )


def _kinds(text: str | None) -> frozenset[ExternalKind]:
    named = [one.strip() for one in text.split(",")] if text is not None else []
    unknown = next((one for one in named if one not in set(ExternalKind)), None)
    if unknown is not None:
        detail = f"{unknown[:40]!r} is none of {', '.join(ExternalKind)}"
        raise InvalidInput.at("?expand", detail)
    return frozenset(map(ExternalKind, named))


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
