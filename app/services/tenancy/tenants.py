"""Tenants and their API keys, for whoever runs this installation. As the tables' owner."""

from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import available_timezones

from app.domain.vocabulary import Role
from app.services.tenancy.authentication import ALL, SCOPES
from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.tenancy import KeyRecord, TenantRecord

__all__ = [
    "LEAST_SCOPES",
    "KeyRecord",
    "NotPossible",
    "TenantRecord",
    "as_it_is",
    "create_key",
    "create_tenant",
    "find_tenant",
    "list_keys",
    "list_tenants",
    "revoke_key",
    "rotate_key",
]

#: What a key may where nobody said: look, and change nothing.
LEAST_SCOPES = tuple(scope for scope in SCOPES if scope.endswith(":read"))
#: A century: what is longer is a mistake.
_MOST = timedelta(days=36_500)


class NotPossible(Exception):
    """What was asked for cannot be done; the message says why and what could be meant."""


async def list_tenants(database: Database) -> tuple[TenantRecord, ...]:
    """All of them, oldest first. The application's login may ask too."""
    async with database.transaction() as tx:
        return await tenancy.list_tenants(tx)


async def as_it_is(database: Database, tenant_id: UUID) -> TenantRecord:
    """A tenant as it is now. The application's login may ask too."""
    async with database.transaction() as tx:
        await tenancy.enter_tenant(tx, tenant_id)
        return await tenancy.read_tenant(tx, tenant_id)


async def find_tenant(database: Database, wanted: str) -> TenantRecord:
    """The tenant by its name or id. Raises `NotPossible`. The application's login may ask too."""
    tenants = await list_tenants(database)
    for tenant in tenants:
        if wanted in {tenant.name, str(tenant.tenant_id)}:
            return tenant
    names = ", ".join(sorted(tenant.name for tenant in tenants)) or "none yet"
    raise NotPossible(f"There is no tenant {wanted!r}. There are: {names}.")


async def create_tenant(
    database: Database,
    *,
    name: str,
    time_zone: str,
    sandbox: bool,
    clock: date | None = None,
) -> TenantRecord:
    """A new tenant with the shipped policies. Raises `NotPossible`.

    `clock`: where a sandbox's business date stands from the first moment, so that no day of the
    calendar is closed for it before its owner can move it.
    """
    if not name.strip():
        raise NotPossible("A tenant needs a name.")
    if time_zone not in available_timezones():
        raise NotPossible(f"{time_zone!r} is no time zone; one looks like America/Chicago.")
    if any(tenant.name == name for tenant in await list_tenants(database)):
        raise NotPossible(f"There is a tenant {name!r} already.")
    async with database.transaction() as tx:
        made = await tenancy.create_tenant(tx, name=name, time_zone=time_zone, sandbox=sandbox)
        if clock is not None:
            await tenancy.set_clock(tx, made, clock)
    return await find_tenant(database, name)


async def create_key(
    database: Database,
    tenant_id: UUID,
    *,
    name: str,
    role: Role = Role.AGENT,
    scopes: Collection[str] = LEAST_SCOPES,
    lasts: timedelta | None = None,
) -> str:
    """A new key's token, shown once. Raises `NotPossible`."""
    known = {*SCOPES, ALL, *(f"{scope.partition(':')[0]}:*" for scope in SCOPES)}
    if unknown := sorted(set(scopes) - known):
        raise NotPossible(f"No such scope: {', '.join(unknown)}. There are: {', '.join(SCOPES)}.")
    if not scopes:
        raise NotPossible("A key without a scope could do nothing.")
    _check_lasts(lasts)
    async with database.transaction() as tx:
        return await tenancy.create_key(
            tx, tenant_id, name=name, role=role, scopes=scopes, lasts=lasts
        )


def _check_lasts(lasts: timedelta | None) -> None:
    if lasts is not None and not timedelta() < lasts <= _MOST:
        raise NotPossible(f"A key lasts for 1 to {_MOST.days} days.")


async def rotate_key(
    database: Database,
    tenant_id: UUID,
    key_id: UUID,
    *,
    overlap: timedelta,
    lasts: timedelta | None = None,
) -> str:
    """A new token for a key, shown once; the one before it ends after the overlap.

    Raises `NotPossible`.
    """
    _check_lasts(lasts)
    if not timedelta() <= overlap <= _MOST:
        raise NotPossible(f"The overlap is 0 hours to {_MOST.days} days.")
    async with database.transaction() as tx:
        token = await tenancy.rotate_key(tx, tenant_id, key_id, overlap=overlap, lasts=lasts)
    if token is None:
        raise NotPossible(f"This tenant has no key {key_id} that could still be used.")
    return token


async def list_keys(database: Database, tenant_id: UUID) -> tuple[KeyRecord, ...]:
    """The tenant's keys, oldest first, revoked ones too."""
    async with database.transaction() as tx:
        return await tenancy.list_keys(tx, tenant_id)


async def revoke_key(database: Database, tenant_id: UUID, key_id: UUID) -> None:
    """End a key, from the next request on. Raises `NotPossible`."""
    async with database.transaction() as tx:
        ended = await tenancy.revoke_key(tx, tenant_id, key_id)
    if not ended:
        raise NotPossible(f"This tenant has no key {key_id} that could still be used.")
