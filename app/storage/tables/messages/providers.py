"""Ways out that tenants set up, and reports that came before what they are about."""

# pyright: reportAssignmentType=false

from uuid import UUID

from sqlalchemy import Index

from app.domain.contact.words import Channel
from app.domain.messages.carrying import CarrierKind
from app.storage.tables.columns import (
    Instant,
    Json,
    Key,
    MaybeString,
    Name,
    String,
    Tenanted,
    of_tenant,
    one_of,
    positive,
)


class MessageProvider(Tenanted, table=True):
    """A carrier of one channel. Credentials are names of settings, never values."""

    __tablename__ = "provider"
    __table_args__ = (
        one_of("kind", CarrierKind),
        one_of("channel", Channel),
        *positive("version", "rate_per_second"),
        of_tenant(),
    )

    name: Name
    kind: String
    channel: String
    url: String
    headers: Json
    secret_ref: MaybeString
    callback_secret_ref: MaybeString
    idempotent: bool
    rate_per_second: int | None
    from_address: MaybeString
    return_path: MaybeString
    version: int
    changed_at: Instant
    actor: MaybeString
    key_id: UUID | None


class EarlyReport(Tenanted, table=True):
    """What a carrier said of a message it had not been known by yet. Matched for a day."""

    __tablename__ = "early_report"
    __table_args__ = (
        Index(
            "ix_early_report_known_as",
            "tenant_id",
            "provider",
            "provider_message_id",
            "received_at",
        ),
    )

    id: Key
    provider: String
    provider_message_id: String
    body: Json
    at: Instant
    received_at: Instant
