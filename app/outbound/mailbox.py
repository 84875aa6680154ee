"""Looking into the mailbox of bounces by IMAP: what is unread there is read once, and stays there.

The mailbox is the operator's, named in a setting, and may be on a private network. The library
waits where it waits, so it does in a thread; one look is one connection.
"""

import asyncio
import imaplib
import ssl
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

TIMEOUT_S: Final = 30.0
#: Of a mail so much is read: a report comes before what it returns.
MOST_BYTES: Final = 262_144
_PORTS: Final = {"imap": 143, "imaps": 993}


class MailboxError(Exception):
    """The mailbox could not be looked into; the message says why in a word without a secret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A mail as it lies there. `at`: when it came; None where the server does not say."""

    uid: str
    at: datetime | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class Mailbox:
    """`imaps://user:password@host:993/Bounces`; `imap://` goes over to TLS before any password."""

    url: str
    trust: ssl.SSLContext | None = None

    async def look(self, most: int) -> list[Arrived]:
        """Mails that nobody has seen, the oldest first, at most so many. Raises `MailboxError`."""
        return await asyncio.to_thread(self._looked, most)

    async def mark(self, seen: Collection[str], puzzling: Collection[str]) -> None:
        """They were read, these for nothing: a flag shows them to whoever looks. Raises the same.

        Until a mail is marked it is read again.
        """
        if seen or puzzling:
            await asyncio.to_thread(self._marked, seen, puzzling)

    def _looked(self, most: int) -> list[Arrived]:
        with self._opened() as box:
            (found, *_) = _data(box.uid("SEARCH", "UNSEEN"))
            uids = found.decode().split()[:most] if isinstance(found, bytes) else []
            wanted = f"(INTERNALDATE BODY.PEEK[]<0.{MOST_BYTES}>)"
            answers = [(uid, _data(box.uid("FETCH", uid, wanted))) for uid in uids]
        return [
            _arrived(uid, one[0], one[1])
            for uid, parts in answers
            for one in parts
            if isinstance(one, tuple)
        ]

    def _marked(self, seen: Collection[str], puzzling: Collection[str]) -> None:
        with self._opened() as box:
            for uids, flags in ((seen, r"(\Seen)"), (puzzling, r"(\Seen \Flagged)")):
                if uids:
                    _data(box.uid("STORE", ",".join(uids), "+FLAGS", flags))

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        """A connection with the folder selected."""
        parts = urlsplit(self.url)
        try:
            with _ended(self._greeted(parts)) as box:
                if parts.scheme == "imap":
                    self._secured(box, parts.hostname or "")
                box.login(unquote(parts.username or ""), unquote(parts.password or ""))
                folder = unquote(parts.path.strip("/")) or "INBOX"
                _data(box.select(f'"{folder}"'))
                yield box
        except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
            raise MailboxError(_why(error)) from None

    def _greeted(self, parts: SplitResult) -> imaplib.IMAP4:
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        if parts.scheme == "imaps":
            return imaplib.IMAP4_SSL(host, port, ssl_context=self._trusted, timeout=TIMEOUT_S)
        return imaplib.IMAP4(host, port, timeout=TIMEOUT_S)

    def _secured(self, box: imaplib.IMAP4, host: str) -> None:
        """No password goes over a network in the clear."""
        if "STARTTLS" in box.capabilities:
            box.starttls(self._trusted)
        elif not _is_here(host):
            raise MailboxError("no-tls")

    @property
    def _trusted(self) -> ssl.SSLContext:
        return self.trust or ssl.create_default_context()


@contextmanager
def _ended(box: imaplib.IMAP4) -> Iterator[imaplib.IMAP4]:
    """Taken leave of; the library leaves a connection open whose other side went first."""
    try:
        yield box
        box.logout()
    except BaseException:
        with suppress(OSError):
            box.shutdown()
        raise


def _data(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    """What the server said. Raises `MailboxError` where it refused."""
    status, data = answer
    if status != "OK":
        raise MailboxError("refused")
    return data


def _arrived(uid: str, said: object, raw: bytes) -> Arrived:
    """A mail of a FETCH's answer, which says its day in a form of its own."""
    found = imaplib.Internaldate2tuple(said) if isinstance(said, bytes) else None
    at = None if found is None else datetime.fromtimestamp(time.mktime(found), UTC)
    return Arrived(uid=uid, at=at, raw=raw)


def _is_here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, ssl.SSLError):
        return "tls-failed"
    return "connection-failed" if isinstance(error, OSError) else "refused"
