"""Refusals as RFC 9457 problem documents: the one place that gives them a status.

To add one: give the `DomainError` its line in `REGISTRY`, a section in `docs/problems.md`
named like its `problem`, and name it in its routes' `responses=problems(...)`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from app.domain.errors import MAX_TOLD, DomainError, FieldProblem, InvalidInput, NotFound
from app.domain.refusals import accounts as refusal_accounts
from app.domain.refusals import changes, commands, letters, payments, plans, settlements
from app.routers.edge.bodies import MAX_BODY_BYTES, MAX_MANY, MAX_VALUES
from app.routers.edge.logs import log
from app.schemas.edge.ids import PREFIXES, encode, shown
from app.services.etags import EtagMismatch
from app.services.idempotency import IdempotencyInFlight, IdempotencyKeyReused
from app.services.policies.save import DaysClosed
from app.services.tenancy.authentication import ScopeMissing, Unauthenticated
from app.services.tenancy.sandbox import NotASandbox
from app.storage.database.engine import Unavailable

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemType:
    """How a kind of refusal is answered."""

    status: int
    title: str
    headers: Mapping[str, str] = field(default_factory=dict)


REGISTRY: Mapping[type[DomainError], ProblemType] = {
    InvalidInput: ProblemType(422, "Malformed request"),
    NotFound: ProblemType(404, "Not found"),
    Unauthenticated: ProblemType(401, "Not authenticated", {"WWW-Authenticate": "Bearer"}),
    ScopeMissing: ProblemType(403, "Not allowed for this key"),
    IdempotencyInFlight: ProblemType(409, "Still running", {"Retry-After": "1"}),
    IdempotencyKeyReused: ProblemType(422, "Idempotency-Key of another request"),
    DaysClosed: ProblemType(409, "Those days are closed"),
    EtagMismatch: ProblemType(412, "Changed since it was read"),
    NotASandbox: ProblemType(409, "Not a sandbox"),
    commands.ReferenceTaken: ProblemType(409, "Reference taken"),
    commands.FeedRestored: ProblemType(409, "The feed was put back"),
    commands.ClockBehindFacts: ProblemType(409, "The clock is behind this account's facts"),
    refusal_accounts.OnHold: ProblemType(409, "A hold forbids it"),
    plans.PlanExists: ProblemType(409, "A plan is live already"),
    plans.QuoteExpired: ProblemType(409, "The quote expired"),
    plans.QuoteSuperseded: ProblemType(409, "A counter-offer took its place"),
    plans.QuoteUsed: ProblemType(409, "The quote was used"),
    plans.QuoteStale: ProblemType(409, "The quote no longer fits"),
    plans.QuoteAltered: ProblemType(409, "Not the quote that was given"),
    plans.ConsentMismatch: ProblemType(409, "Consent to another text"),
    plans.PlanNotWaiting: ProblemType(409, "The plan does not wait for approval"),
    plans.PlanOutdated: ProblemType(409, "The plan's first due date has passed"),
    commands.SameActor: ProblemType(409, "Nobody approves their own proposal"),
    commands.OutsideAuthority: ProblemType(409, "Outside this role's authority"),
    plans.PlanNotLive: ProblemType(409, "The plan has ended"),
    refusal_accounts.ExceedsBalance: ProblemType(409, "More than is open"),
    refusal_accounts.NothingOwed: ProblemType(409, "Nothing is owed"),
    payments.AlreadyReversed: ProblemType(409, "Reversed before"),
    refusal_accounts.LateFeeInGrace: ProblemType(409, "The installment is not late"),
    refusal_accounts.LateFeePyramiding: ProblemType(409, "A late fee on a late fee"),
    payments.PaymentReturned: ProblemType(409, "Money of it went back already"),
    refusal_accounts.ChargeAdjusted: ProblemType(409, "The charge was waived"),
    refusal_accounts.WaivedMoreThanOwed: ProblemType(409, "Waived more than was owed"),
    payments.CurrencyMismatch: ProblemType(422, "Another currency"),
    refusal_accounts.HoldExists: ProblemType(409, "Such a hold stands already"),
    refusal_accounts.HoldNotStanding: ProblemType(409, "The hold is over"),
    refusal_accounts.AlreadyChargedOff: ProblemType(409, "Charged off already"),
    refusal_accounts.NotChargedOff: ProblemType(409, "No charge-off to take back"),
    refusal_accounts.UnappliedMoneyLeft: ProblemType(409, "Unapplied money is left"),
    refusal_accounts.NotClosed: ProblemType(409, "Not closed"),
    payments.BalanceTooLarge: ProblemType(409, "More than can be kept exactly"),
    payments.NotReplaceable: ProblemType(409, "Not to be posted anew"),
    payments.AccountClosed: ProblemType(409, "The account is closed"),
    payments.ReturnFeeBarred: ProblemType(409, "No fee for such a return"),
    payments.SuspenseEnded: ProblemType(409, "No longer in suspense"),
    changes.PauseOverlaps: ProblemType(409, "Pauses overlap"),
    changes.PauseNotStanding: ProblemType(409, "The pause is over"),
    changes.PlanPaused: ProblemType(409, "The plan is paused"),
    refusal_accounts.ChargeInBreathingSpace: ProblemType(409, "A charge of a breathing space"),
    refusal_accounts.MilitaryRate: ProblemType(409, "Above the military rate"),
    refusal_accounts.PromisesOpen: ProblemType(409, "A promise is open already"),
    changes.PlanNotBroken: ProblemType(409, "The plan is not broken"),
    changes.ReAgeRefused: ProblemType(409, "Not to be re-aged"),
    changes.ChangeLimitReached: ProblemType(409, "Beyond what the policy allows"),
    changes.ChangedToday: ProblemType(409, "One such change a day"),
    changes.NothingToMove: ProblemType(409, "Nothing would move"),
    changes.NotNewestChange: ProblemType(409, "Not the newest change"),
    changes.NotNewestReAge: ProblemType(409, "Not the newest re-age"),
    changes.RevisionPending: ProblemType(409, "A revision waits for approval"),
    changes.RevisionNotWaiting: ProblemType(409, "The revision waits for nobody"),
    changes.RevisionOutdated: ProblemType(409, "Too late for this revision"),
    settlements.SettlementOpen: ProblemType(409, "Another settlement is open"),
    settlements.SettlementNotOpen: ProblemType(409, "The settlement stands otherwise"),
    settlements.SettlementExpired: ProblemType(409, "The offer expired"),
    settlements.SettlementOutdated: ProblemType(409, "The first part was due already"),
    settlements.OfferInsideValidation: ProblemType(409, "Inside the validation period"),
    settlements.OfferTooLong: ProblemType(409, "The offer would stand too long"),
    settlements.SettlementPlanFixed: ProblemType(409, "A settlement's plan stays as it is"),
    letters.LetterUnfit: ProblemType(409, "The letter would not be true"),
    letters.CannotDraw: ProblemType(406, "Not drawable"),
    commands.BatchRefused: ProblemType(409, "The batch was refused"),
}

#: What goes wrong before or around a command, by name. No domain error stands behind these.
EDGE: Mapping[str, ProblemType] = {
    "unreadable-head": ProblemType(400, "Unreadable request head"),
    "unreadable-body": ProblemType(400, "Unreadable request body"),
    "no-such-path": ProblemType(404, "No such path"),
    "method-not-allowed": ProblemType(405, "Method not allowed"),
    "too-slow": ProblemType(408, "Not sent in time"),
    "body-too-large": ProblemType(413, "Request body too large"),
    "head-too-large": ProblemType(431, "Request head too large"),
    "internal-error": ProblemType(500, "Internal error"),
    "unavailable": ProblemType(503, "Try again in a moment", {"Retry-After": "1"}),
}

_DETAILS = {
    "internal-error": "Something is wrong on our side; nothing was stored. Quote the request id.",
    "body-too-large": f"A body may have {MAX_BODY_BYTES:,} bytes and hold {MAX_VALUES:,} values, "
    f"a batch or a policy {MAX_MANY:,}.",
    "head-too-large": "A request's line and header fields may have 32 KiB and be 100 in number.",
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
    prefix = PREFIXES.get(error.resource)
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
            if allowed := _literally_allowed(request):
                return _edge(request, "method-not-allowed", {"Allow": allowed})
            name = str(one["loc"][1])
            key = str(request.path_params.get(name, ""))[:100]
            resource = _RESOURCES.get(name, name.removesuffix("_id"))
            return await _refused(request, NotFound(resource=resource, key=key))
    if isinstance(error.body, bytes):
        refusal = InvalidInput.at("", "should be JSON, sent as Content-Type: application/json")
    else:
        refusal = malformed(found)
    return await _refused(request, refusal)


def malformed(found: Sequence[Mapping[str, Any]]) -> InvalidInput:
    """All of pydantic's errors as one refusal; those nobody will be told are only counted."""
    first = tuple(map(field_problem, found[:MAX_TOLD]))
    return InvalidInput(errors=first, more=len(found) - len(first))


