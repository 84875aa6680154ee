"""What speaks to endpoints, as routes and workers are given it: the floor `outbound` has it."""

from collections.abc import Collection
from typing import Protocol

from app.domain.webhooks.addresses import Network
from app.domain.webhooks.attempts import Answer, Outgoing


class Sender(Protocol):
    """One request out, one answer back."""

    @property
    def allowed(self) -> Collection[Network]:
        """Networks that may be sent to though they are private: for trying things."""
        ...

    async def send(self, outgoing: Outgoing) -> Answer:
        """The endpoint's answer, or why none came; it raises nothing an endpoint can cause."""
        ...
