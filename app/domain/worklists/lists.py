"""A worklist: which accounts it holds, what their reasons are worth, and who takes from it.

A document in versions; what a tenant never saved reads as version 0, the lists that are shipped.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from app.domain.contact.words import Channel
from app.domain.values import Value, asdict
from app.domain.vocabulary import Role
from app.domain.worklists.score import (
    AMOUNT_CAP,
    DEFAULT_WEIGHTS,
    PER_AMOUNT_MINOR,
    Weight,
    WorkReason,
)

CLAIM_MINUTES: Final = 15


class Filter(Value, kw_only=True):
    """Which accounts a list holds; None: whichever. `skills`: what whoever takes should know."""

    creditor_references: tuple[str, ...] | None = None
    buckets: tuple[str, ...] | None = None
    regions: tuple[str, ...] | None = None
    languages: tuple[str, ...] | None = None
    min_overdue_minor: int = 0
    skills: tuple[str, ...] = ()


class Worklist(Value, kw_only=True):
    """A version of a list. `channels` empty: nobody is contacted, so no gate is asked.

    `reasons`: what puts an account on it, and its worth; a reason not named counts for nothing.
    `roles` empty: whoever may work.
    """

    name: str
    version: int = 0
    channels: tuple[Channel, ...] = ()
    filter: Filter = Filter()
    reasons: Mapping[WorkReason, Weight]
    per_amount_minor: int = PER_AMOUNT_MINOR
    amount_cap: int = AMOUNT_CAP
    claim_minutes: int = CLAIM_MINUTES
    roles: tuple[Role, ...] = ()


_DESK = Weight(base=300, per_day=10, cap_days=30)
_CALLED = (Channel.CALL, Channel.EMAIL, Channel.SMS)
SHIPPED: Final[Mapping[str, Worklist]] = {
    one.name: one
    for one in (
        Worklist(name="collectors", channels=_CALLED, reasons=DEFAULT_WEIGHTS),
        Worklist(
            name="supervisors",
            reasons={WorkReason.ESCALATED: _DESK, WorkReason.APPROVAL_WAITING: _DESK},
            roles=(Role.SUPERVISOR, Role.ADMIN),
        ),
        Worklist(
            name="letters",
            channels=(Channel.LETTER,),
            reasons={
                one: DEFAULT_WEIGHTS[one]
                for one in (WorkReason.VALIDATION_DUE, WorkReason.NO_CONTACT)
            },
        ),
        Worklist(
            name="inbox",
            reasons={
                WorkReason.REPLY_TO_READ: DEFAULT_WEIGHTS[WorkReason.REPLY_TO_READ],
                WorkReason.UNCERTAIN_MESSAGE: _DESK,
                WorkReason.UNKNOWN_SENDER: _DESK,
            },
        ),
        Worklist(
            name="data", reasons={WorkReason.BAD_POINT: DEFAULT_WEIGHTS[WorkReason.BAD_POINT]}
        ),
    )
}


def read_worklist(document: Mapping[str, Any], *, name: str, version: int) -> Worklist:
    """The list a document says; the document was checked when it was saved."""
    asked = document.get("filter") or {}
    return Worklist(
        name=name,
        version=version,
        channels=tuple(Channel(one) for one in document["channels"]),
        filter=Filter(
            creditor_references=_each(asked.get("creditor_references")),
            buckets=_each(asked.get("buckets")),
            regions=_each(asked.get("regions")),
            languages=_each(asked.get("languages")),
            min_overdue_minor=asked.get("min_overdue_minor") or 0,
            skills=_each(asked.get("skills")) or (),
        ),
        reasons={WorkReason(code): Weight(**worth) for code, worth in document["reasons"].items()},
        per_amount_minor=document["per_amount_minor"],
        amount_cap=document["amount_cap"],
        claim_minutes=document["claim_minutes"],
        roles=tuple(Role(one) for one in document["roles"]),
    )


def _each(said: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if said is None else tuple(said)


def document_of(one: Worklist) -> Mapping[str, Any]:
    """The document that reads so."""
    said = asdict(one.filter)
    return {
        "channels": list(map(str, one.channels)),
        "filter": {name: list(v) if isinstance(v, tuple) else v for name, v in said.items()},
        "reasons": {str(code): asdict(worth) for code, worth in one.reasons.items()},
        "per_amount_minor": one.per_amount_minor,
        "amount_cap": one.amount_cap,
        "claim_minutes": one.claim_minutes,
        "roles": list(map(str, one.roles)),
    }


def item_id(mask: bytes, account_id: UUID) -> UUID:
    """The id of an account's item on a list: the account's, under the list's mask.

    Nothing is stored of an item that nobody touched, so its id must say by itself what it is.
    `mask`: 16 bytes that stand for the list's name. Masked twice, it is the account's again.
    """
    return UUID(int=account_id.int ^ int.from_bytes(mask))
