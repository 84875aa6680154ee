"""Who is served when not all can be: each tenant its share, the one that asks too much waits.

As many requests run as the database has connections. One tenant has most of them at most, so
there is room for the next at any time; what is beyond waits its turn, the tenant with the fewest
running first. Whoever would wait longer than anybody should is told so at once: 503 with
`Retry-After`. Keys nobody has used yet share one line by address, and so do wrong ones.
"""

import asyncio
import math
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.routers.edge.problems import unavailable
from app.storage.database.unavailable import Unavailable

MOST_WAIT_SECONDS: Final = 5
#: A wait foreseen to be longer is not begun.
_PATIENCE_SECONDS: Final = 3
_MOST_WAITING: Final = 400
_KEPT_FREE = 4  # one in so many is never one tenant's
_KNOWN_KEYS = 10_000
_SMOOTHING = 0.05


@dataclass(slots=True, eq=False)
class _Line:
    """One tenant's requests: how many run, and who waits."""

    running: int = 0
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)


class Shares:
    """The places there are, and how they are shared out."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._each = max(1, places - max(1, places // _KEPT_FREE))
        self._lines: dict[str, _Line] = {}
        self._usual_seconds = 0.01

    @asynccontextmanager
    async def place(self, whose: str) -> AsyncIterator["Place"]:
        """A place for one request. Raises `Unavailable` where it would wait too long."""
        place = Place(self, whose)
        await place.take()
        try:
            yield place
        finally:
            place.leave()

    async def enter(self, whose: str) -> None:
        """Wait for a place, and have it. Raises `Unavailable`."""
        line = self._lines.setdefault(whose, _Line())
        try:
            await self._enter(line)
        except BaseException:
            self._forget(whose, line)
            raise

    def leave(self, whose: str, took_seconds: float) -> None:
        """Give a place to who comes next."""
        line = self._lines[whose]
        self._usual_seconds += (took_seconds - self._usual_seconds) * _SMOOTHING
        self._leave(line)
        self._forget(whose, line)

    async def _enter(self, line: _Line) -> None:
        if self._free and line.running < self._each and not line.waiting:
            self._free -= 1
            line.running += 1
            return
        foreseen = (len(line.waiting) + 1) * self._usual_seconds / self._each
        if foreseen > _PATIENCE_SECONDS or len(line.waiting) >= _MOST_WAITING:
            raise Unavailable("share", retry_after_s=max(1, math.ceil(foreseen)))
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        line.waiting.append(turn)
        try:
            async with asyncio.timeout(MOST_WAIT_SECONDS):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():  # it came at the same moment
                self._leave(line)
            elif turn in line.waiting:
                line.waiting.remove(turn)
            if isinstance(error, TimeoutError):
                raise Unavailable("share") from error
            raise

    def _leave(self, line: _Line) -> None:
        self._free += 1
        line.running -= 1
        while ready := [
            one for one in self._lines.values() if one.waiting and one.running < self._each
        ]:
            following = min(ready, key=lambda one: one.running)
            turn = following.waiting.popleft()
            if turn.cancelled():  # who waited gave up just now, and has not come to say so
                continue
            self._free -= 1
            following.running += 1
            turn.set_result(None)
            return

    def _forget(self, whose: str, line: _Line) -> None:
        if not line.running and not line.waiting:
            self._lines.pop(whose, None)


class Place:
    """A request's place. It may be left for a while, so that who waits keeps nobody out."""

    def __init__(self, shares: Shares, whose: str) -> None:
        self._shares, self._whose = shares, whose
        self._since: float | None = None

    async def take(self) -> None:
        """Have it from here on. Raises `Unavailable`."""
        await self._shares.enter(self._whose)
        self._since = time.perf_counter()

    def leave(self) -> None:
        """Have it no more; twice is once."""
        if self._since is not None:
            self._shares.leave(self._whose, time.perf_counter() - self._since)
            self._since = None


@asynccontextmanager
async def aside(scope: Scope) -> AsyncIterator[None]:
    """Without its place, a request waits for something. Raises `Unavailable` when it comes back."""
    place: Place | None = scope["state"].get("place")
    if place is None:
        yield
        return
    place.leave()
    yield
    await place.take()


class Admitted:
    """The middleware. Health, figures and pages are not of any tenant and never wait."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._tenants: OrderedDict[bytes, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shares: Shares | None = scope.get("state", {}).get("shares")
        if (
            shares is None
            or scope["type"] != "http"
            or not scope["path"].startswith(("/v1/", "/l/", "/u/"))
        ):
            await self._app(scope, receive, send)
            return
        key = _key(scope)
        place = Place(shares, self._whose(scope, key))
        try:
            await place.take()
            scope["state"]["place"] = place
            await self._app(scope, receive, send)
            self._remember(scope, key)
        except Unavailable as full:
            await unavailable(Request(scope), full)(scope, receive, send)
        finally:
            place.leave()

    def _whose(self, scope: Scope, key: bytes) -> str:
        known = self._tenants.get(key)
        if known is not None:
            self._tenants.move_to_end(key)
            return known
        client = scope.get("client")
        return f"address {client[0] if client else ''}"

    def _remember(self, scope: Scope, key: bytes) -> None:
        identity = scope["state"].get("identity")
        if identity is not None and key not in self._tenants:
            self._tenants[key] = str(identity.tenant_id)
            if len(self._tenants) > _KNOWN_KEYS:
                self._tenants.popitem(last=False)


def _key(scope: Scope) -> bytes:
    """A key's digest: the key itself is kept nowhere."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return sha256(value).digest()
    return b""
