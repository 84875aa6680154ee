"""Legal holds, erasures, and all that is kept of a person."""

from typing import Any

from pydantic import ConfigDict, Field

from app.schemas.contacts.contacts import ContactRead
from app.schemas.edge.ids import AccountId, LegalHoldId, PersonId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Model, Read
from app.schemas.edge.words import Line
from app.schemas.persons.persons import PersonRead
from app.schemas.persons.points import ContactPointRead, PointFactRead


class LegalHoldRequest(Model):
    """A matter for which everything of the account is kept. Keep names out of it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"matter": "case 26-1042", "from_on": "2026-03-01"}]}
    )

    matter: Line
    from_on: Date


class LegalHoldReleaseRequest(Model):
    """Why it need not be kept any more."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "the case is closed"}]})

    reason: Line


class LegalHoldRead(Read):
    """A hold on an account's records; while it stands, nothing of them is erased."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "lgh_01h455vb4pex5vsknk084sn02q",
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "matter": "case 26-1042",
                    "from_on": "2026-03-01",
                    "actor": "counsel-1",
                    "recorded_at": "2026-03-01T09:00:00Z",
                    "released_on": None,
                    "release_reason": None,
                }
            ]
        }
    )

    id: LegalHoldId
    account_id: AccountId
    matter: str
    from_on: Date
    actor: str | None
    recorded_at: Instant
    released_on: Date | None
    release_reason: str | None


class EraseRequest(Model):
    """Why a person is to be forgotten. Keep names out of it: it stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "asked in writing"}]})

    reason: Line


class ErasureRead(Read):
    """A person is forgotten."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person_id": "per_01h455vb4pex5vsknk084sn02q",
                    "reason": "asked in writing",
                    "asked_at": "2029-03-02T09:00:00Z",
                    "done_at": "2029-03-02T09:00:00Z",
                }
            ]
        }
    )

    person_id: PersonId
    reason: str
    asked_at: Instant
    done_at: Instant | None


class PersonExportRead(Read):
    """All that is kept of a person. Erased, nothing is left but ids, codes, days and figures."""

    person: PersonRead
    points: list[ContactPointRead]
    facts: list[PointFactRead] = Field(description="What they said, oldest first.")
    account_ids: list[AccountId] = Field(description="What they owe on.")
    contacts: list[ContactRead] = Field(description="The latest first.")
    messages: list[dict[str, Any]] = Field(description="With what they say; the latest first.")
