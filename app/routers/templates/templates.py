"""Templates: saved in versions, read in any, tried on an account."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from app.domain.contact.words import Purpose
from app.domain.errors import NotFound
from app.domain.refusals.templates import NoWording, TemplateUnfit
from app.domain.templates.segments import segments
from app.domain.templates.template import Template, TemplateChannel, Wording
from app.routers.edge.deps import CanReadMessages, CanWriteMessages
from app.routers.edge.etags import IfMatch
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.edge.types import Page
from app.schemas.templates.templates import (
    PreviewRead,
    PreviewRequest,
    TemplateKey,
    TemplateRead,
    TemplateRequest,
    VariableRead,
    VariablesRead,
)
from app.services.etags import EtagMismatch, etag
from app.services.templates import save
from app.services.templates.save import Previewed, TemplateView

router = APIRouter(prefix="/v1/templates", tags=["templates"], route_class=Operation)

TEMPLATES = Keyset("templates", str)
Key = Annotated[TemplateKey, Path(description="Which message it words, as notices name it.")]
Version = Annotated[
    int, Path(ge=0, le=1_000_000, description="Yours count from 1; 0 is what we ship.")
]


@router.get("", summary="List templates", response_model=Page[TemplateRead])
async def find(
    ctx: CanReadMessages, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """The newest version of each by key: yours, and ours of which you have none."""
    (after,) = TEMPLATES.read(cursor) or (None,)
    found = await save.find_templates(ctx, after=after, limit=limit + 1)
    page, next_cursor = TEMPLATES.cut(found, limit, key=lambda one: (one.template.key,))
    return answer({"data": [_shown(one) for one in page], "next_cursor": next_cursor})


@router.get("/variables", summary="List a purpose's variables", response_model=VariablesRead)
async def variables(
    ctx: CanReadMessages,  # noqa: ARG001 - who asks must be known
    *,
    purpose: Annotated[Purpose, Query(description="What the message is for.")],
) -> Response:
    """What a template of the purpose may name; everything else is refused when it is saved.

    Money and days are text already, as the template's locale writes them. What a caller of
    messages gives stands under `given`, by any name.
    """
    shown = [
        VariableRead(
            name=one.name, kind=one.kind, always=one.always, says=one.says, example=example
        )
        for one, example in save.shown_variables(purpose)
    ]
    return answer(VariablesRead(purpose=purpose, variables=shown))


@router.get(
    "/{key}", summary="Read a template", response_model=TemplateRead, responses=problems(NotFound)
)
async def read(key: Key, ctx: CanReadMessages) -> Response:
    """The newest version; where you saved none, the one we ship."""
    view = await save.read_template(ctx, key)
    return answer(_shown(view), version=view.template.version)


@router.get(
    "/{key}/versions/{version}",
    summary="Read a version of a template",
    response_model=TemplateRead,
    responses=problems(NotFound),
)
async def read_version(key: Key, version: Version, ctx: CanReadMessages) -> Response:
    """What it said then; a message names the version it was rendered by."""
    return answer(_shown(await save.read_template(ctx, key, version)))


@router.put(
    "/{key}",
    summary="Save a template",
    response_model=TemplateRead,
    responses={
        201: {"model": TemplateRead, "description": "The first version of yours by this key."},
        **problems(EtagMismatch, TemplateUnfit),
    },
)
async def put(
    key: Key, body: TemplateRequest, ctx: CanWriteMessages, if_match: IfMatch = None
) -> Response:
    """The next version, tried in each of its locales; one unfit to be sent is refused.

    It counts for messages made from now on: one that is rendered keeps its words. The same again
    makes no version.
    """
    template = Template(
        key=key,
        version=0,
        channel=body.channel,
        purpose=body.purpose,
        locales={
            name: Wording(subject=one.subject, text=one.text, html=one.html)
            for name, one in body.locales.items()
        },
        asks_for_money=body.asks_for_money,
        deadline=body.deadline,
        sample=dict(body.sample),
    )
    view, new = await save.save_template(ctx, template, if_match)
    return answer(_shown(view), status=201 if new else 200, version=view.template.version)


@router.post(
    "/{key}/preview",
    summary="Try a template on an account",
    response_model=PreviewRead,
    responses=problems(NotFound, NoWording, TemplateUnfit),
)
async def preview(key: Key, body: PreviewRequest, ctx: CanReadMessages) -> Response:
    """The newest version as this account's debtor would read it. Nothing is kept or sent."""
    made = await save.preview_template(ctx, key, body.account_id, locale=body.locale)
    return answer(_previewed(made))


# --- Between the contract and the service -----------------------------------------------------


def _shown(view: TemplateView) -> TemplateRead:
    one = view.template
    return TemplateRead.model_validate(
        {
            "key": one.key,
            "version": one.version,
            "shipped": one.version == 0,
            "channel": one.channel,
            "purpose": one.purpose,
            "locales": dict(one.locales),
            "asks_for_money": one.asks_for_money,
            "deadline": one.deadline,
            "sample": dict(one.sample),
            "business_date": view.business_date,
            "recorded_at": view.recorded_at,
            "actor": view.actor,
            "etag": etag(one.version),
        }
    )


def _previewed(made: Previewed) -> PreviewRead:
    said = made.rendered
    of_sms = said.channel is TemplateChannel.SMS
    return PreviewRead(
        key=said.key,
        version=said.version,
        locale=said.locale,
        channel=said.channel,
        purpose=said.purpose,
        subject=said.subject,
        text=said.text,
        html=said.html,
        segments=segments(said.text) if of_sms else None,
        examples=list(made.examples),
    )
