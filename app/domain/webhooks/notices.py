"""What whoever looks after an endpoint is written: that it fails, that it was disabled, and when.

A letter that cannot be posted is tried again after the waits of messages, and dropped when it
would no longer be news.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from app.domain.values import Value
from app.domain.webhooks.health import Because

#: After a failure to hand it to the mail server, in seconds; six attempts in all.
WAITS_S: Final = (60, 300, 1_800, 7_200, 21_600)
#: A notice that waited longer (nobody was there to send) says nothing new.
NEWS_FOR: Final = timedelta(hours=48)


class NoticeKind(StrEnum):
    """What is written."""

    FAILING = "failing"
    DISABLED = "disabled"


class NoticeStatus(StrEnum):
    """Where a notice stands."""

    PENDING = "pending"
    SENT = "sent"
    GIVEN_UP = "given_up"


class Letter(Value, kw_only=True):
    """A notice in words."""

    subject: str
    text: str


def next_at(*, tries: int, at: datetime) -> datetime | None:
    """When to try again after the `tries`-th failure; None: no more."""
    if tries > len(WAITS_S):
        return None
    return at + timedelta(seconds=WAITS_S[tries - 1])


def written(
    kind: NoticeKind,
    *,
    endpoint: str,
    url: str,
    because: str | None,
    failing_since_at: datetime | None,
) -> Letter:
    """The letter: which endpoint, what is the matter, and what to do about it."""
    since = f"{failing_since_at:%Y-%m-%d %H:%M} UTC" if failing_since_at else "a while"
    if kind is NoticeKind.FAILING:
        return Letter(
            subject=f"Webhook endpoint {endpoint} fails",
            text=f"Since {since} your endpoint {url} ({endpoint}) has accepted nothing.\n\n"
            "Events are tried again. After 120 hours of nothing but failures the endpoint is "
            f"disabled.\nWhat it answered: GET /v1/webhooks/{endpoint}/deliveries\n",
        )
    why = {
        Because.GONE: "it answered 410, Gone",
        Because.FAILING: f"since {since} it accepted nothing",
        Because.BY_HAND: "somebody with a key of yours asked for it",
    }.get(Because(because or Because.BY_HAND), "")
    return Letter(
        subject=f"Webhook endpoint {endpoint} is disabled",
        text=f"Your endpoint {url} ({endpoint}) is disabled: {why}.\n\n"
        "Nothing is lost: it stays where it is in the feed. When it can take events again:\n"
        f"POST /v1/webhooks/{endpoint}/enable\n",
    )
