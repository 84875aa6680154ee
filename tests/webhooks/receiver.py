"""An endpoint for tests: a real HTTP server that answers as it is told, and keeps what came."""

import asyncio
import contextlib
from dataclasses import dataclass, field

import orjson


@dataclass
class Got:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self):
        return orjson.loads(self.body)

    @property
    def id(self):
        return self.headers["webhook-id"]


@dataclass
class Answering:
    """What is answered, in order; the last one from then on. A number is a status."""

    answers: list = field(default_factory=lambda: [204])
    got: list[Got] = field(default_factory=list)
    url: str = ""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def next(self):
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    @property
    def types(self):
        return [one.event["type"] for one in self.got]


@contextlib.asynccontextmanager
async def receiving(*answers, host="127.0.0.1", tls=None):
    """A receiver. An answer is a status, raw bytes, or `None`: it hangs."""
    told = Answering(answers=list(answers) or [204])
    waiting = asyncio.Event()

    async def serve(reader, writer):
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.splitlines()
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in lines if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            told.got.append(Got(path=first.split()[1], headers=headers, body=body))
            told.arrived.set()
            answer = told.next()
            if answer is None:
                await waiting.wait()
            elif isinstance(answer, bytes):
                writer.write(answer)
            else:
                writer.write(f"HTTP/1.1 {answer} X\r\ncontent-length: 0\r\n\r\n".encode())
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, host, 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    told.url = f"{'https' if tls else 'http'}://{host}:{port}/hook"
    try:
        yield told
    finally:
        waiting.set()
        server.close()
