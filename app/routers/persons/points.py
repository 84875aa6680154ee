"""Contact points: how a person is reached, and what is believed of each."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Response

from app.domain.contact.words import Channel, PointKind
from app.domain.errors import NotFound
from app.domain.persons.facts import PersonFact
from app.domain.values import asdict
from app.routers.edge.deps import CanReadPersons, CanWritePersons
from app.routers.edge.etags import IfMatch
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import ContactPointId, PersonId, shown
from app.schemas.edge.types import Page
from app.schemas.persons.points import (
    ContactPointPatch,
    ContactPointRead,
    ContactPointRequest,
    NumberCheckRequest,
    PointFactRead,
    ValidityRequest,
)
from app.services.etags import EtagMismatch, etag
from app.services.persons import points
from app.services.persons.points import NewPoint, PointView

router = APIRouter(prefix="/v1", tags=["persons"], route_class=Operation)


@router.post(
    "/persons/{person_id}/contact-points",
    status_code=201,
    summary="Add a contact point",
    response_model=ContactPointRead,
    responses={**problems(NotFound), 200: {"model": ContactPointRead}},
)
async def add(person_id: PersonId, body: ContactPointRequest, ctx: CanWritePersons) -> Response:
    """A number, an address or a mailbox of the person.

    The same normalized value again answers 200 with the point there is, unchanged.
    """
    given = {name: getattr(body, name) for name in ContactPointRequest.model_fields}
    postal = given.pop("postal")
    point = NewPoint(**given, normalized=None, postal=postal and postal.model_dump(mode="json"))
    view, new = await points.add_point(ctx, person_id, point)
    return _answer(view, status=201 if new else 200)


@router.get(
    "/persons/{person_id}/contact-points",
    summary="List contact points",
    response_model=Page[ContactPointRead],
    responses=problems(NotFound),
)
async def find(person_id: PersonId, ctx: CanReadPersons) -> Response:
    """All of a person's, the one to use first before the others; at most fifty."""
    found = await points.points_of(ctx, person_id)
    return answer({"data": [point_read(one) for one in found], "next_cursor": None})


@router.patch(
    "/contact-points/{point_id}",
    summary="Amend a contact point",
    response_model=ContactPointRead,
    responses=problems(NotFound, EtagMismatch),
)
async def amend(
    point_id: ContactPointId,
    body: ContactPointPatch,
    ctx: CanWritePersons,
    if_match: IfMatch = None,
) -> Response:
    """What is given replaces what was known; a value is never changed: add another point."""
    given = {
        name: value
        for name in body.model_fields_set
        if (value := getattr(body, name)) is not None or name == "line_type"
    }
    return _answer(await points.amend_point(ctx, point_id, given, if_match))


@router.post(
    "/contact-points/{point_id}/validity",
    status_code=201,
    summary="Judge a contact point",
    response_model=ContactPointRead,
    responses=problems(NotFound),
)
async def judge(point_id: ContactPointId, body: ValidityRequest, ctx: CanWritePersons) -> Response:
    """What is believed of it from now on; an invalid one is used for nothing."""
    view = await points.judge_point(
        ctx, point_id, validity=body.validity, because=body.because, on=body.on
    )
    return _answer(view, status=201)


@router.post(
    "/contact-points/{point_id}/number-checks",
    status_code=201,
    summary="Take down a number check",
    response_model=ContactPointRead,
    responses=problems(NotFound),
)
async def check(
    point_id: ContactPointId, body: NumberCheckRequest, ctx: CanWritePersons
) -> Response:
    """A look into a database of reassigned numbers: for sixty days it serves for texts."""
    view = await points.check_number(
        ctx,
        point_id,
        checked_on=body.checked_on,
        reassigned=body.reassigned,
        database=body.database,
    )
    return _answer(view, status=201)


@router.get(
    "/contact-points/{point_id}/history",
    summary="Read what was said of a contact point",
    response_model=Page[PointFactRead],
    responses=problems(NotFound),
)
async def history(point_id: ContactPointId, ctx: CanReadPersons) -> Response:
    """Every consent, revocation, validity and number check, oldest first."""
    found, words = await points.history_of(ctx, point_id)
    data = [fact_read(one, words.get(one.id)) for one in found]
    return answer({"data": data, "next_cursor": None})


def fact_read(fact: PersonFact, words: Mapping[str, str] | None = None) -> PointFactRead:
    """A fact of a person as clients see one. `words`: what is kept of it apart."""
    data = {**body_read(fact), **(words or {})}
    return PointFactRead(at=fact.recorded_at, kind=str(fact.kind), actor=fact.actor, data=data)


def body_read(fact: PersonFact) -> dict[str, Any]:
    """What a fact says: its body without what is empty, ids with their prefixes."""
    said = {name.rstrip("_"): value for name, value in asdict(fact.body).items()}
    told = {name: value for name, value in said.items() if value not in (None, False, ())}
    return {name: shown(name, value) for name, value in told.items()}


#: By which channel a value is written to: what a basis is needed for.
_WRITTEN = {
    PointKind.PHONE: Channel.SMS, PointKind.EMAIL: Channel.EMAIL, PointKind.CHAT: Channel.CHAT,
    PointKind.POSTAL: Channel.LETTER,
}  # fmt: skip


def point_read(view: PointView) -> ContactPointRead:
    """A point as clients see one."""
    point = view.point
    stored = {name: getattr(point, name) for name in type(point).__dataclass_fields__}
    return ContactPointRead.model_validate(
        {
            **stored,
            "time_zones": list(view.time_zones),
            "validity": view.validity,
            "suppressed": view.suppressed,
            "invalid_because": view.invalid_because,
            "basis": [
                {"channel": _WRITTEN[PointKind(point.kind)], **asdict(one)} for one in view.bases
            ],
            "opted_out": list(view.opted_out),
            "number_checked_on": view.number_checked_on,
            "unsubscribe_path": view.unsubscribe_token and f"/u/{view.unsubscribe_token}",
            "etag": etag(point.version),
        }
    )


def _answer(view: PointView, *, status: int = 200) -> Response:
    return answer(point_read(view), status=status, version=view.point.version)
