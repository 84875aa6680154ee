"""Where a reader of the feed stands, as a cursor."""

from uuid import UUID

from app.domain.errors import InvalidInput
from app.routers.edge.pages import Keyset, Long
from app.services.books.events import Position

#: epoch, transaction, account, sequence; and the epoch in which the cursor was given
FEED = Keyset("events", int, Long, UUID, int, int, parameter="after")
#: As cursors were before they said that.
OLD_FEED = Keyset("events", int, Long, UUID, int, parameter="after")


def place_of(after: str | None) -> tuple[Position | None, int]:
    """Where a reader stands, and in which epoch that was given."""
    try:
        key = FEED.read(after)
    except InvalidInput:
        key = OLD_FEED.read(after)
    if key is None:
        return None, 0
    return Position(*key[:4]), key[4] if len(key) > len(Position._fields) else key[0]
