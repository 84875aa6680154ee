"""Who may read a tenant's figures with a tool of their own, over SQL. As the tables' owner."""

import re
import secrets
from uuid import UUID

from app.services.tenancy.tenants import NotPossible
from app.storage import reporting
from app.storage.database.engine import Database

#: Such names need no quoting, and none is one of PostgreSQL's own (`pg_…`).
_NAME = re.compile(r"(?!pg_|accord_)[a-z][a-z0-9_]{2,40}")
_PASSWORD_BYTES = 24
TIMEOUTS_S = range(1, 3_601)


async def grant_login(
    database: Database, tenant_id: UUID, *, login: str, statement_timeout_s: int
) -> str:
    """A login that reads this tenant's views and writes nothing; answers its password, once.

    Granted again, it has a new password. Raises `NotPossible`.
    """
    _check(login)
    if statement_timeout_s not in TIMEOUTS_S:
        raise NotPossible(f"A statement may take 1 to {TIMEOUTS_S.stop - 1} seconds.")
    password = secrets.token_urlsafe(_PASSWORD_BYTES)
    async with database.transaction() as tx:
        seen = await reporting.tenant_of(tx, login)
        if seen is None and await reporting.is_role(tx, login):
            raise NotPossible(f"{login} is somebody's already: choose another name.")
        if seen not in (None, tenant_id):
            raise NotPossible(f"{login} reads another tenant: choose another name.")
        if seen is None:
            await reporting.make_login(tx, tenant_id, login)
        await reporting.furnish_login(
            tx, login, password=password, statement_timeout_s=statement_timeout_s
        )
    return password


async def revoke_login(database: Database, tenant_id: UUID, *, login: str) -> None:
    """End a login that reads this tenant. Raises `NotPossible`."""
    _check(login)
    async with database.transaction() as tx:
        if not await reporting.drop_login(tx, tenant_id, login):
            raise NotPossible(f"This tenant has no login {login} for its reports.")


def _check(login: str) -> None:
    if _NAME.fullmatch(login) is None:
        raise NotPossible(
            "A login is 3 to 41 small letters, digits and '_', a letter first, and begins with "
            "neither pg_ nor accord_."
        )
