"""The route class of every operation under `/v1`, and the one way to write an answer.

A POST's rendered answer is known here while its transaction is still open (the dependency
that owns it is function-scoped), so this is where the reply is kept for its idempotency key:
committed together with the command or not at all. Here too every operation gets what all
of them share in OpenAPI: the common problems, the headers, the scope it needs.

    router = APIRouter(prefix="/v1/payments", tags=["payments"], route_class=Operation)
"""

from collections.abc import Callable, Collection, Coroutine
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

from app.domain.errors import InvalidInput, NotFound
from app.domain.refusals.commands import OutsideAuthority
from app.domain.values import Value, asdict
from app.routers.edge.authority import RULES, refuses
from app.routers.edge.bodies import Bounded
from app.routers.edge.deprecations import DEPRECATED, telling
from app.routers.edge.deps import (
    ACTOR_HEADER,
    KEY_HEADER,
    ORIGIN_HEADER,
    Replayed,
    needed_scope,
    needs_actor,
)
from app.routers.edge.paths import literally_allowed
from app.routers.edge.problems import merged, problems
from app.routers.edge.query_strings import known_parameters, refuse_unknown
from app.routers.edge.straight import straight_way
from app.services.etags import etag
from app.services.idempotency import Claim, IdempotencyInFlight, IdempotencyKeyReused, Reply
from app.services.tenancy.authentication import ScopeMissing, Unauthenticated
from app.storage.database.engine import Overtaken

Handler = Callable[[Request], Coroutine[Any, Any, Response]]

_JSON = "application/json"
_KEPT_HEADERS = ("etag", "location")


def answer(
    content: object, *, status: int = 200, version: int | None = None, location: str | None = None
) -> Response:
    """A JSON answer, written once: bytes as they are, a model by pydantic, the rest by orjson.

    Returning this from a route skips the framework's validation of what we just made.
    `version` becomes the `ETag`.
    """
    headers = {}
    if version is not None:
        headers["ETag"] = etag(version)
    if location is not None:
        headers["Location"] = location
    return Response(rendered(content), status_code=status, headers=headers, media_type=_JSON)


class ShownOnce(Response):
    """An answer with a secret in it: sent again for an idempotency key, it comes as `kept`."""

    def __init__(self, content: object, kept: object, *, status: int = 200) -> None:
        super().__init__(rendered(content), status_code=status, media_type=_JSON)
        self.kept = rendered(kept)


class Afterwards(Response):
    """An answer that is found when the route's transaction is over: of what a network says."""

    def __init__(self, find: Callable[[], Coroutine[Any, Any, Response]]) -> None:
        super().__init__()
        self._find = find

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._find()
        await response(scope, receive, send)


def rendered(content: object) -> bytes:
    """JSON bytes: instants in UTC with `Z`, models inside anything."""
    if isinstance(content, bytes):
        return content
    if isinstance(content, BaseModel):
        return content.__pydantic_serializer__.to_json(content)
    return orjson.dumps(content, default=_model, option=orjson.OPT_UTC_Z)


def _model(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Value):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


#: Modules whose operations keep the name that generated clients know them by.
_PINNED = {
    "app.routers.books.credit_report": "credit_reports",
    "app.routers.books.journal": "reports",
    "app.routers.changes.decisions": "amendments",
    "app.routers.changes.relief": "hardship",
    "app.routers.changes.revisions": "changes",
    "app.routers.contacts.decisions": "contact_decisions",
    "app.routers.contacts.policies": "contact_policies",
    "app.routers.documents": "letters",
    "app.routers.plans.decisions": "approvals",
    "app.routers.reages.accounts": "account_reages",
    "app.routers.reages.cycles": "reages",
    "app.routers.reages.plans": "reages",
    "app.routers.reages.report": "reage_reports",
    "app.routers.books.reports": "management_reports",
    "app.routers.books.report_runs": "report_runs",
    "app.routers.settlements.form_1099c": "debt_relief",
    "app.routers.settlements.report": "settlement_reports",
}


