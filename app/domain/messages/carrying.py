"""What is handed to whom, what was answered, and what that answer means.

A carrier that gave no answer may have taken the message. Where it knows a message again by its
key, asking once more is safe; elsewhere nobody can know, and only a report or a person can say.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.domain.values import Value

#: The built-in carrier that keeps everything and sends nothing.
SANDBOX: Final = "sandbox"


class CarrierKind(StrEnum):
    """How a carrier is spoken to."""

    SMTP = "smtp"
    HTTP = "http"
    PRINT = "print"


class Carrier(Value, kw_only=True):
    """A way out, as it is set up. `secret`: the value of the setting it names, or None."""

    name: str
    kind: str
    idempotent: bool
    url: str = ""
    headers: Mapping[str, str] = {}
    sender: str | None = None
    return_path: str | None = None
    secret_ref: str | None = None
    secret: str | None = None
    rate_per_second: int | None = None


class Parcel(Value, kw_only=True):
    """What is handed over, the same at every attempt. `id`: `msg_…`."""

    id: str
    tenant_id: UUID
    channel: str
    to: str
    subject: str | None
    text: str
    html: str | None
    headers: Mapping[str, str] = {}


class Answer(Value, kw_only=True):
    """What a carrier said. `uncertain`: it may have been taken, and did not say so."""

    accepted: bool
    provider_message_id: str | None = None
    code: str | None = None
    permanent: bool = False
    uncertain: bool = False


_TEMPORARY: Final = frozenset({408, 409, 423, 425, 429})
#: A server between us and the carrier gave up: what the carrier did, it cannot say.
_UNHEARD: Final = frozenset({502, 504})
#: No connection was opened, or none that is whose it should be: nothing was sent.
_NOT_SENT: Final = frozenset({
    "connection-failed", "tls-failed", "name-not-resolved", "private-address", "not-a-url",
})  # fmt: skip


def of_http(status: int | None, error: str | None, provider_message_id: str | None) -> Answer:
    """What an HTTP carrier's answer means. `error`: why none came, in a closed word."""
    if status is None:
        word = error or "no-answer"
        return Answer(accepted=False, code=word, uncertain=word not in _NOT_SENT)
    if 200 <= status <= 299:  # noqa: PLR2004 - 2xx
        return Answer(accepted=True, provider_message_id=provider_message_id)
    code = f"HTTP_{status}"
    if status in _UNHEARD:
        return Answer(accepted=False, code=code, uncertain=True)
    permanent = status < 500 and status not in _TEMPORARY  # noqa: PLR2004 - 5xx
    return Answer(accepted=False, code=code, permanent=permanent)


def of_smtp(code: int) -> Answer:
    """What a mail server's refusal means: 5xx is for good."""
    return Answer(accepted=False, code=f"SMTP_{code}", permanent=500 <= code <= 599)  # noqa: PLR2004 - 5xx


def return_path_of(return_path: str, message_id: str) -> str:
    """The address to which a bounce of this message comes: it names the message (VERP)."""
    local, _, domain = return_path.partition("@")
    return f"{local}+{message_id}@{domain}"


def message_of(bounced_to: str) -> str | None:
    """The message that an address of `return_path_of` names."""
    local = bounced_to.strip("<> ").partition("@")[0]
    _, plus, name = local.partition("+")
    return name if plus and name.startswith("msg_") else None
