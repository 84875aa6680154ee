"""What HTTP asks of every path: `HEAD` wherever there is `GET`, and an `OPTIONS` that is true.

And what browsers ask before they let a page of another origin call: nothing is answered to them
unless the installation names that origin (`ACCORD_CORS_ORIGINS`).
"""

from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipResponder, IdentityResponder
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.routers.edge.deps import ACTOR_HEADER, KEY_HEADER, ORIGIN_HEADER
from app.routers.edge.paths import methods_at

#: Shorter answers are sent as they are: a posting's is, and pays nothing.
COMPRESSED_FROM_BYTES: Final = 2048
_LEVEL = 5
_EXPOSED = (
    "ETag", "Location", "Idempotency-Replayed", "Retry-After", "X-Request-ID", "Deprecation",
    "Sunset", "Link", "RateLimit", "RateLimit-Policy",
)  # fmt: skip
_ASKED = ("Authorization", "Content-Type", "If-Match", "X-Request-ID", ACTOR_HEADER, KEY_HEADER,
          ORIGIN_HEADER)  # fmt: skip
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_KEPT_SECONDS = 600


class Methods:
    """The middleware of `HEAD` and `OPTIONS`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "HEAD":
            scope["method"] = "GET"
            try:
                await self._app(scope, receive, _bodiless(send))
            finally:
                scope["method"] = "HEAD"
        elif scope["type"] == "http" and scope["method"] == "OPTIONS":
            allowed = methods_at(Request(scope))
            answer = Response(status_code=204, headers={"Allow": allowed}) if allowed else self._app
            await answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _bodiless(send: Send) -> Send:
    async def head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await send(message)

    return head


class Compressed:
    """The middleware of compression: the framework's, but what says that it is short goes past."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sending: Send | None = None

        async def answer(message: Message) -> None:
            nonlocal sending
            if sending is None:
                sending = send if _is_short(message) else self._compressing(scope, send)
            await sending(message)

        await self._app(scope, receive, answer)

    def _compressing(self, scope: Scope, send: Send) -> Send:
        if "gzip" in Headers(scope=scope).get("Accept-Encoding", ""):
            responder: IdentityResponder = GZipResponder(self._app, COMPRESSED_FROM_BYTES, _LEVEL)
        else:  # says that it may come otherwise to others
            responder = IdentityResponder(self._app, COMPRESSED_FROM_BYTES)
        responder.send = send
        return responder.send_with_compression


def _is_short(message: Message) -> bool:
    """Whether a whole answer says that it is not worth compressing."""
    if message["type"] != "http.response.start":
        return False
    for name, value in message["headers"]:
        if name == b"content-length":
            return int(value) < COMPRESSED_FROM_BYTES
    return False


class CrossOrigin:
    """The middleware of other origins: those that the settings name, once they are read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open: tuple[tuple[str, ...], ASGIApp] = ((), app)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origins = tuple(scope.get("state", {}).get("cors_origins", ()))
        if origins != self._open[0]:
            opened = CORSMiddleware(
                self._app,
                allow_origins=origins,
                allow_methods=_METHODS,
                allow_headers=_ASKED,
                expose_headers=_EXPOSED,
                max_age=_KEPT_SECONDS,
            )
            self._open = (origins, opened)
        await self._open[1](scope, receive, send)


def install(app: FastAPI) -> None:
    """Between the figures of a request and its place: compress, and answer every method."""
    app.add_middleware(Methods)
    app.add_middleware(Compressed)
