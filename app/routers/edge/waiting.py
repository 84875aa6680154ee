"""Waiting for something to happen, at nobody's cost: no connection and no place is held meanwhile.

Whoever waits looks again now and then. So many may wait at once, of one tenant and in all; whoever
is beyond is answered at once. A wait ends when its client goes, and when the server is to stop.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from threading import Event
from typing import Final, TypeVar

from fastapi import Request

from app.routers.edge.middleware.admission import aside

MOST_SECONDS: Final = 25
_MOST_WAITING: Final = 100
_MOST_OF_A_TENANT: Final = 20
_FIRST_PAUSE_SECONDS: Final = 0.1
_PAUSE_SECONDS: Final = 1.0

Found = TypeVar("Found")

_ending = Event()  # of no loop: whoever ends it may be on none


def end_waiting() -> None:
    """The server is to stop: who waits is answered with what there is."""
    _ending.set()


class Waiters:
    """Who waits in this process, by tenant."""

    def __init__(self) -> None:
        self._waiting: Counter[str] = Counter()

    async def until(
        self,
        request: Request,
        look: Callable[[], Awaitable[Found]],
        *,
        enough: Callable[[Found], bool],
        seconds: int,
    ) -> Found:
        """What `look` finds once that is enough, or at the end of the time."""
        found = await look()
        whose = str(request.scope["state"]["identity"].tenant_id)
        if enough(found) or not seconds or not self._has_room(whose):
            return found
        self._waiting[whose] += 1
        try:
            return await _looked_again(request, look, found, enough, seconds)
        finally:
            self._waiting[whose] -= 1
            if not self._waiting[whose]:
                del self._waiting[whose]

    def _has_room(self, whose: str) -> bool:
        room = self._waiting.total() < _MOST_WAITING
        return room and self._waiting[whose] < _MOST_OF_A_TENANT


async def _looked_again(
    request: Request,
    look: Callable[[], Awaitable[Found]],
    found: Found,
    enough: Callable[[Found], bool],
    seconds: int,
) -> Found:
    loop = asyncio.get_running_loop()
    ends_at, pause = loop.time() + seconds, _FIRST_PAUSE_SECONDS
    while not enough(found) and (left := ends_at - loop.time()) > 0:
        async with aside(request.scope):
            gone = await _gone(request, min(pause, left))
        if gone:
            break
        found = await look()
        pause = min(2 * pause, _PAUSE_SECONDS)
    return found


async def _gone(request: Request, seconds: float) -> bool:
    """Wait so long; whether there is nobody to wait for any more, or the server is to stop."""
    await asyncio.sleep(seconds)
    return _ending.is_set() or await request.is_disconnected()
