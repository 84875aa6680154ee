"""Events, replies kept for a retry, and the runs of sweeps."""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from app.storage.tables.columns import (
    Json,
    Key,
    MaybeInstant,
    MaybeString,
    Name,
    Now,
    Number,
    Owned,
    String,
    Tenanted,
    WrittenBy,
    not_negative,
    of_account,
    of_tenant,
    one_of,
    positive,
)

SWEEP_STATUSES = ("running", "done", "incomplete")
_EPOCH = {"server_default": text("accord_feed_epoch()")}


class Event(Owned, table=True):
    """Something that happened, as the outside sees it; each carries the hash of the one before.

    `natural_key` says a verdict once: the day close may judge a day again without repeating it.
    """

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("position('.' IN type) > 1", name="type"),
        *positive("sequence"),
        Index(
            None,
            "tenant_id",
            "account_id",
            "natural_key",
            unique=True,
            postgresql_where=text("natural_key IS NOT NULL"),
        ),
        Index(None, "tenant_id", "epoch", "tx", "account_id", "sequence"),
        of_account(),
    )

    sequence: Number
    id: UUID
    type: String
    occurred_at: Now
    business_date: date
    plan_id: UUID | None
    payment_id: UUID | None
    data: Json
    corrects: UUID | None
    natural_key: MaybeString
    previous_hash: bytes | None
    hash: bytes
    tx: WrittenBy
    epoch: Annotated[int, Field(sa_column_kwargs=_EPOCH)]


class IdempotencyKey(Tenanted, table=True):
    """A reply as it was sent, for whoever sends the same command again."""

    __tablename__ = "idempotency_key"
    __table_args__ = (CheckConstraint("status BETWEEN 200 AND 299", name="status"),)

    key: Name
    fingerprint: bytes
    status: int
    headers: Json
    body: bytes
    created_at: Now


class SweepRun(Tenanted, table=True):
    """One run over a tenant's accounts for a business date."""

    __tablename__ = "sweep_run"
    __table_args__ = (
        one_of("status", SWEEP_STATUSES),
        *not_negative("examined", "changed"),
        of_tenant(),
        Index(None, "tenant_id", "business_date", "id"),
    )

    id: Key
    business_date: date
    status: String
    examined: int
    changed: int
    counts: Json
    started_at: Now
    finished_at: MaybeInstant
    noted_at: Now
