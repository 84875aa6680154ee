"""May this person be contacted now: what is asked, and every reason that is answered."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain.contact.words import Channel, Code, Label, PointKind, Purpose
from app.schemas.edge.ids import AccountId, ContactId, ContactPointId, DecisionId, PersonId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, Tag
from app.schemas.templates.templates import TemplateKey

Elements = Annotated[
    Many[Annotated[Tag, Field(examples=["business_name"])]],
    Field(max_length=20),
]

_DECISION: JsonDict = {
    "id": None,
    "reserved_until_at": None,
    "allowed": False,
    "asked_at": "2026-01-13T03:00:00Z",
    "decided_at": "2026-01-12T15:00:00Z",
    "person_id": "per_01h455vb4pex5vsknk084sn02q",
    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
    "channel": "call",
    "purpose": "collection",
    "point": {"id": "cp_01h455vb4pex5vsknk084sn02q", "kind": "phone"},
    "reasons": [
        {
            "code": "OUTSIDE_HOURS",
            "rule_set": "us-federal",
            "rule": "hours",
            "source": "12 CFR 1006.6(b)(1)(i); 15 USC 1692c(a)(1)",
            "tag": "S",
            "message": "It is too early or too late where the person may be.",
            "limit": None,
            "actual": None,
            "account_id": "acc_01h455vb4pex5vsknk084sn02q",
            "counted": [],
            "reserved": [],
            "until_at": "2026-01-13T14:00:00Z",
            "override_roles": [],
        }
    ],
    "next_allowed_at": "2026-01-13T14:00:00Z",
    "zones": [
        {
            "time_zone": "America/Chicago",
            "time": "21:00",
            "because": ["area code 312"],
            "open": False,
        }
    ],
    "window": {"opens_at": "2026-01-12T14:00:00Z", "closes_at": "2026-01-13T03:00:00Z"},
    "counts": {"calls_in_7_days": 2, "last_conversation_on": "2026-01-02"},
    "disclosures": ["collector_identity"],
    "voicemail": {"limited_content_only": True},
    "overridden": [],
    "rule_sets": ["house", "us-federal"],
    "policy": {"name": "default", "version": 2, "counsel": None},
    "rules_release": "2026-10",
    "notes": [],
}


class VoicemailFields(Model):
    """What a voicemail would say, as limited content."""

    elements: Elements


class ContactDecisionRequest(Model):
    """The contact somebody would make."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"channel": "call", "purpose": "collection"}]}
    )

    person_id: PersonId | None = Field(None, description="Default: the debtor.")
    point_id: ContactPointId | None = Field(None, description="Default: the channel's best.")
    channel: Choice[Channel] | None = Field(
        None, description="Default: the first by which the point is used; one of both is said."
    )
    purpose: Choice[Purpose] | None = Field(
        None, description="Default: the template's, else `collection`."
    )
    template_key: TemplateKey | None = Field(
        None, description="The words it would have: they fix what it is for."
    )
    at: Instant | None = Field(None, description="Default: now.")
    place: Choice[Label] | None = None
    in_reply_to: ContactId | None = Field(None, description="Of a `reply`: what it answers.")
    deadline_on: Date | None = Field(None, description="A deadline the words name.")
    voicemail: VoicemailFields | None = None


