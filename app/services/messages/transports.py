"""What speaks to one kind of carrier, and the one that sends nothing."""

from typing import Protocol

from app.domain.messages.carrying import SANDBOX, Answer, Carrier, Parcel

__all__ = ["SANDBOX", "Answer", "Carrier", "Parcel", "Sandbox", "Transport"]


class Transport(Protocol):
    """What speaks to one kind of carrier."""

    async def send(self, carrier: Carrier, parcel: Parcel) -> Answer:
        """Hand it over once."""
        ...


class Sandbox:
    """Takes everything, and it goes nowhere."""

    async def send(self, carrier: Carrier, parcel: Parcel) -> Answer:
        """Taken; what it was stays where messages are kept."""
        return Answer(accepted=True, provider_message_id=f"{carrier.name}-{parcel.id}")
