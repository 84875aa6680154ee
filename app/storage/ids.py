"""New ids: UUIDs that sort by the time they were made."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A new UUIDv7: ids of one moment lie together in every index."""
    return uuid7()
