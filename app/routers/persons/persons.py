"""Persons: found by what a representative types, read, amended."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.errors import NotFound
from app.routers.edge.deps import CanReadPersons, CanWritePersons
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import PersonId
from app.schemas.edge.types import Page
from app.schemas.edge.words import Line, Reference
from app.schemas.persons.persons import LocationRequest, PersonPatch, PersonRead
from app.services.etags import EtagMismatch, etag
from app.services.persons import persons
from app.services.persons.persons import FindPersons, PersonView

router = APIRouter(prefix="/v1/persons", tags=["persons"], route_class=Operation)

PERSONS = Keyset("persons", UUID)


@router.get("", summary="Find persons", response_model=Page[PersonRead])
async def find(
    ctx: CanReadPersons,
    *,
    reference: Annotated[Reference | None, Query(description="Your own id of the person.")] = None,
    email: Annotated[Line | None, Query(description="Of any of their points, exactly.")] = None,
    phone: Annotated[Line | None, Query(description="Of any of their points, exactly.")] = None,
    name: Annotated[Line | None, Query(description="How it begins, whatever its case.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Persons by reference, e-mail, phone or the beginning of a name; several are all met.

    What was erased is found by nothing.
    """
    (after,) = PERSONS.read(cursor) or (None,)
    asked = FindPersons(reference=reference, email=email, phone=phone, name=name)
    found = await persons.find_persons(ctx, asked, after=after, limit=limit + 1)
    page, next_cursor = PERSONS.cut(found, limit, key=lambda one: (one.id,))
    data = [person_read(PersonView(person=one)) for one in page]
    return answer({"data": data, "next_cursor": next_cursor})


@router.get(
    "/{person_id}",
    summary="Read a person",
    response_model=PersonRead,
    responses=problems(NotFound),
)
async def read(person_id: PersonId, ctx: CanReadPersons) -> Response:
    """Who somebody is, as known today, and where they said to be."""
    return _answer(await persons.view_person(ctx, person_id))


@router.patch(
    "/{person_id}",
    summary="Amend a person",
    response_model=PersonRead,
    responses=problems(NotFound, EtagMismatch),
)
async def amend(
    person_id: PersonId, body: PersonPatch, ctx: CanWritePersons, if_match: IfMatch = None
) -> Response:
    """What is given replaces what was known; a value of `null` takes it away."""
    given: dict[str, Any] = {name: getattr(body, name) for name in body.model_fields_set}
    if "vulnerable" in given:
        vulnerable = given.pop("vulnerable")
        given["vulnerable_since_on"] = vulnerable and vulnerable.since_on
        given["vulnerable_note"] = vulnerable and vulnerable.note
    if "accessibility" in given:
        given["accessibility"] = list(given["accessibility"] or ())
    return _answer(await persons.amend_person(ctx, person_id, given, if_match))


@router.post(
    "/{person_id}/location",
    status_code=201,
    summary="Take down where a person is",
    response_model=PersonRead,
    responses=problems(NotFound),
)
async def locate(person_id: PersonId, body: LocationRequest, ctx: CanWritePersons) -> Response:
    """Where the person says to be: for 180 days that zone alone counts for the hours."""
    await persons.locate(
        ctx, person_id, time_zone=body.time_zone, said_on=body.said_on, contact_id=body.contact_id
    )
    return _answer(await persons.view_person(ctx, person_id), status=201)


def person_read(view: PersonView) -> PersonRead:
    """A person as clients see one."""
    person = view.person
    since_on = person.vulnerable_since_on
    return PersonRead.model_validate(
        {
            **{name: getattr(person, name) for name in _SHOWN},
            "merged_into_person_id": person.merged_into,
            "accessibility": list(person.accessibility),
            "vulnerable": since_on and {"since_on": since_on, "note": person.vulnerable_note or ""},
            "said_to_be": view.standing.said
            and {"time_zone": view.standing.said.time_zone, "on": view.standing.said.on},
            "etag": etag(person.version),
        }
    )


_SHOWN = (
    "id", "role", "reference", "name", "email", "phone", "language", "time_zone", "region",
    "deceased_on", "erased_at",
)  # fmt: skip


def _answer(view: PersonView, *, status: int = 200) -> Response:
    return answer(person_read(view), status=status, version=view.person.version)
