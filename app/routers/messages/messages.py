"""Messages: asked for, read, cancelled, decided, and what each says."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.domain.contact.words import Channel
from app.domain.errors import DomainError, InvalidInput, NotFound
from app.domain.messages.lifecycle import MessageStatus
from app.domain.refusals.commands import BatchRefused, OutsideAuthority, ReferenceTaken
from app.domain.refusals.contacts import NotOverridable
from app.domain.refusals.letters import CannotDraw
from app.domain.refusals.messages import (
    ContactRefused,
    ContentErased,
    MessageEnded,
    MessageInFlight,
)
from app.domain.refusals.templates import NoWording, TemplateUnfit
from app.routers.edge import batches
from app.routers.edge.bodies import holds_many
from app.routers.edge.deps import CanReadMessages, CanWriteMessages
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import answered, problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.ids import PREFIXES, AccountId, MessageId, PersonId, encode
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Page
from app.schemas.messages.messages import (
    MessageBatchRead,
    MessageBatchRequest,
    MessageCancel,
    MessageDecision,
    MessageRead,
    MessageRequest,
)
from app.schemas.templates.templates import TemplateKey
from app.services.contacts.decide import Overriding
from app.services.documents.paper import said_on_paper
from app.services.messages import ask, change, eml, read
from app.services.messages.ask import AskMessage
from app.services.messages.read import FindMessages, MessageView

router = APIRouter(prefix="/v1/messages", tags=["messages"], route_class=Operation)

MESSAGES = Keyset("messages", str, UUID)


class Format(StrEnum):
    """What a message's content is wanted as."""

    TEXT = "text"
    HTML = "html"
    EML = "eml"
    PDF = "pdf"


@router.post(
    "",
    status_code=201,
    summary="Send a message",
    response_model=MessageRead,
    responses={
        **problems(
            NotFound,
            ReferenceTaken,
            ContactRefused,
            NotOverridable,
            OutsideAuthority,
            NoWording,
            TemplateUnfit,
        ),
        200: {"model": MessageRead},
    },
)
async def post(body: MessageRequest, ctx: CanWriteMessages, request: Request) -> Response:
    """Queued where the gate allows it now, scheduled where its refusal ends in time, else refused.

    A worker asks the gate anew before it leaves, and whether what it says is still true. The same
    reference with the same content answers 200 with the message there is.
    """
    asked = await ask.ask_for(ctx, _command(body))
    if isinstance(asked, ContactRefused):
        return answered(request, asked)  # the decision is kept, though the answer is no
    message, new = asked
    view = await read.view_of(ctx, message)
    return answer(message_read(view), status=201 if new else 200)


@router.post(
    "/batch",
    summary="Send messages",
    response_model=MessageBatchRead,
    responses=problems(BatchRefused),
)
@holds_many
async def post_many(body: MessageBatchRequest, ctx: CanWriteMessages, request: Request) -> Response:
    """Ask for up to 100 messages in one transaction, with a result for each, in their order.

    `continue` asks for those that can be; `atomic` for all or, when one is refused, none, and
    answers 409 `batch-refused` with every item's result. Pointers begin with `/items/<n>`.
    """

    async def execute(
        commands: Sequence[AskMessage],
    ) -> list[tuple[MessageView, bool] | DomainError]:
        asked = await ask.ask_many(ctx, commands)
        return [
            one if isinstance(one, DomainError) else (await read.view_of(ctx, one[0]), one[1])
            for one in asked
        ]

    return await batches.run(
        request,
        body.mode,
        body.items,
        body=MessageRequest,
        command=_command,
        execute=execute,
        show=lambda one: {"status": 201 if one[1] else 200, "message": message_read(one[0])},
    )


def _command(body: MessageRequest) -> AskMessage:
    given = {name: getattr(body, name) for name in MessageRequest.model_fields}
    wanted = given.pop("override")
    override = None
    if wanted is not None:
        codes = frozenset(wanted.codes)
        override = Overriding(codes=codes, reason=wanted.reason, note=wanted.note)
    return AskMessage(**given, override=override)


@router.get("", summary="List messages", response_model=Page[MessageRead])
async def find(
    ctx: CanReadMessages,
    *,
    account_id: Annotated[AccountId | None, Query(description="About this account.")] = None,
    person_id: Annotated[PersonId | None, Query(description="To this person.")] = None,
    status: Annotated[MessageStatus | None, Query(description="That stand so.")] = None,
    channel: Annotated[Channel | None, Query(description="By this channel.")] = None,
    key: Annotated[
        TemplateKey | None, Query(description="Of this template, or of this notice.")
    ] = None,
    from_: Annotated[
        Instant | None, Query(alias="from", description="Asked for then or later.")
    ] = None,
    to: Annotated[Instant | None, Query(description="Asked for before then.")] = None,
    limit: Limit = DEFAULT_LIMIT,
    cursor: Cursor = None,
) -> Response:
    """Messages, the latest asked for first."""
    place = MESSAGES.read(cursor)
    asked = FindMessages(
        account_id=account_id, person_id=person_id, status=status, channel=channel, key=key,
        from_at=from_, to_at=to,
    )  # fmt: skip
    after = (_instant(place[0]), place[1]) if place else None
    found = await read.find_messages(ctx, asked, after=after, limit=limit + 1)
    page, next_cursor = MESSAGES.cut(
        found, limit, key=lambda one: (one.message.asked_at.isoformat(), one.message.id)
    )
    return answer({"data": [message_read(one) for one in page], "next_cursor": next_cursor})


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput.at("?cursor", "is not a cursor this list gave") from error


