"""What a contact rule looks like as data.

A rule set binds some collectors about some debts in some places; each of its rules is of one kind,
and of each kind there is one judge (`gate/rule_reasons.py`). Every rule says its source and a tag:
S read in the source, S2 second-hand, M recalled, I interpretation, D decided by us.
"""

from datetime import date, time

from app.domain.contact.words import (
    BasisKind,
    Channel,
    Code,
    CollectorType,
    Label,
    PartyRole,
    Purpose,
)
from app.domain.values import Value

WEEK = (0, 1, 2, 3, 4, 5, 6)  # Monday is 0, as in `date.weekday`


class Override(Value, kw_only=True):
    """Who may set a rule aside, and for which reasons; None: any of the list of reasons."""

    roles: tuple[str, ...]
    reasons: tuple[str, ...] | None = None


class Rule(Value, kw_only=True):
    """What all rules have."""

    id: str
    source: str
    tag: str
    channels: frozenset[Channel] | None = None  # None: every one
    override: Override | None = None


class Hours(Rule, kw_only=True):
    """Local hours, half-open, true in every zone the person may be in.

    A fallback is judged only where no other set that applies has hours for the channel.
    """

    from_: time
    to: time
    days: tuple[int, ...] = WEEK
    fallback: bool = False


class Margin(Rule, kw_only=True):
    """How many minutes before its hours close an automatic message must have left."""

    minutes: tuple[tuple[Channel, int], ...]


class Count(Rule, kw_only=True):
    """At most so many contacts in so many local days, the one asked for included."""

    code: Code
    max: int
    days: int
    per_account: bool
    reached_only: bool = False  # only what reached somebody or left a message
    labels: frozenset[Label] | None = None
    labels_not: frozenset[Label] = frozenset()
    not_purposes: frozenset[Purpose] = frozenset()
    only_purposes: frozenset[Purpose] | None = None


class AfterConversation(Rule, kw_only=True):
    """So many days of quiet after a conversation, whose day is the first."""

    code: Code
    days: int


class Spacing(Rule, kw_only=True):
    """So many minutes between two contacts with a person."""

    code: Code
    minutes: int
    not_purposes: frozenset[Purpose] = frozenset()


class ForbiddenPoint(Rule, kw_only=True):
    """An address an employer provides, unless one of these bases stands."""

    code: Code
    unless: frozenset[BasisKind]


class Basis(Rule, kw_only=True):
    """Why a value may be used by a channel at all; `fresh_days`: how old that may be."""

    code: Code
    any_of: frozenset[BasisKind]
    creditor_notice_days: int = 0
    fresh_days: int | None = None
    stale_code: Code | None = None


class Consent(Rule, kw_only=True):
    """The person's own agreement to electronic contacts."""

    code: Code
    except_purposes: frozenset[Purpose]
    written: bool = False


class OptOutNotice(Rule, kw_only=True):
    """A message says how to opt out."""

    code: Code


class NoDeadline(Rule, kw_only=True):
    """Nothing names a deadline inside the validation period."""

    code: Code


class NoticeDue(Rule, kw_only=True):
    """Nothing but the validation notice, once it is overdue."""

    code: Code
    days: int


class ESign(Rule, kw_only=True):
    """A notice the law wants in writing goes electronically only with E-SIGN consent."""

    code: Code
    purposes: frozenset[Purpose]


class Adviser(Rule, kw_only=True):
    """Quiet while a debt adviser works out a plan, and as long again when that is extended."""

    code: Code
    days: int


AnyRule = (
    Hours
    | Margin
    | Count
    | AfterConversation
    | Spacing
    | ForbiddenPoint
    | Basis
    | Consent
    | OptOutNotice
    | NoDeadline
    | NoticeDue
    | ESign
    | Adviser
)


class Applies(Value, kw_only=True):
    """Which debts, collectors and places a set binds; None: all of them."""

    country: str | None = None
    regions: frozenset[str] | None = None
    localities: frozenset[str] | None = None
    collector_types: frozenset[CollectorType] | None = None
    first_party_in: frozenset[str] = frozenset()  # regions that bind creditors, too
    consumer_only: bool = False
    over_days_past_due: int | None = None
    from_on: date | None = None


class RuleSet(Value, kw_only=True):
    """The rules of one law, or of the house."""

    name: str
    applies: Applies
    rules: tuple[AnyRule, ...]
    consumer_roles: frozenset[PartyRole] | None = None
    source: str | None = None
