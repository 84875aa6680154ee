"""What a person's facts add up to: what the gate is told of consents and restrictions.

A revocation binds from its commit, whatever days a law would allow; a consent given anew is a new
fact and lifts what the person had opted out of for that point; nobody else's act does.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.domain.contact import known
from app.domain.contact.gate.whereabouts import Said
from app.domain.contact.words import BasisKind, Channel, ConsentKind, RestrictionKind
from app.domain.persons.facts import (
    Body,
    ConsentGiven,
    Lifted,
    Located,
    Merged,
    NumberChecked,
    PersonFact,
    Restricted,
    Revoked,
    Validated,
)
from app.domain.values import Value, replace

_ELECTRONIC = frozenset({Channel.SMS, Channel.EMAIL, Channel.CHAT})


class Standing(Value, kw_only=True):
    """A person as the gate sees them, by all facts entered so far."""

    consents: tuple[tuple[UUID, ConsentGiven, datetime | None], ...] = ()  # id, body, revoked_at
    restrictions: tuple[tuple[UUID, known.Restriction], ...] = ()
    said: Said | None = None
    validity: tuple[Validated, ...] = ()  # the latest of each point
    number_checks: tuple[NumberChecked, ...] = ()  # the latest of each point

    def without(self, consent_ids: Collection[UUID]) -> "Standing":
        """The same, as if these consents had never been given."""
        kept = tuple(one for one in self.consents if one[0] not in consent_ids)
        return replace(self, consents=kept)

    def speaking_with(self, person_ids: Collection[UUID]) -> tuple[known.Consent, ...]:
        """The consents to speak of the debt with somebody who is known under these ids."""
        return tuple(
            _as_gate(body, revoked_at)
            for _, body, revoked_at in self.consents
            if body.consent is ConsentKind.THIRD_PARTY and body.person_id in person_ids
        )

    def gate_consents(self) -> tuple[known.Consent, ...]:
        """The consents as the gate reads them."""
        return tuple(_as_gate(body, revoked_at) for _, body, revoked_at in self.consents)

    def gate_restrictions(self) -> tuple[known.Restriction, ...]:
        """The restrictions as the gate reads them."""
        return tuple(one for _, one in self.restrictions)

    def bases(self, point_id: UUID, last_inbound_on: date | None) -> tuple[known.PointBasis, ...]:
        """Why this value may be used: what the person wrote from it, and what they agreed to."""
        found = [
            known.PointBasis(
                kind=BasisKind.CREDITOR_NOTICE, on=body.notice_sent_on,
                withdrawn=revoked_at is not None, opt_out_until_on=body.opt_out_until_on,
                consent_id=id_,
            )
            if body.consent is ConsentKind.CREDITOR_NOTICE and body.notice_sent_on
            else known.PointBasis(
                kind=BasisKind.DIRECT_CONSENT, on=body.given_at.date(),
                withdrawn=revoked_at is not None, consent_id=id_,
            )
            for id_, body, revoked_at in self.consents
            if body.point_id == point_id
            and body.consent in (ConsentKind.ELECTRONIC, ConsentKind.CREDITOR_NOTICE)
            and (body.channels is None or not _ELECTRONIC.isdisjoint(body.channels))
        ]  # fmt: skip
        if last_inbound_on is not None:
            found.append(known.PointBasis(kind=BasisKind.CONSUMER_USED, on=last_inbound_on))
        return tuple(found)

    def opted_out(self, point_id: UUID, at: datetime) -> tuple[Channel, ...]:
        """The channels this point is opted out of, alone or with all others."""
        found = {
            one.channel
            for one in self.gate_restrictions()
            if one.kind is RestrictionKind.OPT_OUT
            and one.point_id in (None, point_id)
            and one.channel is not None
            and (one.until_at is None or at < one.until_at)
        }
        return tuple(sorted(found))


def _as_gate(body: ConsentGiven, revoked_at: datetime | None) -> known.Consent:
    usual = known.Consent(kind=body.consent, at=body.given_at)
    return known.Consent(
        kind=body.consent,
        at=body.given_at,
        account_ids=None if body.account_ids is None else frozenset(body.account_ids),
        channels=None if body.channels is None else frozenset(body.channels),
        written=body.written,
        days=body.days or usual.days,
        expires_on=body.expires_on,
        revoked_at=revoked_at,
    )


def standing(facts: Iterable[PersonFact]) -> Standing:
    """The person by these facts, in the order they were entered."""
    found = Standing()
    for fact in facts:
        found = _STEPS[type(fact.body)](found, fact, fact.body)
    return found


def _consent(found: Standing, fact: PersonFact, body: ConsentGiven) -> Standing:
    """Kept; where the person agrees to a channel anew, their opt-out of this point is over."""
    consents = (*found.consents, (fact.id, body, None))
    if body.consent is not ConsentKind.ELECTRONIC:
        return replace(found, consents=consents)
    channels = _ELECTRONIC if body.channels is None else frozenset(body.channels)
    restrictions = tuple(
        (id_, replace(one, until_at=fact.recorded_at))
        if _is_opt_out_of(one, body.point_id, channels)
        else (id_, one)
        for id_, one in found.restrictions
    )
    return replace(found, consents=consents, restrictions=restrictions)


def _is_opt_out_of(
    one: known.Restriction, point_id: UUID, channels: frozenset[Channel]
) -> bool:  # fmt: skip
    return (
        one.kind is RestrictionKind.OPT_OUT
        and one.point_id == point_id
        and one.channel in channels
        and one.until_at is None
    )


def _revocation(found: Standing, fact: PersonFact, body: Revoked) -> Standing:
    """An opt-out of the point for each channel; consents to them are withdrawn."""
    consents = tuple(
        (id_, consent, revoked_at or fact.recorded_at)
        if _takes_back(body, id_, consent)
        else (id_, consent, revoked_at)
        for id_, consent, revoked_at in found.consents
    )
    opt_outs = tuple(
        (
            fact.id,
            known.Restriction(
                kind=RestrictionKind.OPT_OUT, channel=channel, point_id=body.point_id,
                from_at=fact.recorded_at,
            ),
        )
        for channel in body.channels
    )  # fmt: skip
    return replace(found, consents=consents, restrictions=(*found.restrictions, *opt_outs))


def _takes_back(body: Revoked, consent_id: UUID, consent: ConsentGiven) -> bool:
    if body.consent_id is not None:
        return consent_id == body.consent_id
    if consent.point_id != body.point_id:
        return False
    return consent.channels is None or bool(set(consent.channels) & set(body.channels))


def _restriction(found: Standing, fact: PersonFact, body: Restricted) -> Standing:
    placed = known.Restriction(
        kind=body.restriction,
        account_ids=None if body.account_ids is None else frozenset(body.account_ids),
        channel=body.channel,
        point_id=body.point_id,
        place=body.place,
        window=known.Window(
            days=None if body.days is None else frozenset(body.days),
            from_=body.from_,
            to=body.to,
            time_zone=body.time_zone,
        ),
        from_at=body.from_at or fact.recorded_at,
        until_at=body.until_at,
        since_on=body.since_on,
        extended=body.extended,
        attorney_consents=body.attorney_consents,
        attorney_silent_since_on=body.attorney_silent_since_on,
    )
    return replace(found, restrictions=(*found.restrictions, (fact.id, placed)))


def _lift(found: Standing, _: PersonFact, body: Lifted) -> Standing:
    """The earlier end counts: a lift lengthens nothing."""
    return replace(
        found,
        restrictions=tuple(
            (id_, replace(one, until_at=min(filter(None, (one.until_at, body.at)))))
            if id_ == body.restriction_id
            else (id_, one)
            for id_, one in found.restrictions
        ),
    )


def _location(found: Standing, _: PersonFact, body: Located) -> Standing:
    """The latest day said wins, whenever it was entered."""
    if found.said is not None and found.said.on > body.said_on:
        return found
    return replace(found, said=Said(time_zone=body.time_zone, on=body.said_on))


def _validity(found: Standing, _: PersonFact, body: Validated) -> Standing:
    kept = tuple(one for one in found.validity if one.point_id != body.point_id)
    return replace(found, validity=(*kept, body))


def _number_check(found: Standing, _: PersonFact, body: NumberChecked) -> Standing:
    kept = tuple(one for one in found.number_checks if one.point_id != body.point_id)
    return replace(found, number_checks=(*kept, body))


def _merge(found: Standing, _: PersonFact, __: Merged) -> Standing:
    """It says whose facts these are; what they add up to, they say themselves."""
    return found


_STEPS: Mapping[type[Body], Callable[[Standing, PersonFact, Any], Standing]] = {
    ConsentGiven: _consent,
    Revoked: _revocation,
    Restricted: _restriction,
    Lifted: _lift,
    Located: _location,
    Validated: _validity,
    NumberChecked: _number_check,
    Merged: _merge,
}


def lasting(facts: Sequence[PersonFact], kinds: tuple[type[Body], ...]) -> list[PersonFact]:
    """The facts of these kinds, oldest first: a point's or a person's history."""
    return [one for one in facts if isinstance(one.body, kinds)]
