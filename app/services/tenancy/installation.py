"""Which database this installation works on: as the application, and as the tables' owner.

Without an address it is the embedded PostgreSQL, shared for as long as the block lasts. With
one it is that server, whose owner is a login of its own: serving never needs it, migrations,
tenants and keys do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from app.services.tenancy.readiness import EMBEDDED_DATABASE
from app.storage.database import migrate
from app.storage.database.migrate import UnsafeRole
from app.storage.embedded import embedded
from app.storage.embedded.embedded import EmbeddedUnavailable

__all__ = [
    "EmbeddedUnavailable",
    "Installation",
    "OwnerUnknown",
    "UnsafeRole",
    "denial",
    "installation",
]

#: How PostgreSQL says that this login may not: who it is, which database, which right.
_DENIALS = ("28", "3D", "42501")


class OwnerUnknown(Exception):
    """This needs the tables' owner, and only the application's login was named."""

    def __str__(self) -> str:
        return (
            "ACCORD_DATABASE_URL names a server: name its owner too, in ACCORD_ADMIN_DATABASE_URL "
            "(migrations, tenants and keys are made with it; serving never uses it)."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One database, by its addresses. `embedded`: it is ours and began with us."""

    app_url: str
    admin_url: str | None
    embedded: bool
    place: str
    """Which one it is, in words: a folder, or a server's address without the password."""

    @property
    def owner_url(self) -> str:
        """The database as its tables' owner. Raises `OwnerUnknown`."""
        if self.admin_url is None:
            raise OwnerUnknown
        return self.admin_url

    async def migrate(self, *, set_password: bool = False) -> str:
        """Bring it to the newest revision; answers which. Raises `OwnerUnknown`, `UnsafeRole`.

        `set_password`: the application's login gets the password its address carries.
        """
        said = urlsplit(self.app_url).password if set_password else None
        password = None if said is None else unquote(said)
        return await migrate.upgrade(self.owner_url, app_password=password)

    async def draft_migration(self, message: str) -> None:
        """Write what the tables say and the database does not yet. Raises `OwnerUnknown`."""
        await migrate.draft(self.owner_url, message)


@contextmanager
def installation(
    data_dir: Path, *, database_url: str | None, admin_url: str | None, creates: bool
) -> Iterator[Installation]:
    """What the settings name, running. Raises `EmbeddedUnavailable`.

    Where there is no embedded database yet, one is made only if `creates`.
    """
    if database_url is not None or admin_url is not None:
        named = database_url or admin_url or ""
        yield Installation(
            app_url=named, admin_url=admin_url, embedded=False, place=_address(named)
        )
        return
    with embedded.start(data_dir, create=creates) as server, embedded.watched(server):
        yield Installation(
            app_url=server.url(EMBEDDED_DATABASE, migrate.APP_ROLE),
            admin_url=server.url(EMBEDDED_DATABASE, embedded.SUPERUSER),
            embedded=True,
            place=f"the embedded one in {server.cluster}",
        )


def _address(url: str) -> str:
    """A server's address as its log may show it."""
    parts = urlsplit(url)
    login = f"{unquote(parts.username)}@" if parts.username else ""
    hosts = parts.netloc.rpartition("@")[2] or parse_qs(parts.query).get("host", [""])[0]
    return f"{login}{hosts}{parts.path}"


def denial(error: Exception) -> str | None:
    """What the server says when it does not let this login in or do this; None: another error."""
    said = getattr(error, "orig", None) or getattr(error.__cause__, "orig", None) or error
    state = getattr(said, "sqlstate", None) or ""
    if not state.startswith(_DENIALS):
        return None
    return f"The database refuses: {str(said).partition(chr(10))[0].rpartition('>: ')[2]}."
