"""What the gate answers: every reason against a contact, and when none stands any more."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from app.domain.contact.law.rules import Override
from app.domain.contact.words import Code
from app.domain.values import Value

BASE = "base"  # the set of what binds everywhere


class Reason(Value, kw_only=True):
    """One thing that stands against a contact.

    `limit` and `actual` count contacts, days or minutes, as the rule does; `counted`: the contacts
    that were, `reserved`: the decisions that count as one; `until_at`: when this reason ends if
    nothing else happens, None where it does not.
    """

    code: Code
    rule_set: str
    rule: str
    source: str
    tag: str
    limit: int | None = None
    actual: int | None = None
    counted: tuple[UUID, ...] = ()
    reserved: tuple[UUID, ...] = ()
    until_at: datetime | None = None
    override: Override | None = None

    @property
    def message(self) -> str:
        """The reason as a sentence for whoever asked."""
        if self.code is Code.HOUSE_LIMIT and self.limit is None:
            return HOUSE_CAUTION
        return MESSAGES[self.code].format(limit=self.limit, actual=self.actual)


#: They end by themselves, or with the next contact; whoever waits is asked about again.
_OF_TIME = frozenset({
    Code.OUTSIDE_HOURS, Code.INCONVENIENT, Code.INCONVENIENT_PLACE, Code.LOCATION_UNKNOWN,
    Code.MORE_THAN_7_IN_7, Code.WITHIN_7_DAYS_OF_CONVERSATION, Code.STATE_LIMIT, Code.HOUSE_LIMIT,
    Code.UNREAD_REPLY, Code.CONFIRMATION_LATE, Code.NUMBER_CHECK_STALE,
})  # fmt: skip


def has_no_end(reason: Reason) -> bool:
    """No hour and no count brings it back: so a caution of the house without a day to end on."""
    own = reason.code is Code.HOUSE_LIMIT and reason.rule_set == BASE and reason.until_at is None
    return own or reason.code not in _OF_TIME


class ZoneTime(Value, kw_only=True):
    """What the clock shows in one zone, and whether it is open there."""

    time_zone: str
    local: datetime
    open: bool


class Decision(Value, kw_only=True):
    """Whether the contact may be made at the instant asked for."""

    allowed: bool
    reasons: tuple[Reason, ...]
    overridden: tuple[Reason, ...] = ()
    next_allowed_at: datetime | None = None
    zones: tuple[ZoneTime, ...] = ()
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    calls_in_7_days: int = 0
    last_conversation_on: date | None = None
    rule_sets: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


#: Of a limit that is no count: somebody put it down, or an attorney has the account.
HOUSE_CAUTION = "The house contacts nobody by this channel about the account."
MESSAGES: Mapping[Code, str] = {
    Code.ADVISER_REPRESENTED: "A debt adviser is working out a plan with the person.",
    Code.ATTORNEY_REPRESENTED: "An attorney represents the person about this debt.",
    Code.AUTOMATIC_STAY: "A bankruptcy stays every act to collect.",
    Code.BREATHING_SPACE: "The person is in a breathing space.",
    Code.CEASE_COMMUNICATION: "The person asked for silence about this debt.",
    Code.CHANNEL_NOT_FOR_PURPOSE: "This purpose is not served by this channel.",
    Code.CONFIRMATION_LATE: "The confirmation of an opt-out is sent within five minutes.",
    Code.CONFIRMATION_USED: "There is one confirmation for each opt-out, and none left.",
    Code.CONSENT_MISSING: "The person has not consented to electronic contact.",
    Code.DECEASED: "The person has died.",
    Code.DISPUTE_UNVERIFIED: "The debt is disputed and not verified.",
    Code.EMAIL_BASIS_MISSING: "Nothing shows that this e-mail address may be used.",
    Code.EMPLOYER_ADDRESS: "The address is provided by the employer.",
    Code.E_SIGN_MISSING: "This notice goes electronically only with E-SIGN consent.",
    Code.HOUSE_LIMIT: "The house allows {limit}, this would be {actual}.",
    Code.INCONVENIENT: "The person said this time is inconvenient.",
    Code.INCONVENIENT_PLACE: "The person said this place is inconvenient.",
    Code.LOCATION_INFORMATION_USED: "This person was asked for the location before.",
    Code.LOCATION_UNKNOWN: "Nobody knows what time it is where the person is.",
    Code.MEDIUM_OPT_OUT: "The person opted out of this channel.",
    Code.MORE_THAN_7_IN_7: "At most {limit} calls in seven days; this would be the {actual}th.",
    Code.NOT_A_REPLY: "It answers no contact of the person by this channel of the last 24 hours.",
    Code.NOT_LIMITED_CONTENT: "The voicemail says less, or more, than limited content may.",
    Code.NO_POINT: "There is no number or address to use.",
    Code.NUMBER_CHECK_STALE: "Nothing of the last {limit} days shows that the number is theirs.",
    Code.OPT_OUT_NOTICE_MISSING: "The message does not say how to opt out.",
    Code.OUTSIDE_HOURS: "It is too early or too late where the person may be.",
    Code.OVERSHADOWING_RISK: "It names a deadline inside the validation period.",
    Code.PAID_OR_SETTLED: "Nothing is owed.",
    Code.PLACE_OF_EMPLOYMENT: "The employer forbids contacts at work.",
    Code.POINT_INVALID: "The number or address is not to be used.",
    Code.POINT_OPT_OUT: "The person opted this number or address out.",
    Code.PURPOSE_NOT_SERVED: "This service makes no such contacts.",
    Code.SMS_BASIS_MISSING: "Nothing shows that this number may be texted.",
    Code.STATE_LIMIT: "The law of the place allows {limit}, this would be {actual}.",
    Code.SUPPRESSED: "The number or address is on the list of those never to be used.",
    Code.THIRD_PARTY: "Nobody but the consumer is spoken to about the debt.",
    Code.TIME_BARRED: "The time to sue about this debt is over.",
    Code.UNREAD_REPLY: "The person wrote, and nobody has read it.",
    Code.VALIDATION_NOTICE_OVERDUE: "The validation notice is overdue.",
    Code.WITHIN_7_DAYS_OF_CONVERSATION: "There was a conversation in the last {limit} days.",
}
