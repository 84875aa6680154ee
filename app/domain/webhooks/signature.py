"""Was this sent by whoever holds the secret, just now? Standard Webhooks 1.0.0, symmetric.

Sending is signed by the specification's own library (`services/webhooks/signing.py`); here is
what a receiver does, and what a secret has to look like. A header that is no signature is a no,
never an error.
"""

import hmac
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Final

PREFIX: Final = "whsec_"
LEAST_BYTES: Final = 24
MOST_BYTES: Final = 64
#: How far a receiver's clock and ours may differ.
TOLERANCE_S: Final = 300
_VERSION = "v1"
_DIGITS = frozenset("0123456789")
_LONGEST = 15  # digits of a second that can be meant


def secret_bytes(text: str) -> bytes:
    """The key in a secret's text, with or without its padding.

    Raises `ValueError` for what is no secret: another prefix, no base64, not 24 to 64 bytes.
    """
    if not text.startswith(PREFIX):
        raise ValueError(f"a secret begins with {PREFIX}")
    encoded = text.removeprefix(PREFIX).rstrip("=")
    try:
        key = b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except NotBase64:
        raise ValueError("a secret is base64") from None
    if not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise ValueError(f"a secret has {LEAST_BYTES} to {MOST_BYTES} bytes")
    return key


def secret_text(key: bytes) -> str:
    """A secret as its receiver is shown it."""
    return PREFIX + b64encode(key).decode()


def accepts(secret: str, headers: Mapping[str, str], body: bytes, *, now: datetime) -> bool:
    """Whether a receiver that holds `secret` should believe this. `now`: its clock, aware.

    One right signature among those listed is enough: two are sent while a secret is rotated.
    """
    given = {name.lower(): value for name, value in headers.items()}
    sent_at = given.get("webhook-timestamp", "")
    if not sent_at or len(sent_at) > _LONGEST or not _DIGITS.issuperset(sent_at):
        return False
    if abs(now.timestamp() - int(sent_at)) > TOLERANCE_S or not given.get("webhook-id"):
        return False
    signed = f"{given['webhook-id']}.{sent_at}.".encode() + body
    wanted = b64encode(hmac.new(secret_bytes(secret), signed, sha256).digest())
    return any(
        hmac.compare_digest(signature.encode(), wanted)
        for version, _, signature in (
            one.partition(",") for one in given.get("webhook-signature", "").split(" ")
        )
        if version == _VERSION
    )
