"""May this person be contacted now: asked for one contact, and for the card of a CRM."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app.domain.contact.gate.reasons import Reason
from app.domain.contact.known import Asked, Wording
from app.domain.contact.law.shipped import RELEASE
from app.domain.contact.words import Channel, Code, Purpose
from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.contacts import DecisionUsed, NotOverridable
from app.routers.contacts.contacts import instant_of
from app.routers.edge.deps import CanReadContacts, CanWriteContacts
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.contacts.decisions import (
    ContactabilityRead,
    ContactDecisionMade,
    ContactDecisionRead,
    ContactDecisionRequest,
    KeptDecisionRead,
    ReleaseRequest,
)
from app.schemas.edge.ids import AccountId, DecisionId, PersonId, shown
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Page
from app.services.contacts import decide as decisions
from app.services.contacts import gate
from app.services.contacts.decide import (
    FindDecisions,
    Overriding,
    StoredDecision,
    policy_told,
)
from app.services.contacts.gate import Judged
from app.services.context import Context
from app.services.templates.rendering import template_of

router = APIRouter(prefix="/v1/accounts/{account_id}", tags=["contacts"], route_class=Operation)

#: Decisions by their own id.
kept = APIRouter(prefix="/v1/contact-decisions", tags=["contacts"], route_class=Operation)

DECISIONS = Keyset("decisions", UUID)
LATEST = Keyset("decisions-latest", str, UUID)
_WRITTEN = (Channel.SMS, Channel.EMAIL, Channel.CHAT)


@router.post(
    "/contact-decisions/preview",
    summary="Ask whether a person may be contacted",
    response_model=ContactDecisionRead,
    responses=problems(NotFound),
)
async def preview(
    account_id: AccountId, body: ContactDecisionRequest, ctx: CanReadContacts
) -> Response:
    """Every reason against the contact, and the next instant at which nothing stands against it.

    Nothing is kept and nothing reserved. What must be said with it is told in `disclosures`; a
    message is taken to say how to opt out.
    """
    asked = await _asked(body, ctx)
    judged = await gate.preview_contact(
        ctx, account_id, asked, person_id=body.person_id, point_id=body.point_id
    )
    return answer(_read(ctx, account_id, asked, judged))


@router.post(
    "/contact-decisions",
    status_code=201,
    summary="Decide whether a person may be contacted",
    response_model=ContactDecisionRead,
    responses=problems(NotFound, NotOverridable, OutsideAuthority),
)
async def decide(
    account_id: AccountId, body: ContactDecisionMade, ctx: CanWriteContacts
) -> Response:
    """Kept, allowed or not, and shown to whoever asks why nobody called.

    Allowed, it counts as a made contact until one names it, it is released, or its time is over.
    """
    asked = await _asked(body, ctx)
    given = body.override
    overriding = None
    if given is not None:
        codes = frozenset(given.codes)
        overriding = Overriding(codes=codes, reason=given.reason, note=given.note)
    made = await decisions.decide_contact(
        ctx,
        account_id,
        asked,
        person_id=body.person_id,
        point_id=body.point_id,
        reserve_minutes=body.reserve_minutes,
        overriding=overriding,
    )
    return answer(_read(ctx, account_id, asked, made.judged, made.stored), status=201)


@router.get(
    "/contact-decisions",
    summary="List decisions",
    response_model=Page[KeptDecisionRead],
    responses=problems(NotFound),
)
async def find(
    account_id: AccountId,
    ctx: CanReadContacts,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """All decisions about an account, refusals too, in the order they were made."""
    (after,) = DECISIONS.read(cursor) or (None,)
    found = await decisions.decisions_of(ctx, account_id, after=after, limit=limit + 1)
    page, next_cursor = DECISIONS.cut(found, limit, key=lambda one: (one.id,))
    return answer({"data": [_kept(one) for one in page], "next_cursor": next_cursor})


@kept.get(
    "",
    operation_id="contact_decisions_list",
    summary="Find decisions",
    response_model=Page[KeptDecisionRead],
)
async def find_any(
    ctx: CanReadContacts,
    *,
    account_id: Annotated[AccountId | None, Query(description="About this account.")] = None,
    allowed: Annotated[bool | None, Query(description="Whether it was.")] = None,
    code: Annotated[Code | None, Query(description="Among its reasons.")] = None,
    from_: Annotated[
        Instant | None, Query(alias="from", description="Asked for then or later.")
    ] = None,
    to: Annotated[Instant | None, Query(description="Asked for before then.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Decisions about all accounts, the latest first; a refusal says why nobody was called."""
    asked = FindDecisions(
        account_id=account_id, allowed=allowed, code=code, from_at=from_, to_at=to
    )
    after = instant_of(LATEST.read(cursor))
    found = await decisions.find_decisions(ctx, asked, after=after, limit=limit + 1)
    page, next_cursor = LATEST.cut(found, limit, key=lambda one: (one.asked_at.isoformat(), one.id))
    return answer({"data": [_kept(one) for one in page], "next_cursor": next_cursor})


@kept.get(
    "/{decision_id}",
    summary="Read a decision",
    response_model=KeptDecisionRead,
    responses=problems(NotFound),
)
async def read(decision_id: DecisionId, ctx: CanReadContacts) -> Response:
    """A decision as it was kept, and what became of its reservation."""
    return answer(_kept(await decisions.read_decision(ctx, decision_id)))


