"""A page of the feed: events as they were told, and what they are about as it is today."""

from pydantic import BaseModel, ConfigDict, Field, create_model

from app.schemas.accounts.accounts import AccountRead
from app.schemas.contacts.contacts import ContactRead
from app.schemas.edge.types import Read
from app.schemas.events.catalog import EXAMPLE, EventDocument
from app.schemas.persons.persons import PersonRead


class ExpandedRead(Read):
    """What the events of a page are about, each once; of what nobody asked for, none."""

    accounts: list[AccountRead]
    persons: list[PersonRead]
    contacts: list[ContactRead]


class _Feed(BaseModel):
    """What a page of the feed shows itself by."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"data": [EXAMPLE], "next_cursor": "WzEsImV2ZW50cyJd"}]}
    )


EventPage: type[BaseModel] = create_model(
    "EventPage",
    __base__=_Feed,
    __doc__="The events after a place in the feed, oldest first, and the place to go on from.",
    data=(list[EventDocument], ...),
    next_cursor=(str, Field(description="Keep it; ask with it as `after`. Never null.")),
    expanded=(ExpandedRead | None, Field(None, description="Where `expand` asks for it.")),
)
