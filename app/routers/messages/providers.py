"""Providers of messages over HTTP: set up, read, and what they call back."""

import hmac
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Header, Path, Request, Response

from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.webhooks import PrivateAddress
from app.routers.edge.deps import CanReadMessages, CanReportMessages, CanWriteMessages
from app.routers.edge.etags import IfMatch
from app.routers.edge.problems import problems
from app.routers.edge.route import Operation, answer
from app.schemas.messages.callbacks import read_callback
from app.schemas.messages.providers import ProviderName, ProviderRead, ProviderRequest
from app.schemas.messages.reports import AppliedListRead, AppliedRead, Callback
from app.services.etags import EtagMismatch
from app.services.messages import carriers, reports
from app.services.messages.carriers import SaveProvider, StoredProvider
from app.services.messages.reports import Report
from app.services.webhooks.sending import Sender

router = APIRouter(prefix="/v1/providers", tags=["messages"], route_class=Operation)

Name = Annotated[ProviderName, Path(description="Your own name of the provider.")]


@router.get(
    "/{name}",
    summary="Read a provider",
    response_model=ProviderRead,
    responses=problems(NotFound),
)
async def read(name: Name, ctx: CanReadMessages) -> Response:
    """How a carrier is set up; the names of its credentials, not their values."""
    found = await carriers.read_provider(ctx, name)
    return answer(provider_read(found), version=found.version)


@router.put(
    "/{name}",
    summary="Set up a provider",
    response_model=ProviderRead,
    responses={201: {"model": ProviderRead}, **problems(EtagMismatch, PrivateAddress)},
)
async def save(
    name: Name,
    body: ProviderRequest,
    ctx: CanWriteMessages,
    request: Request,
    if_match: IfMatch = None,
) -> Response:
    """A way out for one channel. Of several of a channel the first by name carries."""
    given = {one: getattr(body, one) for one in ProviderRequest.model_fields if one != "from_"}
    sender: Sender = request.scope["state"]["sender"]
    found, new = await carriers.save_provider(
        ctx,
        name,
        SaveProvider(**given, from_address=body.from_),
        if_match,
        allowed=sender.allowed,
    )
    return answer(provider_read(found), status=201 if new else 200, version=found.version)


@router.post(
    "/{name}/callbacks",
    status_code=201,
    summary="Take a provider's callback",
    response_model=AppliedListRead,
    responses=problems(NotFound),
)
async def call_back(
    name: Name,
    body: Callback,
    ctx: CanReportMessages,
    request: Request,
    signature: Annotated[
        str | None,
        Header(alias="Accord-Signature", description="HMAC-SHA256 of the body, in hex."),
    ] = None,
) -> Response:
    """What a provider says in its own form, signed with the secret that the provider names.

    Known are our own form of delivery reports and the records of Postmark; what means nothing to
    us is answered with no results.
    """
    found = await carriers.read_provider(ctx, name)
    secrets: dict[str, str] = request.scope["state"].get("secrets", {})
    secret = secrets.get(found.callback_secret_ref or "")
    if secret is None:
        raise InvalidInput.at("/name", "has no callback_secret_ref that is set here")
    expected = hmac.new(secret.encode(), await request.body(), sha256).hexdigest()
    if signature is None or not hmac.compare_digest(expected, signature.removeprefix("sha256=")):
        raise InvalidInput.at("Accord-Signature:", "does not sign this body")
    told = [Report(provider=name, **said) for said in read_callback(body, at=ctx.instant)]
    done = await reports.report_many(ctx, told)
    results = [AppliedRead.model_validate(one) for one in done]
    return answer(AppliedListRead(results=results), status=201)


def provider_read(found: StoredProvider) -> ProviderRead:
    """A provider as clients see one."""
    apart = {"url", "from_"}
    named = {one: getattr(found, one) for one in set(ProviderRead.model_fields) - apart}
    return ProviderRead.model_validate(
        {**named, "url": found.url or None, "from": found.from_address}
    )
