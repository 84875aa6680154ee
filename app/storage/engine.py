"""The one engine, the one place that begins and commits, and how the database says "not now".

A `Transaction` is a Core connection inside `Database.transaction()`: committed when the block
ends, rolled back when it raises. Nothing else in Accord commits. SQLAlchemy is told that the
driver commits by itself, and the three words are said here, to the driver: that way they cost a
third, and statements may go either way (`prepared.py`) within the one transaction.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

from asyncpg import InterfaceError, InternalClientError, PostgresError  # type: ignore[import-untyped]
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.storage.prepared import driver
from app.storage.types import json_dumps, json_loads

Transaction = AsyncConnection

#: What the database answers when it may well answer otherwise in a moment, by SQLSTATE.
_PASSING = {
    "40001": "serialization",
    "40P01": "deadlock",
    "53300": "connections",
    "55P03": "lock",
    "57014": "statement",
    "57P01": "shutdown",
    "57P02": "shutdown",
    "57P03": "starting",
}


#: One connection in so many may be kept for questions.
_QUESTIONS_SHARE = 8
#: Parameters libpq names otherwise than the driver.
_DRIVER_NAMES = {"sslmode": "ssl"}


class Unavailable(Exception):
    """The database did not answer in time; nothing of this transaction is known to be stored.

    `reason` is one of pool, connection, refused, lock, statement, deadlock, serialization,
    connections, shutdown, starting, reference. The same request may succeed after `retry_after_s`.
    """

    def __init__(self, reason: str, *, retry_after_s: int = 1) -> None:
        super().__init__(f"The database is not available ({reason}).")
        self.reason = reason
        self.retry_after_s = retry_after_s


class Database:
    """A pool of connections to one PostgreSQL database.

    `pool_size` is the concurrency: connections beyond it are not opened, whoever finds none free
    within `pool_timeout_s` gets `Unavailable`.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout_s: float = 5,
        lock_timeout_s: float = 5,
        statement_timeout_s: float = 30,
        application_name: str = "accord",
    ) -> None:
        self._asking: list[AsyncConnection] = []
        self._kept = pool_size // _QUESTIONS_SHARE
        self._engine = create_async_engine(
            async_url(url),
            pool_size=pool_size,
            max_overflow=0,  # an overflow connection is opened and closed at every use
            pool_timeout=pool_timeout_s,
            pool_pre_ping=False,  # a round trip per request; a dead connection is a 503 once
            pool_use_lifo=True,
            isolation_level="AUTOCOMMIT",  # `transaction` begins and commits
            json_serializer=json_dumps,
            json_deserializer=json_loads,
            hide_parameters=True,  # an error message must not carry a person's data
            connect_args={
                "timeout": pool_timeout_s,
                "prepared_statement_cache_size": 500,
                "max_cached_statement_lifetime": 0,  # as long as the connection
                "max_cacheable_statement_size": 0,  # of any length
                "server_settings": {
                    "application_name": application_name,
                    "default_transaction_isolation": "read committed",
                    "idle_in_transaction_session_timeout": _ms(statement_timeout_s),
                    "jit": "off",  # no statement of ours is worth compiling
                    "lock_timeout": _ms(lock_timeout_s),
                    "statement_timeout": _ms(statement_timeout_s),
                    "timezone": "UTC",
                },
            },
        )

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """One transaction, committed at the end of the block. Raises `Unavailable`.

        After `Unavailable` with reason `connection` or `shutdown` the commit may have happened:
        retry with the same idempotency key or reference.
        """
        with _translated():
            async with AsyncExitStack() as ending:
                with _connecting():
                    tx = await ending.enter_async_context(self._engine.connect())
                try:
                    await driver(tx).execute("BEGIN")
                    yield tx
                    _committed(await driver(tx).execute("COMMIT"))
                except BaseException:
                    await _roll_back(tx)
                    raise

    @asynccontextmanager
    async def question(self) -> AsyncIterator[Transaction]:
        """A connection without a transaction, for one statement that only asks.

        It saves beginning and committing; what a statement sets for its transaction ends with
        the statement. A few connections are kept for the next question, since taking one from
        the pool and giving it back costs as much as asking. Raises `Unavailable`.
        """
        with _translated():
            asking = self._asking.pop() if self._asking else None
            if asking is None:
                with _connecting():
                    asking = await self._engine.connect()
            try:
                yield asking
            except BaseException:
                await _give_back(asking)
                raise
            if len(self._asking) < self._kept:
                self._asking.append(asking)
            else:
                await _give_back(asking)

    async def dispose(self) -> None:
        """Close the idle connections; those in use close when they are given back."""
        while self._asking:
            await _give_back(self._asking.pop())
        await self._engine.dispose()


def async_url(url: str) -> URL:
    """A PostgreSQL URL as people write it, with the driver and its own name for `sslmode`."""
    parsed = make_url(url)
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise ValueError("A postgresql:// URL is needed: there is no other database.")
    query = {_DRIVER_NAMES.get(name, name): value for name, value in parsed.query.items()}
    query.pop("channel_binding", None)
    return parsed.set(drivername="postgresql+asyncpg", query=query)


def _committed(answer: str) -> None:
    """Where a statement failed and was passed over, the server answers COMMIT with ROLLBACK."""
    if answer.startswith("ROLLBACK"):
        raise RuntimeError("A statement failed, and its error was passed over.")


async def _roll_back(tx: Transaction) -> None:
    """Undo it; a connection on which that fails is closed, never given back as it is."""
    if tx.invalidated:
        return
    try:
        await driver(tx).execute("ROLLBACK")  # harmless where the server has done so
    except BaseException as error:
        await tx.invalidate()
        if not isinstance(error, Exception):
            raise


async def _give_back(asking: AsyncConnection) -> None:
    """To the pool; one the server has left is dropped."""
    if not asking.invalidated and driver(asking).is_closed():
        await asking.invalidate()
    await asking.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Passing troubles become `Unavailable`; everything else stays what it is."""
    try:
        yield
    except PoolTimeout as error:
        raise Unavailable("pool") from error
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
def _connecting() -> Iterator[None]:
    """No server, none that answers, or one that lets us not in: the driver's words for it."""
    try:
        yield
    except OSError as error:
        raise Unavailable("connection") from error
    except DBAPIError as error:
        raise Unavailable(_reason(error) or "refused") from error


def _reason(error: DBAPIError) -> str | None:
    return _state(error.orig)


def _state(error: BaseException | None) -> str | None:
    state = getattr(error, "sqlstate", None) or ""
    return "connection" if state.startswith("08") else _PASSING.get(state)


def _ms(seconds: float) -> str:
    return str(round(seconds * 1000))
