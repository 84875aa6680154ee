"""What follows an endpoint's answer: delivered, tried again at an instant, or given up.

The waits are those of the Standard Webhooks specification's example, each counted from the
failure before; ten attempts over 75 hours and 35 minutes.
"""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

from app.domain.values import Value

#: Before the first attempt, the second, and so on; in seconds.
WAITS_S: Final = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
#: Waits are spread by so much either way, so that those who failed together do not come together.
JITTER: Final = 0.2
#: The longest `Retry-After` that is kept.
MOST_RETRY_AFTER_S: Final = 86_400
#: How long an endpoint has for its answer, and how much of that is read.
TIMEOUT_S: Final = 15.0
KEPT_BYTES: Final = 1024
_GONE = 410
_LONGEST_HEADER = 100


class Status(StrEnum):
    """Of a delivery: one event to one endpoint."""

    PENDING = "pending"
    RETRYING = "retrying"
    DELIVERED = "delivered"
    FAILED = "failed"  # refused for good: the endpoint is gone
    EXHAUSTED = "exhausted"  # tried as often as there is
    SKIPPED = "skipped"  # nobody wanted it told: passed over, or the endpoint was deleted


UNFINISHED: Final = (Status.PENDING, Status.RETRYING)


class Only(StrEnum):
    """What a replay sends again."""

    FAILED = "failed"  # what it never took: given up, exhausted, passed over
    ALL = "all"


class Answer(Value, kw_only=True):
    """What an attempt brought. `status` None: no answer came, and `error` says why."""

    status: int | None = None
    error: str | None = None
    retry_after_s: int | None = None
    ms: int = 0
    response_bytes: int = 0
    response_start: str = ""

    @property
    def ok(self) -> bool:
        """Whether the endpoint took it: 2xx and nothing else; a redirect is a failure."""
        return self.status is not None and 200 <= self.status <= 299  # noqa: PLR2004 - 2xx

    @property
    def gone(self) -> bool:
        """Whether it wants nothing any more."""
        return self.status == _GONE


class Judged(Value, kw_only=True):
    """Where a delivery stands after an attempt."""

    status: Status
    next_at: datetime | None = None


def judge(answer: Answer, *, tries: int, at: datetime, jitter: float = 0.0) -> Judged:
    """What follows the `tries`-th attempt (from 1), answered `at`. `jitter`: from -1 to 1."""
    if answer.ok:
        return Judged(status=Status.DELIVERED)
    if answer.gone:
        return Judged(status=Status.FAILED)
    if tries >= len(WAITS_S):
        return Judged(status=Status.EXHAUSTED)
    wait_s = WAITS_S[tries] * (1 + JITTER * jitter)
    asked_s = min(answer.retry_after_s or 0, MOST_RETRY_AFTER_S)
    return Judged(
        status=Status.RETRYING, next_at=at + timedelta(seconds=max(wait_s, float(asked_s)))
    )


class Outgoing(Value, kw_only=True):
    """What is sent to an endpoint at one attempt, signed."""

    url: str
    headers: dict[str, str]
    body: bytes


def retry_after_s(header: str | None, *, now: datetime) -> int | None:
    """The seconds a `Retry-After` asks for, which is written as such or as a date; None: none."""
    if not header or len(header) > _LONGEST_HEADER:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(int(text), MOST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait_s = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(max(0, int(wait_s.total_seconds())), MOST_RETRY_AFTER_S)
