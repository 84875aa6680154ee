"""Who is asking: an API key's identity, and whether it may do what it asks for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import ClassVar

from app.domain.errors import DomainError
from app.storage import tenancy
from app.storage.database.engine import Transaction
from app.storage.tenancy import Identity

__all__ = ["SCOPES", "Identity", "ScopeMissing", "Unauthenticated", "authenticate", "permit"]

#: What keys may be allowed to do. `*` allows all of it.
SCOPES = (
    "accounts:read",
    "accounts:write",
    "events:read",
    "payments:read",
    "payments:write",
    "plans:read",
    "plans:write",
    "policies:read",
    "policies:write",
    "sandbox:write",
    "sweeps:read",
    "sweeps:write",
)
ALL = "*"


@dataclass(eq=False, kw_only=True)
class Unauthenticated(DomainError):
    """No key, none that is known, or one that was revoked or has expired: the same answer."""

    problem: ClassVar[str] = "unauthenticated"

    @property
    def detail(self) -> str:
        return "Send a valid API key as `Authorization: Bearer <key>`."


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
        raise Unauthenticated
    return identity


def permit(scopes: Collection[str], scope: str) -> None:
    """Refuse unless one of a key's scopes covers `scope`: itself, `payments:*` or `*`."""
    if scope in scopes or ALL in scopes or f"{scope.partition(':')[0]}:*" in scopes:
        return
    raise ScopeMissing(scope=scope)
