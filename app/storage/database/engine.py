"""The one engine, the one place that begins and commits, and how the database says "not now".

A `Transaction` is a Core connection inside `Database.transaction()`: committed when the block
ends, rolled back when it raises. Nothing else in Accord commits. SQLAlchemy is told that the
driver commits by itself, and the three words are said here, to the driver: that way they cost a
third, and statements may go either way (`prepared.py`) within the one transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from weakref import WeakSet

from asyncpg import InterfaceError, InternalClientError, PostgresError
from sqlalchemy import NullPool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.storage.database.addresses import Address, Driven
from app.storage.database.continuity import take_up
from app.storage.database.prepared import driver
from app.storage.database.types import json_dumps, json_loads

Transaction = AsyncConnection

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
}


#: One connection in so many may be kept for questions.
_QUESTIONS_SHARE = 8
#: Beyond the server's own limit on a statement: then it is silent, not slow.
_SILENCE_S = 2
#: How long a transaction may think between two statements: replaying a long history takes some.
_IDLE_S = 30
#: How long undoing may take, before the connection is cut off.
_UNDOING_S = 2
_PATIENCE_S = 30
_URL = "postgresql+asyncpg://"  # says which driver; where it goes is in `Address`


class Unavailable(Exception):
    """The database did not answer in time; nothing of this transaction is known to be stored.

    `reason` is one of pool, connection, silent, refused, lock, statement, deadlock,
    serialization, connections, shutdown, starting, reference. The same request may succeed after
    `retry_after_s`.
    """

    def __init__(self, reason: str, *, retry_after_s: int = 1) -> None:
        super().__init__(f"The database is not available ({reason}).")
        self.reason = reason
        self.retry_after_s = retry_after_s


class Database:
    """A pool of connections to one PostgreSQL database.

    `pool_size` is the concurrency: connections beyond it are not opened, whoever finds none free
    within `pool_timeout_s` gets `Unavailable`. A statement that takes longer than
    `statement_timeout_s` is ended by the server; where even that answer does not come, the server
    is silent, and the connections that lie idle are taken to be dead with it.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout_s: float = 5,
        lock_timeout_s: float = 5,
        statement_timeout_s: float = 8,
        application_name: str = "accord",
    ) -> None:
        self._asking: list[AsyncConnection] = []
        self._kept = pool_size // _QUESTIONS_SHARE
        self._opened: WeakSet[Driven] = WeakSet()
        self._busy: set[Driven] = set()
        self._statement_timeout_s = statement_timeout_s
        connect = Address.read(url).connector(
            connect_timeout_s=pool_timeout_s,
            command_timeout_s=statement_timeout_s + _SILENCE_S,
            settings={
                "application_name": application_name,
                "default_transaction_isolation": "read committed",
                "idle_in_transaction_session_timeout": _ms(max(_IDLE_S, statement_timeout_s)),
                "jit": "off",  # no statement of ours is worth compiling
                "lock_timeout": _ms(lock_timeout_s),
                "statement_timeout": _ms(statement_timeout_s),
                "tcp_keepalives_count": "3",  # the server, too, lets go of a silent client
                "tcp_keepalives_idle": "10",
                "tcp_keepalives_interval": "5",
                "timezone": "UTC",
            },
        )

        async def opened() -> Driven:
            made = await connect()
            try:
                await take_up(made)
            except BaseException:
                made.terminate()
                raise
            self._opened.add(made)
            return made

        self._engine = create_async_engine(
            _URL,
            async_creator=opened,
            pool_size=pool_size,
            max_overflow=0,  # an overflow connection is opened and closed at every use
            pool_timeout=pool_timeout_s,
            pool_pre_ping=False,  # a round trip per request; a dead connection is a 503 once
            pool_use_lifo=True,
            isolation_level="AUTOCOMMIT",  # `transaction` begins and commits
            json_serializer=json_dumps,
            json_deserializer=json_loads,
            hide_parameters=True,  # an error message must not carry a person's data
            connect_args={"prepared_statement_cache_size": 500},
        )

    @asynccontextmanager
    async def transaction(
        self, *, statement_timeout_s: float | None = None
    ) -> AsyncIterator[Transaction]:
        """One transaction, committed at the end of the block. Raises `Unavailable`.

        `statement_timeout_s`: what reads much may take longer than the rest, or must not.
        After `Unavailable` with reason `connection` or `shutdown` the commit may have happened:
        retry with the same idempotency key or reference.
        """
        with _translated():
            async with self._noticing() as ending:
                with _connecting():
                    tx = await ending.enter_async_context(self._engine.connect())
                ending.enter_context(self._used(tx, statement_timeout_s))
                try:
                    await driver(tx).execute("BEGIN")
                    if statement_timeout_s:
                        await driver(tx).execute(_limit(statement_timeout_s))
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
            async with self._noticing() as ending:
                asking = self._asking.pop() if self._asking else None
                if asking is None:
                    with _connecting():
                        asking = await self._engine.connect()
                ending.enter_context(self._used(asking))
                try:
                    yield asking
                except BaseException as error:
                    if isinstance(error, TimeoutError):
                        await _cut_off(asking)
                    await _give_back(asking)
                    raise
            if len(self._asking) < self._kept:
                self._asking.append(asking)
            else:
                await _give_back(asking)

    @asynccontextmanager
    async def _noticing(self) -> AsyncIterator[AsyncExitStack]:
        """Where the server did not even say that a statement took too long, it is silent."""
        try:
            async with AsyncExitStack() as ending:
                yield ending
        except TimeoutError:
            await self._forget_the_idle()
            raise

    @contextmanager
    def _used(
        self, tx: AsyncConnection, statement_timeout_s: float | None = None
    ) -> Iterator[None]:
        connection: Driven = driver(tx)
        self._busy.add(connection)
        try:
            if statement_timeout_s:
                connection.allow(statement_timeout_s + _SILENCE_S)
            yield
        finally:
            self._busy.discard(connection)
            if statement_timeout_s:
                connection.allow(self._statement_timeout_s + _SILENCE_S)

    async def _forget_the_idle(self) -> None:
        """Whoever comes next gets a new connection; those at work have their own limit."""
        self._asking.clear()
        for connection in set(self._opened) - self._busy:
            connection.terminate()
        await self._engine.dispose()

    async def dispose(self) -> None:
        """Close the idle connections; those in use close when they are given back."""
        while self._asking:
            await _give_back(self._asking.pop())
        await self._engine.dispose()


