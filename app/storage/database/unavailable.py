"""Which of the database's errors say "not now"? They become `Unavailable`, with its reason.

Everything else is a fault of ours or of the rows at hand, and stays what it is (`faults.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from asyncpg import InterfaceError, InternalClientError, PostgresError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

#: What the database answers when it may well answer otherwise in a moment, by SQLSTATE.
_PASSING = {
    "25P03": "statement",  # idle within a transaction for too long
    "25P04": "statement",  # the same of a transaction as a whole
    "40001": "serialization",
    "40P01": "deadlock",
    "53300": "connections",
    "55P03": "lock",
    "57014": "statement",
    "57P01": "shutdown",
    "57P02": "shutdown",
    "57P03": "starting",
    "AC001": "moving",  # our own: the tenant went to another server since the call was planned
}
#: What the extension that spreads tables says of a call that a move has overtaken.
_MOVED = "cannot execute a distributed query from a query on a shard"


class Unavailable(Exception):
    """The database did not answer in time; nothing of this transaction is known to be stored.

    `reason` is one of pool, connection, silent, refused, lock, statement, deadlock,
    serialization, connections, shutdown, starting, moving, reference. The same request may
    succeed after `retry_after_s`.
    """

    def __init__(self, reason: str, *, retry_after_s: int = 1) -> None:
        super().__init__(f"The database is not available ({reason}).")
        self.reason = reason
        self.retry_after_s = retry_after_s


@contextmanager
def translated() -> Iterator[None]:
    """Passing troubles become `Unavailable`; everything else stays what it is."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("pool") from error
    except TimeoutError as error:  # of the driver: nothing else within has a limit
        raise Unavailable("silent") from error
    except DBAPIError as error:
        reason = "connection" if error.connection_invalidated else _reason(error)
        if reason is None:
            raise
        raise Unavailable(reason) from error
    except InternalClientError as error:  # the server said good-bye before the statement came
        raise Unavailable("connection") from error
    except (PostgresError, InterfaceError) as error:  # of a statement put to the driver
        reason = "connection" if "connection is closed" in str(error) else _state(error)
        if reason is None:
            raise
        raise Unavailable(reason) from error


@contextmanager
def connecting() -> Iterator[None]:
    """No server, none that answers, or one that lets us not in: the driver's words for it."""
    try:
        yield
    except OSError as error:
        raise Unavailable("connection") from error
    except DBAPIError as error:
        raise Unavailable(_reason(error) or "refused") from error


def overtaken_by_a_move(error: BaseException) -> bool:
    return _state(error.orig if isinstance(error, DBAPIError) else error) == "moving"


def _reason(error: DBAPIError) -> str | None:
    return _state(error.orig)


def _state(error: BaseException | None) -> str | None:
    state = getattr(error, "sqlstate", None) or ""
    if state.startswith("08"):
        return "connection"
    return "moving" if _MOVED in str(error) else _PASSING.get(state)
