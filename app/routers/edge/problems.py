"""Refusals as RFC 9457 problem documents, each with its status.

To add one: give the `DomainError` its line in `problem_types/registry.py`, a section in
`docs/problems.md` named like its `problem`, and name it in its routes' `responses=problems(...)`.
"""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app.domain.errors import DomainError, InvalidInput, NotFound
from app.routers.edge.bodies import (
    MAX_BODY_BYTES,
    MAX_FILE_BYTES,
    MAX_MANY,
    MAX_VALUES,
    Malformed,
)
from app.routers.edge.field_problems import malformed
from app.routers.edge.logs import log
from app.routers.edge.paths import literally_allowed, methods_at
from app.routers.edge.problem_types.registry import EDGE, REGISTRY, ProblemType
from app.schemas.edge.ids import PREFIXES, encode, shown
from app.storage.database.unavailable import Unavailable

MEDIA_TYPE = "application/problem+json"

_DETAILS = {
    "internal-error": "Something is wrong on our side; nothing was stored. Quote the request id.",
    "body-too-large": f"A body may have {MAX_BODY_BYTES:,} bytes and hold {MAX_VALUES:,} values, "
    f"a batch or a policy {MAX_MANY:,}; a file to be imported {MAX_FILE_BYTES:,} bytes.",
    "head-too-large": "A request's line and header fields may have 32 KiB and be 100 in number.",
    "rate-limited": "This key has asked as often as it may in a minute; come again a little later.",
    "too-slow": "A request's head has 10 seconds to arrive, its body 30.",
    "unavailable": "The database is busy or away. Send the same request again in a moment.",
}
#: How the framework's own answers are named; what a connection is refused for it never sees.
_BY_STATUS = {kind.status: name for name, kind in EDGE.items() if name != "unreadable-head"}
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
#: What a parameter of a path names, where that is not in its own name.
_RESOURCES = {"name": "policy"}


# --- The document --------------------------------------------------------------------------


def document(error: DomainError, request_id: str) -> dict[str, object]:
    """A refusal as a problem document: its facts by name, ids with their prefixes."""
    kind = REGISTRY[type(error)]
    members, detail = _members(error)
    members = {name: value for name, value in members.items() if value is not None}
    return {**_head(error.problem, kind, detail, request_id), **members}


def answered(request: Request, error: DomainError) -> Response:
    """A refusal as an answer of its route, so that what was noted of it is committed."""
    return _answer(document(error, _request_id(request)), REGISTRY[type(error)])


def internal_error(request: Request) -> Response:
    """The answer to a bug: it says nothing but where to look."""
    return _edge(request, "internal-error")


def _head(name: str, kind: ProblemType, detail: str, request_id: str) -> dict[str, object]:
    return {
        "type": f"/problems/{name}",
        "title": kind.title,
        "status": kind.status,
        "detail": detail,
        "request_id": request_id,
    }


def _members(error: DomainError) -> tuple[dict[str, object], str]:
    detail = error.detail
    members: dict[str, object] = {}
    names: dict[str, str] = {}
    for name, value in error.facts.items():
        members[name] = text = shown(name, value)
        raws, written = _ids(value), _ids(text)
        for raw, prefixed in zip(raws, written, strict=True):
            if isinstance(raw, UUID):
                names.setdefault(str(raw), str(prefixed))
    if isinstance(error, NotFound):
        members["key"] = names[error.key] = _key(error)
        members["resource"] = error.resource.replace("_", "-")
    return members, _UUID.sub(lambda found: names.get(found[0], found[0]), detail)


