"""The token by which anybody who holds it may opt one address out, and do nothing else.

It names the tenant and the point and proves with the tenant's secret that we made it: it works for
ever, and nothing is kept of it.
"""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from hashlib import sha256
from typing import Final
from uuid import UUID

_UUID_BYTES: Final = 16
_MAC_BYTES: Final = 16
_LENGTH: Final = 2 * _UUID_BYTES + _MAC_BYTES


def token(tenant_id: UUID, point_id: UUID, secret: bytes) -> str:
    """The token of a point, 64 characters that fit an address; always the same."""
    named = tenant_id.bytes + point_id.bytes
    mac = hmac.digest(secret, b"unsubscribe\0" + named, sha256)[:_MAC_BYTES]
    return urlsafe_b64encode(named + mac).decode()


def named(given: str) -> tuple[UUID, UUID] | None:
    """The tenant and the point a token says it is of; None: it is no token. Proves nothing yet."""
    try:
        read = urlsafe_b64decode(given.encode("ascii"))
    except (Error, ValueError):
        return None
    if len(read) != _LENGTH:
        return None
    return UUID(bytes=read[:_UUID_BYTES]), UUID(bytes=read[_UUID_BYTES : 2 * _UUID_BYTES])


def is_ours(given: str, secret: bytes) -> bool:
    """Whether we made this token."""
    found = named(given)
    return found is not None and hmac.compare_digest(given.encode(), token(*found, secret).encode())


def headers(url: str) -> dict[str, str]:
    """What an e-mail says so that one click at a mail program is enough (RFC 2369, RFC 8058)."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
