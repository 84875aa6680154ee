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


class translated:  # noqa: N801 - read as the function it would be, and half as dear
    """Passing troubles become `Unavailable`; everything else stays what it is."""

    __slots__ = ()

    def __enter__(self) -> None:
        """Nothing is done before there is trouble."""

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _at: object
    ) -> None:
        reason = None if error is None else _passing(error)
        if reason is not None:
            raise Unavailable(reason) from error


def _passing(error: BaseException) -> str | None:
    """What kind of passing trouble an error is; None: it is none."""
    match error:
        case PoolTimeout():
            return "pool"
        case TimeoutError():  # of the driver: nothing else within has a limit
            return "silent"
        case DBAPIError():
            return "connection" if error.connection_invalidated else _reason(error)
        case InternalClientError():  # the server said good-bye before the statement came
            return "connection"
        case PostgresError() | InterfaceError():  # of a statement put to the driver
            return "connection" if "connection is closed" in str(error) else _state(error)
        case _:
            return None


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
