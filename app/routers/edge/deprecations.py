"""Which operations will go, since when, when, and what takes their place: one table.

What stands here is marked `deprecated` in OpenAPI, and each of its answers, a refusal too, carries
`Deprecation` (RFC 9745), `Sunset` (RFC 8594) once the day is known, and a `Link` to its successor.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from starlette.types import Message, Send

Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deprecation:
    """An operation that will go: aware instants, and a path or page about what to use instead."""

    since_at: datetime
    sunset_at: datetime | None = None
    instead: str = "/docs/versioning"

    def headers(self) -> Headers:
        """As they are sent."""
        said = [
            (b"deprecation", f"@{int(self.since_at.timestamp())}".encode()),
            (b"link", f'<{self.instead}>; rel="deprecation"'.encode()),
        ]
        if self.sunset_at is not None:
            sunset = format_datetime(self.sunset_at.astimezone(UTC), usegmt=True)
            said.append((b"sunset", sunset.encode()))
        return said


#: By operation id. Nothing is deprecated today.
DEPRECATED: Mapping[str, Deprecation] = {}


def telling(one: Deprecation, send: Send) -> Send:
    """What sends an answer with these headers added."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *one.headers()]}
        await send(message)

    return told
