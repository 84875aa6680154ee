"""Who opens connections, and where does a transaction begin and commit? Here, and nowhere else.

A `Transaction` is a Core connection inside `Database.transaction()`: committed when the block
ends, rolled back when it raises. Nothing else in Accord commits. SQLAlchemy is told that the
driver commits by itself, and the three words are said here, to the driver: that way they cost a
third, and statements may go either way (`prepared.py`) within the one transaction.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID
from weakref import WeakSet

from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app.storage.database.addresses import Address, Driven, Last, Seen
from app.storage.database.company import Company
from app.storage.database.continuity import take_up
from app.storage.database.lanes import Lanes
from app.storage.database.letting_go import let_go, note_process
from app.storage.database.patience import IDLE_S, Patience
from app.storage.database.prepared import driver
from app.storage.database.tenanted import hold_to_tenants
from app.storage.database.together import Together
from app.storage.database.types import json_dumps, json_loads, take_json_as_text
from app.storage.database.unavailable import connecting, overtaken_by_a_move, translated

Transaction = AsyncConnection

#: Beyond the server's own limit on a statement: then it is silent, not slow.
_SILENCE_S = 2
#: How long undoing may take, before the connection is cut off.
_UNDOING_S = 2
_PATIENCE_S = 30
_URL = "postgresql+asyncpg://"  # says which driver; where it goes is in `Address`


class Overtaken(Exception):
    """What was seen before the transaction began is so no more; nothing of it is stored.

    The same command, done in a transaction from its beginning, has its answer.
    """


class Database:
    """A pool of connections to one PostgreSQL database.

    `pool_size` is the concurrency: connections beyond it are not opened (but two, by which go what
    many send together), whoever finds none free within `pool_timeout_s` gets `Unavailable`. A
    statement that takes longer than `statement_timeout_s` is ended by the server; where even that
    answer does not come, the server is silent: what the connection holds is let go of by another
    one, and those that lie idle are taken to be dead with it. A transaction may think for
    `idle_timeout_s` between two statements.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        pool_timeout_s: float = 5,
        lock_timeout_s: float = 5,
        statement_timeout_s: float = 8,
        idle_timeout_s: float = IDLE_S,
        application_name: str = "accord",
    ) -> None:
        self._left, self._waiting = list[AsyncConnection](), 0
        self._opened: WeakSet[Driven] = WeakSet()
        self._busy: set[Driven] = set()
        self._company = Company()
        self._statement_timeout_s = statement_timeout_s
        self._patience = Patience(
            lock_s=lock_timeout_s, statement_s=statement_timeout_s, idle_s=idle_timeout_s
        )
        address = Address.read(url)
        self._connect = address.connector(
            connect_timeout_s=pool_timeout_s,
            command_timeout_s=statement_timeout_s + _SILENCE_S,
            settings={
                "application_name": application_name,
                "default_transaction_isolation": "read committed",
                "jit": "off",  # no statement of ours is worth compiling
                "timezone": "UTC",
                **self._patience.settings(),
            },
        )

        async def opened() -> Driven:
            made = await self._connect()
            try:
                await note_process(made)
                if "transaction_timeout" not in address.own_settings:
                    await self._patience.limit_transactions(made)
                await take_up(made)
            except BaseException:
                made.terminate()
                raise
            self._opened.add(made)
            return made

        async def opened_lane() -> Driven:
            made = await opened()
            await take_json_as_text(made)
            return made

        self._lanes = Lanes(opened_lane, self._busy, self._end)
        self._together = Together(self._lanes)
        self._engine = _pool(opened, size=pool_size, timeout_s=pool_timeout_s)
        hold_to_tenants(self._engine)

    @asynccontextmanager
    async def transaction(
        self,
        *,
        statement_timeout_s: float | None = None,
        late: bool = False,
        about: UUID | None = None,
    ) -> AsyncIterator[Transaction]:
        """One transaction, committed at the end of the block. Raises `Unavailable`.

        `statement_timeout_s`: what reads much may take longer than the rest, or must not. `late`:
        it begins with the first statement that is none of those that may go alone (`Prepared`); if
        there is no such statement, there is no transaction. Raises `Overtaken` then, too. So it
        begins at once where another of ours is `about` the same, which would overtake it.
        After `Unavailable` with reason `connection` or `shutdown` the commit may have happened:
        retry with the same idempotency key or reference.
        """
        others = self._company.join(about)
        try:
            async with self._borrowed(statement_timeout_s) as (tx, connection):

                async def begin() -> None:
                    connection.unbegun = None
                    await connection.execute("BEGIN")
                    if connection.seen is not None:
                        await _hold(connection, connection.seen)

                try:
                    if late and not others and not connection.spread and not statement_timeout_s:
                        connection.unbegun = begin
                    else:
                        await begin()
                    if statement_timeout_s:
                        allowing = self._patience.allowing(connection, statement_timeout_s)
                        await connection.execute(allowing)
                    yield tx
                    if connection.last:
                        await _do_last(tx, connection.last)
                    if connection.unbegun is None:
                        _committed(await connection.execute("COMMIT"))
                except BaseException:
                    await self._roll_back(tx, connection)
                    raise
        finally:
            self._company.part(about)

    @asynccontextmanager
    async def question(self) -> AsyncIterator[Transaction]:
        """A connection without a transaction, for one statement that only asks.

        It saves beginning and committing; what a statement sets for its transaction ends with
        the statement. Raises `Unavailable`.
        """
        async with self._borrowed() as (asking, connection):
            try:
                yield asking
            except TimeoutError:
                await self._cut_off(asking, connection)
                raise

    @asynccontextmanager
    async def _borrowed(
        self, statement_timeout_s: float | None = None
    ) -> AsyncIterator[tuple[AsyncConnection, Driven]]:
        """A connection, left for the next when all went well, else given back to the pool.

        Taking one from the pool and giving it back costs as much as a few statements. Where a
        server did not even say that a statement took too long, it is silent.
        """
        with translated():
            try:
                tx = await self._take()
                try:
                    connection = self._use(tx, statement_timeout_s)
                    try:
                        yield tx, connection
                    except BaseException as error:
                        if connection.spread and overtaken_by_a_move(error):
                            # It may go on planning calls for where the tenant was.
                            connection.terminate()
                        raise
                    finally:
                        self._busy.discard(connection)
                        if statement_timeout_s:
                            connection.allow(self._statement_timeout_s + _SILENCE_S)
                except BaseException:
                    await asyncio.shield(asyncio.create_task(_give_back(tx)))
                    raise
                await self._leave(tx)
            except TimeoutError:
                await self._forget_the_idle()
                raise

    async def _take(self) -> AsyncConnection:
        """One that was left, or one of the pool."""
        while self._left:
            tx = self._left.pop()
            if not driver(tx).is_closed():
                return tx
            await _give_back(tx)
        self._waiting += 1
        try:
            with connecting():
                return await self._engine.connect()
        finally:
            self._waiting -= 1

    async def _leave(self, tx: AsyncConnection) -> None:
        """For whoever comes next; whoever waits already is given it by the pool."""
        if self._waiting or tx.invalidated or driver(tx).is_closed():
            await _give_back(tx)
        else:
            self._left.append(tx)

    def _use(self, tx: AsyncConnection, statement_timeout_s: float | None) -> Driven:
        connection: Driven = driver(tx)
        connection.tenant_id = connection.last = connection.unbegun = connection.seen = None
        connection.together = self._together
        if statement_timeout_s:
            connection.allow(statement_timeout_s + _SILENCE_S)
        self._busy.add(connection)
        return connection

    async def _forget_the_idle(self) -> None:
        """Whoever comes next gets a new connection; those at work have their own limit."""
        for connection in set(self._opened) - self._busy:
            connection.terminate()
        await self.dispose()

    async def _roll_back(self, tx: Transaction, connection: Driven) -> None:
        """Undo it; a connection on which that fails is cut off, never given back as it is."""
        if tx.invalidated:
            await self._cut_off(tx, connection)
            return
        try:
            async with asyncio.timeout(_UNDOING_S):
                await connection.execute("ROLLBACK")  # harmless where the server has done so
        except BaseException as error:
            await self._cut_off(tx, connection)
            if not isinstance(error, Exception):
                raise

    async def _cut_off(self, tx: AsyncConnection, connection: Driven) -> None:
        """Without a good-bye, which nobody might answer or hear; what it holds is let go of."""
        connection.terminate()
        if not tx.invalidated:
            await tx.invalidate()
        await let_go(connection, self._connect)

    async def _end(self, silent: Driven) -> None:
        silent.terminate()
        await let_go(silent, self._connect)

    async def dispose(self) -> None:
        """Close the idle connections; those in use close when they are given back."""
        await self._lanes.dispose()
        while self._left:
            await _give_back(self._left.pop())
        await self._engine.dispose()


