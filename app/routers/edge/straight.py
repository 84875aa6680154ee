"""The busiest operation's way past the framework, for a request that is plainly right.

What the framework does around any route (two stacks of what is to be closed, dependencies solved
by recursion, a `Content-Type` parsed as an e-mail's header, refusals worded in a second layer) is a
tenth of a posting. A request to an operation marked `straight` that is sent whole, as JSON that
its model takes, is answered without it. Nothing is decided here of any other: it goes by the
framework, with what was read of it read again, and is answered or refused as it ever was.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from inspect import isasyncgenfunction
from typing import Any, Final, TypeVar

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.types import Message, Receive, Scope, Send

from app.routers.edge.bodies import MAX_DEPTH, MAX_VALUES, Bounded
from app.routers.edge.deps import Replayed
from app.services.context import Context

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])
#: Answers a request; or decides nothing, and gives back what the framework reads it by.
Straight = Callable[[Scope, Receive, Send], Awaitable[Receive | None]]

#: A body of so many bytes cannot hold more values than one may.
_FEW_BYTES: Final = MAX_VALUES

_straight: set[object] = set()


def straight(endpoint: Endpoint) -> Endpoint:
    """Mark a POST that takes a body and its context, and nothing else."""
    _straight.add(endpoint)
    return endpoint


def straight_way(
    route: APIRoute,
    *,
    keep: Callable[[Request, Response], Awaitable[None]],
    again: Callable[[Request, Replayed], Response],
) -> Straight | None:
    """How a route that is marked answers what is plain; None: it is not marked.

    `keep`: what is done with an answer before the route's transaction ends. `again`: the answer
    to what was answered before.
    """
    endpoint: Callable[..., Awaitable[Response]] = route.endpoint
    if endpoint not in _straight:
        return None
    body_name, validated, context_name, opened = _asked_for(route)

    async def answered(scope: Scope, receive: Receive, send: Send) -> Receive | None:
        if scope["method"] != "POST" or scope["query_string"] or not _says_json(scope):
            return receive
        messages, body = await _read(receive)
        value = _plain(body)
        if value is None:
            return _once_more(messages, receive)
        try:
            taken = validated(value)
        except ValidationError:  # the framework words it, once it knows who asks
            return _once_more(messages, receive)
        request = _Read(scope, body, value)
        try:
            async with opened(request) as context:
                response = await endpoint(**{body_name: taken, context_name: context})
                await keep(request, response)
        except Replayed as known:
            response = again(request, known)
        await response(scope, receive, send)
        return None

    return answered


class _Read(Bounded):
    """A request whose body was read, and bounded, before."""

    def __init__(self, scope: Scope, body: bytes, sent: object) -> None:
        super().__init__(scope)
        self._taken, self.sent = body, sent

    async def body(self) -> bytes:
        return self._taken


def _asked_for(
    route: APIRoute,
) -> tuple[
    str,
    Callable[[object], BaseModel],
    str,
    Callable[[Request], AbstractAsyncContextManager[Context]],
]:
    """What the route's function takes: the name of its body and what that is, and its context's."""
    asked, field = route.dependant, route.body_field
    others = (*asked.path_params, *asked.query_params, *asked.header_params, *asked.cookie_params)
    model = field.field_info.annotation if field is not None else None
    (depends,) = asked.dependencies
    context = depends.call
    if others or field is None or depends.name is None or not isasyncgenfunction(context):
        raise ValueError(f"{route.path} asks for more than a body and a context")
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        raise TypeError(f"{route.path} takes a body that is no model")
    return field.name, model.model_validate, depends.name, asynccontextmanager(context)


def _says_json(scope: Scope) -> bool:
    """Whether its first `Content-Type` is the plain one."""
    for name, value in scope["headers"]:
        if name == b"content-type":
            return bool(value == b"application/json")
    return False


async def _read(receive: Receive) -> tuple[list[Message], bytes]:
    """What came, and the small body in it; of any other, and of one that breaks off, nothing."""
    messages: list[Message] = []
    body = b""
    while len(body) <= _FEW_BYTES:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            break
        body += message.get("body", b"")
        if not message.get("more_body"):
            return messages, body
    return messages, b""


def _plain(body: bytes) -> dict[str, Any] | None:
    """The JSON object that a small body is, no deeper than a body may be."""
    if len(body) > _FEW_BYTES or body.count(b"[") + body.count(b"{") > MAX_DEPTH:
        return None
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _once_more(messages: list[Message], receive: Receive) -> Receive:
    """What gives these once more, then whatever comes after them."""
    waiting = iter(messages)

    async def again() -> Message:
        for message in waiting:
            return message
        return await receive()

    return again
