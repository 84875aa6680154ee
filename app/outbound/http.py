"""Sending to an endpoint: resolved, checked and pinned at each attempt, asked once, cut short.

The connection goes to an address that was checked, never to the name again; the name is used for
TLS (SNI and the certificate) and for `Host`. No redirect is followed, no proxy and no `.netrc` of
the environment is heeded, no connection is kept: two names may share an address. Of the answer a
kilobyte is read.
"""

import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Collection
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from ipaddress import IPv6Address
from typing import Final

import httpx

from app.domain.webhooks.addresses import Address, Network
from app.domain.webhooks.attempts import (
    KEPT_BYTES,
    TIMEOUT_S,
    Answer,
    Outgoing,
    retry_after_s,
)
from app.outbound.resolving import Unreachable, resolve

Resolve = Callable[[str, int, Collection[Network]], Awaitable[tuple[Address, ...]]]
#: Addresses of one name that are tried, where a connection cannot be opened.
MOST_ADDRESSES: Final = 3
_PORTS: Final = {"https": 443, "http": 80}
_MOST_CONNECTIONS = 200


class HttpSender:
    """What sends. One for a process: it holds the certificates that are trusted."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        allowed: Collection[Network] = (),
        timeout_s: float = TIMEOUT_S,
        trust: ssl.SSLContext | None = None,
        find: Resolve = resolve,
    ) -> None:
        self.allowed = tuple(allowed)
        self._now = now
        self._timeout_s = timeout_s
        self._trust = trust
        self._find = find
        self._transport: httpx.AsyncHTTPTransport | None = None

    async def send(self, outgoing: Outgoing) -> Answer:
        """The endpoint's answer; where none came in time, `error` says why in a closed word."""
        started = time.perf_counter()
        answer = await self._asked(outgoing)
        return Answer(
            status=answer.status,
            error=answer.error,
            retry_after_s=answer.retry_after_s,
            ms=round((time.perf_counter() - started) * 1000),
            response_bytes=answer.response_bytes,
            response_start=answer.response_start,
        )

    async def close(self) -> None:
        """Close what is open."""
        if self._transport is not None:
            await self._transport.aclose()
            self._transport = None

    async def _asked(self, outgoing: Outgoing) -> Answer:
        try:
            url = httpx.URL(outgoing.url)
            async with asyncio.timeout(self._timeout_s):
                port = url.port or _PORTS[url.scheme]
                addresses = await self._find(url.host.rstrip("."), port, self.allowed)
                return await self._first(url, addresses[:MOST_ADDRESSES], outgoing)
        except Unreachable as error:
            return Answer(error=error.why)
        except (TimeoutError, httpx.TimeoutException):
            return Answer(error="timeout")
        except (httpx.InvalidURL, KeyError):
            return Answer(error="not-a-url")
        except httpx.ConnectError as error:
            return Answer(error="tls-failed" if _is_tls(error) else "connection-failed")
        except httpx.TransportError:
            return Answer(error="no-http-answer")

    async def _first(
        self, url: httpx.URL, addresses: tuple[Address, ...], outgoing: Outgoing
    ) -> Answer:
        """Asked at the first address that takes a connection: until then nothing was sent."""
        for address in addresses[:-1]:
            try:
                return await self._ask(url, address, outgoing)
            except httpx.ConnectError as error:
                if _is_tls(error):
                    raise
        return await self._ask(url, addresses[-1], outgoing)

    async def _ask(self, url: httpx.URL, address: Address, outgoing: Outgoing) -> Answer:
        request = httpx.Request(
            "POST",
            url.copy_with(host=_written(address)),
            headers=[
                *outgoing.headers.items(),
                ("host", url.netloc.decode("ascii")),
                ("content-type", "application/json"),
                ("user-agent", USER_AGENT),
                ("accept-encoding", "identity"),
                ("connection", "close"),
            ],
            content=outgoing.body,
            extensions={
                "sni_hostname": None if url.host == str(address) else url.host.rstrip("."),
                "timeout": httpx.Timeout(self._timeout_s).as_dict(),
            },
        )
        response = await self._opened().handle_async_request(request)
        try:
            body = await _beginning(response)
        finally:
            await response.aclose()
        return Answer(
            status=response.status_code,
            retry_after_s=retry_after_s(response.headers.get("retry-after"), now=self._now()),
            response_bytes=len(body),
            response_start=body.decode("utf-8", "replace").replace("\0", "\ufffd"),
        )

    def _opened(self) -> httpx.AsyncHTTPTransport:
        if self._transport is None:
            self._transport = httpx.AsyncHTTPTransport(
                verify=self._trust or httpx.create_ssl_context(trust_env=False),
                trust_env=False,
                limits=httpx.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=0),
            )
        return self._transport


async def _beginning(response: httpx.Response) -> bytes:
    """The first bytes of an answer's body, as many as are kept."""
    body = b""
    async for part in response.aiter_raw():
        body += part
        if len(body) >= KEPT_BYTES:
            break
    return body[:KEPT_BYTES]


def _written(address: Address) -> str:
    return f"[{address}]" if isinstance(address, IPv6Address) else str(address)


def _is_tls(error: httpx.ConnectError) -> bool:
    """Whether the other side answered and is not who it should be."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _user_agent() -> str:
    try:
        return f"accord/{version('accord')}"
    except PackageNotFoundError:
        return "accord/0.0.0"


USER_AGENT: Final = _user_agent()
