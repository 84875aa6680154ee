"""What was done on a worklist, as clients see it."""

from typing import Literal

from pydantic import ConfigDict, Field

from app.domain.vocabulary import Role
from app.schemas.edge.ids import AccountId, ContactId, WorkItemId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Read


class ItemActRead(Read):
    """One thing done about an item."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "work_item_id": "wi_01h455vb4pex5vsknk084sn02q",
                    "account_id": None,
                    "contact_id": "ctc_01h455vb4pex5vsknk084sn02q",
                    "kind": "completed",
                    "did": "read",
                    "to": None,
                    "until_at": None,
                    "note": "wrong address; sent on",
                    "business_date": "2026-03-02",
                    "at": "2026-03-02T15:00:00Z",
                    "actor": "agent-17",
                    "role": "agent",
                }
            ]
        }
    )

    work_item_id: WorkItemId
    account_id: AccountId | None = Field(description="Null: of a message about no account.")
    contact_id: ContactId | None = Field(
        description="The message it is about; of an account's item the contact that was named."
    )
    kind: Literal["claimed", "released", "completed", "skipped", "called_back", "assigned"]
    did: str | None = Field(description="Of `completed`: what, where nobody was contacted.")
    to: str | None = Field(description="Of `assigned`: to whom; null: to whoever comes.")
    until_at: Instant | None = Field(
        description="Claimed or put off until then; of `called_back`: when to call."
    )
    note: str | None = Field(description="In words; null too once it was erased.")
    business_date: Date
    at: Instant
    actor: str | None
    role: Role
