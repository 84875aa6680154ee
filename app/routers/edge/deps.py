"""What a route asks for: who is asking, for which tenant, on which day, in which transaction.

    @router.post("", status_code=201, responses=problems(NotFound))
    async def post(body: PaymentRequest, ctx: CanWritePayments) -> Response: ...

Naming the scope is how a route gets its context, so none is open by omission. The context
is a function-scoped dependency: its transaction commits when the route has answered and
*before* the answer is sent, so a 2xx means stored, and a commit that fails is a 500.
This is the one module that reads the clock.
"""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date, datetime
from time import monotonic
from typing import Annotated, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request, params

from app.domain.errors import InvalidInput
from app.domain.field_limits import REFERENCE, SYSTEM
from app.routers.edge.bodies import Bounded
from app.routers.edge.logs import log
from app.routers.edge.middleware.metrics import Metrics
from app.schemas.edge.ids import PREFIXES, decode
from app.schemas.edge.time import Date
from app.services.context import Context, instant_on
from app.services.idempotency import Claim, Held, Reply, claim, fingerprint
from app.services.tenancy.authentication import (
    SCOPES,
    Asked,
    Identity,
    Unauthenticated,
    authenticate,
    authenticate_once,
    permit,
)
from app.services.tenancy.key_use import KeyUse
from app.storage.database.engine import Database, Transaction
from app.storage.database.unavailable import Unavailable

ACTOR_HEADER: Final = "Accord-Actor"
ORIGIN_HEADER: Final = "Accord-Origin"
KEY_HEADER: Final = "Idempotency-Key"

_AUTHORIZATION: Final = "Authorization"
_HEADERS: Final = {
    name.lower().encode(): name
    for name in (_AUTHORIZATION, ACTOR_HEADER, ORIGIN_HEADER, KEY_HEADER)
}

_ACTOR = re.compile(r"[!-~]([ -~]{0,126}[!-~])?", re.ASCII)
_UNSAID = "should say who acts: 1 to 128 characters"
_BEARER = re.compile(r"bearer +([!-~]{1,200}) *", re.ASCII | re.IGNORECASE)
_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)

#: The scope behind each dependency that `requires` made; the route class tells OpenAPI.
needed_scope: dict[object, str | None] = {}
#: Those that want to know who acts.
needs_actor: set[object] = set()


class Unkeyed(NamedTuple):
    """Who asks, without an idempotency key; or with what cannot be one."""

    identity: Identity
    given: bool = False
    begun: None = None


