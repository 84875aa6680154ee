"""Messages that persons send us, as a provider tells them."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.contact.opt_out_words import Meaning
from app.schemas.edge.ids import ConsentId, ContactId, PersonId
from app.schemas.edge.time import Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line, Reference

_EXAMPLE: JsonDict = {
    "channel": "sms",
    "from": "+13125550100",
    "to": "+13125550111",
    "text": "STOP",
    "received_at": "2026-01-10T15:00:00Z",
    "provider": "texts",
    "provider_id": "SM9f2c",
}


class InboundRequest(Model):
    """A message as it came in. Its text is kept apart, and can be erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    channel: Literal["sms", "email", "chat"]
    from_: Line = Field(alias="from")
    to: Line
    text: Annotated[str, Field(max_length=4_000, pattern=r"^[^\u0000]*$")]
    received_at: Instant
    provider: Annotated[Reference, Field(max_length=40)]
    provider_id: Annotated[Reference, Field(max_length=80)]
    in_reply_to_provider_id: Reference | None = Field(
        None, description="What the provider calls the message of ours that it answers."
    )


class InboundRead(Read):
    """Who wrote, how it was taken, and what was done at once."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "contact_id": "ctc_01h455vb4pex5vsknk084sn02q",
                    "person_id": "per_01h455vb4pex5vsknk084sn02q",
                    "meaning": "revoke",
                    "done": ["cns_01h455vb4pex5vsknk084sn02q"],
                }
            ]
        }
    )

    contact_id: ContactId
    person_id: PersonId | None = Field(description="Null: nobody is known to write from there.")
    meaning: Meaning = Field(
        description="`provisional`: revoked by a clear word among others, until somebody read it."
    )
    done: list[ConsentId] = Field(description="Revocations, or lifts of opt-outs.")
