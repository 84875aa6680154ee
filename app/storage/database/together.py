"""Calls of many requests, each a transaction of its own if it came alone, sent in one.

While one call of a kind is under way, the next ones wait; when it has ended, all that wait go
together: one journey, one transaction, one COMMIT, and the server's caches are warm for all but
the first. Nobody waits for company: a call that finds none under way goes at once.

They go by a connection kept for it (`lanes.py`), and where none is free by that of who sends.

It is not noticed by who calls. Where anything goes wrong with several, nothing of them is stored,
and each is sent again by itself, on its own connection, to have its own answer. Several wait for a
lock of somebody else's for a moment only, so that whoever must wait long does it alone.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum, auto
from itertools import chain
from typing import Any, Final, NamedTuple
from uuid import UUID

from asyncpg import LockNotAvailableError, Record

from app.storage.database.lanes import Lanes

#: How many go together at most: the first of them waits for the last.
MOST: Final = 16
_NOWHERE: Final = UUID(int=0)


class Joined(Enum):
    """What one call that takes lists answers to several, their lists joined."""

    ALL_ONE_ROW = auto()
    EACH_ITS_ROW = auto()  # in the order of the lists


class Alone(NamedTuple):
    """A statement that may be a transaction by itself and answers one row.

    `impatient`: the same, as it is sent while others of its kind may have to wait for it. `joined`:
    it takes lists, and several are sent as one.
    """

    sql: str
    impatient: str
    joined: Joined | None = None


class _Told(Enum):
    """What one that waits is told, but for its answer."""

    LEAD = auto()
    GO_ALONE = auto()


_Answer = list[Record] | _Told


@dataclass(slots=True, eq=False)
class _Call:
    values: Sequence[object]
    about: UUID
    answer: asyncio.Future[_Answer]


_Kind = tuple[str, UUID | None]
Connection = Any  # `addresses.Driven`, which has one of those below


class Together:
    """The calls of one process under way, and those that wait for them to end."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self._waiting: dict[_Kind, deque[_Call]] = {}  # of a kind that is under way

    async def rows(
        self,
        connection: Connection,
        statement: Alone,
        values: Sequence[object],
    ) -> list[Record]:
        """What the statement answers, sent on a lane, on this connection or with another's.

        Those of one tenant go together, by ascending account: one lock order everywhere. Where
        nobody is known yet, anybody's do.
        """
        kind = (statement.sql, connection.tenant_id)
        about = connection.seen.account_id if connection.seen else None
        call = _Call(values, about or _NOWHERE, asyncio.get_running_loop().create_future())
        if (waiting := self._waiting.get(kind)) is not None:
            waiting.append(call)
            answer = await self._told(kind, call)
        else:
            self._waiting[kind] = deque()
            answer = _Told.LEAD
        if answer is _Told.LEAD:
            answer = await self._lead(kind, connection, statement, call)
        if isinstance(answer, _Told):
            rows: list[Record] = await connection.fetch(statement.sql, *values)
            return rows
        return answer

    async def _told(self, kind: _Kind, call: _Call) -> _Answer:
        try:
            return await call.answer
        except asyncio.CancelledError:
            if call.answer.done() and not call.answer.cancelled():
                with suppress(TimeoutError):
                    if call.answer.result() is _Told.LEAD:
                        self._pass_on(kind)
            raise

    def _pass_on(self, kind: _Kind) -> None:
        """Have the next of those that wait lead the others; nobody is under way where none does."""
        waiting = self._waiting[kind]
        while waiting:
            following = waiting.popleft()
            if not following.answer.done():
                following.answer.set_result(_Told.LEAD)
                return
        del self._waiting[kind]

    async def _lead(
        self,
        kind: _Kind,
        own: Connection,
        statement: Alone,
        mine: _Call,
    ) -> _Answer:
        lane: Connection | None = None
        error: BaseException | None = None
        try:
            lane = self._lanes.take()
            sending = lane or own
            waiting, calls = self._waiting[kind], [mine]
            while waiting and len(calls) < MOST:
                if not (following := waiting.popleft()).answer.done():
                    calls.append(following)
            if len(calls) == 1:
                try:
                    rows: list[Record] = await sending.fetch(statement.impatient, *mine.values)
                except LockNotAvailableError:
                    return _Told.GO_ALONE
                return rows
            return await _whatever_happens(_send(sending, statement, calls, mine))
        except BaseException as raised:
            error = raised
            raise
        finally:
            try:
                if lane is not None:
                    await self._lanes.leave(lane, error)
            finally:  # whatever became of the lane: others wait
                self._pass_on(kind)


async def _send(
    connection: Connection,
    statement: Alone,
    calls: Sequence[_Call],
    mine: _Call,
) -> _Answer:
    """Send several as one and tell each its answer; answers that of who sends."""
    ordered = sorted(calls, key=lambda call: call.about)
    answers: dict[int, list[Record]] = {}
    silent = False
    try:
        answers = await _answers(connection, statement, ordered)
    except TimeoutError:  # the server is silent, to all of them
        silent = True
        raise
    except Exception:  # noqa: BLE001 - whatever it is, each finds out by itself whether it is theirs
        answers = {}
    finally:
        for one in calls:
            if one.answer.done():
                continue
            if silent and one is not mine:
                one.answer.set_exception(TimeoutError())
            elif one is not mine:
                one.answer.set_result(answers.get(id(one), _Told.GO_ALONE))
    return answers.get(id(mine), _Told.GO_ALONE)


async def _answers(
    connection: Connection, statement: Alone, calls: Sequence[_Call]
) -> dict[int, list[Record]]:
    """What each is answered, all of them sent on this connection."""
    if statement.joined is None:
        rows = await connection.fetchmany(statement.impatient, [one.values for one in calls])
    else:
        of_all = zip(*(one.values for one in calls), strict=True)
        rows = await connection.fetch(statement.impatient, *map(_joined, of_all))
        if statement.joined is Joined.ALL_ONE_ROW:
            return {id(one): rows for one in calls}
    return {id(one): [row] for one, row in zip(calls, rows, strict=True)}


def _joined(values: Sequence[object]) -> object:
    """One value for all: lists after each other, of who gives one; anything else is the same."""
    lists = [one for one in values if isinstance(one, list)]
    return list(chain.from_iterable(lists)) if lists else values[0]


async def _whatever_happens(sending: Coroutine[Any, Any, _Answer]) -> _Answer:
    """Await what must come to its end, since others wait for it, even if who asked went away."""
    task = asyncio.ensure_future(sending)
    try:
        answer: _Answer = await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        if not task.cancelled():
            task.exception()
        raise
    return answer
