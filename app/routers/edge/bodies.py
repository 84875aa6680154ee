"""How a JSON body is read, and how much may be in it.

What a body costs is known before it is parsed: it is counted by its bytes, not by walking it.
Reading is strict, so what could be parsed can also be stored and written again: UTF-8 without
lone surrogates, nested no deeper than anything here needs.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import orjson
from fastapi import Request
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from app.domain.errors import InvalidInput, pointer_to

MAX_BODY_BYTES: Final = 4 * 1024 * 1024  # a batch of 1,000 items, with room
MAX_FILE_BYTES: Final = 32 * 1024 * 1024  # to be imported: 150,000 lines of 200 bytes, unpacked
MAX_VALUES: Final = 10_000  # 1,000 installments, with room; as many unknown fields take 50 ms
MAX_MANY: Final = 50_000  # 50 for each of 1,000 items of a batch, or for a policy's creditors
MAX_DEPTH: Final = 32
MAX_MEMBERS: Final = 1_000  # of one object: as many creditors as a policy may name

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])

_PIECE_BYTES = 16384  # the dearest one takes a millisecond
_OPENING, _CLOSING = frozenset(b"[{"), frozenset(b"]}")
_NO_BRACKETS = bytes(c for c in range(256) if c not in _OPENING | _CLOSING)


def as_sent(body: BaseModel) -> dict[str, Any]:
    """A body, or a part of it, as JSON that says what the client said, and no default."""
    return body.model_dump(mode="json", exclude_unset=True)


def holds_many(endpoint: Endpoint) -> Endpoint:
    """Mark a route whose body may hold `MAX_MANY` values. It takes them apart with pauses."""
    _many.add(endpoint)
    return endpoint


_many: set[object] = set()


def most_values(endpoint: object) -> int:
    """How many values a route's body may hold."""
    return MAX_MANY if endpoint in _many else MAX_VALUES


def takes_a_file(endpoint: Endpoint) -> Endpoint:
    """Mark a route whose body is a file of up to `MAX_FILE_BYTES`, never held whole."""
    _files.add(endpoint)
    return endpoint


_files: set[object] = set()


def most_bytes(endpoint: object) -> int:
    """How many bytes a route's body may have."""
    return MAX_FILE_BYTES if endpoint in _files else MAX_BODY_BYTES


class Bounded(Request):
    """A request whose JSON is bounded before it is parsed."""

    sent: object = None
    """The body as it was read; the framework validates it after the dependencies were asked."""

    async def json(self) -> Any:  # noqa: ANN401 - as the framework has it
        body = await self.body()
        for _ in measured(body, most=most_values(self.scope["endpoint"])):
            await asyncio.sleep(0)  # a large body is looked at piece by piece
        value = self.sent = orjson.loads(body.decode())
        if self.scope["endpoint"] in _many and (pointer := widest(value)) is not None:
            raise Malformed(
                InvalidInput.at(pointer, f"should have {MAX_MEMBERS:,} members at most")
            )
        return value


class Malformed(HTTPException):
    """What is wrong in a body that no field was read of. The framework hides all but its own."""

    def __init__(self, refusal: InvalidInput) -> None:
        super().__init__(422)
        self.refusal = refusal


def widest(value: object) -> str | None:
    """The JSON pointer of an object with more members than one may have, lists not looked into.

    To be told of each unknown one would take a model longer than others can wait; a batch says of
    each of its items what is wrong with it.
    """
    inside = [("", value)]
    while inside:
        pointer, one = inside.pop()
        if isinstance(one, dict):
            if len(one) > MAX_MEMBERS:
                return pointer
            inside += ((pointer_to(pointer, name), member) for name, member in one.items())
    return None


def refuse_too_much(body: bytes, *, most: int) -> None:
    """413 for more values than a request may hold, 400 for brackets too deep."""
    for _ in measured(body, most=most):
        pass


def measured(body: bytes, *, most: int) -> Iterator[None]:
    """`refuse_too_much` in steps of about a millisecond.

    Each value but the first in its list or object has a comma before it, and each list or object
    a bracket; only a text full of them needs the closer look.
    """
    brackets = body.count(b"[") + body.count(b"{")
    if brackets <= MAX_DEPTH and body.count(b",") + brackets <= most:
        return
    marks = depth = 0
    for bare in _outside_texts(body):
        for bracket in bare.translate(None, delete=_NO_BRACKETS)[: most + 1]:
            depth += 1 if bracket in _OPENING else -1
            if depth > MAX_DEPTH:
                raise HTTPException(400)
        marks += bare.count(b",") + bare.count(b"[") + bare.count(b"{")
        if marks > most:
            raise HTTPException(413)
        yield


def _outside_texts(body: bytes) -> Iterator[bytes]:
    """The body piece by piece, its texts left out; the first pieces tell most."""
    at, inside = 0, False
    while at < len(body):
        piece = body[at : at + _PIECE_BYTES]
        escapes = len(piece) - len(piece.rstrip(b"\\"))
        if escapes % 2 and len(piece) > 1:  # what it escapes is in the next piece
            piece = piece[:-1]
        at += len(piece)
        if b"\\" in piece:  # an escaped backslash escapes nothing: those go first
            piece = piece.replace(b"\\\\", b"").replace(b'\\"', b"")
        between = piece.split(b'"')
        yield b" ".join(between[inside::2])
        inside ^= len(between) % 2 == 0