class Operation(APIRoute):
    """One operation of the API."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **settings: Any) -> None:  # noqa: ANN401
        methods = settings.get("methods") or ["GET"]
        is_post = "POST" in methods
        common = problems(
            Unauthenticated,
            ScopeMissing,
            InvalidInput,
            "rate-limited",
            "internal-error",
            "unavailable",
        )
        if is_post:
            common = merged(common, problems(IdempotencyInFlight, IdempotencyKeyReused))
        if "{" in path:  # what cannot be the name of anything names nothing
            common = merged(common, problems(NotFound))
        name = endpoint.__name__.rstrip("_")  # `open_` is no name but for Python
        resource = _PINNED.get(endpoint.__module__) or endpoint.__module__.rpartition(".")[2]
        settings["operation_id"] = settings.get("operation_id") or f"{resource}_{name}"
        self.deprecation = DEPRECATED.get(settings["operation_id"])
        if self.deprecation is not None:
            settings["deprecated"] = True
        if refuses(settings["operation_id"]):
            common = merged(common, problems(OutsideAuthority))
        settings["responses"] = merged(settings.get("responses") or {}, common)
        extra = dict(settings.get("openapi_extra") or {})
        if settings["operation_id"] in RULES:
            extra["x-authority"] = list(RULES[settings["operation_id"]])
        extra["parameters"] = [*extra.get("parameters", ()), *_headers(methods)]
        super().__init__(path, endpoint, **{**settings, "openapi_extra": extra})
        if self.body_field is not None:
            self.responses = merged(self.responses, problems("unreadable-body", "body-too-large"))
        for dependency in self.dependant.dependencies:
            _say_who_may(extra, dependency.call)
        self._start = self.path.partition("{")[0]
        self._straight = straight_way(self, keep=_keep, again=_again) if is_post else None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As the framework has it; a path that begins otherwise, as most do, is passed by first."""
        if not scope.get("root_path") and not scope["path"].startswith(self._start):
            return Match.NONE, {}
        return super().matches(scope)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.deprecation is not None:
            send = telling(self.deprecation, send)
        try:
            if self._straight is not None:
                unread = await self._straight(scope, receive, send)
                if unread is None:
                    return
                receive = unread
            await super().handle(scope, receive, send)
        except Overtaken:  # nothing was sent, and nothing stored
            scope["state"]["overtaken"] = True
            await super().handle(scope, _sent_again(scope["state"].pop("body"), receive), send)

    def get_route_handler(self) -> Handler:
        handler = super().get_route_handler()
        known = known_parameters(self.dependant)

        async def bounded(request: Request) -> Response:
            try:
                refuse_unknown(request.scope["query_string"], known)
            except InvalidInput:
                if "{" in self.path and literally_allowed(request):  # `batch` is never an id
                    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED) from None
                raise
            return await handler(Bounded(request.scope, request.receive))

        return _once(bounded) if "POST" in (self.methods or ()) else bounded


def _sent_again(body: bytes, receive: Receive) -> Receive:
    """What gives a request's body once more, then whatever comes after it."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return waiting.pop() if waiting else await receive()

    return again


def _say_who_may(extra: dict[str, Any], dependency: object) -> None:
    """What a dependency asks of a key, and whether it wants an actor, for OpenAPI."""
    if dependency in needed_scope:
        scope = needed_scope[dependency]
        extra["security"] = [{"key": [] if scope is None else [scope]}]
        if scope is not None:
            extra["x-required-scope"] = scope
    if dependency in needs_actor:
        for header in extra["parameters"]:
            header["required"] = header["required"] or header["name"] == ACTOR_HEADER


def _once(handler: Handler) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            response = await handler(request)
        except Replayed as known:
            return _again(request, known)
        await _keep(request, response)
        return response

    return handle


async def _keep(request: Request, response: Response) -> None:
    """Keep an answer for the request's idempotency key, in the transaction of what it answers."""
    if isinstance(response, Afterwards):
        return  # what it will say is not known before the commit: never kept
    held: Claim | None = request.scope["state"].get("claim")
    if held is not None and response.status_code < 300:  # noqa: PLR2004 - 2xx
        kept = {k: response.headers[k] for k in _KEPT_HEADERS if k in response.headers}
        body = response.kept if isinstance(response, ShownOnce) else bytes(response.body)
        await held.keep(Reply(status=response.status_code, headers=kept, body=body))


def _again(request: Request, known: Replayed) -> Response:
    request.scope["state"]["replayed"] = True
    reply = known.reply
    headers = {**reply.headers, "Idempotency-Replayed": "true"}
    return Response(reply.body, status_code=reply.status, headers=headers, media_type=_JSON)


def _headers(methods: Collection[str]) -> list[dict[str, Any]]:
    """The headers that are read by hand, for OpenAPI."""
    if set(methods) <= {"GET", "HEAD"}:
        return []
    actor = {
        "name": ACTOR_HEADER,
        "in": "header",
        "required": False,
        "description": "Who acts behind this key, in your words; recorded with what changes.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 128},
    }
    origin = {
        "name": ORIGIN_HEADER,
        "in": "header",
        "required": False,
        "description": "The system that asks, e.g. `hubspot`; kept with what changes and told in "
        "its events, so that a connector knows its own echo.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 64,
            "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*$",
        },
    }
    key = {
        "name": KEY_HEADER,
        "in": "header",
        "required": False,
        "description": "Any text of your own, new for each new request. Sent again with the same "
        "request, the first answer comes back and nothing is done twice. Kept for 30 days.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }
    return [actor, origin, key] if "POST" in methods else [actor, origin]
