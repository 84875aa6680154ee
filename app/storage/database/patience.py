"""How long the database lets a connection of ours keep what it holds, by limits it keeps itself.

The limit on a statement ends one that works; the limit on idling ends a transaction whose client
thinks between two statements. Neither ends one whose client fell silent *within* a statement,
between two of its messages: to PostgreSQL that one is active, and waits. A limit on the whole
transaction does. It is PostgreSQL 17's, so it is asked for by the server's version.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.storage.database.addresses import Driven

#: How long a transaction may think between two statements: replaying a long history takes some.
IDLE_S: Final = 30
_LIMITS_TRANSACTIONS: Final = 17  # the first PostgreSQL that does


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The limits of one pool's connections, in seconds."""

    lock_s: float
    statement_s: float
    idle_s: float = IDLE_S

    def settings(self) -> Mapping[str, str]:
        """What every server of ours takes when a connection is opened."""
        return {
            "idle_in_transaction_session_timeout": _ms(max(self.idle_s, self.statement_s)),
            "lock_timeout": _ms(self.lock_s),
            "statement_timeout": _ms(self.statement_s),
            "tcp_keepalives_count": "3",  # the server, too, lets go of a silent client
            "tcp_keepalives_idle": "10",
            "tcp_keepalives_interval": "5",
        }

    async def limit_transactions(self, connection: Driven) -> None:
        """The limit on a whole transaction, where the server knows one."""
        if limits_transactions(connection):
            limit = _ms(transaction_s(self.statement_s, self.idle_s))
            await connection.execute(f"SET transaction_timeout = {limit}")

    def allowing(self, connection: Driven, statement_s: float) -> str:
        """SQL that gives the transaction there is this long for each of its statements."""
        limits = [
            ("statement_timeout", statement_s),
            ("idle_in_transaction_session_timeout", max(self.idle_s, statement_s)),
        ]
        if limits_transactions(connection):  # a clock that runs is set anew only if it stood still
            limits += [("transaction_timeout", 0)]
            limits += [("transaction_timeout", transaction_s(statement_s, self.idle_s))]
        return "; ".join(f"SET LOCAL {name} = {_ms(seconds)}" for name, seconds in limits)


def transaction_s(statement_s: float, idle_s: float = IDLE_S) -> float:
    """How long a transaction may last: two statements as long as may be, and a pause as long.

    Every transaction of ours is a request, or a page of a longer work, far below that.
    """
    return max(idle_s, statement_s) + 2 * statement_s


def limits_transactions(connection: Driven) -> bool:
    """Whether the server behind a connection knows a limit on a whole transaction."""
    version: int = connection.get_server_version().major
    return version >= _LIMITS_TRANSACTIONS


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))
