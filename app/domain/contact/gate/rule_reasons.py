"""What the rule sets that apply say against a contact: one judge for each kind of rule."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from app.domain.contact.effects import located
from app.domain.contact.gate.frequency import (
    LIFTED_BY_MORE_CALLS,
    asks_for,
    quiet_until,
    tally,
    too_soon_after,
)
from app.domain.contact.gate.hours import closes, is_open, midnight, next_opening
from app.domain.contact.gate.look import Look
from app.domain.contact.gate.reasons import BASE, Reason
from app.domain.contact.known import Contact, PointBasis
from app.domain.contact.law import rules as kinds
from app.domain.contact.law.purposes import DEMANDS
from app.domain.contact.law.rules import Rule, RuleSet
from app.domain.contact.words import (
    BasisKind,
    Code,
    ConsentKind,
    Outcome,
    PartyRole,
    Purpose,
    RestrictionKind,
)

_DAY = timedelta(days=1)
_MAX_LOCATION_CALLS = 1  # 12 CFR 1006.10(c)
#: Who may be spoken to about a debt besides the consumer.
_SPOKEN_TO = frozenset({
    PartyRole.ATTORNEY, PartyRole.DEBT_ADVISER, PartyRole.AUTHORIZED_THIRD_PARTY,
})  # fmt: skip


def rule_reasons(look: Look, applying: tuple[RuleSet, ...]) -> Iterator[Reason]:
    """All reasons of all sets; the purpose's exemptions are not taken off yet."""
    hours = [one for one in _hours(look, applying) if not one[1].fallback]
    for one in applying:
        yield from _about_whom(look, one)
        for rule in one.rules:
            if rule.channels is not None and look.asked.channel not in rule.channels:
                continue
            if isinstance(rule, kinds.Hours) and rule.fallback and hours:
                continue
            if isinstance(rule, kinds.Margin):
                yield from _of_margin(look, one, rule, [found for _, found in hours])
            else:
                yield from _JUDGES[type(rule)](look, one, rule)
    if not look.locals and _hours(look, applying):
        yield Reason(
            code=Code.LOCATION_UNKNOWN, rule_set=BASE, rule="location_unknown", tag="D",
            source="without a place, nobody knows the hours there",
        )  # fmt: skip


def hours_of(look: Look, applying: tuple[RuleSet, ...]) -> list[kinds.Hours]:
    """The hours that bind this contact; the house's only where there are no others."""
    found = [hours for _, hours in _hours(look, applying)]
    return [one for one in found if not one.fallback] or found


def _hours(look: Look, applying: tuple[RuleSet, ...]) -> list[tuple[RuleSet, kinds.Hours]]:
    return [
        (one, rule)
        for one in applying
        for rule in one.rules
        if isinstance(rule, kinds.Hours)
        and (rule.channels is None or look.asked.channel in rule.channels)
    ]


def _reason(
    code: Code,
    rule_set: RuleSet,
    rule: Rule,
    counted: Sequence[Contact] = (),
    **more: Any,  # noqa: ANN401 - fields of the reason
) -> Reason:
    """What stands against it by this rule; what was counted apart from what is reserved."""
    return Reason(
        code=code, rule_set=rule_set.name, rule=rule.id, source=rule.source, tag=rule.tag,
        override=rule.override,
        counted=tuple(one.id for one in counted if one.outcome is not Outcome.RESERVED),
        reserved=tuple(one.id for one in counted if one.outcome is Outcome.RESERVED), **more,
    )  # fmt: skip


def _about_whom(look: Look, rule_set: RuleSet) -> Iterator[Reason]:
    """Nobody but the consumer hears of the debt; others are asked for the location, once."""
    roles = rule_set.consumer_roles
    role = look.known.party.role
    if roles is None or role in roles or role in _SPOKEN_TO:
        return
    if look.purpose is Purpose.LOCATION_INFORMATION:
        asked = look.known.party.asked_before + sum(
            look.known.debt.account_id in one.account_ids and located(one)
            for one in look.known.contacts.before(look.at).contacts
        )
        if asked >= _MAX_LOCATION_CALLS and not look.asked.asked_again:
            yield Reason(
                code=Code.LOCATION_INFORMATION_USED, rule_set=rule_set.name,
                rule="location_information", source="12 CFR 1006.10(c)", tag="S",
                limit=_MAX_LOCATION_CALLS, actual=asked + 1,
            )  # fmt: skip
    elif not look.has(ConsentKind.THIRD_PARTY):
        yield Reason(
            code=Code.THIRD_PARTY, rule_set=rule_set.name, rule="third_party",
            source="15 USC 1692c(b); CONC 7.9", tag="S",
        )  # fmt: skip