def single_engine(url: str) -> AsyncEngine:
    """Connections of the owner's, one at a time and with no time limit yet."""
    connect = Address.read(url).connector(
        settings={}, connect_timeout_s=_PATIENCE_S, command_timeout_s=None
    )
    return create_async_engine(_URL, async_creator=connect, poolclass=NullPool)


def _limit(statement_timeout_s: float) -> str:
    """For one transaction; the other limit is on thinking between two statements."""
    limits = {
        "statement_timeout": statement_timeout_s,
        "idle_in_transaction_session_timeout": max(_IDLE_S, statement_timeout_s),
    }
    return "; ".join(f"SET LOCAL {name} = {_ms(seconds)}" for name, seconds in limits.items())


def _committed(answer: str) -> None:
    """Where a statement failed and was passed over, the server answers COMMIT with ROLLBACK."""
    if answer.startswith("ROLLBACK"):
        raise RuntimeError("A statement failed, and its error was passed over.")


async def _roll_back(tx: Transaction) -> None:
    """Undo it; a connection on which that fails is cut off, never given back as it is."""
    if tx.invalidated:
        return
    try:
        async with asyncio.timeout(_UNDOING_S):
            await driver(tx).execute("ROLLBACK")  # harmless where the server has done so
    except BaseException as error:
        await _cut_off(tx)
        if not isinstance(error, Exception):
            raise


async def _cut_off(tx: AsyncConnection) -> None:
    """Without a good-bye, which nobody might answer."""
    if not tx.invalidated:
        driver(tx).terminate()
        await tx.invalidate()


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
