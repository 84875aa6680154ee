"""A database's address as libpq's users write it, and the connections that are opened by it.

    postgresql://accord_app:secret@db1:5432,db2:5432/accord?sslmode=verify-full
        &sslrootcert=/etc/ssl/db.pem&target_session_attrs=read-write&connect_timeout=3

The driver reads libpq's parameters itself, but for those of time, which are read here. A server
that goes silent is noticed: by the kernel, which asks after it and drops what is not
acknowledged, and by a limit on every command, for a peer that acknowledges and does not answer.
"""

import contextlib
import re
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, Self
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

import asyncpg

from app.storage.database.together import Together

_SCHEMES: Final = {"postgres", "postgresql"}
_IGNORED: Final = {"channel_binding", "gssencmode", "sslcompression", "sslsni", "requirepeer"}
#: libpq's names for when the kernel asks after a silent peer, our defaults, in seconds.
_KEEPALIVES: Final[Mapping[str, tuple[str, int]]] = {
    "keepalives_idle": ("TCP_KEEPIDLE", 5),
    "keepalives_interval": ("TCP_KEEPINTVL", 3),
    "keepalives_count": ("TCP_KEEPCNT", 3),
}
_USER_TIMEOUT_MS: Final = 10_000  # how long what we sent may stay unacknowledged
_OPTION = re.compile(r"(?:-c\s*|--)([a-z_.]+)=", re.IGNORECASE)


#: What is done last in a transaction, with all that was put aside for it.
Last = Callable[[Any, list[Any]], Awaitable[None]]
#: Begins the transaction that a connection was taken for.
Begin = Callable[[], Awaitable[None]]


class Seen(NamedTuple):
    """An account as it was read before a transaction began, by the version of its row.

    `hold`: the statement, and its values, that locks it and says whether it still is that one.
    """

    account_id: UUID | None
    version: int | None
    hold: tuple[str, Sequence[object]]


class Driven(asyncpg.Connection):  # type: ignore[misc]  # a base without types
    """The driver's connection, whose limit on a command can be moved."""

    _config: Any
    process: Any = None
    """The server's process behind it, by id and when it began, once that was asked."""
    tenant_id: UUID | None = None
    """Whom the transaction on it has entered."""
    spread: bool = False
    """Whether the database's tables are spread over many servers, by tenant."""
    last: dict[Last, list[Any]] | None = None
    """What the transaction on it does before it commits, and with what."""
    unbegun: Begin | None = None
    """What begins its transaction, before the first statement that needs one."""
    seen: Seen | None = None
    """What was read before that."""
    together: Together
    """Who sends what may go alone with others of the process."""

    def allow(self, command_timeout_s: float) -> None:
        """From now on a command may take this long before the server counts as silent."""
        self._config = self._config._replace(command_timeout=command_timeout_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a database is, and how its connections are made."""

    dsn: str
    socket_folder: str | None
    connect_timeout_s: float | None
    own_settings: frozenset[str]
    """Settings the address itself makes; ours stand back."""
    socket_options: tuple[tuple[int, int], ...]

    @classmethod
    def read(cls, url: str) -> Self:
        """From a URL as people write it. Raises `ValueError`."""
        parts = urlsplit(url)
        if parts.scheme.partition("+")[0] not in _SCHEMES:
            raise ValueError("A postgresql:// URL is needed: there is no other database.")
        query = {"sslmode" if name == "ssl" else name: value for name, value in _query(parts.query)}
        for name in _IGNORED:
            query.pop(name, None)
        options = _socket_options(query)
        within = query.pop("connect_timeout", None)
        host = query.get("host", "")
        folder = query.pop("host") if host.startswith("/") and ",/" not in host else None
        own = {name.lower() for name in _OPTION.findall(query.get("options", ""))}
        return cls(
            dsn=urlunsplit(("postgresql", parts.netloc, parts.path, urlencode(query), "")),
            socket_folder=folder,
            connect_timeout_s=float(within) or None if within else None,
            own_settings=frozenset(own | set(query)),
            socket_options=options,
        )

    def connector(
        self,
        *,
        settings: Mapping[str, str],
        connect_timeout_s: float,
        command_timeout_s: float | None,
    ) -> Callable[[], Awaitable[Driven]]:
        """What opens a connection, with these settings where the address makes none of its own."""

        async def connect() -> Driven:
            made: Driven = await asyncpg.connect(
                self.dsn,
                host=self.socket_folder,
                timeout=self.connect_timeout_s or connect_timeout_s,
                command_timeout=command_timeout_s,
                connection_class=Driven,
                max_cached_statement_lifetime=0,  # as long as the connection
                max_cacheable_statement_size=0,  # of any length
                server_settings={
                    name: value for name, value in settings.items() if name not in self.own_settings
                },
            )
            self._watch(made)
            return made

        return connect

    def _watch(self, made: Driven) -> None:
        """Let the kernel ask after the other side; a socket that is a file has none."""
        end: socket.socket = made._transport.get_extra_info("socket")  # noqa: SLF001 - no other way
        if end.family == socket.AF_UNIX:
            return
        end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for option, value in self.socket_options:
            with contextlib.suppress(OSError):  # a kernel that has no such limit
                end.setsockopt(socket.IPPROTO_TCP, option, value)


def _query(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text))


def _socket_options(query: dict[str, str]) -> tuple[tuple[int, int], ...]:
    """The parameters for silent peers, taken out of `query`; ours where it names none."""
    wanted = {
        option: int(query.pop(name, seconds)) for name, (option, seconds) in _KEEPALIVES.items()
    }
    wanted["TCP_USER_TIMEOUT"] = int(query.pop("tcp_user_timeout", _USER_TIMEOUT_MS))
    if query.pop("keepalives", "1") == "0":
        return ()
    known = ((getattr(socket, option, None), value) for option, value in wanted.items())
    return tuple((option, value) for option, value in known if option is not None and value > 0)