def _of_hours(look: Look, rule_set: RuleSet, rule: kinds.Hours) -> Iterator[Reason]:
    if all(is_open(rule, local) for _, local in look.locals):
        return
    names = [name for name, _ in look.locals]
    until_at = next_opening(rule, look.at, names)
    yield _reason(Code.OUTSIDE_HOURS, rule_set, rule, until_at=until_at)


def _of_margin(
    look: Look, rule_set: RuleSet, rule: kinds.Margin, hours: list[kinds.Hours]
) -> Iterator[Reason]:
    """Inside the hours, and too near their end for what no person sends."""
    minutes = dict(rule.minutes).get(look.asked.channel)
    if minutes is None or not look.asked.automatic:
        return
    ends = [
        closes(one, local, name)
        for one in hours
        for name, local in look.locals
        if is_open(one, local) and look.at >= closes(one, local, name) - timedelta(minutes=minutes)
    ]
    if ends:
        yield _reason(
            Code.OUTSIDE_HOURS, rule_set, rule, limit=minutes, until_at=max(ends)
        )  # fmt: skip


def _of_count(look: Look, rule_set: RuleSet, rule: kinds.Count) -> Iterator[Reason]:
    if not asks_for(look, rule):
        return
    if rule.code in LIFTED_BY_MORE_CALLS and look.may_call_more:
        return
    found = tally(look, rule)
    if found.actual > rule.max:
        yield _reason(
            rule.code, rule_set, rule, limit=rule.max, actual=found.actual,
            counted=found.counted, until_at=found.until,
        )  # fmt: skip


def _of_conversation(
    look: Look, rule_set: RuleSet, rule: kinds.AfterConversation
) -> Iterator[Reason]:
    if look.may_call_more:
        return
    found = quiet_until(look, rule)
    if found is not None:
        contact, number, until_at = found
        yield _reason(
            rule.code, rule_set, rule, limit=rule.days, actual=number,
            counted=(contact,), until_at=until_at,
        )  # fmt: skip


