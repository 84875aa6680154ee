"""What every answer tells a browser or a proxy: take it for what it says it is, keep it nowhere.

Answers under `/v1` have persons in them. Pages and assets say themselves how long they last.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOSNIFF = (b"x-content-type-options", b"nosniff")
_NO_STORE = (b"cache-control", b"no-store")


class Guarded:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        added = [_NOSNIFF]
        if scope["path"].startswith("/v1/"):
            added.append(_NO_STORE)
        if seconds := scope.get("state", {}).get("hsts_seconds"):
            added.append((b"strict-transport-security", f"max-age={seconds}".encode()))

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *added]
            await send(message)

        await self._app(scope, receive, answer)
