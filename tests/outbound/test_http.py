"""What goes out goes to an address that was checked, with the name for TLS and Host, once."""

import asyncio
import contextlib
import ssl
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from app.domain.webhooks.attempts import Outgoing
from app.outbound.http import HttpSender
from app.outbound.resolving import Unreachable, resolve
from tests.webhooks.receiver import receiving

DATA = Path(__file__).parents[1] / "webhooks" / "data"
HERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
NAME = "hooks.example.test"


def now():
    return datetime(2026, 10, 6, tzinfo=UTC)


def trusting():
    return ssl.create_default_context(cafile=DATA / "authority.pem")


def certified(seen=None):
    """A server's side, whose certificate is for `NAME`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(DATA / f"{NAME}.pem")
    if seen is not None:
        context.sni_callback = lambda _socket, name, _context: seen.append(name)
    return context


def answering(*addresses):
    """A resolver that answers with these, one list a question; and what it was asked."""
    asked, answers = [], list(addresses)

    async def find(host, port, allowed):
        asked.append(host)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return tuple(ip_address(one) for one in found)

    return find, asked


@pytest.fixture
async def sent():
    """`await sent(url, **settings)`: the answer to one request."""
    made = []

    async def send(url, *, headers=None, **settings):
        sender = HttpSender(now=now, **{"timeout_s": 2, "allowed": HERE, **settings})
        made.append(sender)
        return await sender.send(Outgoing(url=url, headers=headers or {}, body=b"{}"))

    yield send
    for one in made:
        await one.close()


async def test_tls_gets_the_name_and_the_connection_the_address(sent):
    seen = []
    find, asked = answering(["127.0.0.1"])
    async with receiving(200, tls=certified(seen)) as there:
        port = there.url.rpartition(":")[2].partition("/")[0]
        url = f"https://{NAME}:{port}/hook?x=1"
        answer = await sent(url, find=find, trust=trusting())
    assert (answer.status, answer.error) == (200, None)
    assert (seen, asked) == ([NAME], [NAME])
    (got,) = there.got
    assert got.headers["host"] == f"{NAME}:{port}"
    assert got.path == "/hook?x=1"


@pytest.mark.parametrize("name", ["other.example.test", "127.0.0.1"])
async def test_a_certificate_for_another_name_is_no_answer(sent, name):
    find, _ = answering(["127.0.0.1"])
    async with receiving(200, tls=certified()) as there:
        url = there.url.replace("127.0.0.1", name)
        answer = await sent(url, find=find, trust=trusting())
    assert (answer.status, answer.error) == (None, "tls-failed")
    assert there.got == []


async def test_a_certificate_nobody_vouches_for_is_no_answer(sent):
    find, _ = answering(["127.0.0.1"])
    async with receiving(200, tls=certified()) as there:
        answer = await sent(there.url.replace("127.0.0.1", NAME), find=find)
    assert answer.error == "tls-failed"


async def test_each_attempt_resolves_anew_and_goes_nowhere_else(sent):
    """A name that answers another address the second time: the first is asked once, not kept."""
    find, asked = answering(["127.0.0.1"], ["127.0.0.2"])
    async with receiving(200) as one:
        sender = HttpSender(now=now, allowed=HERE, find=find, timeout_s=2)
        outgoing = Outgoing(url=one.url.replace("127.0.0.1", NAME), headers={}, body=b"{}")
        answers = [await sender.send(outgoing) for _ in range(2)]
        await sender.close()
    assert [a.status for a in answers] == [200, None]
    assert asked == [NAME, NAME]
    assert len(one.got) == 1


async def test_where_the_first_address_takes_no_connection_the_next_is_asked(sent):
    find, _ = answering(["127.0.0.9", "127.0.0.1"])
    async with receiving(204) as there:
        answer = await sent(there.url.replace("127.0.0.1", NAME), find=find)
    assert answer.status == 204


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_a_private_address_is_not_connected_to(sent, host):
    async with receiving(200) as there:
        answer = await sent(there.url.replace("127.0.0.1", host), allowed=())
    assert (answer.status, answer.error) == (None, "private-address")
    assert there.got == []


async def test_one_private_answer_closes_a_name(monkeypatch):
    both = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]

    async def answered(*_args, **_named):
        return both

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", answered)
    with pytest.raises(Unreachable, match="private-address"):
        await resolve(NAME, 443)
    del both[1]
    assert [str(one) for one in await resolve(NAME, 443)] == ["8.8.8.8"]


async def test_a_name_that_is_none(sent):
    answer = await sent("https://nothing.invalid/")
    assert answer.error == "name-not-resolved"


async def test_nobody_there(sent):
    async with receiving(200) as there:
        pass
    assert (await sent(there.url)).error == "connection-failed"


async def test_a_redirect_is_an_answer_and_no_place_to_go(sent):
    async with receiving(200) as inner:
        away = f"HTTP/1.1 307 X\r\nlocation: {inner.url}\r\ncontent-length: 0\r\n\r\n".encode()
        async with receiving(away) as there:
            answer = await sent(there.url)
    assert answer.status == 307
    assert inner.got == []


async def test_a_proxy_of_the_environment_is_not_heeded(sent, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with receiving(200) as there:
        assert (await sent(there.url)).status == 200


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (None, "timeout"),
        (b"HTTP/1.1 200 X\r\ncontent-length: 100\r\n\r\nshort", "no-http-answer"),
        (b"", "no-http-answer"),
    ],
)
async def test_half_an_answer_is_none(sent, answer, error):
    async with receiving(answer) as there:
        came = await sent(there.url, timeout_s=0.3)
    assert (came.status, came.error) == (None, error)


async def test_an_answer_that_drips_ends_with_the_time(sent):
    """Each part comes in time, the whole never would."""

    async def drip(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 X\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                writer.write(b".")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    answer = await sent(url, timeout_s=0.3)
    server.close()
    assert (answer.status, answer.error) == (None, "timeout")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("600", 600), ("Tue, 06 Oct 2026 00:10:00 GMT", 600), ("999999", 86400), ("soon", None),
     ("-5", None), ("Mon, 05 Oct 2026 00:00:00 GMT", 0)],
)  # fmt: skip
async def test_retry_after_is_read_in_both_its_forms(sent, header, seconds):
    answer = f"HTTP/1.1 503 X\r\nretry-after: {header}\r\ncontent-length: 0\r\n\r\n".encode()
    async with receiving(answer) as there:
        assert (await sent(there.url)).retry_after_s == seconds
