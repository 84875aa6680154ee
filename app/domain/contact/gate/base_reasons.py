"""What stands against a contact everywhere, whatever the law of the place.

Holds, what the person, an employer or the house has said, and what would make no sense: a contact
by no address, to somebody who owes nothing, for a purpose nobody serves.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from app.domain.contact.gate.hours import midnight, window_end
from app.domain.contact.gate.look import Look
from app.domain.contact.gate.reasons import BASE, Reason
from app.domain.contact.known import Hold, Restriction
from app.domain.contact.law.purposes import CHANNELS, DEMANDS, HOLDS
from app.domain.contact.voicemail import is_limited_content
from app.domain.contact.words import (
    Channel,
    Code,
    Direction,
    Label,
    PartyRole,
    Purpose,
    RestrictionKind,
    Validity,
)
from app.domain.vocabulary import HoldKind

_DAY = timedelta(days=1)
_DECEASED = HoldKind.DECEASED
_CONFIRM_WITHIN = timedelta(minutes=5)
_UNREAD_LASTS = timedelta(hours=72)
_ATTORNEY_SILENT_DAYS = 30
_AT_A_PLACE = frozenset({Channel.CALL, Channel.VISIT, Channel.LETTER})
_LETTERS = frozenset({Channel.LETTER, Channel.NOTE})


def base_reasons(look: Look, consumer_roles: frozenset[PartyRole]) -> Iterator[Reason]:
    """All of them; the purpose's exemptions are not taken off yet."""
    yield from _of_purpose(look)
    yield from _of_point(look)
    yield from _of_debt(look)
    for restriction in look.known.restrictions:
        if look.binds(restriction):
            yield from _of_restriction(look, restriction, consumer_roles)
    yield from _unread(look)


def _reason(code: Code, source: str, *, until_at: datetime | None = None) -> Reason:
    return Reason(
        code=code, rule_set=BASE, rule=code.lower(), source=source, tag="D", until_at=until_at
    )


def _of_purpose(look: Look) -> Iterator[Reason]:
    asked = look.asked
    if asked.purpose is Purpose.REPLY and not look.is_reply:
        yield _reason(Code.NOT_A_REPLY, "comment 6(b)(1)-2")
    if asked.channel not in CHANNELS.get(asked.purpose, Channel):
        yield _reason(Code.CHANNEL_NOT_FOR_PURPOSE, "each purpose has its channels")
    if asked.purpose is Purpose.OPT_OUT_CONFIRMATION:
        yield from _of_confirmation(look)
    elements = asked.voicemail_elements
    if elements is not None and not is_limited_content(elements):
        yield _reason(Code.NOT_LIMITED_CONTENT, "12 CFR 1006.2(j)")


def _of_confirmation(look: Look) -> Iterator[Reason]:
    """One a revocation; a text within five minutes of it."""
    asked = look.asked
    source = "12 CFR 1006.14(h)(2)(i); 47 CFR 64.1200(a)(12)"
    if asked.revocation_at is None or asked.confirmations_sent > 0:
        yield _reason(Code.CONFIRMATION_USED, source)
    elif asked.channel is Channel.SMS and asked.at > asked.revocation_at + _CONFIRM_WITHIN:
        yield _reason(Code.CONFIRMATION_LATE, source)


def _of_point(look: Look) -> Iterator[Reason]:
    point = look.known.point
    if look.asked.channel is Channel.NOTE:
        return
    if point is None:
        yield _reason(Code.NO_POINT, "nobody is reached without an address")
        return
    by_hand_only = point.validity is Validity.SUSPECT and look.asked.automatic
    if point.validity is Validity.INVALID or by_hand_only:
        yield _reason(Code.POINT_INVALID, "an address that failed is somebody else's, or nobody's")
    if point.suppressed:
        yield _reason(Code.SUPPRESSED, "the value is on the list of those used for nothing")


def _of_debt(look: Look) -> Iterator[Reason]:
    known = look.known
    if known.debt.paid_or_settled:
        yield _reason(Code.PAID_OR_SETTLED, "12 CFR 1006.30(b)")
    told: set[Code] = set()
    for hold in known.debt.holds:
        reason = _of_hold(look, hold)
        if reason is not None and reason.code not in told:
            told.add(reason.code)
            yield reason
    dead = HOLDS[_DECEASED]
    if known.party.deceased and look.purpose not in dead.passes and dead.code not in told:
        yield _reason(dead.code, dead.source)


def _of_hold(look: Look, hold: Hold) -> Reason | None:
    rule = HOLDS.get(hold.kind)
    if rule is None or hold.starts_on > look.last_day:
        return None
    if hold.ends_on is not None and hold.ends_on < look.first_day:
        return None
    if look.purpose in rule.passes or look.known.party.role in rule.passes_roles:
        return None
    until_at = None if hold.ends_on is None else midnight(hold.ends_on + _DAY, look.zones)
    return _reason(rule.code, rule.source, until_at=until_at)


