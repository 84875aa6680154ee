"""May this person be contacted now about this account: the gate's facts read, and asked.

The decision is the domain's (`domain/contact/gate`); here its facts come from the books: the
account's holds and status, the person's points, consents and restrictions, where they may be.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.domain.contact import known
from app.domain.contact.gate.gate import decide
from app.domain.contact.gate.reasons import Decision
from app.domain.contact.known import Asked
from app.domain.contact.policies import ContactPolicy
from app.domain.contact.words import (
    Channel,
    Code,
    Label,
    PointKind,
    Validity,
)
from app.domain.errors import InvalidInput, NotFound
from app.domain.values import replace
from app.services.contacts.facts import Facts, facts_of
from app.services.context import Context
from app.services.persons.points import PointView
from app.services.persons.points import known_point as stored_point

#: By which channel a kind of point is used.
KINDS = {
    Channel.CALL: PointKind.PHONE, Channel.SMS: PointKind.PHONE, Channel.EMAIL: PointKind.EMAIL,
    Channel.LETTER: PointKind.POSTAL, Channel.VISIT: PointKind.POSTAL, Channel.CHAT: PointKind.CHAT,
}  # fmt: skip
#: By which channel a point is used first, where nobody says by which.
FIRST = {
    PointKind.PHONE: Channel.CALL, PointKind.EMAIL: Channel.EMAIL,
    PointKind.POSTAL: Channel.LETTER, PointKind.CHAT: Channel.CHAT,
}  # fmt: skip
#: The order in which channels are offered, where the contact policy says none.
ORDER = (Channel.EMAIL, Channel.SMS, Channel.LETTER, Channel.CALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A decision, the point it is about, what each zone was found by, and by which policy."""

    decision: Decision
    person_id: UUID
    point: PointView | None
    zones: dict[str, tuple[str, ...]]
    policy: ContactPolicy


async def preview_contact(
    ctx: Context, account_id: UUID, asked: Asked, *, person_id: UUID | None, point_id: UUID | None
) -> Judged:
    """Whether the contact may be made; keeps and reserves nothing. Raises `NotFound`.

    `person_id` None: the account's debtor; `point_id` None: the best point of the channel.
    """
    found = await facts_of(ctx, account_id, person_id, asked.at)
    point = point_for(found.points, asked.channel, point_id)
    return judge(found, asked, point)


async def channel_of(ctx: Context, channel: Channel | None, point_id: UUID | None) -> Channel:
    """The channel that is said, or by which the point is used first.

    Raises `NotFound`, `InvalidInput` where nothing says it.
    """
    if channel is not None:
        return channel
    if point_id is None:
        raise InvalidInput.at("/channel", "either channel or point_id must be given")
    return FIRST[PointKind((await stored_point(ctx, point_id)).kind)]


async def contactability(
    ctx: Context, account_id: UUID, asked: Asked, *, person_id: UUID | None
) -> list[tuple[Channel, Judged]]:
    """Each channel with its best point and what stands against it, in the order to use them.

    Those allowed now come first, then those allowed soonest. Raises `NotFound`.
    """
    return channels_of(await facts_of(ctx, account_id, person_id, asked.at), asked)


def channels_of(
    found: Facts, asked: Asked, only: Collection[Channel] | None = None
) -> list[tuple[Channel, Judged]]:
    """Each channel, or each of `only`, with its best point and what stands against it."""
    order, about = _order(found.policy), found.known
    judged = [
        (
            channel,
            _judged(found, about, _by(asked, channel), point_for(found.points, channel, None)),
        )
        for channel in (order if only is None else only)
    ]
    far = datetime.max.replace(tzinfo=asked.at.tzinfo)
    judged.sort(
        key=lambda one: (
            not one[1].decision.allowed,
            one[1].decision.next_allowed_at or far,
            order.index(one[0]) if one[0] in order else len(order),
        )
    )
    return judged


def _order(policy: ContactPolicy) -> tuple[Channel, ...]:
    """The policy's channels as it orders them, then the others."""
    said = (policy.document.get("channels") or {}).get("order") or ()
    first = tuple(Channel(one) for one in said if Channel(one) in KINDS)
    return tuple(dict.fromkeys((*first, *ORDER)))


def _by(asked: Asked, channel: Channel) -> Asked:
    return Asked(
        at=asked.at, channel=channel, purpose=asked.purpose, automatic=asked.automatic,
        wording=asked.wording,
    )  # fmt: skip


def judge(
    found: Facts, asked: Asked, point: PointView | None, overriding: Collection[Code] = ()
) -> Judged:
    """What the gate says of a contact by this point."""
    return _judged(found, found.known, asked, point, overriding)


def _judged(
    found: Facts,
    about: known.Known,
    asked: Asked,
    point: PointView | None,
    overriding: Collection[Code] = (),
) -> Judged:
    """The same where what is known is at hand: it costs as much as a verdict."""
    facts_ = replace(about, point=known_point(point))
    asked = replace(asked, initial_communication=found.is_initial)
    decision = decide(asked, facts_, found.policy.gate, overriding)
    return Judged(
        decision=decision,
        person_id=found.person.id,
        point=point,
        zones=found.zones,
        policy=found.policy,
    )


def known_point(view: PointView | None) -> known.Point | None:
    """A point as the gate reads it."""
    if view is None:
        return None
    return known.Point(
        id=view.point.id,
        kind=PointKind(view.point.kind),
        label=Label(view.point.label),
        validity=view.validity,
        suppressed=view.suppressed,
        employer_provided=view.point.employer_provided,
        bases=view.bases,
        number_checked_on=view.number_checked_on,
    )


def point_for(
    views: list[PointView], channel: Channel, point_id: UUID | None
) -> PointView | None:  # fmt: skip
    """The one asked for, or the first usable of the channel's kind, or the first at all."""
    if point_id is not None:
        found = next((one for one in views if one.point.id == point_id), None)
        if found is None:
            raise NotFound(resource="contact point", key=str(point_id))
        if KINDS.get(channel) != found.point.kind:
            raise InvalidInput.at("/point_id", f"is no point of the channel {channel}")
        return found
    fitting = [one for one in views if one.point.kind == KINDS.get(channel)]
    usable = [one for one in fitting if one.validity is not Validity.INVALID and not one.suppressed]
    return next(iter(usable or fitting), None)
