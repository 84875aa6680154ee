"""What the feed is told of a person's fact: codes, days and ids, no words of anybody.

What has no type of its own tells nothing: where somebody is, is the person's matter.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from app.domain.contact.words import Validity
from app.domain.entries.events import EventType
from app.domain.persons.facts import (
    Body,
    ConsentGiven,
    Lifted,
    Merged,
    NumberChecked,
    PersonFact,
    Restricted,
    Revoked,
    Validated,
)

Told = tuple[EventType, dict[str, object]]


def told_of(person_id: UUID, fact: PersonFact) -> Told | None:
    """The type and the data of its event; None where there is none."""
    found = _TOLD.get(type(fact.body), _nothing)(fact, fact.body)
    if found is None:
        return None
    kind, data = found
    return kind, {"person_id": person_id, **data}


def _nothing(_: PersonFact, __: Body) -> Told | None:
    return None


def _consent(fact: PersonFact, body: ConsentGiven) -> Told:
    return EventType.CONSENT_GIVEN, {
        "consent_id": fact.id,
        "point_id": body.point_id,
        "kind": body.consent,
        "channels": body.channels,
        "account_ids": body.account_ids,
        "expires_on": body.expires_on,
    }


def _revocation(fact: PersonFact, body: Revoked) -> Told:
    return EventType.CONSENT_REVOKED, {
        "revocation_id": fact.id,
        "point_id": body.point_id,
        "channels": body.channels,
        "consent_id": body.consent_id,
        "provisional": body.provisional,
    }


def _restriction(fact: PersonFact, body: Restricted) -> Told:
    return EventType.RESTRICTION_PLACED, {
        "restriction_id": fact.id,
        "kind": body.restriction,
        "account_ids": body.account_ids,
        "channel": body.channel,
        "point_id": body.point_id,
        "until_at": body.until_at,
    }


def _lift(_: PersonFact, body: Lifted) -> Told:
    return EventType.RESTRICTION_LIFTED, {
        "restriction_id": body.restriction_id,
        "at": body.at,
        "said_by_person": body.said_by_person,
    }


def _validity(_: PersonFact, body: Validated) -> Told:
    if body.validity == Validity.INVALID:
        gone = EventType.CONTACT_POINT_INVALIDATED
        return gone, {"point_id": body.point_id, "because": body.because}
    return EventType.CONTACT_POINT_CHANGED, {"point_id": body.point_id, "changed": ["validity"]}


def _number_check(_: PersonFact, body: NumberChecked) -> Told:
    changed = {"point_id": body.point_id, "changed": ["number_checked_on"]}
    return EventType.CONTACT_POINT_CHANGED, changed


def _merge(_: PersonFact, body: Merged) -> Told:
    return EventType.PERSON_MERGED, {"into_person_id": body.into_person_id}


_TOLD: Mapping[type[Body], Callable[[PersonFact, Any], Told | None]] = {
    ConsentGiven: _consent,
    Revoked: _revocation,
    Restricted: _restriction,
    Lifted: _lift,
    Validated: _validity,
    NumberChecked: _number_check,
    Merged: _merge,
}
