"""How often this person was contacted in the days a rule looks at.

A limit of n days looks at the local calendar day of the contact and the n - 1 before it, in each
candidate zone; the largest count decides.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from app.domain.contact.effects import connected, effects, reached
from app.domain.contact.gate.hours import instant, midnight, zone
from app.domain.contact.gate.look import Look
from app.domain.contact.known import Contact, History, history_of
from app.domain.contact.law.rules import AfterConversation, Count, Spacing
from app.domain.contact.words import Channel, Code, Direction, Label, Outcome, Purpose
from app.domain.values import Value

_DAY = timedelta(days=1)
_LEAST = timedelta(microseconds=1)
_NOTHING = History()
_PURPOSES = tuple(Purpose)
_LABELS = (*Label, None)
_TALKS = "talks"
Kind = TypeVar("Kind")
#: The rules that a person's own request for calls lifts; it lifts no other.
LIFTED_BY_MORE_CALLS = frozenset({Code.MORE_THAN_7_IN_7, Code.WITHIN_7_DAYS_OF_CONVERSATION})


class Tally(Value, kw_only=True):
    """What a limit finds.

    `counted`: oldest first; `actual`: them and the contact asked for; `until`: from when on the
    limit admits one more if nothing else happens, None where it does so now.
    """

    counted: tuple[Contact, ...] = ()
    actual: int = 1
    until: datetime | None = None


def tally(look: Look, rule: Count) -> Tally:
    """What counts toward this limit, in the zone where most does; it binds until no zone's does."""
    made = _toward(look, rule)
    if not made.contacts:
        return Tally()
    found = [_tally_in(made, look, rule, name) for name in look.zones]
    worst = max(found, key=lambda one: one.actual)
    ends = [one.until for one in found if one.until is not None]
    return Tally(counted=worst.counted, actual=worst.actual, until=max(ends, default=None))


def _toward(look: Look, rule: Count) -> History:
    """All from the rule's days on, looked through once: later instants look at a part of them.

    Limits that count the same contacts share them.
    """
    counts = (
        rule.channels, rule.per_account, rule.reached_only, rule.labels, rule.labels_not,
        rule.not_purposes, rule.only_purposes, rule.code in LIFTED_BY_MORE_CALLS,
    )  # fmt: skip
    earliest = look.at - (rule.days + 1) * _DAY
    since, kept = look.toward.get(counts, (None, _NOTHING))
    if since is None or earliest < since:
        kept = history_of(_fitting(look.known.contacts.after(earliest), look, rule))
        look.toward[counts] = (earliest, kept)
    return kept


def _fitting(contacts: Sequence[Contact], look: Look, rule: Count) -> Iterator[Contact]:
    """Those that the limit counts, whenever they began. Tuples: looked through by identity."""
    channels = tuple(rule.channels or Channel)
    purposes = _left(rule.only_purposes or _PURPOSES, rule.not_purposes)
    labels = _left({*rule.labels, None} if rule.labels else _LABELS, rule.labels_not)
    account_id = look.known.debt.account_id if rule.per_account else None
    lifted = rule.code in LIFTED_BY_MORE_CALLS
    counts = reached if rule.reached_only else connected
    for one in contacts:
        if (
            one.direction is Direction.OUT
            and one.channel in channels
            and counts(one)
            and (account_id is None or account_id in one.account_ids)
            and one.purpose in purposes
            and one.label in labels
            and not (lifted and one.with_consent)
        ):
            yield one


def _left(among: Collection[Kind], but: Collection[Kind]) -> tuple[Kind, ...]:
    return tuple([one for one in among if one not in but] if but else among)


def _tally_in(made: History, look: Look, rule: Count, name: str) -> Tally:
    where = zone(name)
    today = look.at.astimezone(where).date()
    begins = instant(today - (rule.days - 1) * _DAY, time(0), name)
    inside = made.between(begins - _LEAST, look.at)
    actual = len(inside) + 1
    if actual <= rule.max or rule.max == 0:
        return Tally(counted=inside, actual=actual)
    oldest_too_many = inside[len(inside) - rule.max].at.astimezone(where).date()
    until = instant(oldest_too_many + rule.days * _DAY, time(0), name)
    return Tally(counted=inside, actual=actual, until=until)


def asks_for(look: Look, rule: Count | Spacing) -> bool:
    """Whether the limit is about a contact such as this."""
    if look.purpose in rule.not_purposes:
        return False
    if isinstance(rule, Spacing):
        return True
    if rule.only_purposes is not None and look.purpose not in rule.only_purposes:
        return False
    label = look.label
    if label is None:
        return True
    return label not in rule.labels_not and (rule.labels is None or label in rule.labels)


def last_conversation(look: Look, within_days: int) -> tuple[Contact, date] | None:
    """The latest conversation about this account, whoever called, and its day, the latest it was.

    Looks back so many days and one; a conversation is with the person.
    """
    earliest = look.at - (within_days + 1) * _DAY
    since, kept = look.toward.get(_TALKS, (None, _NOTHING))
    if since is None or earliest < since:
        kept = history_of(_talks(look.known.contacts.after(earliest), look))
        look.toward[_TALKS] = (earliest, kept)
    talks = kept.between(earliest, look.at)
    if not talks:
        return None
    latest = talks[-1]
    return latest, max(latest.at.astimezone(zone(name)).date() for name in look.zones)


def _talks(contacts: Sequence[Contact], look: Look) -> Iterator[Contact]:
    account_id = look.known.debt.account_id
    for one in contacts:
        if (
            one.outcome is Outcome.CONVERSATION  # no other asks for quiet
            and one.channel is Channel.CALL
            and account_id in one.account_ids
            and effects(one).cooldown
        ):
            yield one


def quiet_until(look: Look, rule: AfterConversation) -> tuple[Contact, int, datetime] | None:
    """The conversation that asks for quiet, which of its days this is, and when they are over."""
    talk = last_conversation(look, rule.days)
    if talk is None:
        return None
    contact, _ = talk
    over: list[datetime] = []
    number = 0
    for name in look.zones:
        where = zone(name)
        day = contact.at.astimezone(where).date()
        today = look.at.astimezone(where).date()
        if today < day + rule.days * _DAY:
            over.append(midnight(day + rule.days * _DAY, (name,)))
            number = max(number, (today - day).days + 1)
    return (contact, number, max(over)) if over else None


def too_soon_after(look: Look, rule: Spacing) -> Contact | None:
    """The contact with this person that lies too little before; None where none does."""
    earliest = look.at - timedelta(minutes=rule.minutes)
    near = [
        one
        for one in look.since(earliest)
        if (rule.channels is None or one.channel in rule.channels)
        and one.purpose not in rule.not_purposes
        and connected(one)
    ]
    return max(near, key=lambda one: one.at, default=None)


_WEEK = Count(
    id="week", source="", tag="D", code=Code.MORE_THAN_7_IN_7, channels=frozenset({Channel.CALL}),
    max=7, days=7, per_account=True,
)  # fmt: skip


def calls_in_a_week(look: Look) -> int:
    """How many calls of the last seven days count, about this account."""
    return tally(look, _WEEK).actual - 1