def _pool(opened: Callable[[], Awaitable[Driven]], *, size: int, timeout_s: float) -> AsyncEngine:
    return create_async_engine(
        _URL,
        async_creator=opened,
        pool_size=size,
        max_overflow=0,  # an overflow connection is opened and closed at every use
        pool_timeout=timeout_s,
        pool_pre_ping=False,  # a round trip per request; a dead connection is a 503 once
        pool_use_lifo=True,
        isolation_level="AUTOCOMMIT",  # `transaction` begins and commits
        json_serializer=json_dumps,
        json_deserializer=json_loads,
        hide_parameters=True,  # an error message must not carry a person's data
        connect_args={"prepared_statement_cache_size": 500},
    )


def put_aside(tx: Transaction, last: Last, *values: object) -> None:
    """Have `last(tx, values)` called before the transaction commits, once, with all put aside.

    For what is locked by many, and so is locked last and shortest.
    """
    connection: Driven = driver(tx)
    if connection.last is None:
        connection.last = {}
    connection.last.setdefault(last, []).extend(values)


def taken_aside(tx: Transaction, last: Last) -> list[Any]:
    """What was put aside for `last` so far, for who does it now, in its place."""
    connection: Driven = driver(tx)
    return connection.last.pop(last, []) if connection.last else []


async def _do_last(tx: Transaction, last: dict[Last, list[Any]]) -> None:
    for done, values in last.items():
        await done(tx, values)


def single_engine(url: str) -> AsyncEngine:
    """Connections of the owner's, one at a time and with no time limit yet."""
    connect = Address.read(url).connector(
        settings={}, connect_timeout_s=_PATIENCE_S, command_timeout_s=None
    )
    return create_async_engine(_URL, async_creator=connect, poolclass=NullPool)


async def _hold(connection: Driven, seen: Seen) -> None:
    statement, values = seen.hold
    if not await connection.fetchval(statement, *values):
        raise Overtaken


def _committed(answer: str) -> None:
    """Where a statement failed and was passed over, the server answers COMMIT with ROLLBACK."""
    if answer.startswith("ROLLBACK"):
        raise RuntimeError("A statement failed, and its error was passed over.")


async def _give_back(tx: AsyncConnection) -> None:
    """To the pool; one the server has left is dropped."""
    if not tx.invalidated and driver(tx).is_closed():
        await tx.invalidate()
    await tx.close()
