"""What the feed is told of contacts: ids, codes and instants; no words, no numbers, no places."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from app.domain.contact.known import Contact
from app.domain.contact.words import Code
from app.domain.entries.events import EventType
from app.domain.values import Value

Told = tuple[EventType, Mapping[str, object]]


class Seen(Value, kw_only=True):
    """A contact as it is told of, with what stands beside it. None: there is no such."""

    contact: Contact
    point_id: UUID | None = None
    decision_id: UUID | None = None
    message_id: UUID | None = None
    links: Mapping[str, UUID] | None = None


def recorded(seen: Seen) -> Told:
    """A contact was taken down, whoever made it."""
    return EventType.CONTACT_RECORDED, _said(seen)


def corrected(seen: Seen, changed: Iterable[str]) -> Told:
    """What is said of it now, and which of it was said otherwise."""
    return EventType.CONTACT_CORRECTED, {**_said(seen), "changed": sorted(changed)}


def voided(contact_id: UUID) -> Told:
    """It never was."""
    return EventType.CONTACT_VOIDED, {"contact_id": contact_id}


def judged(
    contact_id: UUID, outside: Iterable[str], policy: Mapping[str, object] | None
) -> Mapping[str, object]:
    """What a contact was outside of about one account: the codes, each once; by which policy."""
    told = {"contact_id": contact_id, "outside": sorted(set(outside))}
    return told if policy is None else {**told, "policy": policy}


def judged_key(contact_id: UUID) -> str:
    """The verdict's natural key within an account."""
    return f"{EventType.CONTACT_JUDGED}/{contact_id}"


def said_in_writing(
    contact_id: UUID, says: Iterable[str], received_on: date
) -> Mapping[str, object]:  # fmt: skip
    """What a contact said of the debt in writing, and the day it came."""
    return {"contact_id": contact_id, "says": sorted(says), "received_on": received_on}


def said_in_writing_key(contact_id: object) -> str:
    """Its natural key within an account."""
    return f"{EventType.DISPUTE_RECEIVED}/{contact_id}"


def refused(
    decided: Mapping[str, object], codes: Iterable[Code], next_allowed_at: datetime | None
) -> Told:
    """Somebody asked, and the gate said no. `decided`: which decision, of whom, and for what."""
    told = {**decided, "codes": _each(codes), "next_allowed_at": next_allowed_at}
    return EventType.CONTACT_REFUSED, told


def overridden(decided: Mapping[str, object], codes: Iterable[Code], why: str) -> Told:
    """Somebody who may set reasons aside did. `why`: of the list; the note stays where it is."""
    return EventType.CONTACT_OVERRIDDEN, {**decided, "codes": _each(codes), "why": why}


def _each(codes: Iterable[Code]) -> list[str]:
    return sorted(set(map(str, codes)))


def _said(seen: Seen) -> dict[str, object]:
    one = seen.contact
    said: dict[str, object] = {
        "contact_id": one.id,
        "account_ids": sorted(one.account_ids),
        "person_id": one.person_id,
        "point_id": seen.point_id,
        "channel": one.channel,
        "direction": one.direction,
        "purpose": one.purpose,
        "started_at": one.at,
        "outcome": one.outcome,
    }
    beside = {
        "decision_id": seen.decision_id,
        "message_id": seen.message_id,
        "links": seen.links,
    }
    return said | {name: value for name, value in beside.items() if value is not None}
