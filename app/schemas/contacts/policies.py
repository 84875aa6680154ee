"""Contact policies: who collects, by which rules, in whose name, in versions; and the rule sets."""

from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.contact.words import Channel, CollectorType, Outcome, Purpose
from app.domain.evidence.course import COMPLAINT_DAYS
from app.domain.messages.notices import When
from app.schemas.contacts.identity import IdentityFields, Language
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Many, Model, Read
from app.schemas.edge.words import Line, Reference, words
from app.schemas.persons.consents import Clock, Weekday
from app.schemas.persons.points import Country

_MOST_CREDITORS: Final = 1_000
_MOST_RULES: Final = 100
_MOST_WORDS: Final = 200

PolicyName = Annotated[str, words(field_limits.POLICY_NAME), Field(examples=["default"])]
RuleSetName = Annotated[str, Field(pattern="^[a-z][a-z-]*$", max_length=40, examples=["house"])]
RuleName = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z-]*\.[a-z][a-z0-9_]*$",
        max_length=80,
        examples=["house.calls_3_a_day"],
    ),
]
Whole = Annotated[int, Field(strict=True, ge=0, le=100_000)]

_RULES: JsonDict = {"house.calls_3_a_day": {"max": 2}, "us-federal.hours": {"to": "20:00"}}
_POLICY: JsonDict = {
    "effective_from": "2026-10-01",
    "collector_type": "third_party",
    "country": "US",
    "identity": {
        "business_name": "Northbridge Services",
        "reveals_collection": False,
        "reply_phone": "+1 512 555 0100",
        "postal": {"lines": ["1 Main Street"], "city": "Austin", "postal_code": "78701"},
        "languages": ["en-US", "es-US"],
    },
    "rules": _RULES,
    "dispositions": {"LM": "voicemail_left", "PTP": "conversation"},
    "creditors": {"CRED-1": {"collector_type": "first_party"}},
}


class RuleFields(Model):
    """Other figures of a shipped rule; which it has depends on the rule."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"max": 2}]}, populate_by_name=True, serialize_by_alias=True
    )

    max: Whole | None = Field(None, description="Of a count: so many at most.")
    days: Whole | Annotated[Many[Weekday], Field(min_length=1, max_length=7)] | None = Field(
        None, description="How many days; of hours, which weekdays."
    )
    minutes: Whole | dict[Choice[Channel], Whole] | None = Field(
        None, description="Between two calls; of a margin, by channel."
    )
    from_: Clock | None = Field(None, alias="from", description="Local time, of hours.")
    to: Clock | None = Field(None, description="Local time, of hours; excluded.")
    fresh_days: Whole | None = None
    creditor_notice_days: Whole | None = None


Rules = Annotated[dict[RuleName, RuleFields], Field(max_length=_MOST_RULES)]


class CounselFields(Model):
    """Who says that a rule may be looser than the law it stands for."""

    name: Line
    on: Date
    note: Line


class ChannelsFields(Model):
    """In which order channels are tried."""

    order: Annotated[Many[Choice[Channel]], Field(min_length=1, max_length=7)]
    max_wait_days: Annotated[int, Field(strict=True, ge=0, le=45)] = 3


class NoticeFields(Model):
    """A notice made by itself: so many days before or after a date, or when something happens."""

    key: Annotated[str, words(field_limits.TEMPLATE_KEY)]
    when: Choice[When]
    days: Annotated[int, Field(strict=True, ge=0, le=30)] = Field(
        0, description="Before or after the date; of `each_month` its day; 0 of what happens."
    )
    at: Clock = Field("10:00", description="Where the person may be, in every zone.")
    template: Annotated[str, words(field_limits.TEMPLATE_KEY)]
    purpose: Choice[Purpose] | None = Field(None, description="Default: the template's.")


class RetentionFields(Model):
    """How long what is kept of a person stays after the last collection activity."""

    years: Annotated[int, Field(strict=True, ge=3, le=30)] = 3


class EscalationFields(Model):
    """Below which sum nothing goes to an attorney, and in how many days a complaint is answered."""

    legal_minimum_minor: Annotated[int, Field(strict=True, ge=0, le=10**15)] = 0
    complaint_days: Annotated[int, Field(strict=True, ge=1, le=56)] = COMPLAINT_DAYS


Notices = Annotated[Many[NoticeFields], Field(max_length=50)]
OptOutWords = Annotated[
    dict[Language, Annotated[Many[Line], Field(max_length=_MOST_WORDS)]], Field(max_length=20)
]
Fallback = Annotated[Many[Language], Field(max_length=20)]


class ContactCreditorFields(Model):
    """What reads otherwise for one creditor; what is left out is as for all."""

    collector_type: Choice[CollectorType] | None = None
    country: Country | None = None
    identity: IdentityFields | None = None
    rules: Rules | None = None
    channels: ChannelsFields | None = None
    notices: Notices | None = None
    opt_out_words: OptOutWords | None = None
    language_fallback: Fallback | None = None
    retention: RetentionFields | None = None
    escalation: EscalationFields | None = None


class ContactPolicyRequest(Model):
    """A version to be saved: all it says, not only what changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [_POLICY]})

    name: PolicyName | None = Field(None, description="Of the path: no other may stand here.")
    effective_from: Date | None = Field(
        None, description="The first day it counts on. Default: the business date."
    )
    collector_type: Choice[CollectorType] = CollectorType.THIRD_PARTY
    country: Country | None = None
    identity: IdentityFields | None = None
    rule_sets: Annotated[Many[RuleSetName], Field(min_length=1, max_length=50)] | None = Field(
        None, description="Default: all that are shipped; each binds only where it applies."
    )
    rules: Rules = Field({}, description="Other figures, by rule set and rule.")
    counsel: CounselFields | None = Field(
        None, description="Who says so, where a rule is looser than the law."
    )
    dispositions: Annotated[dict[Reference, Choice[Outcome]], Field(max_length=500)] = Field(
        {}, description="Your own codes of outcomes."
    )
    channels: ChannelsFields | None = None
    notices: Notices = ()
    opt_out_words: OptOutWords = Field({}, description="Of your own, beside those we know.")
    language_fallback: Fallback = ()
    retention: RetentionFields | None = None
    escalation: EscalationFields | None = None
    creditors: Annotated[
        dict[Reference, ContactCreditorFields], Field(max_length=_MOST_CREDITORS)
    ] = Field({}, description="What reads otherwise, by the creditor's reference.")


