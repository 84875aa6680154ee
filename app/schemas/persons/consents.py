"""Consents, revocations and restrictions: what a person allows and forbids."""

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.contact.words import (
    Channel,
    ConsentKind,
    GivenBy,
    Label,
    RestrictionKind,
    RevokedBy,
)
from app.schemas.edge.ids import (
    AccountId,
    ConsentId,
    ContactId,
    ContactPointId,
    PersonId,
    RestrictionId,
)
from app.schemas.edge.time import Date, Instant, TimeZone
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, Reference, words

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AccountIds = Annotated[Many[AccountId], Field(min_length=1, max_length=100)]
Ip = Annotated[str, words(field_limits.IP)]
UserAgent = Annotated[str, words(field_limits.USER_AGENT)]
Channels = Annotated[Many[Choice[Channel]], Field(min_length=1, max_length=7)]
Clock = Annotated[
    str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", max_length=5, examples=["12:00"])
]

_CONSENT: JsonDict = {
    "kind": "electronic",
    "channels": ["email"],
    "written": True,
    "given_at": "2026-03-01T15:00:00Z",
    "channel_given": "web",
    "evidence": {"text_hash": "9f86d081884c7d65"},
}
_RESTRICTION: JsonDict = {
    "kind": "inconvenient_time",
    "window": {"days": ["mon", "tue", "wed", "thu", "fri"], "from": "12:00", "to": "17:00"},
    "reason": "works afternoons",
}


class EvidenceFields(Model):
    """What shows that a consent was given; at least one."""

    text_hash: Reference | None = None
    recording_ref: Reference | None = None
    contact_id: ContactId | None = None
    message_id: Reference | None = None
    form_ref: Reference | None = None
    ip: Ip | None = Field(None, description="Kept apart, as `user_agent` is, and can be erased.")
    user_agent: UserAgent | None = None


class PointConsentRequest(Model):
    """An agreement of the person about one point, with its evidence."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CONSENT]})

    kind: Choice[ConsentKind]
    channels: Channels | None = Field(None, description="Default: all that reach the point.")
    account_ids: AccountIds | None = Field(None, description="Default: all accounts.")
    written: bool = False
    given_at: Instant
    channel_given: Choice[GivenBy]
    evidence: EvidenceFields
    expires_on: Date | None = None
    days: Annotated[int, Field(strict=True, ge=1, le=7)] | None = Field(
        None, description="Of `more_calls`: for how many days, the day given included."
    )
    person_id: PersonId | None = Field(
        None, description="Of `third_party`: with whom the debt may be spoken of."
    )
    demonstrated_access: bool = Field(
        False, description="Of `e_sign`: the person showed that they can open what is sent."
    )
    notice_sent_on: Date | None = Field(None, description="Of `creditor_notice`.")
    opt_out_until_on: Date | None = Field(None, description="Of `creditor_notice`.")


class RevocationRequest(Model):
    """What the person takes back; in force from now on, whatever a law would allow."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"channels": "all", "received_at": "2026-03-02T09:30:00Z", "how": "reply"}]
        }
    )

    channels: Channels | Literal["all"]
    consent_id: ConsentId | None = None
    received_at: Instant
    how: Choice[RevokedBy]
    text: Annotated[str, words(field_limits.SUMMARY)] | None = Field(
        None, description="The person's words: kept apart, and can be erased."
    )
    provisional: bool = False
    contact_id: ContactId | None = None


class WindowFields(Model):
    """Local times of some weekdays; where `from` is later than `to` it passes midnight."""

    days: Annotated[Many[Weekday], Field(min_length=1, max_length=7)] | None = None
    from_: Clock | None = Field(None, alias="from")
    to: Clock | None = None
    time_zone: TimeZone | None = Field(None, description="Default: wherever the person may be.")


class RestrictionRequest(Model):
    """What stands against contacts until it is lifted or over. Keep names out of `reason`."""

    model_config = ConfigDict(json_schema_extra={"examples": [_RESTRICTION]})

    kind: Choice[RestrictionKind]
    account_ids: AccountIds | None = Field(None, description="Default: all accounts.")
    channel: Choice[Channel] | None = None
    point_id: ContactPointId | None = None
    place: Choice[Label] | None = None
    window: WindowFields | None = None
    representative_id: PersonId | None = None
    from_at: Instant | None = None
    until_at: Instant | None = None
    since_on: Date | None = None
    extended: bool = False
    attorney_consents: bool = False
    attorney_silent_since_on: Date | None = None
    reason: Line
    evidence: Reference | None = None


class LiftRequest(Model):
    """The end of a restriction; an opt-out ends by the person's own act alone."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"reason": "may call again", "said_by_person": True}]}
    )

    at: Instant | None = None
    reason: Line
    said_by_person: bool
    contact_id: ContactId | None = None


class PointConsentRead(Read):
    """A consent as it was taken down."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "cns_01h455vb4pex5vsknk084sn02q",
                    "point_id": "cp_01h455vb4pex5vsknk084sn02q",
                    "kind": "electronic",
                    "channels": ["email"],
                    "account_ids": None,
                    "written": True,
                    "given_at": "2026-03-01T15:00:00Z",
                    "expires_on": None,
                    "entered_at": "2026-03-01T15:01:00Z",
                    "actor": "agent-17",
                }
            ]
        }
    )

    id: ConsentId
    point_id: ContactPointId
    kind: ConsentKind
    channels: list[Channel] | None
    account_ids: list[AccountId] | None
    written: bool
    given_at: Instant
    expires_on: Date | None
    entered_at: Instant
    actor: str | None


class RevocationRead(Read):
    """A revocation as it was taken down; it binds from `entered_at`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "rst_01h455vb4pex5vsknk084sn02q",
                    "point_id": "cp_01h455vb4pex5vsknk084sn02q",
                    "channels": ["sms"],
                    "received_at": "2026-03-02T09:30:00Z",
                    "how": "reply",
                    "provisional": False,
                    "entered_at": "2026-03-02T09:30:05Z",
                    "actor": "agent-17",
                }
            ]
        }
    )

    id: RestrictionId
    point_id: ContactPointId
    channels: list[Channel]
    received_at: Instant
    how: RevokedBy
    provisional: bool
    entered_at: Instant
    actor: str | None


class RestrictionRead(Read):
    """A restriction as it was placed, and until when it stands."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "rst_01h455vb4pex5vsknk084sn02q",
                    "kind": "inconvenient_time",
                    "until_at": None,
                    "entered_at": "2026-03-02T09:30:05Z",
                    "actor": "agent-17",
                    "data": _RESTRICTION,
                }
            ]
        }
    )

    id: RestrictionId
    kind: str
    until_at: Instant | None
    entered_at: Instant
    actor: str | None
    data: dict[str, Any]


def clock(text: str | None) -> time | None:
    """`12:00` as a time of day."""
    return None if text is None else time.fromisoformat(text)
