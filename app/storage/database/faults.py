"""Whose fault an exception is: that of the rows at hand, or of the ground they stand on.

One account's, or one line's, failure is put aside so that the others go on. What would fail
for the next one just as well (no connection, no memory, no such table) must end the work.
"""

from asyncpg import DataError, PostgresError
from sqlalchemy.exc import DBAPIError

from app.storage.database.unavailable import Unavailable

#: Classes of SQLSTATE that speak of a value: data exceptions and broken constraints.
_OF_VALUES = ("22", "23")


class ClockMoved(Exception):
    """A sandbox's day that was under way is still to come now: for all of its accounts."""


def of_the_rows(error: Exception) -> bool:
    """Whether other rows may well succeed where these failed."""
    if isinstance(error, Unavailable):
        return error.reason in {"lock", "statement"}  # held by somebody, or too much for a turn
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError | PostgresError):
        state = str(getattr(cause, "sqlstate", None) or "")
        sent = getattr(cause, "__cause__", None)
        return state.startswith(_OF_VALUES) or isinstance(sent, DataError)
    return not isinstance(error, OSError | MemoryError | ClockMoved)