class ReleaseRequest(Model):
    """Why the contact will not be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "busy elsewhere"}]})

    reason: Line


class OverrideFields(Model):
    """Reasons somebody sets aside who may, and why."""

    codes: Annotated[Many[Choice[Code]], Field(min_length=1, max_length=10)]
    reason: Literal["required_by_law", "litigation", "answers_request", "time_critical", "other"]
    note: Line


class ContactDecisionMade(ContactDecisionRequest):
    """The contact somebody would make, to be decided and reserved."""

    reserve_minutes: Annotated[int, Field(strict=True, ge=1, le=240)] = 15
    override: OverrideFields | None = None


class ReasonRead(Read):
    """One thing that stands against the contact."""

    code: Code
    rule_set: str
    rule: str
    source: str
    tag: str
    message: str
    limit: int | None
    actual: int | None
    account_id: AccountId
    counted: list[ContactId] = Field(description="The contacts that make up `actual`.")
    reserved: list[DecisionId] = Field(description="Decisions among them: calls not made yet.")
    until_at: Instant | None
    override_roles: list[str]


class ZoneRead(Read):
    """What the clock shows in one zone the person may be in, and what it was found by."""

    time_zone: str
    time: str
    because: list[str]
    open: bool


class WindowRead(Read):
    """The hours of the local day that are open in every zone."""

    opens_at: Instant
    closes_at: Instant


class UsedPointRead(Read):
    id: ContactPointId
    kind: PointKind


class DecidedByRead(Read):
    """The version of the contact policy in force at the instant; 0 is what we ship."""

    name: str
    version: int
    counsel: str | None = Field(description="Who says that a rule may be looser than a law.")


class CountsRead(Read):
    """What was counted, whatever stands against it."""

    calls_in_7_days: int = Field(description="About this account, as calls are counted.")
    last_conversation_on: Date | None = Field(description="Of the last 30 days.")


class VoicemailRule(Read):
    """What may be left on a voicemail: who hears it, nobody knows."""

    limited_content_only: bool


class ContactDecisionRead(Read):
    """Whether the contact may be made, all reasons against it, and when none stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [_DECISION]})

    id: DecisionId | None = Field(description="Null of a preview, which keeps nothing.")
    reserved_until_at: Instant | None = Field(description="Until then it counts as made.")
    allowed: bool
    asked_at: Instant = Field(description="The instant it was asked for.")
    decided_at: Instant
    account_id: AccountId
    person_id: PersonId
    channel: Channel
    purpose: Purpose
    point: UsedPointRead | None
    reasons: list[ReasonRead]
    next_allowed_at: Instant | None
    zones: list[ZoneRead]
    window: WindowRead | None
    counts: CountsRead
    disclosures: list[str]
    voicemail: VoicemailRule | None = Field(description="Null of what is no call.")
    overridden: list[ReasonRead] = Field(description="Reasons that were set aside.")
    rule_sets: list[str]
    policy: DecidedByRead
    rules_release: str
    notes: list[str]


class ContactabilityRead(Read):
    """The channels in the order to use them, each with what stands against it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"first": None, "because": None, "channels": [_DECISION]}]}
    )

    first: Channel | None = Field(description="The one to use now; null where none may be.")
    because: str | None
    channels: list[ContactDecisionRead]


class KeptDecisionRead(Read):
    """A decision as it was kept, and what became of its reservation."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "dec_01h455vb4pex5vsknk084sn02q",
                    "account_id": "acc_01h455vb4pex5vsknk084sn02q",
                    "person_id": "per_01h455vb4pex5vsknk084sn02q",
                    "point_id": "cp_01h455vb4pex5vsknk084sn02q",
                    "channel": "call",
                    "purpose": "collection",
                    "asked_at": "2026-01-12T15:00:00Z",
                    "decided_at": "2026-01-12T15:00:00Z",
                    "allowed": True,
                    "reasons": [],
                    "policy": {"name": "default", "version": 2, "counsel": None},
                    "reserved_until_at": "2026-01-12T15:15:00Z",
                    "overridden": None,
                    "ended_because": "used",
                    "end_reason": None,
                    "ended_at": "2026-01-12T15:06:00Z",
                    "contact_id": "ctc_01h455vb4pex5vsknk084sn02q",
                    "actor": "agent-17",
                }
            ]
        }
    )

    id: DecisionId
    account_id: AccountId
    person_id: PersonId
    point_id: ContactPointId | None
    channel: Channel
    purpose: Purpose
    asked_at: Instant
    decided_at: Instant
    allowed: bool
    reasons: list[dict[str, Any]]
    policy: DecidedByRead | None = Field(description="Null of those from before there were any.")
    reserved_until_at: Instant | None
    overridden: dict[str, Any] | None
    ended_because: str | None
    end_reason: str | None
    ended_at: Instant | None
    contact_id: ContactId | None
    actor: str | None
