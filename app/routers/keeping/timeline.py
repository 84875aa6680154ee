"""Timelines: everything that happened with a person or about an account, in one list."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.domain.contact.words import EntryKind
from app.domain.errors import InvalidInput, NotFound
from app.routers.edge.deps import CanReadAccounts, CanReadContacts
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import AccountId, PersonId, encode, shown
from app.schemas.edge.time import Instant
from app.schemas.events.catalog import TimelinePage
from app.schemas.events.told import EventTold
from app.schemas.keeping.timeline import JoinedTimelineRead, PersonTimelineRead, TimelineEntryRead
from app.services.books import events
from app.services.keeping import timeline
from app.services.keeping.timeline import Asked, Entry
from app.services.tenancy.authentication import permit

router = APIRouter(prefix="/v1/persons", tags=["persons"], route_class=Operation)

#: An account's own, beside the rest of it.
of_account = APIRouter(prefix="/v1/accounts", tags=["accounts"], route_class=Operation)

TIMELINE = Keyset("timeline", int)
Kinds = Annotated[
    str | None,
    Query(
        max_length=100,
        description="Only these, separated by commas: `contact`, `message`, `person`, `account`.",
        examples=["contact,message"],
    ),
]
_PREFIXES = {EntryKind.CONTACT: "ctc", EntryKind.MESSAGE: "msg", EntryKind.ACCOUNT: "evt"}
_RESTRICTION = "restriction"


@router.get(
    "/{person_id}/timeline",
    summary="Read a person's timeline",
    response_model=PersonTimelineRead,
    responses=problems(NotFound),
)
async def read(
    person_id: PersonId,
    ctx: CanReadContacts,
    *,
    kinds: Kinds = None,
    before: Annotated[Instant | None, Query(description="Only what was before then.")] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:
    """Contacts, messages, what the person said, and the events of their accounts, newest first.

    Of somebody's accounts the newest twenty. What happened in one instant is told on one page.
    """
    asked = Asked(kinds=_kinds(kinds), before=before, limit=limit)
    found, next_before = await timeline.timeline_of(ctx, person_id, asked)
    return answer(PersonTimelineRead(data=[_read(one) for one in found], next_before=next_before))


@of_account.get(
    "/{account_id}/timeline",
    operation_id="accounts_read_timeline",
    summary="Read the timeline",
    response_model=TimelinePage | JoinedTimelineRead,
    responses=problems(NotFound),
)
async def read_timeline(
    account_id: AccountId,
    ctx: CanReadAccounts,
    request: Request,
    *,
    kinds: Kinds = None,
    before: Annotated[
        Instant | None, Query(description="With `kinds`: only what was before then.")
    ] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Everything that happened to the account, as events, in order of `sequence`.

    What was said at the time stays; a verdict that later facts changed is followed by an event
    of the same type that `corrects` it.

    With `kinds`, in one list, newest first: its contacts, its messages, what its parties said, and
    its events, as the timeline of a person has them; `next_before` goes on. That needs
    `contacts:read`, too.
    """
    if kinds is not None:
        permit(request.scope["state"]["identity"].scopes, "contacts:read")
        if cursor is not None:
            raise InvalidInput.at("?cursor", "goes without `kinds`; ask with `before`")
        asked = Asked(kinds=_kinds(kinds), before=before, limit=limit)
        joined, next_before = await timeline.timeline_of_account(ctx, account_id, asked)
        data = [_read(one) for one in joined]
        return answer(JoinedTimelineRead(data=data, next_before=next_before))
    if before is not None:
        raise InvalidInput.at("?before", "goes with `kinds` alone; ask with `cursor`")
    key = TIMELINE.read(cursor)
    found = await events.timeline(ctx, account_id, after=key[0] if key else 0, limit=limit + 1)
    page, next_cursor = TIMELINE.cut(found, limit, key=lambda event: (event.sequence,))
    # On a sandbox clock moved back, events of later days are hidden.
    shown = [EventTold.model_validate(e) for e in page if e.business_date <= ctx.business_date]
    return answer({"data": shown, "next_cursor": next_cursor})


def _kinds(text: str | None) -> frozenset[EntryKind]:
    if text is None:
        return frozenset(EntryKind)
    named = [one.strip() for one in text.split(",")]
    unknown = next((one for one in named if one not in set(EntryKind)), None)
    if unknown is not None:
        raise InvalidInput.at("?kinds", f"{unknown[:40]!r} is none of {', '.join(EntryKind)}")
    return frozenset(map(EntryKind, named))


def _read(one: Entry) -> TimelineEntryRead:
    return TimelineEntryRead(
        at=one.at,
        kind=one.kind,
        title=one.title,
        who=one.who,
        id=encode(_prefix(one), one.id),
        about=list(one.about),
        data={name: shown(name, value) for name, value in one.data.items()},
    )


def _prefix(one: Entry) -> str:
    """What kind of id it has: of what a person said, restrictions have one of their own."""
    said = "rst" if one.title == _RESTRICTION else "cns"
    return _PREFIXES.get(one.kind, said)
