"""What one command adds to one account's books, on its way to the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.domain.books.enter import Draft
from app.domain.facts.fact import Fact
from app.domain.limits import LimitBreach
from app.domain.schedule.build import Schedule
from app.domain.standing.status import Standing
from app.storage.accounts.accounts import StoredAccount

#: What is written, by part (`write.py`).
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceClaim:
    """A caller's reference for what a fact makes, unique per tenant and kind."""

    kind: str
    key: str
    content_hash: bytes = b""  # of the claiming command's content


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFigures:
    """What a settlement was worked out from and to, on the day it was offered."""

    balance_minor: int
    forgives_minor: int
    schedule: Schedule
    refusals: tuple[LimitBreach, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """What is stored beside a fact and is no part of it: `terms` as sent, the content's hash."""

    handles: tuple[ReferenceClaim, ...] = ()
    content_hash: bytes = b""
    reference: str | None = None
    terms: Mapping[str, Any] = field(default_factory=dict)
    consent: Mapping[str, Any] | None = None
    quote_id: UUID | None = None
    role: str | None = None  # the authority a change of a schedule, or an offer, was made by
    offer: OfferedFigures | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one command adds to one account's books. `replayed`: history was folded again.

    `history`: the account's earlier facts, where they were needed.
    """

    account: StoredAccount
    draft: Draft
    due_on: date | None  # the day to judge the account next
    standing: Standing | None = None  # of the live plan, until then
    standing_changed: bool = False  # it is not the stored one, though the plan may be unchanged
    beside: Mapping[UUID, Attachment] = field(default_factory=dict)
    history: tuple[Fact, ...] = ()
    generations: Mapping[UUID, int] = field(default_factory=dict)
    replayed: bool = False
