"""By which channel and point a message goes, and what the gate says of it there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.domain.contact.known import Asked, Wording
from app.domain.contact.words import Channel, Code, Purpose, RestrictionKind, Validity
from app.domain.messages.lifecycle import Refusal
from app.services.contacts.facts import Facts
from app.services.contacts.gate import KINDS, ORDER, Judged, judge, point_for
from app.services.persons.points import PointView

#: What another point or channel may not have against it; a reason of time never changes those.
_OF_THE_POINT: Final = frozenset({
    Code.NO_POINT, Code.POINT_INVALID, Code.POINT_OPT_OUT, Code.MEDIUM_OPT_OUT, Code.SUPPRESSED,
    Code.EMAIL_BASIS_MISSING, Code.SMS_BASIS_MISSING, Code.NUMBER_CHECK_STALE,
    Code.CONSENT_MISSING, Code.E_SIGN_MISSING, Code.EMPLOYER_ADDRESS,
    Code.CHANNEL_NOT_FOR_PURPOSE,
})  # fmt: skip
#: Nothing automatic leaves so shortly before the hours end: it may arrive later than it left.
MARGINS: Final = {Channel.SMS: timedelta(minutes=15), Channel.EMAIL: timedelta(minutes=60)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is asked of the gate, whatever the channel."""

    purpose: Purpose
    automatic: bool
    in_reply_to: UUID | None = None

    def asked(self, channel: Channel, at: datetime) -> Asked:
        """The contact a message would be. Its words say how to opt out: templates must."""
        return Asked(
            at=at,
            channel=channel,
            purpose=self.purpose,
            automatic=self.automatic,
            in_reply_to=self.in_reply_to,
            wording=Wording(opt_out_notice=True),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A channel and point, and what stands against them. `refusal` None: nothing does."""

    asked: Asked
    judged: Judged

    @property
    def refusal(self) -> Refusal | None:
        decision = self.judged.decision
        if decision.allowed:
            return None
        return Refusal(code=str(decision.reasons[0].code), next_allowed_at=decision.next_allowed_at)


def choose(
    found: Facts,
    way: Way,
    at: datetime,
    *,
    channels: Sequence[Channel],
    point_id: UUID | None = None,
) -> Choice:
    """The first with a usable point and basis, else the first at all.

    `channels`: those the words fit. Raises `NotFound` for a point of somebody else, `InvalidInput`
    for one that none of the channels reaches.
    """
    if point_id is not None:
        kind = next((one.point.kind for one in found.points if one.point.id == point_id), None)
        reached = next((one for one in channels if KINDS.get(one) == kind), channels[0])
        asked = way.asked(reached, at)
        return judged_at(found, asked, point_for(found.points, reached, point_id))
    first: Choice | None = None
    for channel, view in _ways(found, channels):
        made = judged_at(found, way.asked(channel, at), view)
        if not any(one.code in _OF_THE_POINT for one in made.judged.decision.reasons):
            return made
        first = first or made
    asked = way.asked(channels[0], at)
    return first or judged_at(found, asked, None)


def judged_at(found: Facts, asked: Asked, point: PointView | None) -> Choice:
    """What the gate says; automatic ones stop a while before the hours end."""
    judged = judge(found, asked, point)
    closes_at = judged.decision.closes_at
    margin = MARGINS.get(asked.channel)
    if not (asked.automatic and judged.decision.allowed and closes_at and margin):
        return Choice(asked=asked, judged=judged)
    if not closes_at - margin <= asked.at < closes_at:
        return Choice(asked=asked, judged=judged)
    way = Way(purpose=asked.purpose, automatic=True, in_reply_to=asked.in_reply_to)
    after = judge(found, way.asked(asked.channel, closes_at), point)
    return Choice(asked=asked, judged=judged if after.decision.allowed else after)


def _ways(found: Facts, channels: Sequence[Channel]) -> Iterator[tuple[Channel, PointView | None]]:
    for channel in _ordered(found, channels):
        fitting = [one for one in found.points if one.point.kind == KINDS.get(channel)]
        usable = [one for one in fitting if one.validity is not Validity.INVALID]
        for view in usable or fitting:
            yield channel, view


def _ordered(found: Facts, channels: Sequence[Channel]) -> list[Channel]:
    """What the person prefers, then the words' own channel, then the policy's order."""
    preferred = [
        one.channel
        for one in found.stands.gate_restrictions()
        if one.kind is RestrictionKind.PREFERRED_CHANNEL and one.channel in channels
    ]
    order = [*preferred, channels[0], *(one for one in ORDER if one in channels)]
    return list(dict.fromkeys(one for one in order if one is not None))
