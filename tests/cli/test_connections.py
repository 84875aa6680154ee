"""What is sent before the application hears of it: every head, body and silence has an end."""

import asyncio
import json
import resource
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
import uvicorn

from app.cli import connections
from app.cli.connections import MAX_FIELDS, MAX_HEAD_BYTES, Connections
from app.cli.serve import _Server, listen

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
SOON_S = 0.3
PATIENCE_S = 10


async def echo(scope, receive, send):
    """Answers how long the body was, as soon as it has all of it."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        size += len(message["body"])
        more = message["more_body"]
    length = 50_000_000 if scope["path"] == "/much" else size
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"x" * length})


@asynccontextmanager
async def served(most=100):
    with listen("127.0.0.1", 0) as listening:
        config = uvicorn.Config(
            echo, http=Connections(most).protocol(), ws="none", lifespan="off", log_config=None
        )
        server = _Server(config)
        running = asyncio.create_task(server._serve([listening]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has a flag and no event
            await asyncio.sleep(0.01)
        try:
            yield listening.getsockname()[1], server
        finally:
            server.should_exit = server.force_exit = True
            await running


class Caller:
    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    async def says(self, *parts):
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def hears(self):
        """All that comes until the other side closes."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.read()


@asynccontextmanager
async def called(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Caller(reader, writer)
    finally:
        writer.close()


def problem(answer):
    """The status and the name of what was answered."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)["type"].removeprefix("/problems/")


@pytest.fixture
def hurried(monkeypatch):
    for name in ("HEAD_SECONDS", "BODY_SECONDS", "READING_SECONDS"):
        monkeypatch.setattr(connections, name, SOON_S)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([GET + b"X: 1\r\n" * (MAX_FIELDS + 1) + b"\r\n"], id="many fields"),
        pytest.param([GET, *[b"X: 1\r\n"] * (MAX_FIELDS + 1)], id="many fields, one by one"),
        pytest.param([GET + b"X: " + b"a" * MAX_HEAD_BYTES + b"\r\n\r\n"], id="a long field"),
        pytest.param([GET + b"X: ", *[b"a" * 1000] * 1000], id="a field without end"),
        pytest.param([b"GET /" + b"a" * MAX_HEAD_BYTES + b" HTTP/1.1\r\n\r\n"], id="a long path"),
    ],
)
async def test_a_head_that_is_too_large(parts):
    async with served() as (port, _), called(port) as caller:
        await caller.says(*parts)

        assert problem(await caller.hears()) == (431, "head-too-large")


async def test_a_trailer_without_end_is_cut_off():
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: "
    async with served() as (port, server), called(port) as caller:
        with pytest.raises(ConnectionError):
            await caller.says(head, *[b"a" * 1000] * 10_000)

        assert not server.server_state.connections


async def test_what_is_no_http():
    async with served() as (port, _), called(port) as caller:
        await caller.says(b"HELO\r\n\r\n")

        assert problem(await caller.hears()) == (400, "unreadable-head")


async def test_a_silent_connection_is_closed(hurried):
    async with served() as (port, _), called(port) as caller:
        assert await caller.hears() == b""


async def test_a_head_that_does_not_end(hurried):
    async with served() as (port, _), called(port) as caller:
        await caller.says(GET)

        assert problem(await caller.hears()) == (408, "too-slow")


async def test_a_second_head_that_does_not_end(hurried):
    async with served() as (port, _), called(port) as caller:
        await caller.says(GET + b"\r\n", GET)
        answer = await caller.hears()

        assert answer.startswith(b"HTTP/1.1 200")
        assert b"HTTP/1.1 408" in answer


async def test_a_body_that_does_not_end(hurried):
    async with served() as (port, server), called(port) as caller:
        await caller.says(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", b"a")

        assert problem(await caller.hears()) == (408, "too-slow")
        assert not server.server_state.tasks


async def test_an_answer_nobody_reads(hurried):
    async with served() as (port, server), called(port) as caller:
        await caller.says(b"GET /much HTTP/1.1\r\nHost: a\r\n\r\n")
        caller.writer.transport.pause_reading()
        async with asyncio.timeout(PATIENCE_S):
            while server.server_state.connections:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.05)


async def test_a_request_that_is_worked_on_is_left_alone(hurried, monkeypatch):
    async with served() as (port, server), called(port) as caller:
        server.config.loaded_app = slowly
        await caller.says(GET + b"Connection: close\r\n\r\n")

        assert (await caller.hears()).startswith(b"HTTP/1.1 200")


async def slowly(scope, receive, send):
    await asyncio.sleep(4 * SOON_S)
    await echo(scope, receive, send)


async def test_silent_connections_keep_nobody_out():
    async with served(most=5) as (port, server):
        silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
        async with called(port) as caller:
            await caller.says(GET + b"Connection: close\r\n\r\n")
            assert (await caller.hears()).startswith(b"HTTP/1.1 200")
        assert len(server.server_state.connections) <= 6
        for _, writer in silent:
            writer.close()


async def test_where_all_are_at_work_a_newcomer_is_told_to_come_again():
    async with served(most=2) as (port, server):
        server.config.loaded_app = slowly
        async with called(port) as one, called(port) as two:
            await one.says(GET + b"\r\n")
            await two.says(GET + b"\r\n")
            while len(server.server_state.tasks) < 2:  # noqa: ASYNC110 - the same
                await asyncio.sleep(0.01)
            async with called(port) as third:
                answer = await third.hears()

    assert problem(answer) == (503, "unavailable")
    assert b"Retry-After: 1" in answer


async def test_no_more_than_a_few_requests_wait_behind_another():
    async with served() as (port, server), called(port) as caller:
        server.config.loaded_app = slowly
        await caller.says((GET + b"\r\n") * 100)
        await caller.hears()
        assert len(server.server_state.tasks) <= 1


def test_few_files_are_said(monkeypatch):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    program = (
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256));"
        "from app.cli.connections import allowed_connections as a;"
        "from app.cli.serve import _connections; from app.config import Settings;"
        "print(_connections(Settings(_env_file=None)).most)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )

    assert (int(ran.stdout), "256 files" in ran.stderr) == (256 - 20 - 64, True)
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == before
