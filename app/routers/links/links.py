"""Links made for a debtor, read, revoked, and let into a frame of the creditor's portal."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.domain.errors import NotFound
from app.domain.refusals.commands import ClockBehindFacts
from app.domain.refusals.links import LinkEnded
from app.routers.edge.deps import CanReadLinks, CanWriteLinks
from app.routers.edge.pages import DEFAULT_LIMIT, Cursor, Keyset, Limit
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, ShownOnce, answer
from app.routers.links.addresses import link_url
from app.schemas.edge.ids import AccountId, LinkId
from app.schemas.edge.types import Page
from app.schemas.links.links import (
    LinkCreated,
    LinkRead,
    LinkRequest,
    LinkSessionRead,
    LinkSessionRequest,
    RevokeRequest,
)
from app.services.links import links
from app.services.links.links import LinkView, MakeLink

router = APIRouter(prefix="/v1", tags=["links"], route_class=Operation)

LINKS = Keyset("links", UUID)


@router.post(
    "/accounts/{account_id}/links",
    status_code=201,
    summary="Make a debtor's link",
    response_model=LinkCreated,
    responses=problems(NotFound, ClockBehindFacts),
)
async def make(
    account_id: AccountId, body: LinkRequest, ctx: CanWriteLinks, request: Request
) -> Response:
    """An address that lets a debtor do alone what `purposes` say, once they answered a question.

    Opening it changes nothing, so that no mail scanner can use it up. Five wrong answers lock it;
    ten a day over all links of the person, and no link is made for them. What the API would
    refuse, its page refuses. The token is in this answer only: we keep its hash.
    """
    bounds = body.options.affordable_minor if body.options else None
    made = await links.make_link(
        ctx,
        MakeLink(
            account_id=account_id,
            person_id=body.person_id,
            purposes=tuple(body.purposes),
            verify=body.verify,
            expires_at=body.expires_at,
            quote_ids=tuple(body.quote_ids),
            settlement_id=body.settlement_id,
            least_minor=bounds.min if bounds else None,
            most_minor=bounds.max if bounds else None,
            locale=body.locale,
            return_url=body.return_url,
            frame_ancestors=tuple(body.frame_ancestors),
        ),
    )
    secrets = {"url": link_url(request, made.token), "code": made.code}
    told = LinkCreated.model_validate({**_told(made.view), **secrets})
    return ShownOnce(told, told.model_copy(update=dict.fromkeys(secrets)), status=201)


@router.get(
    "/accounts/{account_id}/links",
    summary="List an account's links",
    response_model=Page[LinkRead],
    responses=problems(NotFound),
)
async def find(
    account_id: AccountId, ctx: CanReadLinks, limit: Limit = DEFAULT_LIMIT, cursor: Cursor = None
) -> Response:
    """Every link that was made for the account, the first first."""
    (after,) = LINKS.read(cursor) or (None,)
    found = await links.links_of(ctx, account_id, after=after, limit=limit + 1)
    page, next_cursor = LINKS.cut(found, limit, key=lambda one: (one.link.id,))
    return answer({"data": [_read(one) for one in page], "next_cursor": next_cursor})


@router.get(
    "/links/{link_id}",
    summary="Read a link",
    response_model=LinkRead,
    responses=problems(NotFound),
)
async def read(link_id: LinkId, ctx: CanReadLinks) -> Response:
    """How a link stands, and what was done with it."""
    return answer(_read(await links.read_link(ctx, link_id)))


@router.post(
    "/links/{link_id}/revoke",
    summary="Revoke a link",
    response_model=LinkRead,
    responses=problems(NotFound),
)
async def revoke(link_id: LinkId, body: RevokeRequest, ctx: CanWriteLinks) -> Response:
    """Whoever holds it sees nothing from now on. One that is over stays as it is."""
    return answer(_read(await links.revoke_link(ctx, link_id, reason=body.reason)))


@router.post(
    "/links/{link_id}/sessions",
    status_code=201,
    summary="Open a link in a portal",
    response_model=LinkSessionRead,
    responses=problems(NotFound, LinkEnded),
)
async def open_(
    link_id: LinkId, body: LinkSessionRequest, ctx: CanWriteLinks, request: Request
) -> Response:
    """An address of fifteen minutes for a frame in a portal that knows the debtor: none is asked.

    The page may be framed by `origin` alone, which the link must name in `frame_ancestors`.
    """
    link, token, expires_at = await links.open_session(ctx, link_id, origin=body.origin)
    told = LinkSessionRead(link_id=link.id, url=link_url(request, token), expires_at=expires_at)
    return ShownOnce(told, told.model_copy(update={"url": None}), status=201)


def _told(view: LinkView) -> dict[str, Any]:
    own = {name: getattr(view.link, name, None) for name in LinkRead.model_fields}
    return {**own, "status": view.status}


def _read(view: LinkView) -> LinkRead:
    return LinkRead.model_validate(_told(view))