@kept.post(
    "/{decision_id}/release",
    status_code=201,
    summary="Release a reservation",
    response_model=KeptDecisionRead,
    responses=problems(NotFound, DecisionUsed),
)
async def release(decision_id: DecisionId, body: ReleaseRequest, ctx: CanWriteContacts) -> Response:
    """Nobody will make the contact: it counts no more."""
    return answer(_kept(await decisions.release(ctx, decision_id, body.reason)), status=201)


@router.get(
    "/contactability",
    summary="Read how a person may be contacted",
    response_model=ContactabilityRead,
    responses=problems(NotFound),
)
async def contactability(
    account_id: AccountId,
    ctx: CanReadContacts,
    *,
    person_id: Annotated[PersonId | None, Query(description="Default: the debtor.")] = None,
    purpose: Annotated[Purpose, Query(description="What it would be for.")] = Purpose.COLLECTION,
    at: Annotated[Instant | None, Query(description="Default: now.")] = None,
) -> Response:
    """Each channel with its best point: allowed, or why not and when next; which to use first."""
    asked = Asked(
        at=at or ctx.instant,
        channel=Channel.CALL,
        purpose=purpose,
        wording=Wording(opt_out_notice=True),
    )
    found = await gate.contactability(ctx, account_id, asked, person_id=person_id)
    first = next((channel for channel, judged in found if judged.decision.allowed), None)
    because = None if first is None else f"nothing stands against {first}, and it costs least"
    channels = [_read(ctx, account_id, _by(asked, channel), judged) for channel, judged in found]
    return answer(ContactabilityRead(first=first, because=because, channels=channels))


async def _asked(body: ContactDecisionRequest, ctx: Context) -> Asked:
    """What is asked; the words of a template fix what it is for. Raises `NotFound`."""
    purpose = body.purpose
    if body.template_key is not None:
        fixed = (await template_of(ctx, body.template_key)).purpose
        if purpose not in (None, fixed):
            raise InvalidInput.at("/purpose", f"is {fixed}, as the template's words are")
        purpose = fixed
    return Asked(
        at=body.at or ctx.instant,
        channel=await gate.channel_of(ctx, body.channel, body.point_id),
        purpose=purpose or Purpose.COLLECTION,
        place=body.place,
        in_reply_to=body.in_reply_to,
        wording=Wording(opt_out_notice=True, deadline_on=body.deadline_on),
        voicemail_elements=frozenset(body.voicemail.elements) if body.voicemail else None,
    )


def _kept(stored: StoredDecision) -> KeptDecisionRead:
    names = (name for name in KeptDecisionRead.model_fields if name not in _TOLD_APART)
    told = {name: getattr(stored, name) for name in names}
    about = {"account_id": stored.account_id}
    return KeptDecisionRead.model_validate(
        {
            **told,
            "reasons": [shown("", {**one, **about}) for one in stored.answer["reasons"]],
            "policy": stored.answer.get("policy"),
            "overridden": shown("", stored.overridden),
        }
    )


def _by(asked: Asked, channel: Channel) -> Asked:
    return Asked(at=asked.at, channel=channel, purpose=asked.purpose)


def _read(
    ctx: Context,
    account_id: UUID,
    asked: Asked,
    judged: Judged,
    stored: StoredDecision | None = None,
) -> ContactDecisionRead:
    decision, point = judged.decision, judged.point
    opens_at, closes_at = decision.opens_at, decision.closes_at
    return ContactDecisionRead.model_validate(
        {
            "id": stored and stored.id,
            "reserved_until_at": stored and stored.reserved_until_at,
            "allowed": decision.allowed,
            "asked_at": asked.at,
            "decided_at": ctx.instant if stored is None else stored.decided_at,
            "account_id": account_id,
            "person_id": judged.person_id,
            "channel": asked.channel,
            "purpose": asked.purpose,
            "point": point and {"id": point.point.id, "kind": point.point.kind},
            "reasons": [_reason(account_id, one) for one in decision.reasons],
            "next_allowed_at": decision.next_allowed_at,
            "zones": [
                {
                    "time_zone": one.time_zone,
                    "time": f"{one.local:%H:%M}",
                    "because": list(judged.zones.get(one.time_zone, ())),
                    "open": one.open,
                }
                for one in decision.zones
            ],
            "window": opens_at and {"opens_at": opens_at, "closes_at": closes_at},
            "counts": {
                "calls_in_7_days": decision.calls_in_7_days,
                "last_conversation_on": decision.last_conversation_on,
            },
            "disclosures": _disclosures(asked.channel),
            "voicemail": _VOICEMAIL if asked.channel is Channel.CALL else None,
            "overridden": [_reason(account_id, one) for one in decision.overridden],
            "rule_sets": list(decision.rule_sets),
            "policy": policy_told(judged.policy),
            "rules_release": RELEASE,
            "notes": list(decision.notes),
        }
    )


def _reason(account_id: UUID, one: Reason) -> dict[str, Any]:
    return {
        **{name: getattr(one, name) for name in _REASON},
        "account_id": account_id,
        "counted": list(one.counted),
        "reserved": list(one.reserved),
        "override_roles": list(one.override.roles) if one.override else [],
    }


#: Who hears a voicemail, nobody knows.
_VOICEMAIL = {"limited_content_only": True}
_TOLD_APART = {"reasons", "policy", "overridden"}
_REASON = (
    "code", "rule_set", "rule", "source", "tag", "message", "limit", "actual", "until_at",
)  # fmt: skip


def _disclosures(channel: Channel) -> list[str]:
    """What the law wants said with it."""
    return ["collector_identity", *(["opt_out_notice"] if channel in _WRITTEN else [])]
