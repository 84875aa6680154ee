"""One database over many servers, by tenant: spreading it, and whether all lies as it should."""

from app.services.tenancy.tenants import NotPossible
from app.storage.database.engine import Database, Transaction
from app.storage.distribution import layout
from app.storage.distribution.distribute import NotSpreadable, distribute
from app.storage.distribution.functions import DELEGATED

#: Foreign keys are held against what is there.
_PATIENCE_S = 3600


async def spread(owner: Database) -> list[str]:
    """Spread what is not yet; answers which tables. Raises `NotPossible`."""
    try:
        async with owner.transaction(statement_timeout_s=_PATIENCE_S) as tx:
            return await distribute(tx)
    except NotSpreadable as error:
        raise NotPossible(str(error)) from error


async def servers(tx: Transaction) -> list[str] | None:
    """Those that hold tenants; None where the database is on one server and meant to be."""
    return await layout.nodes(tx) if await layout.engine_version(tx) else None


async def not_spread(tx: Transaction) -> list[str]:
    """What lies otherwise than `accord distribute` lays it: tables and functions."""
    return [*await layout.missing(tx), *await layout.not_delegated(tx, DELEGATED)]
