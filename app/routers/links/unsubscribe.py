"""Opting one address out: `GET` shows a form and changes nothing, `POST` does it.

The one-click form is RFC 8058's: a mail program posts `List-Unsubscribe=One-Click` by itself.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import escape
from typing import Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.domain.errors import DomainError
from app.domain.vocabulary import Role
from app.routers.edge.deps import wall_clock
from app.routers.links.render import answered, unknown_page
from app.routers.links.visitors import form
from app.schemas.edge.ids import encode
from app.services.context import Context, instant_on
from app.services.messages.incoming import unsubscribe
from app.storage.database.engine import Database

router = APIRouter(prefix="/u", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says, in one language."""

    title: str
    ask: str
    button: str
    done: str


WORDS: Final[Mapping[str, Words]] = {
    "en": Words(
        "Stop these messages", "Nothing will be sent to this address any more.", "Stop",
        "Done. Nothing will be sent to this address any more.",
    ),
    "es": Words(
        "Dejar de recibir mensajes", "No se enviará nada más a esta dirección.", "Parar",
        "Hecho. No se enviará nada más a esta dirección.",
    ),
}  # fmt: skip
_PAGE: Final = """<!DOCTYPE html>
<html lang="{lang}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow"><title>{title}</title></head>
<body><main><h1>{title}</h1>{said}</main></body></html>
"""
_FORM: Final = '<p>{ask}</p><form method="post"><button>{button}</button></form>'


class _UnknownToken(Exception):
    """Nothing is named by it."""


@asynccontextmanager
async def _visiting(request: Request, token: str) -> AsyncIterator[tuple[Context, UUID]]:
    """The tenant and the day, in a transaction that commits when the block ends."""
    database: Database = request.scope["state"]["database"]
    async with database.transaction() as tx:
        found = await unsubscribe.visit(tx, token)
        if found is None:
            raise _UnknownToken
        visited, point_id = found
        now = wall_clock(request)(visited.time_zone)
        business_date = visited.business_date or now.date()
        yield (
            Context(
                tx=tx,
                tenant_id=visited.tenant_id,
                role=Role.AGENT,
                business_date=business_date,
                now=instant_on(business_date, now),
                time_zone=visited.time_zone,
                sandbox=visited.sandbox,
                actor=encode("cp", point_id),
                policy_epoch=visited.policy_epoch,
            ),
            point_id,
        )


@router.get("/{token}")
async def look(token: str, request: Request) -> Response:
    """A form. Whoever looks, how often ever, changes nothing."""
    try:
        async with _visiting(request, token) as (ctx, point_id):
            point = await unsubscribe.point_by(ctx, point_id)
            return _page(request, done=await unsubscribe.is_opted_out(ctx, point))
    except _UnknownToken:
        return unknown_page()


@router.post("/{token}")
async def stop(token: str, request: Request) -> Response:
    """Opt the address out, without a question; twice is once."""
    try:
        said = await form(request)
        one_click = "One-Click" in said.get("List-Unsubscribe", ())
        async with _visiting(request, token) as (ctx, point_id):
            point = await unsubscribe.point_by(ctx, point_id)
            await unsubscribe.opt_out(ctx, point, one_click=one_click)
            return _page(request, done=True)
    except (_UnknownToken, DomainError):
        return unknown_page()


def _page(request: Request, *, done: bool) -> HTMLResponse:
    asked = request.headers.get("accept-language", "")[:2].lower()
    lang = asked if asked in WORDS else "en"
    words = WORDS[lang]
    ask = _FORM.format(ask=escape(words.ask), button=escape(words.button))
    said = f"<p>{escape(words.done)}</p>" if done else ask
    text = _PAGE.format(lang=lang, title=escape(words.title), said=said)
    return answered(text, status=200, frame=None)
