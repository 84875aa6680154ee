"""Signing what is sent, by the Standard Webhooks library: each attempt at its own instant."""

from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook


def signed(secrets: Sequence[bytes], *, event_id: str, body: bytes, at: datetime) -> dict[str, str]:
    """The three headers. A signature for each secret in force, newest first.

    The library shifts an aware instant that is not UTC (its issue 251), so it is given UTC.
    """
    instant = at.astimezone(UTC)
    text = body.decode()
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(instant.timestamp())),
        "webhook-signature": " ".join(
            Webhook(secret).sign(event_id, instant, text) for secret in secrets
        ),
    }
