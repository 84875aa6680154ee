"""What a person allows and forbids: consents, revocations, restrictions."""

from fastapi import APIRouter, Response

from app.domain.contact.words import PointKind
from app.domain.errors import NotFound
from app.domain.persons.facts import (
    ConsentGiven,
    Lifted,
    PersonFact,
    Restricted,
    Revoked,
)
from app.routers.edge.deps import AsOf, CanReadPersons, CanWritePersons
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.routers.persons.points import body_read
from app.schemas.edge.ids import ContactPointId, PersonId, RestrictionId
from app.schemas.edge.types import Page
from app.schemas.persons.consents import (
    WEEKDAYS,
    LiftRequest,
    PointConsentRead,
    PointConsentRequest,
    RestrictionRead,
    RestrictionRequest,
    RevocationRead,
    RevocationRequest,
    clock,
)
from app.services.messages import intervening
from app.services.persons import consents, points
from app.services.persons.consents import RestrictionView, Words

router = APIRouter(prefix="/v1", tags=["persons"], route_class=Operation)

#: Of the evidence, what tells who it was.
_APART = {"ip", "user_agent"}


@router.post(
    "/contact-points/{point_id}/consents",
    status_code=201,
    summary="Take down a consent",
    response_model=PointConsentRead,
    responses=problems(NotFound),
)
async def give(
    point_id: ContactPointId, body: PointConsentRequest, ctx: CanWritePersons
) -> Response:
    """An agreement with its evidence; without any it is refused.

    An `electronic` one given anew ends what the person had opted out of for this point.
    """
    given = {
        name: getattr(body, name)
        for name in PointConsentRequest.model_fields
        if name not in ("kind", "evidence", "channel_given")
    }
    fact = await consents.give_consent(
        ctx,
        point_id,
        ConsentGiven(
            consent=body.kind,
            point_id=point_id,
            channel_given=body.channel_given,
            evidence=body.evidence.model_dump(mode="json", exclude_none=True, exclude=_APART),
            **given,
        ),
        Words(ip=body.evidence.ip, user_agent=body.evidence.user_agent),
    )
    return answer(_consent_read(fact), status=201)


@router.post(
    "/contact-points/{point_id}/revocations",
    status_code=201,
    summary="Take down a revocation",
    response_model=RevocationRead,
    responses=problems(NotFound),
)
async def revoke(
    point_id: ContactPointId, body: RevocationRequest, ctx: CanWritePersons
) -> Response:
    """What the person takes back for this point; in force from the commit on."""
    if body.channels == "all":
        point = await points.known_point(ctx, point_id)
        channels = consents.CHANNELS[PointKind(point.kind)]
    else:
        channels = body.channels
    fact = await intervening.revoke(
        ctx,
        point_id,
        Revoked(
            point_id=point_id,
            channels=channels,
            received_at=body.received_at,
            how=body.how,
            consent_id=body.consent_id,
            provisional=body.provisional,
            contact_id=body.contact_id,
        ),
        Words(words=body.text),
    )
    return answer(_revocation_read(fact), status=201)


@router.post(
    "/persons/{person_id}/restrictions",
    status_code=201,
    summary="Place a restriction",
    response_model=RestrictionRead,
    responses=problems(NotFound),
)
async def restrict(person_id: PersonId, body: RestrictionRequest, ctx: CanWritePersons) -> Response:
    """What stands against contacts until it is lifted or over; nothing overrides it."""
    window = body.window
    given = {
        name: getattr(body, name)
        for name in RestrictionRequest.model_fields
        if name not in ("kind", "window")
    }
    fact = await intervening.restrict(
        ctx,
        person_id,
        Restricted(
            restriction=body.kind,
            days=tuple(WEEKDAYS.index(day) for day in window.days)
            if window and window.days
            else None,
            from_=clock(window.from_) if window else None,
            to=clock(window.to) if window else None,
            time_zone=window.time_zone if window else None,
            **given,
        ),
    )
    view = RestrictionView(fact=fact, until_at=body.until_at)
    return answer(_restriction_read(view), status=201)


@router.get(
    "/persons/{person_id}/restrictions",
    summary="List restrictions",
    response_model=Page[RestrictionRead],
    responses=problems(NotFound),
)
async def find(person_id: PersonId, ctx: CanReadPersons, as_of: AsOf = None) -> Response:
    """What stands now, oldest first: restrictions, and what was opted out of.

    With `as_of` what stood at the end of that day, by what was known then.
    """
    found = await consents.restrictions_of(ctx, person_id, as_of=as_of)
    return answer({"data": [_restriction_read(one) for one in found], "next_cursor": None})


@router.post(
    "/restrictions/{restriction_id}/lift",
    status_code=201,
    summary="Lift a restriction",
    response_model=RestrictionRead,
    responses=problems(NotFound),
)
async def lift(restriction_id: RestrictionId, body: LiftRequest, ctx: CanWritePersons) -> Response:
    """Its end. An opt-out is lifted by the person's own act alone, and so is a revocation."""
    at = body.at or ctx.instant
    fact = await consents.lift(
        ctx,
        restriction_id,
        Lifted(
            restriction_id=restriction_id,
            at=at,
            reason=body.reason,
            said_by_person=body.said_by_person,
            contact_id=body.contact_id,
        ),
    )
    return answer(_restriction_read(RestrictionView(fact=fact, until_at=at)), status=201)


def _consent_read(fact: PersonFact) -> PointConsentRead:
    body = fact.body
    return PointConsentRead.model_validate(
        {
            "id": fact.id,
            "kind": getattr(body, "consent", None),
            "entered_at": fact.recorded_at,
            "actor": fact.actor,
            **{
                name: getattr(body, name)
                for name in (
                    "point_id", "channels", "account_ids", "written", "given_at", "expires_on",
                )
            },
        }
    )  # fmt: skip


def _revocation_read(fact: PersonFact) -> RevocationRead:
    names = ("point_id", "channels", "received_at", "how", "provisional")
    return RevocationRead.model_validate(
        {
            "id": fact.id,
            "entered_at": fact.recorded_at,
            "actor": fact.actor,
            **{name: getattr(fact.body, name) for name in names},
        }
    )


def _restriction_read(view: RestrictionView) -> RestrictionRead:
    fact = view.fact
    return RestrictionRead.model_validate(
        {
            "id": fact.id,
            "kind": str(getattr(fact.body, "restriction", fact.kind)),
            "until_at": view.until_at,
            "entered_at": fact.recorded_at,
            "actor": fact.actor,
            "data": body_read(fact),
        }
    )