def field_problem(one: Mapping[str, Any]) -> FieldProblem:
    """One of pydantic's errors, its `loc` beginning with body, query, path or header."""
    where, *path = one["loc"]
    if one["type"] == "json_invalid":
        detail = f"is not JSON: {one['ctx']['error']} at character {path[0]}"
        return FieldProblem(pointer="", detail=detail)
    if where == "query":
        return FieldProblem(pointer=f"?{path[0]}", detail=one["msg"])
    if where == "header":
        return FieldProblem(pointer=f"{path[0]}:", detail=one["msg"])
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in path)
    return FieldProblem(pointer="".join(f"/{step}" for step in steps), detail=one["msg"])


async def _unserved(request: Request, error: Exception) -> Response:
    """No route, another method, too large: what the framework answers by itself."""
    if not isinstance(error, HTTPException) or error.status_code not in _BY_STATUS:
        log.error("unexpected framework answer", error=repr(error))
        return internal_error(request)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = _literally_allowed(request) or _allowed(_routes_at(request))
    return _edge(request, _BY_STATUS[error.status_code], headers)


def _routes_at(request: Request) -> list[APIRoute]:
    """Every route of the path, whatever its method."""
    path = request.scope["path"]
    routes = request.scope["app"].router.routes
    return [one for one in routes if isinstance(one, APIRoute) and one.path_regex.match(path)]


def _literally_allowed(request: Request) -> str:
    """The methods of the routes written exactly so: `batch` is never an id."""
    path = request.scope["path"]
    return _allowed([one for one in _routes_at(request) if one.path == path])


def _allowed(routes: Sequence[APIRoute]) -> str:
    return ", ".join(sorted({method for one in routes for method in one.methods or ()}))


async def _unavailable(request: Request, error: Exception) -> Response:
    if not isinstance(error, Unavailable):
        return internal_error(request)
    return unavailable(request, error)


def unavailable(request: Request, error: Unavailable) -> Response:
    """Not now, and when to ask again."""
    log.warning("unavailable", reason=error.reason, request_id=_request_id(request))
    return _edge(request, "unavailable", {"Retry-After": str(error.retry_after_s)})


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
    line = f"[{name}](/problems/{name}): {kind.title}"
    response["description"] = "  \n".join(filter(None, (response["description"], line)))
    value = _head(name, kind, f"{kind.title}.", "0199c0f3a5b87c1e")
    if name == InvalidInput.problem:
        value["errors"] = [{"pointer": "/amount_minor", "detail": "should be 1 or more"}]
    examples[name] = {"summary": kind.title, "value": value}
