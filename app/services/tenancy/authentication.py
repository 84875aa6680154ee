"""Who is asking: an API key's identity, and whether it may do what it asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from app.domain.errors import DomainError
from app.storage import idempotency, keys, tenancy
from app.storage.accounts.accounts import Asked
from app.storage.database.engine import Transaction
from app.storage.idempotency import Held
from app.storage.keys import Reason
from app.storage.tenancy import Identity

__all__ = [
    "SCOPES",
    "Asked",
    "Identity",
    "ScopeMissing",
    "Unauthenticated",
    "authenticate",
    "permit",
    "tenant_name",
]

#: What keys may be allowed to do. `*` allows all of it.
SCOPES = (
    "accounts:read",
    "accounts:write",
    "contacts:read",
    "contacts:write",
    "events:read",
    "evidence:read",
    "evidence:write",
    "imports:write",
    "keys:read",
    "keys:write",
    "messages:read",
    "messages:report",
    "messages:write",
    "links:write",
    "payments:read",
    "payments:write",
    "persons:erase",
    "persons:read",
    "persons:write",
    "plans:read",
    "plans:write",
    "policies:read",
    "policies:write",
    "reports:read",
    "reports:write",
    "sandbox:write",
    "sweeps:read",
    "sweeps:write",
    "webhooks:read",
    "webhooks:write",
    "worklists:read",
    "worklists:write",
)
ALL = "*"
#: What a scope was part of before it had a name of its own: keys from then may still do it.
_PART_OF = {
    "evidence:read": "accounts:read",
    "evidence:write": "accounts:write",
    "persons:erase": "persons:write",
}


@dataclass(eq=False, kw_only=True)
class Unauthenticated(DomainError):
    """No key, or none that is known. Of one that was good it says what ended it, and when.

    Only who has the secret is told so, and nobody has it who was not given it.
    """

    problem: ClassVar[str] = "unauthenticated"
    reason: Reason | None = None
    ended_at: datetime | None = None

    @property
    def detail(self) -> str:
        if self.reason is None or self.ended_at is None:
            return "Send a valid API key as `Authorization: Bearer <key>`."
        return f"{_ENDED[self.reason]} {self.ended_at:%Y-%m-%dT%H:%M:%SZ}."


_ENDED = {
    "rotated": "This secret was rotated out: its key has a new one, and this one ended at",
    "expired": "This API key expired at",
    "revoked": "This API key was revoked at",
}


@dataclass(eq=False, kw_only=True)
class ScopeMissing(DomainError):
    """The key is known, but was not given the right to do this."""

    problem: ClassVar[str] = "scope-missing"
    scope: str

    @property
    def detail(self) -> str:
        return f"This key lacks the scope {self.scope}."


async def authenticate(tx: Transaction, token: str) -> Identity:
    """The key's identity; from here on the transaction sees its tenant's rows and no others."""
    identity = await tenancy.authenticate(tx, token)
    if identity is None:
        raise await _nobody(tx, token)
    return identity


async def authenticate_once(
    tx: Transaction, token: str, key: str, asked: Asked | None = None
) -> Held:
    """The same, and the idempotency key taken with it, where it is free.

    `asked`: the account that the command will lock, locked in the same call.
    """
    held = await (
        idempotency.take_up(tx, token, key, asked)
        if asked
        else idempotency.authenticate_once(tx, token, key)
    )
    if held is None:
        raise await _nobody(tx, token)
    return held


async def _nobody(tx: Transaction, token: str) -> Unauthenticated:
    ended = await keys.ended(tx, token)
    if ended is None:
        return Unauthenticated()
    reason, at = ended
    return Unauthenticated(reason=reason, ended_at=at.astimezone(UTC))


async def tenant_name(tx: Transaction, tenant_id: UUID) -> str:
    """What the tenant of an authenticated key is called."""
    return await tenancy.tenant_name(tx, tenant_id)


def permit(scopes: Collection[str], scope: str) -> None:
    """Refuse unless one of a key's scopes covers `scope`: itself, `payments:*` or `*`.

    Or the one that it was a part of before.
    """
    if scope in scopes or ALL in scopes or f"{scope.partition(':')[0]}:*" in scopes:
        return
    if scope in _PART_OF:
        wider = _PART_OF[scope]
        if wider in scopes or f"{wider.partition(':')[0]}:*" in scopes:
            return
    raise ScopeMissing(scope=scope)
