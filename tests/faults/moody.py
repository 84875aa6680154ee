"""A receiver in moods: it fails, hangs, redirects, hangs up, asks for patience, says it is gone.

What it accepts it notes, with whether it was signed; what follows a redirect falls into a trap.
"""

import asyncio
import contextlib
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

import orjson

from app.domain.webhooks.signature import accepts

#: In a thousand requests, how many of each mood; the rest is accepted.
MOODS = {"500": 40, "hangs": 10, "302": 20, "hangs up": 10, "429": 10}
_ANSWERS = {
    "204": b"HTTP/1.1 204 X\r\ncontent-length: 0\r\n\r\n",
    "500": b"HTTP/1.1 500 X\r\ncontent-length: 4\r\n\r\noops",
    "429": b"HTTP/1.1 429 X\r\nretry-after: 20\r\ncontent-length: 0\r\n\r\n",
    "410": b"HTTP/1.1 410 X\r\ncontent-length: 0\r\n\r\n",
    "302": b"HTTP/1.1 302 X\r\nlocation: /trap\r\ncontent-length: 0\r\n\r\n",
}


@dataclass
class Moody:
    """What came, and what was said to it."""

    rng: random.Random
    secret: str = ""
    gone: int = 0  # how often it still is to say so
    answered: Counter = field(default_factory=Counter)
    accepted: list[tuple[str, str, int]] = field(default_factory=list)
    unsigned: int = 0
    trapped: int = 0
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/hook"

    async def open(self):
        """Listen, on the port it had before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self):
        """Away: whoever comes finds nobody."""
        self._server.close()

    def _mood(self):
        if self.gone and self.rng.random() < 0.01:
            self.gone -= 1
            return "410"
        point = self.rng.randrange(1000)
        for mood, share in MOODS.items():
            if point < share:
                return mood
            point -= share
        return "204"

    async def _serve(self, reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.splitlines()
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            await self._answer(first, headers, body, writer)
        writer.close()

    async def _answer(self, first, headers, body, writer):
        if "/trap" in first:
            self.trapped += 1
        sent_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
        if not accepts(self.secret, headers, body, now=sent_at):
            self.unsigned += 1
        mood = self._mood()
        self.answered[mood] += 1
        if mood == "hangs":
            await asyncio.sleep(3)
        if mood == "204":
            data = orjson.loads(body)["data"]
            self.accepted.append((headers["webhook-id"], data["account_id"], data["sequence"]))
        if mood in _ANSWERS:
            writer.write(_ANSWERS[mood])
            await writer.drain()