class ContactPolicyRead(Read):
    """A version of a contact policy: it never changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "default",
                    "version": 1,
                    "shipped": False,
                    **_POLICY,
                    "rule_sets": ["us-federal", "house"],
                    "counsel": {"name": "A. Lawyer", "on": "2026-09-01", "note": "no other binds"},
                    "channels": {"order": ["email", "sms", "letter"], "max_wait_days": 3},
                    "notices": [
                        {
                            "key": "due_reminder",
                            "when": "before_due",
                            "days": 3,
                            "at": "10:00",
                            "template": "due_reminder",
                            "purpose": "reminder",
                        }
                    ],
                    "opt_out_words": {"es": ["alto", "baja"]},
                    "language_fallback": [],
                    "retention": {"years": 3},
                    "escalation": {"legal_minimum_minor": 100000},
                    "business_date": "2026-09-28",
                    "recorded_at": "2026-09-28T15:04:05.123456Z",
                    "actor": "agent-17",
                    "etag": '"1"',
                }
            ]
        }
    )

    name: str
    version: int = Field(description="Yours count from 1; 0 is what we ship.")
    shipped: bool
    effective_from: Date | None
    collector_type: CollectorType
    country: str | None
    identity: IdentityFields | None
    rule_sets: list[str] | None = Field(description="Null: all that are shipped.")
    rules: dict[str, RuleFields]
    counsel: CounselFields | None
    dispositions: dict[str, Outcome]
    channels: ChannelsFields | None
    notices: list[NoticeFields]
    opt_out_words: dict[str, list[str]]
    language_fallback: list[str]
    retention: RetentionFields | None
    escalation: EscalationFields | None
    creditors: dict[str, ContactCreditorFields]
    business_date: Date | None = Field(description="When it was saved; null of what we ship.")
    recorded_at: Instant | None
    actor: str | None
    etag: str = Field(description="For `If-Match`; the `ETag` header says the same.")


class RuleRead(Read):
    """A shipped rule: law as data, with its source."""

    id: str
    kind: str
    source: str
    tag: str = Field(description="S read, S2 second-hand, M recalled, I interpretation, D ours.")
    channels: list[Channel] | None = Field(description="Null: every channel.")
    code: str | None = Field(description="The reason it gives; null where it gives several.")
    figures: dict[str, Any]
    override_roles: list[str]


class RuleSetRead(Read):
    """The rules of one law, or of the house."""

    name: str
    applies: dict[str, Any] = Field(description="Whom it binds, and where; all of it must fit.")
    source: str | None
    rules: list[RuleRead]


class ContactRulesRead(Read):
    """Every rule set that is shipped in a release."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "release": "2026-10",
                    "rule_sets": [
                        {
                            "name": "us-fl",
                            "applies": {"regions": ["US-FL"]},
                            "source": None,
                            "rules": [
                                {
                                    "id": "hours",
                                    "kind": "hours",
                                    "source": "Fla. Stat. 559.72(17)",
                                    "tag": "S2",
                                    "channels": ["call", "sms"],
                                    "code": None,
                                    "figures": {"from": "08:00", "to": "21:00"},
                                    "override_roles": [],
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )

    release: str
    rule_sets: list[RuleSetRead]
