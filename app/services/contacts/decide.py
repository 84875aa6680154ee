"""Decisions: whether a contact may be made, kept as a fact, and what it reserves.

Decided under the account's lock, then the person's: two who ask at once for the seventh call do
not both get it. Allowed, it counts as made until a contact names it, it is released, or its time
is over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.domain.contact.gate.gate import may_override
from app.domain.contact.gate.reasons import Reason
from app.domain.contact.known import Asked
from app.domain.contact.policies import ContactPolicy
from app.domain.contact.words import Code
from app.domain.entries.contacts import Told, overridden, refused
from app.domain.errors import NotFound
from app.domain.limits import LimitBreach
from app.domain.refusals.commands import OutsideAuthority
from app.domain.refusals.contacts import DecisionUsed, NotOverridable
from app.domain.vocabulary import Role
from app.services.contacts.facts import Facts, facts_of
from app.services.contacts.gate import Judged, judge, point_for
from app.services.context import Context
from app.services.guards import known_account
from app.services.persons.persons import locked, named_actor
from app.services.telling.tell import event, tell_of
from app.storage.accounts import accounts
from app.storage.contacts import decisions
from app.storage.contacts.decisions import FindDecisions, StoredDecision
from app.storage.ids import new_id

__all__ = [
    "USED",
    "Decided",
    "FindDecisions",
    "How",
    "Overriding",
    "StoredDecision",
    "decide_contact",
    "decision_of",
    "decisions_of",
    "find_decisions",
    "policy_told",
    "read_decision",
    "reason_told",
    "refuse_used",
    "release",
]

RELEASED, USED = "released", "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overriding:
    """Reasons somebody sets aside, and why."""

    codes: frozenset[Code]
    reason: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What is asked, for how long it is reserved, and what is set aside."""

    asked: Asked
    reserve_minutes: int
    overriding: Overriding | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision as it is kept."""

    stored: StoredDecision
    judged: Judged


async def decide_contact(
    ctx: Context,
    account_id: UUID,
    asked: Asked,
    *,
    person_id: UUID | None,
    point_id: UUID | None,
    reserve_minutes: int,
    overriding: Overriding | None,
) -> Decided:
    """Decide, keep it, and reserve the contact where it is allowed.

    A refusal is a decision like any other. Raises `NotFound`, `InvalidInput`, and for an override
    `NotOverridable`, `OutsideAuthority`.
    """
    named_actor(ctx)
    account = await accounts.lock(ctx.tx, account_id)
    if account is None:
        raise NotFound(resource="account", key=str(account_id))
    whose = person_id or account.debtor_id
    if whose is not None:
        await locked(ctx, whose)
    found = await facts_of(ctx, account_id, person_id, asked.at)
    point = point_for(found.points, asked.channel, point_id)
    judged = judge(found, asked, point)
    if overriding is not None:
        _refuse_override(ctx, judged.decision.reasons, overriding)
        judged = judge(found, asked, point, overriding.codes)
    how = How(asked=asked, reserve_minutes=reserve_minutes, overriding=overriding)
    stored = decision_of(ctx, found, judged, how)
    await decisions.add(ctx.tx, ctx.tenant_id, stored)
    told = _told(stored, judged, overriding)
    if told is not None:
        await tell_of(ctx, account_id, event(ctx, *told))
    return Decided(stored=stored, judged=judged)


def _told(stored: StoredDecision, judged: Judged, overriding: Overriding | None) -> Told | None:
    """A refusal, or that reasons were set aside; that somebody may be contacted is no news."""
    decided = {
        "decision_id": stored.id,
        "person_id": stored.person_id,
        "channel": stored.channel,
        "purpose": stored.purpose,
    }
    if not stored.allowed:
        codes = [one.code for one in judged.decision.reasons]
        return refused(decided, codes, judged.decision.next_allowed_at)
    if overriding is None or not judged.decision.overridden:
        return None
    codes = [one.code for one in judged.decision.overridden]
    return overridden(decided, codes, overriding.reason)


def _refuse_override(ctx: Context, reasons: tuple[Reason, ...], overriding: Overriding) -> None:
    named = [one for one in reasons if one.code in overriding.codes]
    fixed = sorted({str(one.code) for one in named if one.override is None})
    if fixed:
        raise NotOverridable(codes=tuple(fixed))
    barred = [one for one in named if not may_override(one, str(ctx.role), overriding.reason)]
    if barred:
        raise OutsideAuthority(role=ctx.role, refusals=tuple(map(_breach, barred)))


def _breach(one: Reason) -> LimitBreach:
    rule = one.override
    reasons = ", ".join(rule.reasons) if rule and rule.reasons else "any reason"
    return LimitBreach(
        rule=f"{one.rule_set}.{one.rule}",
        limit=one.limit or 0,
        actual=one.actual or 0,
        message=f"{one.code} may be set aside by a supervisor, for {reasons}",
        override_role=Role.SUPERVISOR,
    )


def decision_of(ctx: Context, found: Facts, judged: Judged, how: How) -> StoredDecision:
    """A decision as it is kept; allowed, it reserves until its time, or the window, is over."""
    decision, point, asked = judged.decision, judged.point, how.asked
    until = None
    if decision.allowed:
        until = asked.at + timedelta(minutes=how.reserve_minutes)
        if decision.closes_at is not None and asked.at < decision.closes_at:
            until = min(until, decision.closes_at)
    label = asked.place or (point.point.label if point else None)
    return StoredDecision(
        id=new_id(),
        account_id=found.reading.account.id,
        person_id=found.person.id,
        point_id=point.point.id if point else None,
        channel=str(asked.channel),
        purpose=str(asked.purpose),
        label=None if label is None else str(label),
        asked_at=asked.at,
        decided_at=ctx.instant,
        allowed=decision.allowed,
        answer={
            "reasons": [reason_told(one) for one in decision.reasons],
            "policy": policy_told(found.policy),
        },
        reserved_until_at=until,
        overridden=_set_aside(how.overriding, decision.overridden),
        actor=ctx.actor,
        role=str(ctx.role),
        key_id=ctx.key_id,
        origin=ctx.origin,
    )


def _set_aside(
    overriding: Overriding | None, reasons: tuple[Reason, ...]
) -> Mapping[str, Any] | None:
    if overriding is None:
        return None
    return {
        "codes": sorted(map(str, overriding.codes)),
        "reason": overriding.reason,
        "note": overriding.note,
        "set_aside": [reason_told(one) for one in reasons],
    }


def policy_told(policy: ContactPolicy) -> Mapping[str, Any]:
    """By which version it was decided, and whose word stands for what is looser than a law."""
    return {"name": policy.name, "version": policy.version, "counsel": policy.counsel}


def reason_told(one: Reason) -> Mapping[str, Any]:
    """A reason as it is kept: codes, figures and ids, no words of anybody."""
    return {
        "code": str(one.code),
        "rule_set": one.rule_set,
        "rule": one.rule,
        "limit": one.limit,
        "actual": one.actual,
        "counted": [str(contact) for contact in one.counted],
        **({"reserved": [str(decision) for decision in one.reserved]} if one.reserved else {}),
        "until_at": one.until_at and one.until_at.isoformat(),
    }


async def release(ctx: Context, decision_id: UUID, reason: str) -> StoredDecision:
    """Give a reservation back. Raises `NotFound`, `DecisionUsed`."""
    named_actor(ctx)
    stored = await decisions.read(ctx.tx, decision_id, lock=True)
    if stored is None:
        raise NotFound(resource="decision", key=str(decision_id))
    refuse_used(stored)
    await decisions.end(ctx.tx, decision_id, RELEASED, ctx.instant, reason=reason)
    return await read_decision(ctx, decision_id)


def refuse_used(stored: StoredDecision) -> None:
    """One decision is one contact. Raises `DecisionUsed`."""
    if stored.ended_because is not None:
        raise DecisionUsed(
            decision_id=stored.id,
            ended_because=stored.ended_because,
            contact_id=stored.contact_id,
        )


async def read_decision(ctx: Context, decision_id: UUID) -> StoredDecision:
    """A decision as it was kept. Raises `NotFound`."""
    stored = await decisions.read(ctx.tx, decision_id)
    if stored is None:
        raise NotFound(resource="decision", key=str(decision_id))
    return stored


async def decisions_of(
    ctx: Context, account_id: UUID, *, after: UUID | None, limit: int
) -> list[StoredDecision]:
    """An account's decisions, in the order they were made. Raises `NotFound`."""
    await known_account(ctx, account_id)
    return await decisions.of_account(ctx.tx, account_id, after=after, limit=limit)


async def find_decisions(
    ctx: Context, asked: FindDecisions, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[StoredDecision]:
    """Decisions about any account, by the instant they were asked for, the latest first."""
    return await decisions.find(ctx.tx, asked, after=after, limit=limit)
