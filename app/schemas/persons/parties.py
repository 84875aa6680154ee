"""Parties: who has to do with an account, and in which role."""

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.contact.words import PartyRole
from app.schemas.edge.ids import AccountId, PartyId, PersonId
from app.schemas.edge.time import Date, Instant, TimeZone
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import Line, Reference
from app.schemas.persons.persons import Language, Region

_REQUEST: JsonDict = {
    "role": "guarantor",
    "person": {"reference": "CUST-78", "name": "Max Doe", "phone": "+13125550142"},
    "from_on": "2026-03-01",
}


class PartyPersonFields(Model):
    """Somebody who is described. Known by the reference, what is given amends them."""

    reference: Reference | None = None
    name: Line | None = None
    email: Line | None = None
    phone: Line | None = None
    time_zone: TimeZone | None = None
    region: Region | None = None
    language: Language | None = None


class PartyRequest(Model):
    """Somebody who has to do with the account: `person_id` of one known, or `person`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REQUEST]})

    role: Choice[PartyRole]
    person_id: PersonId | None = None
    person: PartyPersonFields | None = None
    from_on: Date | None = Field(None, description="Default: the business date.")
    note: Line | None = None


class PartyEndRequest(Model):
    """From which day on they have to do with it no longer, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"on": "2026-06-01", "reason": "the guaranty ended"}]}
    )

    on: Date
    reason: Line


class PartyRead(Read):
    """Somebody's part in an account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "pty_01h455vb4pex5vsknk084sn02q",
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "person_id": "per_01h455vb4pex5vsknk084sn02q",
                    "role": "guarantor",
                    "from_on": "2026-03-01",
                    "note": None,
                    "actor": "agent-17",
                    "recorded_at": "2026-03-01T15:00:00Z",
                    "ended_on": None,
                    "end_reason": None,
                }
            ]
        }
    )

    id: PartyId | None = Field(
        description="Null: the debtor whom the account itself names; that part cannot be ended."
    )
    account_id: AccountId
    person_id: PersonId
    role: PartyRole
    from_on: Date
    note: str | None
    actor: str | None
    recorded_at: Instant | None
    ended_on: Date | None
    end_reason: str | None