def _ids(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _key(error: NotFound) -> str:
    """The key of what was not found: an id with its prefix, a reference as it was sent."""
    prefix = PREFIXES.get(error.resource.replace(" ", "_"))
    try:
        return encode(prefix, UUID(error.key)) if prefix else error.key
    except ValueError:
        return error.key


# --- The answers ---------------------------------------------------------------------------


def install(app: FastAPI) -> None:
    """Answer every refusal, and what the framework itself refuses, with a document."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _unserved)
    app.add_exception_handler(Unavailable, _unavailable)


async def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, DomainError) or type(error) not in REGISTRY:
        log.error("refusal without a problem type", error=type(error).__name__)
        return internal_error(request)
    return _answer(document(error, _request_id(request)), REGISTRY[type(error)])


async def _malformed(request: Request, error: Exception) -> Response:
    """The framework's validation errors. A malformed id in the path names nothing: 404."""
    if not isinstance(error, RequestValidationError):
        return internal_error(request)
    found = error.errors()
    for one in found:
        if one["loc"][0] == "path":
            if allowed := literally_allowed(request):
                return _edge(request, "method-not-allowed", {"Allow": allowed})
            name = str(one["loc"][1])
            key = str(request.path_params.get(name, ""))[:100]
            resource = _RESOURCES.get(name, name.removesuffix("_id"))
            return await _refused(request, NotFound(resource=resource, key=key))
    if isinstance(error.body, bytes):
        refusal = InvalidInput.at("", "should be JSON, sent as Content-Type: application/json")
    else:
        refusal = malformed(found, error.body)
    return await _refused(request, refusal)


async def _unserved(request: Request, error: Exception) -> Response:
    """No route, another method, too large: what the framework answers by itself."""
    if isinstance(error, Malformed):
        return await _refused(request, error.refusal)
    if not isinstance(error, HTTPException) or error.status_code not in _BY_STATUS:
        log.error("unexpected framework answer", error=repr(error))
        return internal_error(request)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = methods_at(request)
    return _edge(request, _BY_STATUS[error.status_code], headers)


async def _unavailable(request: Request, error: Exception) -> Response:
    if not isinstance(error, Unavailable):
        return internal_error(request)
    return unavailable(request, error)


def unavailable(request: Request, error: Unavailable) -> Response:
    """Not now, and when to ask again."""
    log.warning("unavailable", reason=error.reason, request_id=_request_id(request))
    return _edge(request, "unavailable", {"Retry-After": str(error.retry_after_s)})


def rate_limited(request: Request, retry_after_s: int) -> Response:
    """Too often, and when to ask again."""
    return _edge(request, "rate-limited", {"Retry-After": str(retry_after_s)})


def edge_bytes(name: str) -> tuple[int, Mapping[str, str], bytes]:
    """A refusal from before there is a request: its status, headers and document."""
    kind = EDGE[name]
    detail = _DETAILS.get(name, f"{HTTPStatus(kind.status).description or kind.title}.")
    return kind.status, kind.headers, orjson.dumps(_head(name, kind, detail, ""))


def _edge(request: Request, name: str, headers: Mapping[str, str] | None = None) -> Response:
    kind = EDGE[name]
    detail = _DETAILS.get(name, f"{HTTPStatus(kind.status).description or kind.title}.")
    return _answer(_head(name, kind, detail, _request_id(request)), kind, headers)


def _answer(
    body: Mapping[str, object], kind: ProblemType, headers: Mapping[str, str] | None = None
) -> Response:
    return Response(
        orjson.dumps(body, option=orjson.OPT_UTC_Z, default=str),
        status_code=kind.status,
        headers={**kind.headers, **(headers or {})},
        media_type=MEDIA_TYPE,
    )


def _request_id(request: Request) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


# --- What OpenAPI says ---------------------------------------------------------------------


def problems(*errors: type[DomainError] | str) -> dict[int | str, dict[str, Any]]:
    """A route's `responses=`: these refusals, by status. Names from `EDGE` may be given too.

    What every route can answer (401, 403, 422, 500, 503, and a POST's idempotency) is added
    by the route class and need not be named.
    """
    responses: dict[int | str, dict[str, Any]] = {}
    for error in errors:
        name, kind = _named(error)
        _describe(responses.setdefault(kind.status, _empty()), name, kind)
    return responses


#: Of a command that takes a `reference`, sent again.
AGAIN = "Sent before with this reference and the same content; as it stands now."


def repeatable(shown: Any, *errors: type[DomainError] | str) -> dict[int | str, dict[str, Any]]:  # noqa: ANN401
    """`problems` of a command that takes a `reference`: sent again it answers 200, as `shown`."""
    return {200: {"model": shown, "description": AGAIN}, **problems(*errors)}


def merged(
    one: Mapping[int | str, dict[str, Any]], other: Mapping[int | str, dict[str, Any]]
) -> dict[int | str, dict[str, Any]]:
    """Both sets of responses, each status with the problems of the two."""
    result = {**other, **one}
    for status in one.keys() & other.keys():
        both = _empty()
        for source in (one[status], other[status]):
            for example in source["content"][MEDIA_TYPE]["examples"].values():
                value = example["value"]
                name = value["type"].removeprefix("/problems/")
                _describe(both, name, ProblemType(value["status"], value["title"]))
        result[status] = both
    return dict(sorted(result.items(), key=lambda item: int(item[0])))


def _named(error: type[DomainError] | str) -> tuple[str, ProblemType]:
    return (error, EDGE[error]) if isinstance(error, str) else (error.problem, REGISTRY[error])


def _empty() -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": "", "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}}}


def _describe(response: dict[str, Any], name: str, kind: ProblemType) -> None:
    examples = response["content"][MEDIA_TYPE]["examples"]
    if name in examples:
        return
    line = f"[{kind.title}](/problems/{name})"
    response["description"] = "  \n".join(filter(None, (response["description"], line)))
    value = _head(name, kind, f"{kind.title}.", "0199c0f3a5b87c1e")
    if name == InvalidInput.problem:
        value["errors"] = [{"pointer": "/amount_minor", "detail": "should be 1 or more"}]
    examples[name] = {"summary": kind.title, "value": value}