@router.get(
    "/{message_id}",
    summary="Read a message",
    response_model=MessageRead,
    responses=problems(NotFound),
)
async def read_(message_id: MessageId, ctx: CanReadMessages) -> Response:
    """A message as it stands, and what was reported of it."""
    view = await read.view_message(ctx, message_id)
    holds = await read.holds_still(ctx, view.message)
    return answer(message_read(view, still_true=holds))


@router.get(
    "/{message_id}/content",
    summary="Read what a message says",
    response_class=Response,
    responses={
        200: {
            "description": "As it was sent, to the letter.",
            "content": {
                one: {"schema": {"type": "string"}, "example": "Your balance is 1,080.00 USD."}
                for one in ("text/plain", "text/html", "message/rfc822", "application/pdf")
            },
        },
        **problems(NotFound, ContentErased, CannotDraw),
    },
)
async def content(
    message_id: MessageId,
    ctx: CanReadMessages,
    format_: Annotated[
        Format, Query(alias="format", description="Text, HTML, an e-mail, or a PDF.")
    ] = Format.TEXT,
) -> Response:
    """As it is or was sent; once erased there is none."""
    message, said = await read.read_content(ctx, message_id)
    name = encode(PREFIXES["message"], message.id)
    if format_ is Format.TEXT:
        return Response(said.text, media_type="text/plain; charset=utf-8")
    if format_ is Format.HTML:
        if said.html is None:
            raise NotFound(resource="message", key=str(message_id))
        return Response(said.html, media_type="text/html; charset=utf-8")
    if format_ is Format.EML:
        return Response(eml.as_email(said, message_id=name), media_type="message/rfc822")
    made = await said_on_paper(
        ctx,
        account_id=message.account_id,
        person_id=message.person_id,
        locale=message.locale or "en-US",
        title=said.subject,
        text=said.text or "",
        dated_on=said.stored_at.date(),
        point_id=message.point_id,
    )
    return Response(made, media_type="application/pdf")


@router.post(
    "/{message_id}/cancel",
    status_code=201,
    summary="Cancel a message",
    response_model=MessageRead,
    responses=problems(NotFound, MessageInFlight, MessageEnded),
)
async def cancel(message_id: MessageId, body: MessageCancel, ctx: CanWriteMessages) -> Response:
    """Take back what waits."""
    moved = await change.cancel(ctx, message_id, body.reason)
    return answer(message_read(await read.view_of(ctx, moved)), status=201)


@router.post(
    "/{message_id}/decide",
    status_code=201,
    summary="Decide an uncertain message",
    response_model=MessageRead,
    responses=problems(NotFound, MessageInFlight, MessageEnded),
)
async def decide(message_id: MessageId, body: MessageDecision, ctx: CanWriteMessages) -> Response:
    """Send one that may have gone once more, or give it up."""
    moved = await change.decide(ctx, message_id, resend=body.what == "resend", reason=body.reason)
    return answer(message_read(await read.view_of(ctx, moved)), status=201)


def message_read(view: MessageView, *, still_true: bool | None = None) -> MessageRead:
    """A message as clients see one."""
    message = view.message
    apart = {"template", "key", "content_hash", "still_true", "reports", "needs_decision"}
    named = {name: getattr(message, name) for name in set(MessageRead.model_fields) - apart}
    template = message.template_key and {
        "key": message.template_key, "version": message.template_version,
    }  # fmt: skip
    hashed = message.content_hash
    return MessageRead.model_validate(
        {
            **named,
            "template": template,
            "key": _key(view),
            "content_hash": None if hashed is None else hashed.hex(),
            "still_true": still_true,
            "needs_decision": view.needs_decision,
            "reports": [
                {
                    "status": one.body["status"],
                    "at": one.at,
                    "code": one.body.get("code"),
                    "detail": one.body.get("detail"),
                }
                for one in view.reports
            ],
        }
    )


def _key(view: MessageView) -> list[str] | None:
    message = view.message
    if message.notice is None or message.subject_id is None or message.subject is None:
        return None
    return [
        message.notice,
        encode(PREFIXES[message.subject], message.subject_id),
        str(message.about_on),
    ]
