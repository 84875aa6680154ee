"""How often a key may ask: a number of requests a minute, told before it is reached.

Counted in this process, so each server of several has counts of its own: nothing is asked of the
database, and a request pays a dictionary's look-up. The headers are those of the IETF's draft
(RateLimit header fields for HTTP): the policy, and what is left of it. Requests without a key are
counted by address.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.routers.edge.problems import rate_limited

WINDOW_SECONDS: Final = 60
_KNOWN = 10_000  # keys counted at once; the one that asked longest ago is forgotten


@dataclass(slots=True)
class Window:
    """The minute a key is in: when it ends, and how many requests are left."""

    ends_at: float
    remaining: int


class RateLimits:
    """Every key's minute."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._clock = clock
        self._windows: OrderedDict[bytes, Window] = OrderedDict()

    def take(self, key: bytes) -> tuple[bool, int, int]:
        """Whether one more may be served, how many may after it, and in how many seconds anew."""
        now = self._clock()
        window = self._windows.get(key)
        if window is None or window.ends_at <= now:
            window = self._windows[key] = Window(now + WINDOW_SECONDS, self.per_minute)
        self._windows.move_to_end(key)
        if len(self._windows) > _KNOWN:
            self._windows.popitem(last=False)
        allowed = window.remaining > 0
        window.remaining -= allowed
        return allowed, window.remaining, max(1, math.ceil(window.ends_at - now))


class Limited:
    """The middleware. Pages, health and figures are not counted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        limits: RateLimits | None = scope.get("state", {}).get("rate_limits")
        if (
            limits is None
            or scope["type"] != "http"
            or not scope["path"].startswith(("/v1/", "/l/", "/u/"))
        ):
            await self._app(scope, receive, send)
            return
        allowed, remaining, reset = limits.take(_whose(scope))
        policy = f'"key";q={limits.per_minute};w={WINDOW_SECONDS}'
        standing = f'"key";r={remaining};t={reset}'

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = policy
                headers["RateLimit"] = standing
            await send(message)

        if allowed:
            await self._app(scope, receive, told)
        else:
            await rate_limited(Request(scope), reset)(scope, receive, told)


def _whose(scope: Scope) -> bytes:
    """A key's digest, or the address of who has none: the key itself is kept nowhere."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            return sha256(value).digest()
    client = scope.get("client")
    return f"address {client[0] if client else ''}".encode()
