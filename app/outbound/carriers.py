"""Handing messages to carriers that tenants name: a mail server, or an HTTP provider.

A tenant's host is resolved and judged like a webhook's: the connection goes to the address that
was checked, with the name for TLS.
"""

import asyncio
import socket
import ssl
from collections.abc import Collection
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import formatdate
from ipaddress import IPv6Address
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
import orjson

from app.domain.messages.carrying import (
    Answer,
    Carrier,
    Parcel,
    of_http,
    of_smtp,
    return_path_of,
)
from app.domain.webhooks.addresses import Address, Network
from app.domain.webhooks.attempts import Outgoing
from app.outbound.http import HttpSender
from app.outbound.resolving import Unreachable, resolve

SMTP_TIMEOUT_S: Final = 30.0
_PORTS: Final = {"smtp": 587, "smtps": 465}
_SECRET_MISSING: Final = Answer(accepted=False, code="SECRET_MISSING")


class _Whole(UnstructuredHeader, BaseHeader):
    """A header that is an address: never folded, for a long one would be put into encoded words."""

    def fold(self, *, policy: Policy) -> str:
        """The line as it was said; it is shorter than the 998 characters a line may have."""
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS: Final = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Whole)
_POLICY: Final = SMTP.clone(header_factory=_HEADERS)


class HttpCarrier:
    """Speaks JSON to a provider; `Idempotency-Key` is the message's id at every attempt."""

    def __init__(self, sender: HttpSender) -> None:
        self._sender = sender

    async def send(self, carrier: Carrier, parcel: Parcel) -> Answer:
        """Hand it over once."""
        if carrier.secret_ref is not None and carrier.secret is None:
            return _SECRET_MISSING
        headers = {**carrier.headers, "Idempotency-Key": parcel.id}
        if carrier.secret is not None:
            headers["Authorization"] = f"Bearer {carrier.secret}"
        outgoing = Outgoing(url=carrier.url, headers=headers, body=_body(carrier, parcel))
        answer = await self._sender.send(outgoing)
        return of_http(answer.status, answer.error, _named(answer.response_start))


def _body(carrier: Carrier, parcel: Parcel) -> bytes:
    said = {
        "id": parcel.id,
        "channel": parcel.channel,
        "to": parcel.to,
        "from": carrier.sender,
        "subject": parcel.subject,
        "text": parcel.text,
        "html": parcel.html,
        "headers": dict(parcel.headers),
    }
    return orjson.dumps({name: value for name, value in said.items() if value not in (None, {})})


def _named(response: str) -> str | None:
    """What the provider calls it; None where its answer does not say."""
    try:
        said = orjson.loads(response)
    except orjson.JSONDecodeError:
        return None
    name = said.get("provider_message_id") if isinstance(said, dict) else None
    return name[:200] if isinstance(name, str) and name else None


class SmtpCarrier:
    """Speaks SMTP to a tenant's mail server, one connection a message."""

    def __init__(
        self, allowed: Collection[Network] = (), *, trust: ssl.SSLContext | None = None
    ) -> None:
        self._allowed = tuple(allowed)
        self._trust = trust

    async def send(self, carrier: Carrier, parcel: Parcel) -> Answer:
        """Hand it over once. What breaks after the words were sent is uncertain."""
        if carrier.secret_ref is not None and carrier.secret is None:
            return _SECRET_MISSING
        try:
            client = await self._connected(carrier)
        except Unreachable as error:
            return Answer(accepted=False, code=error.why)
        except (aiosmtplib.SMTPException, OSError) as error:
            return _before(error)
        try:
            return await _handed_in(client, carrier, parcel)
        finally:
            client.close()

    async def _connected(self, carrier: Carrier) -> aiosmtplib.SMTP:
        """A conversation with the host: by TLS where it is offered, and before any password."""
        parts = urlsplit(carrier.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        addresses = await resolve(host, port, self._allowed)
        client = aiosmtplib.SMTP(
            hostname=host,
            use_tls=parts.scheme == "smtps",
            tls_context=self._trust,
            timeout=SMTP_TIMEOUT_S,
            local_hostname="localhost",
        )
        await client.connect(sock=await _opened(addresses[0], port))
        if carrier.secret is not None:
            if client.get_transport_info("sslcontext") is None:
                client.close()
                raise Unreachable("tls-failed")
            user, _, password = carrier.secret.partition(":")
            await client.login(unquote(user), unquote(password))
        return client


async def _opened(address: Address, port: int) -> socket.socket:
    """A connection to an address that was judged. Raises `OSError`."""
    opened = socket.socket(
        socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET,
        socket.SOCK_STREAM,
    )
    opened.setblocking(False)
    try:
        async with asyncio.timeout(SMTP_TIMEOUT_S):
            await asyncio.get_running_loop().sock_connect(opened, (str(address), port))
    except BaseException:
        opened.close()
        raise
    return opened


def _before(error: Exception) -> Answer:
    """Nothing was handed in yet."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return of_smtp(error.code)
    return Answer(accepted=False, code=type(error).__name__)


async def _handed_in(client: aiosmtplib.SMTP, carrier: Carrier, parcel: Parcel) -> Answer:
    sender = carrier.sender or ""
    envelope = return_path_of(carrier.return_path, parcel.id) if carrier.return_path else sender
    try:
        await client.mail(envelope.rpartition("<")[2].rstrip(">"))
        await client.rcpt(parcel.to)
    except (aiosmtplib.SMTPException, OSError) as error:
        return _before(error)
    try:
        await client.data(as_mail(carrier, parcel))
    except aiosmtplib.SMTPDataError as error:
        return of_smtp(error.code)
    except (aiosmtplib.SMTPException, OSError) as error:
        return Answer(accepted=False, code=type(error).__name__, uncertain=True)
    return Answer(accepted=True, provider_message_id=message_id_of(carrier, parcel))


def message_id_of(carrier: Carrier, parcel: Parcel) -> str:
    """The `Message-ID`, the same at every attempt."""
    domain = (carrier.sender or "").rpartition("@")[2].rstrip("> ") or "accord.invalid"
    return f"<{parcel.id}@{domain}>"


def as_mail(carrier: Carrier, parcel: Parcel) -> bytes:
    """The e-mail as it is handed in."""
    mail = EmailMessage(policy=_POLICY)
    mail["From"], mail["To"] = carrier.sender or "", parcel.to
    mail["Subject"] = parcel.subject or ""
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = message_id_of(carrier, parcel)
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in parcel.headers.items():
        mail[name] = value
    mail.set_content(parcel.text)
    if parcel.html is not None:
        mail.add_alternative(parcel.html, subtype="html")
        mail.set_boundary(f"=_{parcel.id}")
    return mail.as_bytes()
