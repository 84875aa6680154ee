"""What decisions that were made would have said, had a contact policy always said this.

Nothing is written. Each is asked again as it was asked, once by the version that was in force and
once by the other document, both by all that is known now; so what differs is the policy's doing.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.contact.gate.gate import reasons_against
from app.domain.contact.known import Asked, Known, Wording
from app.domain.contact.policies import ContactPolicy, read_policy
from app.domain.contact.words import Channel, Label, Purpose
from app.domain.errors import NotFound
from app.domain.values import replace
from app.services.contacts.facts import Facts, facts_of
from app.services.contacts.gate import known_point
from app.services.contacts.what_if import check_document, span_of
from app.services.context import Context
from app.storage.contacts import decisions
from app.storage.contacts.decisions import StoredDecision

__all__ = ["DecidedOtherwise", "DecisionTrial", "try_on_decisions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedOtherwise:
    """A decision that would give other reasons; one without any would allow the contact."""

    decision_id: UUID
    account_id: UUID
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class DecisionTrial:
    """What was looked at. `before`, `after`: how often each code stood, and would stand."""

    policy: str
    decisions: int = 0
    skipped: int = 0
    refused_before: int = 0
    refused_after: int = 0
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    differing: list[DecidedOtherwise] = field(default_factory=list)
    next_after: tuple[datetime, UUID] | None = None


async def try_on_decisions(
    ctx: Context,
    name: str,
    document: Mapping[str, Any],
    *,
    from_on: date,
    to_on: date,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> DecisionTrial:
    """The decisions asked for some days under the policy of this name, the latest first.

    `limit` are looked at; the rest by `next_after`. Raises `InvalidInput`.
    """
    from_at, to_at = span_of(ctx, from_on, to_on)
    check_document(document, name)
    found = await decisions.asked_between(ctx.tx, from_at, to_at, after=after, limit=limit + 1)
    trial = DecisionTrial(policy=name)
    if len(found) > limit:
        found = found[:limit]
        trial.next_after = (found[-1].asked_at, found[-1].id)
    for one in found:
        await _try(ctx, document, one, trial)
    return trial


async def _try(
    ctx: Context, document: Mapping[str, Any], one: StoredDecision, trial: DecisionTrial
) -> None:
    try:
        found = await facts_of(ctx, one.account_id, one.person_id, one.asked_at)
    except NotFound:  # no party of it any more: nobody would be asked about
        trial.skipped += 1
        return
    if found.policy.name != trial.policy:
        trial.skipped += 1
        return
    account = found.reading.account
    other = read_policy(document, name=trial.policy, creditor=account.creditor_reference)
    asked, known = _asked(one), _known(found, one)
    set_aside = frozenset((one.overridden or {}).get("codes", ()))
    before = _codes(asked, known, found.policy, set_aside)
    after = _codes(asked, known, other, set_aside)
    trial.decisions += 1
    trial.before.update(before)
    trial.after.update(after)
    trial.refused_before += bool(before)
    trial.refused_after += bool(after)
    if before != after:
        differs = DecidedOtherwise(
            decision_id=one.id, account_id=one.account_id, before=before, after=after
        )
        trial.differing.append(differs)


def _codes(
    asked: Asked, known: Known, policy: ContactPolicy, set_aside: Collection[str]
) -> tuple[str, ...]:
    """What stands against it; what somebody set aside who may, does not."""
    found = reasons_against(asked, known, policy.gate)
    return tuple(
        str(one.code) for one in found if one.override is None or str(one.code) not in set_aside
    )


def _known(found: Facts, one: StoredDecision) -> Known:
    """By which point it was asked for, and the contacts before it: later ones were none yet."""
    point = next((view for view in found.points if view.point.id == one.point_id), None)
    earlier = found.made.before(one.asked_at)
    return replace(found.known, point=known_point(point), contacts=earlier)


def _asked(one: StoredDecision) -> Asked:
    """As it was asked; a message is taken to say how to opt out, as it was then."""
    return Asked(
        at=one.asked_at,
        channel=Channel(one.channel),
        purpose=Purpose(one.purpose),
        place=None if one.label is None else Label(one.label),
        wording=Wording(opt_out_notice=True),
    )
