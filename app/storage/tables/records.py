"""Events, replies kept for a retry, the runs of sweeps and of reports."""

# pyright: reportAssignmentType=false

from datetime import date
from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, text
from sqlmodel import Field

from app.domain.overview.runs import ReportFormat, RunStatus
from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Entered,
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeJson,
    MaybeMinor,
    MaybeString,
    Name,
    Now,
    Number,
    Owned,
    String,
    Tenanted,
    TransactionId,
    WrittenBy,
    not_negative,
    of_tenant,
    one_of,
    stored,
)

_MaybeBytes = Annotated[bytes | None, Field(sa_type=LargeBinary)]
SWEEP_STATUSES = ("running", "done", "incomplete")
_EPOCH = {"server_default": text("accord_feed_epoch()")}


class Event(Owned, table=True):
    """Something that happened, as the outside sees it; each carries the hash of the one before.

    `account_id` of what belongs to no account is the tenant's own id (`books/stream.py`), or that
    of the thing itself (money in suspense, `books/apart.py`), so it is no foreign key: an
    account's events are written with its locked row or not at all.

    `natural_key` says a verdict once: the day close may judge a day again without repeating it.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index(
            "ix_event_tenant_id_account_id_natural_key",
            "tenant_id",
            "account_id",
            text("(md5(natural_key)::uuid)"),  # sixteen bytes where the key is seventy characters
            unique=True,
            postgresql_where=text("natural_key IS NOT NULL"),
        ),
        Index(None, "tenant_id", "epoch", "tx", "account_id", "sequence"),
        Index("ix_event_type_order", "tenant_id", "type", "epoch", "tx", "account_id", "sequence"),
        Index(
            None,
            "tenant_id",
            "business_date",
            postgresql_where=text("natural_key IS NOT NULL"),
        ),
        Index(
            None,
            "tenant_id",
            "type",
            "business_date",
            postgresql_where=text("type IN ('re_age.granted', 're_age.refused')"),
        ),
        stored(rewritten=False),
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
    actor: MaybeString
    role: MaybeString
    origin: MaybeString
    reason: MaybeString
    balance_after_minor: MaybeMinor
    unapplied_after_minor: MaybeMinor
    tx: WrittenBy
    epoch: Annotated[int, Field(sa_column_kwargs=_EPOCH)]


class EventStream(Tenanted, table=True):
    """Where the tenant's stream of what belongs to no account ends: its head, and its lock.

    `tx`: by which the feed has its last event; no later one comes before it.
    """

    __tablename__ = "event_stream"
    __table_args__ = (
        *not_negative("event_sequence"),
        of_tenant(),
        {"postgresql_with": {"fillfactor": 70}},
    )

    event_sequence: int
    event_hash: bytes | None
    epoch: int
    tx: TransactionId


class IdempotencyKey(Tenanted, table=True):
    """A reply as it was sent, for whoever sends the same command again."""

    __tablename__ = "idempotency_key"
    __table_args__ = (
        Index(None, "tenant_id", "created_at"),
        stored(rewritten=True, room=False),
    )

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
        Index(None, "tenant_id", "finished_at"),
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


class ReportRun(Entered, Tenanted, table=True):
    """A report and its file. `told`: its cells, for what is asked again; emptied with the file."""

    __tablename__ = "report_run"
    __table_args__ = (
        one_of("status", RunStatus),
        one_of("form", ReportFormat),
        one_of("role", Role),
        CheckConstraint("progress_bps BETWEEN 0 AND 10000", name="progress_bps"),
        of_tenant(),
        Index(None, "tenant_id", "created_at"),
        stored(rewritten=True),
    )

    id: Key
    report: String
    parameters: Json
    form: String
    created_at: Instant
    expires_at: Instant
    # rewritten as it goes on
    status: String
    progress_bps: int
    noted_at: Now
    finished_at: MaybeInstant
    hash: MaybeString
    told: MaybeJson
    content: _MaybeBytes
    problem: MaybeString
