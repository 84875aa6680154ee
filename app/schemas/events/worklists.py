"""What events of worklists carry: what was agreed with a person, and what was done."""

from app.schemas.edge.ids import ConsentId, ContactId, WorkItemId
from app.schemas.edge.time import Instant
from app.schemas.events.base import Data, absent


class WorkData(Data):
    """Of an item of a worklist."""

    work_item_id: WorkItemId
    worklist: str


class CallbackSetData(WorkData):
    """Somebody is to be called at an instant."""

    callback_at: Instant
    asked_for_by_person: bool
    consent_id: ConsentId | None = absent("The consent to more calls that it is.")


class WorkCompletedData(WorkData):
    """An item was worked. It stays on its list while a reason for it stands."""

    attempts: int
    contact_id: ContactId | None = absent("The contact that was made.")
    did: str | None = absent("What was done, where nobody was contacted.")
