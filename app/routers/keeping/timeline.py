"""A person's timeline: everything that happened with them, in one list."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.domain.contact.words import EntryKind
from app.domain.errors import InvalidInput, NotFound
from app.routers.edge.deps import CanReadContacts
from app.routers.edge.pages import DEFAULT_LIMIT, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import PersonId, encode, shown
from app.schemas.edge.time import Instant
from app.schemas.keeping.timeline import PersonTimelineRead, TimelineEntryRead
from app.services.keeping import timeline
from app.services.keeping.timeline import Entry

router = APIRouter(prefix="/v1/persons", tags=["persons"], route_class=Operation)

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
    kinds: Annotated[
        str | None,
        Query(max_length=100, description="Only these, separated by commas: "
              "`contact`, `message`, `person`, `account`."),
    ] = None,
    before: Annotated[Instant | None, Query(description="Only what was before then.")] = None,
    limit: Limit = DEFAULT_LIMIT,
) -> Response:  # fmt: skip
    """Contacts, messages, what the person said, and the events of their accounts, newest first.

    Of somebody's accounts the newest twenty. What happened in one instant is told on one page.
    """
    found, next_before = await timeline.timeline_of(
        ctx, person_id, kinds=_kinds(kinds), before=before, limit=limit
    )
    return answer(PersonTimelineRead(data=[_read(one) for one in found], next_before=next_before))


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
