"""What a connection may send before the application hears of it, and for how long it may wait.

uvicorn hands a request over when its head is read, and neither counts nor times what comes
before. Here every phase of a connection has an end: the head in bytes, fields and seconds, the
body in seconds, a reader that does not read in seconds, connections in number. Where there are
too many, the one that has waited longest without asking anything makes room, of the address
that holds most of them, so silent connections keep nobody out.
"""

import asyncio
import resource
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)
from uvicorn.server import ServerState

from app.routers.edge.problems import MEDIA_TYPE, edge_bytes

MAX_HEAD_BYTES: Final = 32 * 1024
MAX_FIELDS: Final = 100
MAX_PIPELINED: Final = 16
HEAD_SECONDS: Final = 10
BODY_SECONDS: Final = 30
READING_SECONDS: Final = 30
_LINGER_SECONDS = 1  # a refusal is read before the rest of what was sent is cut off
_OTHER_FILES = 64  # sockets to the database are counted apart


@dataclass(slots=True, eq=False)
class Connections:
    """Those of one server: how many there may be, and which of them wait, by address."""

    most: int
    waiting: dict[str, dict["LimitedProtocol", None]] = field(default_factory=dict)

    def wait(self, one: "LimitedProtocol") -> None:
        self.waiting.setdefault(one.host, {})[one] = None

    def work(self, one: "LimitedProtocol") -> None:
        mine = self.waiting.get(one.host)
        if mine is not None:
            mine.pop(one, None)
            if not mine:
                del self.waiting[one.host]

    def longest_waiting(self) -> "LimitedProtocol | None":
        """Of the address that holds most, the one that has waited longest."""
        if not self.waiting:
            return None
        most = max(self.waiting, key=lambda host: len(self.waiting[host]))
        return next(iter(self.waiting[most]))

    def protocol(self) -> Callable[..., asyncio.Protocol]:
        """What uvicorn makes one of for each connection."""

        def made(**settings: Any) -> asyncio.Protocol:  # noqa: ANN401 - uvicorn's own
            return LimitedProtocol(self, **settings)

        return made


class LimitedProtocol(HttpToolsProtocol):
    """A connection with an end to everything."""

    def __init__(
        self,
        among: Connections,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._among = among
        self._deadline: float | None = None
        self._stalled_until: float | None = None
        self._refused = False
        self._head_bytes = self._unseen_bytes = 0
        self._reading = False  # a message has begun and not ended
        self.host = ""

    # --- What comes in -----------------------------------------------------------------

    def connection_made(  # type: ignore[override]  # a TCP server's transports are no others
        self, transport: asyncio.Transport
    ) -> None:
        super().connection_made(transport)
        self.host = self.client[0] if self.client else ""
        self._deadline = self.loop.time() + HEAD_SECONDS
        if len(self.connections) > self._among.most:
            oldest = self._among.longest_waiting()
            if oldest is None:
                self.refuse("unavailable")
                return
            oldest.give_way()
        self._among.wait(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._among.work(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._deadline is None and not self._reading:
            self._deadline = self.loop.time() + HEAD_SECONDS
        self._unseen_bytes += len(data)
        super().data_received(data)
        if self._unseen_bytes > MAX_HEAD_BYTES:  # a field without end, or a chunk's extension
            self.refuse("head-too-large")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = self._unseen_bytes = 0
        self._reading = True
        self._deadline = self.loop.time() + HEAD_SECONDS

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        if not self._refused:
            super().on_header(name, value)
            if len(self.headers) > MAX_FIELDS:
                self.refuse("head-too-large")

    def on_headers_complete(self) -> None:
        self._unseen_bytes = 0
        if len(self.pipeline) >= MAX_PIPELINED:
            self.refuse("unavailable")
        if not self._refused:
            self._deadline = self.loop.time() + BODY_SECONDS
            self._among.work(self)
            super().on_headers_complete()

    def on_chunk_header(self) -> None:
        self._unseen_bytes = 0

    def on_body(self, body: bytes) -> None:
        self._unseen_bytes = 0
        if not self._refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._unseen_bytes = 0
        self._reading = False
        if not self._refused:
            self._deadline = None
            super().on_message_complete()
            self._rest()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._rest()

    def _rest(self) -> None:
        if not self._reading and not self._busy() and not self.transport.is_closing():
            self._among.wait(self)

    def _count(self, size: int) -> None:
        self._unseen_bytes = 0
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD_BYTES:
            self.refuse("head-too-large")

    def _busy(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - uvicorn's words
        self.refuse("unreadable-head")

    # --- What goes out, and when it ends -----------------------------------------------

    def pause_writing(self) -> None:
        self._stalled_until = self.loop.time() + READING_SECONDS
        super().pause_writing()

    def resume_writing(self) -> None:
        self._stalled_until = None
        super().resume_writing()

    def expire(self, now: float) -> None:
        """End what has lasted too long; the server asks this of each connection now and then."""
        if self._stalled_until is not None and now > self._stalled_until:
            self.transport.abort()
        elif self._deadline is None or now <= self._deadline or self.transport.is_closing():
            return
        elif self._refused or self._unheard():
            self.transport.close()
        elif self._reading and self._busy() and self.cycle.more_body:
            self._late_body()
        elif not self._busy():
            self.refuse("too-slow")

    def _late_body(self) -> None:
        """The application waits for the rest of a body: it hears that the client has gone."""
        if self.cycle.response_started:
            self.transport.close()
        else:
            self._write("too-slow")
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _unheard(self) -> bool:
        """Nothing was sent at all: there is nobody to tell."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None and not self._reading

    def give_way(self) -> None:
        """Close, where nothing was asked."""
        self._among.work(self)
        self.transport.close()

    def refuse(self, name: str) -> None:
        """Say why and close; an answer that is on its way is cut off."""
        if self._refused:
            return
        if self._busy():
            self._refused = True
            self.transport.close()
        else:
            self._write(name)

    def _write(self, name: str) -> None:
        self._refused = True
        self._among.work(self)
        self._unset_keepalive_if_required()
        self._deadline = self.loop.time() + _LINGER_SECONDS
        status, headers, body = edge_bytes(name)
        lines = [f"{key}: {value}\r\n".encode() for key, value in headers.items()]
        length = f"content-length: {len(body)}\r\ncontent-type: {MEDIA_TYPE}\r\n".encode()
        head = [STATUS_LINE[status], *lines, length, b"connection: close\r\n\r\n"]
        self.transport.write(b"".join([*head, body]))
        if self.transport.can_write_eof():
            self.transport.write_eof()


def allowed_connections(asked: int, *, pool_size: int) -> tuple[int, int]:
    """How many connections the operating system lets us have of those asked for; its own limit.

    The soft limit is raised as far as it may be.
    """
    own = pool_size + _OTHER_FILES
    endless: int = resource.RLIM_INFINITY
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == endless:
        return asked, soft
    if soft < asked + own:
        soft = asked + own if hard == endless else min(hard, asked + own)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(asked, soft - own)), soft