def _of_spacing(look: Look, rule_set: RuleSet, rule: kinds.Spacing) -> Iterator[Reason]:
    if not asks_for(look, rule):
        return
    last = too_soon_after(look, rule)
    if last is not None:
        until_at = last.at + timedelta(minutes=rule.minutes)
        actual = int((look.at - last.at).total_seconds() // 60)
        yield _reason(
            rule.code, rule_set, rule, limit=rule.minutes, actual=actual,
            counted=(last,), until_at=until_at,
        )  # fmt: skip


def _of_point(look: Look, rule_set: RuleSet, rule: kinds.ForbiddenPoint) -> Iterator[Reason]:
    point = look.known.point
    if point is None or not point.employer_provided:
        return
    if not any(one.kind in rule.unless and not one.withdrawn for one in point.bases):
        yield _reason(rule.code, rule_set, rule)


def _of_basis(look: Look, rule_set: RuleSet, rule: kinds.Basis) -> Iterator[Reason]:
    point = look.known.point
    if point is None:
        return
    usable = [one for one in point.bases if one.kind in rule.any_of and not one.withdrawn]
    from_on = {_usable_from(one, rule): one for one in usable}
    live = [one for day, one in from_on.items() if day <= look.first_day]
    if not live:
        until_at = midnight(min(from_on), look.zones) if from_on else None
        yield _reason(rule.code, rule_set, rule, until_at=until_at)
    elif rule.fresh_days is not None and rule.stale_code is not None:
        days = [one.on for one in live]
        if point.number_checked_on is not None:
            days.append(point.number_checked_on)
        age = (look.last_day - max(days)).days
        if age > rule.fresh_days:
            yield _reason(
                rule.stale_code, rule_set, rule, limit=rule.fresh_days, actual=age
            )  # fmt: skip


def _usable_from(basis: PointBasis, rule: kinds.Basis) -> date:
    """A creditor's notice serves when its days are over and its last day to object, too."""
    if basis.kind is not BasisKind.CREDITOR_NOTICE:
        return basis.on
    after = basis.on + rule.creditor_notice_days * _DAY
    if basis.opt_out_until_on is None:
        return after
    return max(after, basis.opt_out_until_on + _DAY)


def _of_consent(look: Look, rule_set: RuleSet, rule: kinds.Consent) -> Iterator[Reason]:
    if look.purpose in rule.except_purposes:
        return
    given = any(
        one.kind is ConsentKind.ELECTRONIC and look.holds(one) and (one.written or not rule.written)
        for one in look.known.consents
    )
    if not given:
        yield _reason(rule.code, rule_set, rule)


def _of_notice(look: Look, rule_set: RuleSet, rule: kinds.OptOutNotice) -> Iterator[Reason]:
    wording = look.asked.wording
    if wording is None or not wording.opt_out_notice:
        yield _reason(rule.code, rule_set, rule)


def _of_deadline(look: Look, rule_set: RuleSet, rule: kinds.NoDeadline) -> Iterator[Reason]:
    wording, ends_on = look.asked.wording, look.known.debt.validation_ends_on
    if wording is None or wording.deadline_on is None or ends_on is None:
        return
    if wording.deadline_on <= ends_on and look.first_day <= ends_on:
        yield _reason(rule.code, rule_set, rule)


def _of_validation(look: Look, rule_set: RuleSet, rule: kinds.NoticeDue) -> Iterator[Reason]:
    debt = look.known.debt
    if debt.initial_communication_on is None:
        return
    sent_on = debt.validation_notice_sent_on
    if sent_on is not None and sent_on <= look.last_day:
        return
    late = (look.last_day - debt.initial_communication_on).days
    if look.purpose in DEMANDS and late > rule.days:
        yield _reason(rule.code, rule_set, rule, limit=rule.days, actual=late)


def _of_e_sign(look: Look, rule_set: RuleSet, rule: kinds.ESign) -> Iterator[Reason]:
    if look.purpose not in rule.purposes or look.asked.initial_communication:
        return
    if not look.has(ConsentKind.E_SIGN):
        yield _reason(rule.code, rule_set, rule)


def _of_adviser(look: Look, rule_set: RuleSet, rule: kinds.Adviser) -> Iterator[Reason]:
    if look.known.party.role is PartyRole.DEBT_ADVISER:
        return
    ends: list[datetime | None] = []
    for one in look.known.restrictions:
        if one.kind is not RestrictionKind.DEBT_ADVISER or not look.binds(one):
            continue
        if one.since_on is None:
            ends.append(None)
            continue
        over_on = one.since_on + (2 if one.extended else 1) * rule.days * _DAY
        if one.since_on <= look.last_day and look.first_day < over_on:
            ends.append(midnight(over_on, look.zones))
    if ends:
        known = [one for one in ends if one is not None]
        until_at = max(known) if len(known) == len(ends) else None
        yield _reason(rule.code, rule_set, rule, limit=rule.days, until_at=until_at)


_Judge = Callable[[Look, RuleSet, Any], Iterator[Reason]]
_JUDGES: Mapping[type[Rule], _Judge] = {
    kinds.Hours: _of_hours,
    kinds.Count: _of_count,
    kinds.AfterConversation: _of_conversation,
    kinds.Spacing: _of_spacing,
    kinds.ForbiddenPoint: _of_point,
    kinds.Basis: _of_basis,
    kinds.Consent: _of_consent,
    kinds.OptOutNotice: _of_notice,
    kinds.NoDeadline: _of_deadline,
    kinds.NoticeDue: _of_validation,
    kinds.ESign: _of_e_sign,
    kinds.Adviser: _of_adviser,
}
