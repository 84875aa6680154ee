"""Who comes with a token alone: the transaction, the tenant and the day of a visit.

No key, no idempotency: the token says all. It stands in no log: lines name the route, and what
goes wrong is told without the path.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qsl

import orjson
from fastapi import Request
from starlette.exceptions import HTTPException

from app.domain.errors import InvalidInput
from app.domain.vocabulary import Role
from app.routers.edge.deps import wall_clock
from app.schemas.edge.ids import encode
from app.services.context import Context, instant_on
from app.services.links.visit import Opened, Visit, begin_visit, open_by
from app.storage.database.engine import Database, Transaction

COOKIE = "accord_link"
MAX_FORM_BYTES = 20_000
MAX_FIELDS = 40
MAX_VALUE = 4_000
_MOST_AGENT = 255


class UnknownToken(Exception):
    """Nothing is opened by it, or no longer."""


@asynccontextmanager
async def visiting(request: Request, token: str, *, lock: bool = False) -> AsyncIterator[Visit]:
    """The visit, in a transaction that commits when the block ends. Raises `UnknownToken`."""
    database: Database = request.scope["state"]["database"]
    async with database.transaction() as tx:
        opened = await open_by(tx, token)
        visit = opened and await begin_visit(
            _context(request, tx, opened),
            opened,
            cookie=request.cookies.get(COOKIE),
            lock=lock,
            ip=request.client.host if request.client else None,
            user_agent=request.headers.get("user-agent", "")[:_MOST_AGENT] or None,
        )
        if not visit:
            raise UnknownToken
        yield visit


def _context(request: Request, tx: Transaction, opened: Opened) -> Context:
    now = wall_clock(request)(opened.time_zone)
    business_date = opened.business_date or now.date()
    return Context(
        tx=tx,
        tenant_id=opened.tenant_id,
        role=Role.AGENT,
        business_date=business_date,
        now=instant_on(business_date, now),
        time_zone=opened.time_zone,
        sandbox=opened.sandbox,
        actor=encode("lnk", opened.link_id),
        policy_epoch=opened.policy_epoch,
    )


async def form(request: Request) -> dict[str, list[str]]:
    """What a page sent: a form, or JSON of texts. Raises `InvalidInput`; 413 for too much."""
    if int(request.headers.get("content-length") or 0) > MAX_FORM_BYTES:
        raise HTTPException(413)
    body = await request.body()
    if len(body) > MAX_FORM_BYTES:
        raise HTTPException(413)
    try:
        if request.headers.get("content-type", "").startswith("application/json"):
            found = orjson.loads(body or b"{}")
            pairs = [(str(name), str(value)) for name, value in found.items() if value is not None]
        else:
            pairs = parse_qsl(body.decode(), max_num_fields=MAX_FIELDS, keep_blank_values=True)
    except (ValueError, AttributeError) as problem:
        raise InvalidInput.at("", "should be a form, as the page sends it") from problem
    read: dict[str, list[str]] = {}
    for name, value in pairs:
        if len(value) > MAX_VALUE or "\x00" in value:
            raise InvalidInput.at(f"/{name[:40]}", f"should have at most {MAX_VALUE} characters")
        read.setdefault(name, []).append(value.strip())
    return read
