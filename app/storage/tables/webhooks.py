"""Webhooks: endpoints that follow the feed, what is delivered to them, and each attempt."""

# pyright: reportAssignmentType=false

from typing import Annotated
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from app.domain.webhooks.attempts import UNFINISHED, Status
from app.domain.webhooks.health import Because
from app.domain.webhooks.notices import NoticeKind, NoticeStatus
from app.storage.database.types import Xid8
from app.storage.tables.columns import (
    Instant,
    Json,
    Key,
    MaybeInstant,
    MaybeJson,
    MaybeString,
    Now,
    Number,
    String,
    Tenanted,
    TransactionId,
    not_negative,
    of_tenant,
    one_of,
    positive,
)

ORDERINGS = ("account", "none")
WEBHOOK_STATUSES = ("enabled", "disabled", "deleted")
_LISTED = ", ".join(f"'{one}'" for one in UNFINISHED)
_UNFINISHED = text(f"status IN ({_LISTED})")
_MaybeStrings = Annotated[list[str] | None, Field(sa_type=ARRAY(Text))]
_MaybeTransactionId = Annotated[int | None, Field(sa_type=Xid8)]


class Webhook(Tenanted, table=True):
    """An endpoint: where events go, which, signed with what, and where in the feed it stands.

    Its row is the lock: whoever makes, takes or settles deliveries of it holds it. `given_in` is
    the epoch its position was noted in. Events before `skip_epoch`, `skip_tx` are passed over.
    """

    __tablename__ = "webhook"
    __table_args__ = (
        one_of("ordering", ORDERINGS),
        one_of("status", WEBHOOK_STATUSES),
        one_of("disabled_because", Because),
        CheckConstraint("(former_secret IS NULL) = (former_ends_at IS NULL)", name="former"),
        CheckConstraint("(skip_epoch IS NULL) = (skip_tx IS NULL)", name="skip"),
        *positive("rate_per_second", "version"),
        *not_negative("warned"),
        of_tenant(),
    )

    id: Key
    url: String
    types: _MaybeStrings
    description: MaybeString
    ordering: String
    rate_per_second: int
    headers: Json
    contact_email: MaybeString
    status: String
    disabled_because: MaybeString
    disabled_at: MaybeInstant
    secret: bytes
    former_secret: bytes | None
    former_ends_at: MaybeInstant
    epoch: int
    tx: TransactionId
    after_account: UUID
    sequence: int
    given_in: int
    skip_epoch: int | None
    skip_tx: _MaybeTransactionId
    swept_at: Instant
    failing_since_at: MaybeInstant
    warned: int
    paced_at: Instant
    version: int
    created_at: Now
    actor: MaybeString
    key_id: UUID | None


class WebhookDelivery(Tenanted, table=True):
    """One event to one endpoint. `waits`: an earlier one of its account goes first.

    Of what is no account's event, `body` is what is told. `tries` count towards giving up and
    begin anew when it is sent again; `attempts` are all there were.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "webhook_id"], ["webhook.tenant_id", "webhook.id"]),
        one_of("status", Status),
        CheckConstraint("(account_id IS NULL) = (sequence IS NULL)", name="place"),
        CheckConstraint("(account_id IS NULL) <> (body IS NULL)", name="body"),
        CheckConstraint("(lease_id IS NULL) = (leased_until IS NULL)", name="lease"),
        CheckConstraint(f"(next_at IS NOT NULL) = (status IN ({_LISTED}))", name="next_at"),
        *not_negative("tries", "attempts"),
        Index(None, "tenant_id", "webhook_id", "event_id", unique=True),
        Index(None, "tenant_id", "webhook_id", "id"),
        Index(None, "tenant_id", "webhook_id", "status", "id"),
        Index(None, "tenant_id", "webhook_id", "occurred_at"),
        Index(
            "ix_webhook_delivery_due",
            "tenant_id",
            "webhook_id",
            "next_at",
            postgresql_where=text(f"status IN ({_LISTED}) AND NOT waits"),
        ),
        Index(
            "ix_webhook_delivery_lane",
            "tenant_id",
            "webhook_id",
            "account_id",
            "sequence",
            postgresql_where=_UNFINISHED,
        ),
    )

    id: Key
    webhook_id: UUID
    event_id: UUID
    type: String
    account_id: UUID | None
    sequence: int | None
    occurred_at: Instant
    body: MaybeJson
    status: String
    waits: bool
    tries: int
    attempts: int
    next_at: MaybeInstant
    lease_id: UUID | None
    leased_until: MaybeInstant
    finished_at: MaybeInstant
    replay_id: UUID | None
    created_at: Now


class WebhookAttempt(Tenanted, table=True):
    """One request to an endpoint and what came of it."""

    __tablename__ = "webhook_attempt"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "delivery_id"], ["webhook_delivery.tenant_id", "webhook_delivery.id"]
        ),
        *positive("number"),
        *not_negative("ms", "response_bytes"),
    )

    delivery_id: Key
    number: Number
    at: Instant
    status: int | None
    ms: int
    error: MaybeString
    response_bytes: int
    response_start: String


class WebhookNotice(Tenanted, table=True):
    """A letter to whoever looks after an endpoint, waiting to be posted or posted."""

    __tablename__ = "webhook_notice"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "webhook_id"], ["webhook.tenant_id", "webhook.id"]),
        one_of("kind", NoticeKind),
        one_of("status", NoticeStatus),
        CheckConstraint("(lease_id IS NULL) = (leased_until IS NULL)", name="lease"),
        CheckConstraint("(next_at IS NOT NULL) = (status = 'pending')", name="next_at"),
        *not_negative("tries"),
        Index(
            "ix_webhook_notice_due",
            "tenant_id",
            "next_at",
            postgresql_where=text("status = 'pending'"),
        ),
    )

    id: Key
    webhook_id: UUID
    kind: String
    because: MaybeString
    failing_since_at: MaybeInstant
    status: String
    tries: int
    error: MaybeString
    next_at: MaybeInstant
    lease_id: UUID | None
    leased_until: MaybeInstant
    created_at: Now
