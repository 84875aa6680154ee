"""What a route asks for: who is asking, for which tenant, on which day, in which transaction.

    @router.post("", status_code=201, responses=problems(NotFound))
    async def post(body: PaymentRequest, ctx: CanWritePayments) -> Response: ...

Naming the scope is how a route gets its context, so none is open by omission. The context
is a function-scoped dependency: its transaction commits when the route has answered and
*before* the answer is sent, so a 2xx means stored, and a commit that fails is a 500.
This is the one module that reads the clock.
"""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request, params

from app.domain.errors import InvalidInput
from app.routers.edge.metrics import Metrics
from app.schemas.edge.types import Date
from app.services.context import Context
from app.services.idempotency import Claim, Reply, claim, fingerprint
from app.services.tenancy.authentication import (
    SCOPES,
    Identity,
    Unauthenticated,
    authenticate,
    permit,
)
from app.storage.database.engine import Database, Transaction

ACTOR_HEADER: Final = "Accord-Actor"
KEY_HEADER: Final = "Idempotency-Key"

_ACTOR = re.compile(r"[!-~]([ -~]{0,126}[!-~])?", re.ASCII)
_BEARER = re.compile(r"bearer +([!-~]{1,200}) *", re.ASCII | re.IGNORECASE)
_KEY = re.compile(r"[!-~]{1,255}", re.ASCII)

#: The scope behind each dependency that `requires` made; the route class tells OpenAPI.
needed_scope: dict[object, str] = {}


class Replayed(Exception):
    """The request was answered before; the route class sends the same bytes again."""

    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self.reply = reply


def requires(scope: str, *, stored: bool = True, reports: bool = False) -> params.Depends:
    """What gives a route its `Context`, for keys that have `scope`; see the aliases below.

    `stored` False: the route only works something out. It gets no transaction, unless its
    answer is to be kept for an idempotency key. `reports`: its statements read much at once, and
    may take as long as the settings allow a report.
    """
    if scope not in SCOPES:
        raise ValueError(f"{scope} is not a scope")

    async def context(request: Request) -> AsyncIterator[Context]:
        token = _token(request)
        actor = _actor(request)
        state = request.scope["state"]
        database: Database = state["database"]
        metrics: Metrics = state["metrics"]
        lasting = stored or KEY_HEADER in request.headers
        limit = state.get("report_timeout_s") if reports else None
        taken = database.transaction(statement_timeout_s=limit) if lasting else database.question()
        async with taken as tx:
            state["identity"] = identity = await authenticate(tx, token)
            permit(identity.scopes, scope)
            if request.method == "POST":
                await _hold_key(request, tx)
            metrics.transactions += 1
            try:
                yield _context(tx, identity, actor)
            finally:
                metrics.transactions -= 1

    needed_scope[context] = scope
    dependency: params.Depends = Depends(context, scope="function")
    return dependency


CanReadAccounts = Annotated[Context, requires("accounts:read")]
CanWriteAccounts = Annotated[Context, requires("accounts:write")]
CanReadEvents = Annotated[Context, requires("events:read")]
CanReportPayments = Annotated[Context, requires("payments:read", reports=True)]
CanReportPlans = Annotated[Context, requires("plans:read", reports=True)]
CanAskWhatIf = Annotated[Context, requires("policies:read", reports=True)]
CanCheckAccounts = Annotated[Context, requires("accounts:read", reports=True)]
CanReadPayments = Annotated[Context, requires("payments:read")]
CanWritePayments = Annotated[Context, requires("payments:write")]
CanReadPlans = Annotated[Context, requires("plans:read")]
CanWritePlans = Annotated[Context, requires("plans:write")]
CanComputePlans = Annotated[Context, requires("plans:read", stored=False)]
CanReadPolicies = Annotated[Context, requires("policies:read")]
CanWritePolicies = Annotated[Context, requires("policies:write")]
CanSetTheClock = Annotated[Context, requires("sandbox:write")]
CanReadSweeps = Annotated[Context, requires("sweeps:read")]
CanRunSweeps = Annotated[Context, requires("sweeps:write")]

#: The day a derived state is wanted for; None is the tenant's business date.
AsOf = Annotated[
    Date | None,
    Query(description="Show the state as of this day. Default: the tenant's business date."),
]


def here_and_now(time_zone: str) -> datetime:
    """What a clock on the wall shows in a time zone."""
    return datetime.now(ZoneInfo(time_zone))


def today(time_zone: str) -> date:
    """The calendar day it is now in a time zone."""
    return here_and_now(time_zone).date()


def _context(tx: Transaction, identity: Identity, actor: str | None) -> Context:
    now = datetime.now(ZoneInfo(identity.time_zone))
    business_date = identity.business_date or now.date()
    return Context(
        tx=tx,
        tenant_id=identity.tenant_id,
        role=identity.role,
        business_date=business_date,
        now=datetime.combine(business_date, now.timetz()).astimezone(UTC),
        time_zone=identity.time_zone,
        sandbox=identity.sandbox,
        actor=actor,
        key_id=identity.key_id,
        policy_epoch=identity.policy_epoch,
    )


def _token(request: Request) -> str:
    bearer = _BEARER.fullmatch(request.headers.get("authorization", ""))
    if bearer is None:
        raise Unauthenticated
    return bearer[1]


def _actor(request: Request) -> str | None:
    actor = request.headers.get(ACTOR_HEADER)
    if actor is not None and not _ACTOR.fullmatch(actor):
        raise InvalidInput.at(f"{ACTOR_HEADER}:", "should be 1 to 128 visible ASCII characters")
    return actor


async def _hold_key(request: Request, tx: Transaction) -> None:
    """Claim the request's idempotency key, or end here with the reply given before."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return
    if not _KEY.fullmatch(key):
        raise InvalidInput.at(f"{KEY_HEADER}:", "should be 1 to 255 visible ASCII characters")
    query = request.scope["query_string"].decode("latin-1")
    target = f"{request.scope['path']}?{query}"
    asked = fingerprint(request.method, target, await request.body())
    held = await claim(tx, key, asked)
    if not isinstance(held, Claim):
        raise Replayed(held)
    request.scope["state"]["claim"] = held
