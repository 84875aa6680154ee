"""What events of contacts carry: ids, codes and instants, no words of anybody."""

from app.domain.contact.words import Channel, Code, Direction, Outcome, Purpose, Saying
from app.schemas.edge.ids import (
    AccountId,
    ContactId,
    ContactPointId,
    DecisionId,
    MessageId,
    PersonId,
    PlanId,
    PromiseId,
    QuoteId,
)
from app.schemas.edge.time import Date, Instant
from app.schemas.events.base import Data, absent


class ContactData(Data):
    """Of a contact."""

    contact_id: ContactId


class LinksData(Data):
    """What a contact is linked to."""

    promise_id: PromiseId = absent("The promise it came of, or was made in it.")
    plan_id: PlanId = absent("The plan it was about.")
    quote_id: QuoteId = absent("The quote it was about.")


class JudgedByData(Data):
    """A version of a contact policy; 0 is what we ship."""

    name: str
    version: int


class ContactRecordedData(ContactData):
    """A contact was recorded: made, received, or said to have been. Told of each account."""

    account_ids: list[AccountId]
    person_id: PersonId | None
    point_id: ContactPointId | None
    channel: Channel
    direction: Direction
    purpose: Purpose
    started_at: Instant
    outcome: Outcome | None
    decision_id: DecisionId | None = absent("The decision it was made on.")
    message_id: MessageId | None = absent("The message it is.")
    links: LinksData = absent("What it is linked to.")


class ContactCorrectedData(ContactRecordedData):
    """A contact was otherwise than was said: here is how."""

    changed: list[str]


class ContactVoidedData(ContactData):
    """A contact that never was."""


class ContactJudgedData(ContactData):
    """A contact was outside the rules about this account, or is no longer: by all known now."""

    outside: list[Code]
    policy: JudgedByData = absent("The version it was judged by.")


class _DecidedData(Data):
    """Of a decision about a contact."""

    decision_id: DecisionId
    person_id: PersonId
    channel: Channel
    purpose: Purpose
    codes: list[Code]


class ContactRefusedData(_DecidedData):
    """Somebody asked whether they may contact a person, and may not now."""

    next_allowed_at: Instant | None


class ContactOverriddenData(_DecidedData):
    """Somebody who may do so set reasons against a contact aside."""

    why: str


class ValidationSentData(ContactData):
    """The validation notice of the account's debt went; until when the debt may be disputed."""

    sent_on: Date
    assumed_received_on: Date
    ends_on: Date


class ValidationEndedData(ContactData):
    """The last day to dispute the debt by this notice is over; told as the day after it closes."""

    ends_on: Date


class DisputeReceivedData(ContactData):
    """Somebody disputed the debt in writing, or asked who the original creditor was.

    In time, `hold.placed` with the contact follows. Corrected where the contact was otherwise.
    """

    says: list[Saying]
    received_on: Date


class ValidationRestartedData(ContactData):
    """The notice that had gone came back, or never was: the debt wants another."""

    due_by_on: Date | None
