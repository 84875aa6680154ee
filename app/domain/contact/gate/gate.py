"""Whether this person may be contacted now, by this channel, for this purpose, or when.

The gate answers all reasons at once; none hides another. Every rule set that applies is judged on
its own, so the strictest wins without being chosen.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from app.domain.contact.gate.base_reasons import base_reasons
from app.domain.contact.gate.frequency import calls_in_a_week, last_conversation
from app.domain.contact.gate.hours import is_open, open_window
from app.domain.contact.gate.look import Look, later, look
from app.domain.contact.gate.reasons import BASE, Decision, Reason, ZoneTime
from app.domain.contact.gate.rule_reasons import hours_of, rule_reasons
from app.domain.contact.known import Asked, Debt, Known
from app.domain.contact.law.rules import Applies, NoticeDue, RuleSet
from app.domain.contact.law.shipped import US_FEDERAL
from app.domain.contact.words import Code, CollectorType, PartyRole, Purpose
from app.domain.values import Value

HORIZON = timedelta(days=45)
_STEP = timedelta(minutes=5)
_LOOKS_BACK_DAYS = 30
REGION_UNKNOWN = "REGION_UNKNOWN"
_NOT_SERVED = Reason(
    code=Code.PURPOSE_NOT_SERVED, rule_set=BASE, rule="purpose_not_served", tag="D",
    source="who cannot serve a purpose has none",
)  # fmt: skip


class Policy(Value, kw_only=True):
    """The rule sets in force for a creditor, made stricter where its policy says so."""

    collector_type: CollectorType = CollectorType.THIRD_PARTY
    rule_sets: tuple[RuleSet, ...]


def decide(
    asked: Asked, known: Known, policy: Policy, overriding: Collection[Code] = ()
) -> Decision:
    """Every reason against the contact, after overrides, and the next instant without any.

    `overriding`: codes somebody sets aside who may (`may_override`); the reasons stay to be told.
    `next_allowed_at` is the earliest instant on five minutes, within 45 days, at which nothing
    stands against it if nothing else happens; None where it is allowed now, or where a reason has
    no end of its own.
    """
    now, bound = look(asked, known), _bound(known.debt, policy)
    applying = _applying(now, bound)
    found = _reasons(now, applying)
    overridden = tuple(one for one in found if one.code in overriding and one.override)
    reasons = tuple(one for one in found if one not in overridden)
    window = _window(now, applying)
    talk = last_conversation(now, _LOOKS_BACK_DAYS)
    return Decision(
        allowed=not reasons,
        reasons=reasons,
        overridden=overridden,
        next_allowed_at=_next(now, bound, reasons, overriding) if reasons else None,
        zones=_zone_times(now, applying),
        opens_at=window[0] if window else None,
        closes_at=window[1] if window else None,
        calls_in_7_days=calls_in_a_week(now),
        last_conversation_on=talk[1] if talk else None,
        rule_sets=tuple(sorted(one.name for one in applying)),
        notes=(REGION_UNKNOWN,) if not known.debt.regions else (),
    )


def reasons_against(asked: Asked, known: Known, policy: Policy) -> tuple[Reason, ...]:
    """The reasons alone, in the order of their codes."""
    now, bound = look(asked, known), _bound(known.debt, policy)
    return _reasons(now, _applying(now, bound))


def _reasons(now: Look, applying: tuple[RuleSet, ...]) -> tuple[Reason, ...]:
    if now.purpose is Purpose.MARKETING:
        return (_NOT_SERVED,)
    found = [*base_reasons(now, consumer_roles(applying)), *rule_reasons(now, applying)]
    standing = [one for one in found if not now.exempts(one.code) and not _is_blind(now, one)]
    return tuple(sorted(standing, key=lambda one: (one.code, one.rule_set, one.rule)))


def _is_blind(now: Look, reason: Reason) -> bool:
    """Where no hours bind the purpose, nobody need know what time it is."""
    return reason.code is Code.LOCATION_UNKNOWN and now.exempts(Code.OUTSIDE_HOURS)


def consumer_roles(applying: Collection[RuleSet]) -> frozenset[PartyRole]:
    """Whom the sets that apply call the consumer; where none says, those of Regulation F."""
    said = [one.consumer_roles for one in applying if one.consumer_roles is not None]
    return frozenset().union(*said) if said else US_FEDERAL.consumer_roles or frozenset()


def _bound(debt: Debt, policy: Policy) -> tuple[RuleSet, ...]:
    """The sets that bind: all that they name must fit, and what is unknown does."""
    return tuple([one for one in policy.rule_sets if _binds(one.applies, debt, policy)])


def _applying(now: Look, bound: tuple[RuleSet, ...]) -> tuple[RuleSet, ...]:
    """Those of them that are in force on the day."""
    today = now.last_day
    return tuple([
        one for one in bound if one.applies.from_on is None or one.applies.from_on <= today
    ])  # fmt: skip


def notice_roles(debt: Debt, policy: Policy) -> frozenset[PartyRole]:
    """With whom a first communication about the debt makes its validation notice due; none: nobody.

    Not of a creditor's own debts, even where a state binds creditors by the rest of the rules:
    Cal. Civ. Code 1788.17 leaves 15 USC 1692g out.
    """
    if policy.collector_type is CollectorType.FIRST_PARTY:
        return frozenset()
    sets = (one for one in policy.rule_sets if _binds(one.applies, debt, policy))
    asking = [one for one in sets if any(isinstance(rule, NoticeDue) for rule in one.rules)]
    return consumer_roles(asking) if asking else frozenset()


def _binds(rule: Applies, debt: Debt, policy: Policy) -> bool:
    """Whether a set fits the debt, its collector and its place, whatever the day."""
    late, least = debt.days_past_due, rule.over_days_past_due
    return (
        (rule.country is None or debt.country in (None, rule.country))
        and _binds_collector(rule, debt, policy.collector_type)
        and (debt.consumer or not rule.consumer_only)
        and (rule.regions is None or bool(rule.regions & debt.regions))
        and (rule.localities is None or bool(rule.localities & debt.localities))
        and (least is None or late is None or late > least)
    )


def _binds_collector(rule: Applies, debt: Debt, collector_type: CollectorType) -> bool:
    if rule.collector_types is None or collector_type in rule.collector_types:
        return True
    return collector_type is CollectorType.FIRST_PARTY and bool(rule.first_party_in & debt.regions)


def _next(
    now: Look, bound: tuple[RuleSet, ...], reasons: tuple[Reason, ...], overriding: Collection[Code]
) -> datetime | None:
    """From end to end: no instant before the last end of all reasons can be without any."""
    at, last = now.at, now.at + HORIZON
    while reasons:
        ends = [one.until_at for one in reasons if one.until_at is not None]
        if len(ends) < len(reasons):
            return None
        at = _on_five_minutes(max(*ends, at + timedelta(seconds=1)))
        if at > last:
            return None
        then = later(now, at)
        found = _reasons(then, _applying(then, bound))
        reasons = tuple(one for one in found if not (one.code in overriding and one.override))
    return at


def _on_five_minutes(at: datetime) -> datetime:
    at = at.astimezone(UTC)
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at if not over else at - over + _STEP


def _window(now: Look, applying: tuple[RuleSet, ...]) -> tuple[datetime, datetime] | None:
    """When it is open everywhere on the local day; where zones disagree, the earlier day's."""
    if not now.locals:
        return None
    return open_window(hours_of(now, applying), now.first_day, now.zones)


def _zone_times(now: Look, applying: tuple[RuleSet, ...]) -> tuple[ZoneTime, ...]:
    hours = hours_of(now, applying)
    return tuple(
        ZoneTime(time_zone=name, local=local, open=all(is_open(one, local) for one in hours))
        for name, local in now.locals
    )


def may_override(reason: Reason, role: str, why: str) -> bool:
    """Whether this role may set the reason aside for this reason of the list."""
    rule = reason.override
    if rule is None or role not in rule.roles:
        return False
    return rule.reasons is None or why in rule.reasons
