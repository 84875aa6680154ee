"""What events of messages carry: ids and codes; never a word of a message, nor an address."""

from pydantic import Field

from app.domain.contact.words import Channel, Purpose
from app.domain.messages.lifecycle import MessageStatus
from app.schemas.edge.ids import ContactId, MessageId, PersonId
from app.schemas.events.base import Data


class MessageData(Data):
    """A message as it stood then. `GET /v1/messages/{id}` says how it stands now."""

    message_id: MessageId
    person_id: PersonId
    channel: Channel
    purpose: Purpose
    template_key: str | None = Field(description="Null: a letter that was written.")
    notice: str | None = Field(description="The rule that made it; null: somebody asked for it.")
    status: MessageStatus
    reason: str | None = Field(description="Why it did not go, as a code.")
    contact_id: ContactId | None = Field(description="The contact it was, once it left.")


class MessageCreatedData(MessageData):
    """Somebody asked for it, or a rule made it."""


class MessageSentData(MessageData):
    """A carrier took it."""


class MessageDeliveredData(MessageData):
    """It arrived, as its carrier reports."""


class MessageUndeliverableData(MessageData):
    """It bounced, failed, came back, or was complained of."""


class MessageUncertainData(MessageData):
    """It may have gone, and nobody can know: it counts as made, and is not sent again by itself."""


class MessageSuppressedData(MessageData):
    """It will not go: the gate forbids it, or what it says is not true any more."""


class MessageCancelledData(MessageData):
    """Somebody took it back."""


class MessageExpiredData(MessageData):
    """Its time was over before it could go."""