class Replayed(Exception):
    """The request was answered before; the route class sends the same bytes again."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


#: What a body asks for, by what it says, if it says it plainly.
Asking = Callable[[object], Asked | None]


def requires(
    scope: str | None,
    *,
    stored: bool = True,
    reports: bool = False,
    named: bool = False,
    asking: Asking | None = None,
) -> params.Depends:
    """What gives a route its `Context`, for keys that have `scope`; see the aliases below.

    `stored` False: the route only works something out. It gets no transaction, unless its
    answer is to be kept for an idempotency key. `reports`: its statements read much at once, and
    may take as long as the settings allow a report. `named`: somebody does this, and says who.
    `asking`: which account the route will write, so that the call that authenticates reads it,
    too, where the request has an idempotency key. Its transaction begins late, then, or never: the
    write may be one. One that is `Overtaken` is done again in a transaction from its beginning
    (`route.py`). Without a scope every key will do.
    """
    if scope is not None and scope not in SCOPES:
        raise ValueError(f"{scope} is not a scope")

    async def context(request: Request) -> AsyncIterator[Context]:
        said = _said(request)
        token, actor, origin = _token(said), _actor(said), _origin(said)
        state = request.scope["state"]
        metrics: Metrics = state["metrics"]
        key = said.get(KEY_HEADER)
        asked = _asked(request, asking) if key is not None else None
        lasting = stored or key is not None
        async with _transaction(state, asked, lasting=lasting, reports=reports) as tx:
            held = await _identified(request, tx, token, key, asked)
            state["identity"] = held.identity
            if scope is not None:
                permit(held.identity.scopes, scope)
            if named and actor is None:
                raise InvalidInput.at(f"{ACTOR_HEADER}:", _UNSAID)
            await _hold_key(request, tx, held)
            metrics.transactions += 1
            try:
                yield _context(tx, held, actor, origin, wall=wall_clock(request))
            finally:
                metrics.transactions -= 1
        await _note_use(state, held.identity)

    needed_scope[context] = scope
    if named:
        needs_actor.add(context)
    dependency: params.Depends = Depends(context, scope="function")
    return dependency


async def _note_use(state: Mapping[str, Any], identity: Identity) -> None:
    """The request is done: what cannot be noted of its key now, is with the next."""
    used: KeyUse = state["key_use"]
    try:
        await used.note(state["database"], identity, at_s=monotonic())
    except Unavailable as error:
        log.warning("a key's use was not noted", reason=error.reason)


async def let_in(request: Request, scope: str) -> None:
    """Know who asks before a large body is taken in; no transaction waits for it meanwhile."""
    database: Database = request.scope["state"]["database"]
    async with database.question() as tx:
        identity = await authenticate(tx, _token(_said(request)))
    permit(identity.scopes, scope)


def payment_asked(body: object) -> Asked | None:
    """The account that a payment names by its id, and the reference it will claim."""
    match body:
        case {"account_id": str(account), "reference": str(reference)}:
            try:
                account_id = decode(PREFIXES["account"], account)
            except ValueError:
                return None
            fits = REFERENCE.problem(reference) is None
            return Asked(account_id, "payment", reference) if fits else None
        case _:
            return None


Opening = Callable[[], AbstractAsyncContextManager[Context]]


def opens(scope: str) -> params.Depends:
    """What `requires` gives, for a route that waits: it has its context only while it looks."""
    context = asynccontextmanager(requires(scope).dependency)  # type: ignore[arg-type]  # ours

    async def opening(request: Request) -> Opening:
        return lambda: context(request)

    needed_scope[opening] = scope
    dependency: params.Depends = Depends(opening)
    return dependency


AnyKey = Annotated[Context, requires(None)]
CanReadAccounts = Annotated[Context, requires("accounts:read")]
CanWriteAccounts = Annotated[Context, requires("accounts:write")]
CanAssignAccounts = Annotated[Context, requires("accounts:write", named=True)]
CanKeepAccounts = Annotated[Context, requires("accounts:write", named=True)]
CanReadContacts = Annotated[Context, requires("contacts:read")]
CanWriteContacts = Annotated[Context, requires("contacts:write")]
CanReadMessages = Annotated[Context, requires("messages:read")]
CanReportMessages = Annotated[Context, requires("messages:report", named=True)]
CanWriteMessages = Annotated[Context, requires("messages:write", named=True)]
CanImport = Annotated[Context, requires("imports:write")]
CanWriteLinks = Annotated[Context, requires("links:write", named=True)]
CanReadLinks = Annotated[Context, requires("links:write")]
CanErasePersons = Annotated[Context, requires("persons:erase")]
CanReadEvidence = Annotated[Context, requires("evidence:read")]
CanMakeEvidence = Annotated[Context, requires("evidence:write", named=True)]
CanReadPersons = Annotated[Context, requires("persons:read")]
CanWritePersons = Annotated[Context, requires("persons:write")]
CanFollowEvents = Annotated[Opening, opens("events:read")]
CanReportPayments = Annotated[Context, requires("payments:read", reports=True)]
CanReportPlans = Annotated[Context, requires("plans:read", reports=True)]
CanAskWhatIf = Annotated[Context, requires("policies:read", reports=True)]
CanCheckAccounts = Annotated[Context, requires("accounts:read", reports=True)]
CanReadKeys = Annotated[Context, requires("keys:read")]
CanWriteKeys = Annotated[Context, requires("keys:write", named=True)]
CanReadPayments = Annotated[Context, requires("payments:read")]
CanPostPayments = Annotated[Context, requires("payments:write", asking=payment_asked)]
CanWritePayments = Annotated[Context, requires("payments:write")]
CanReadPlans = Annotated[Context, requires("plans:read")]
CanWritePlans = Annotated[Context, requires("plans:write")]
CanComputePlans = Annotated[Context, requires("plans:read", stored=False)]
CanReadPolicies = Annotated[Context, requires("policies:read")]
CanSayContactPolicies = Annotated[Context, requires("policies:write", named=True)]
CanWritePolicies = Annotated[Context, requires("policies:write")]
CanSetTheClock = Annotated[Context, requires("sandbox:write")]
CanReport = Annotated[Context, requires("reports:read", reports=True)]
CanReadReports = Annotated[Context, requires("reports:read")]
CanWriteReports = Annotated[Context, requires("reports:write", named=True)]
CanReadSweeps = Annotated[Context, requires("sweeps:read")]
CanRunSweeps = Annotated[Context, requires("sweeps:write")]
CanReadWebhooks = Annotated[Context, requires("webhooks:read")]
CanReadSecrets = Annotated[Context, requires("webhooks:write")]
CanWriteWebhooks = Annotated[Context, requires("webhooks:write", named=True)]
CanReadWorklists = Annotated[Context, requires("worklists:read")]
CanWork = Annotated[Context, requires("worklists:write", named=True)]

#: The day a derived state is wanted for; None is the tenant's business date.
AsOf = Annotated[
    Date | None,
    Query(description="Show the state as of this day. Default: the tenant's business date."),
]


#: What a clock on the wall shows in the time zone of that name.
Clock = Callable[[str], datetime]


def here_and_now(time_zone: str) -> datetime:
    """What a clock on the wall shows in a time zone: the `Clock` of everything that serves."""
    return datetime.now(ZoneInfo(time_zone))


def wall_clock(request: Request) -> Clock:
    """The clock that the application of a request was made with."""
    clock: Clock = request.scope["state"]["clock"]
    return clock


def today(time_zone: str) -> date:
    """The calendar day it is now in a time zone."""
    return here_and_now(time_zone).date()


def _context(
    tx: Transaction,
    held: Held | Unkeyed,
    actor: str | None,
    origin: str | None,
    *,
    wall: Clock,
) -> Context:
    identity = held.identity
    now = wall(identity.time_zone)
    business_date = identity.business_date or now.date()
    return Context(
        tx=tx,
        tenant_id=identity.tenant_id,
        role=identity.role,
        business_date=business_date,
        now=instant_on(business_date, now),
        time_zone=identity.time_zone,
        sandbox=identity.sandbox,
        actor=actor,
        origin=origin,
        key_id=identity.key_id,
        policy_epoch=identity.policy_epoch,
        begun=held.begun,
    )


def _said(request: Request) -> Mapping[str, str]:
    """The headers that are read here, by their names; of one that is sent twice, the first."""
    said = dict[str, str]()
    for name, value in request.scope["headers"]:
        header = _HEADERS.get(name)
        if header is not None:
            said.setdefault(header, value.decode("latin-1"))
    return said


def _token(said: Mapping[str, str]) -> str:
    bearer = _BEARER.fullmatch(said.get(_AUTHORIZATION, ""))
    if bearer is None:
        raise Unauthenticated
    return bearer[1]


def _actor(said: Mapping[str, str]) -> str | None:
    actor = said.get(ACTOR_HEADER)
    if actor is not None and not _ACTOR.fullmatch(actor):
        raise InvalidInput.at(f"{ACTOR_HEADER}:", "should be 1 to 128 visible ASCII characters")
    return actor


def _origin(said: Mapping[str, str]) -> str | None:
    origin = said.get(ORIGIN_HEADER)
    wrong = None if origin is None else SYSTEM.problem(origin)
    if wrong is not None:
        raise InvalidInput.at(f"{ORIGIN_HEADER}:", wrong)
    return origin


def _transaction(
    state: Mapping[str, Any], asked: Asked | None, *, lasting: bool, reports: bool
) -> AbstractAsyncContextManager[Transaction]:
    """One that begins late, where what is asked for may be seen first; once overtaken, at once.

    None at all for what is not `lasting`.
    """
    database: Database = state["database"]
    if not lasting:
        return database.question()
    limit = state.get("report_timeout_s") if reports else None
    late = asked is not None and "overtaken" not in state
    about = asked.account_id if asked else None
    return database.transaction(statement_timeout_s=limit, late=late, about=about)


def _asked(request: Request, asking: Asking | None) -> Asked | None:
    """What a request with an idempotency key asks for."""
    if asking is None or not isinstance(request, Bounded):
        return None
    return asking(request.sent)


async def _identified(
    request: Request, tx: Transaction, token: str, key: str | None, asked: Asked | None
) -> Held | Unkeyed:
    """Who asks; with an idempotency key, in the same call, what that stands for."""
    if key is None or request.method != "POST":
        return Unkeyed(await authenticate(tx, token))
    if not _KEY.fullmatch(key):
        return Unkeyed(await authenticate(tx, token), given=True)
    return await authenticate_once(tx, token, key, asked)


async def _hold_key(request: Request, tx: Transaction, held: Held | Unkeyed) -> None:
    """Claim the request's idempotency key, or end here with the reply given before."""
    if isinstance(held, Unkeyed):
        if held.given:
            raise InvalidInput.at(f"{KEY_HEADER}:", "should be 1 to 255 visible ASCII characters")
        return
    query = request.scope["query_string"].decode("latin-1")
    target = f"{request.scope['path']}?{query}"
    state = request.scope["state"]
    taken_in: bytes | None = state.get("file_hash")
    state["body"] = body = taken_in or await request.body()
    asked = fingerprint(request.method, target, body)
    claimed = claim(tx, asked, held)
    if not isinstance(claimed, Claim):
        raise Replayed(claimed)
    state["claim"] = claimed
