"""Connections of their own for what many requests send together: few, and so at hand.

Each connection is a process of the server's, with what it has learned of tables and statements in
its own memory. Sent by whichever request came first, the same two statements went round all of
them, and each had forgotten by its turn. Here are the fewest that do, opened when first wanted; who
finds none free sends by the connection that is theirs anyway.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

from asyncpg import InterfaceError, PostgresError

Lane = Any  # `addresses.Driven`, which speaks of who sends by it

#: As many as are under way at once where one tenant is busy: one that looks, one that writes.
MOST: Final = 2
#: How long nobody tries to open one more, after the server had no room for it.
_PATIENCE_S: Final = 60


class Lanes:
    """The connections, and which of them are free."""

    def __init__(
        self,
        opened: Callable[[], Awaitable[Lane]],
        busy: set[Lane],
        cut_off: Callable[[Lane], Awaitable[None]],
    ) -> None:
        """`busy`: where those under way are noted. `cut_off`: ends one that fell silent."""
        self._opened, self._busy, self._cut_off = opened, busy, cut_off
        self._free = list[Lane]()
        self._used = 0
        self._opening: asyncio.Task[None] | None = None
        self._not_before_s = 0.0

    def take(self) -> Lane | None:
        """The free one that was used last; None where there is none, but one may be opened then."""
        while self._free:
            lane = self._free.pop()
            if not lane.is_closed():
                self._used += 1
                self._busy.add(lane)
                return lane
        if self._used < MOST and self._opening is None:
            loop = asyncio.get_running_loop()
            if loop.time() >= self._not_before_s:
                self._opening = loop.create_task(self._open())
        return None

    async def _open(self) -> None:
        try:
            self._free.append(await self._opened())
        except (OSError, TimeoutError, PostgresError, InterfaceError):
            self._not_before_s = asyncio.get_running_loop().time() + _PATIENCE_S
        finally:
            self._opening = None

    async def leave(self, lane: Lane, error: BaseException | None = None) -> None:
        """Give it back; where what it was taken for did not come to its end, it is ended."""
        self._used -= 1
        self._busy.discard(lane)
        if error is None or isinstance(error, PostgresError):
            self._free.append(lane)
        elif isinstance(error, TimeoutError):
            await self._cut_off(lane)
        else:
            lane.terminate()

    async def dispose(self) -> None:
        """Close those that are free."""
        if self._opening is not None:
            self._opening.cancel()
            with suppress(asyncio.CancelledError):
                await self._opening
        while self._free:
            with suppress(OSError, TimeoutError, PostgresError, InterfaceError):
                await self._free.pop().close()
