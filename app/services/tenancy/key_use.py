"""When was this key last used? To the hour, and nobody waits for the answer.

It is noted after the request it was used for. Noted while it authenticates, a transaction would
take its place in the feed before it has locked its account, and stand there before those for which
it then waits.
"""

from typing import Final
from uuid import UUID

from app.storage import tenancy
from app.storage.database.engine import Database
from app.storage.tenancy import Identity

_HOUR_S: Final = 3600
#: Keys remembered at once. Beyond it they are noted anew: a statement each that changes nothing.
_MOST: Final = 10_000


class KeyUse:
    """Which keys this process has noted within the hour."""

    def __init__(self) -> None:
        self._noted_at_s: dict[UUID, float] = {}

    async def note(self, database: Database, identity: Identity, *, at_s: float) -> None:
        """Note it where it was not within the hour. `at_s`: by a clock that never goes back.

        Raises `Unavailable`; it is then noted with the next request.
        """
        noted_at_s = self._noted_at_s.get(identity.key_id)
        if noted_at_s is not None and at_s - noted_at_s < _HOUR_S:
            return
        if len(self._noted_at_s) >= _MOST:
            self._noted_at_s.clear()
        async with database.question() as asking:
            await tenancy.note_key_use(asking, identity)
        self._noted_at_s[identity.key_id] = at_s