def _of_restriction(
    look: Look, one: Restriction, consumer_roles: frozenset[PartyRole]
) -> Iterator[Reason]:
    """A debt adviser is a rule's; a preferred channel chooses, and forbids nothing."""
    if one.kind is RestrictionKind.ATTORNEY:
        yield from _of_attorney(look, one, consumer_roles)
    elif one.kind in _BY_KIND:
        yield from _BY_KIND[one.kind](look, one)


def _of_limitation(look: Look, one: Restriction) -> Iterator[Reason]:
    over = one.since_on is None or one.since_on <= look.last_day
    if over and look.purpose is Purpose.LEGAL_PROCESS:
        yield _reason(Code.TIME_BARRED, "12 CFR 1006.26(b)")


def _of_house(look: Look, one: Restriction) -> Iterator[Reason]:
    if one.channel in (None, look.asked.channel):
        yield _reason(Code.HOUSE_LIMIT, "the house restricted it", until_at=one.until_at)


def _of_visits(look: Look, one: Restriction) -> Iterator[Reason]:
    if look.asked.channel is Channel.VISIT:
        yield _reason(Code.MEDIUM_OPT_OUT, "visits were forbidden", until_at=one.until_at)


def _of_opt_out(look: Look, one: Restriction) -> Iterator[Reason]:
    if one.channel not in (None, look.asked.channel):
        return
    source = "12 CFR 1006.14(h)(1)"
    if one.point_id is None:
        yield _reason(Code.MEDIUM_OPT_OUT, source, until_at=one.until_at)
    elif look.known.point is not None and one.point_id == look.known.point.id:
        yield _reason(Code.POINT_OPT_OUT, source, until_at=one.until_at)


def _of_time(look: Look, one: Restriction) -> Iterator[Reason]:
    if look.asked.channel in _LETTERS or one.window is None:
        return
    ends = window_end(one.window, look.at, look.zones)
    if ends is not None:
        until_at = ends if one.until_at is None else min(ends, one.until_at)
        yield _reason(Code.INCONVENIENT, "12 CFR 1006.6(b)(1)(i)", until_at=until_at)


def _of_place(look: Look, one: Restriction) -> Iterator[Reason]:
    if one.kind is RestrictionKind.EMPLOYER_PROHIBITS:
        if look.label is Label.WORK:
            yield _reason(Code.PLACE_OF_EMPLOYMENT, "12 CFR 1006.6(b)(3)", until_at=one.until_at)
    elif one.place is look.label and look.asked.channel in _AT_A_PLACE:
        yield _reason(Code.INCONVENIENT_PLACE, "12 CFR 1006.6(b)(1)(ii)", until_at=one.until_at)


def _of_attorney(
    look: Look, one: Restriction, consumer_roles: frozenset[PartyRole]
) -> Iterator[Reason]:
    """Until the attorney consents, or has been silent for thirty days."""
    asks_about_them = look.purpose is Purpose.LOCATION_INFORMATION
    if one.attorney_consents or not (asks_about_them or look.known.party.role in consumer_roles):
        return
    until_at = None
    if one.attorney_silent_since_on is not None and not asks_about_them:
        over_on = one.attorney_silent_since_on + _ATTORNEY_SILENT_DAYS * _DAY
        if look.first_day >= over_on:
            return
        until_at = midnight(over_on, look.zones)
    yield _reason(Code.ATTORNEY_REPRESENTED, "12 CFR 1006.6(b)(2)", until_at=until_at)


_BY_KIND: Mapping[RestrictionKind, Callable[[Look, Restriction], Iterator[Reason]]] = {
    RestrictionKind.OPT_OUT: _of_opt_out,
    RestrictionKind.INCONVENIENT_TIME: _of_time,
    RestrictionKind.INCONVENIENT_PLACE: _of_place,
    RestrictionKind.EMPLOYER_PROHIBITS: _of_place,
    RestrictionKind.TIME_BARRED: _of_limitation,
    RestrictionKind.NO_VISITS: _of_visits,
    RestrictionKind.HOUSE: _of_house,
}


def _unread(look: Look) -> Iterator[Reason]:
    """A message of theirs that nobody has read stops what no person sends, for 72 hours."""
    if not look.asked.automatic or look.purpose not in DEMANDS:
        return
    waiting = [
        one.at + _UNREAD_LASTS
        for one in look.since(look.at - _UNREAD_LASTS)
        if one.needs_reading
        and one.direction is Direction.IN
        and one.channel is look.asked.channel
        and (one.read_at is None or look.at < one.read_at)
    ]
    if waiting:
        until_at = max(waiting).astimezone(UTC)
        yield _reason(Code.UNREAD_REPLY, "what nobody has read may say stop", until_at=until_at)
