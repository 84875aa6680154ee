"""Letters to debtors, kept word for word as they were written."""

# pyright: reportAssignmentType=false

from datetime import date
from uuid import UUID

from sqlalchemy import Index

from app.domain.letters import LetterKind
from app.storage.tables.columns import (
    Key,
    MaybeString,
    Now,
    Owned,
    String,
    not_negative,
    one_of,
    positive,
    within_account,
)


class Letter(Owned, table=True):
    """A letter about a settlement, written when it was first asked for and never changed.

    `text` bears no name: the creditor's is noted beside the letter, where it can be erased.
    `facts_hash` is that of its kind, language and figures: other figures make another letter.
    """

    __tablename__ = "letter"
    __table_args__ = (
        one_of("kind", LetterKind),
        *positive("wording_version"),
        *not_negative("template_version"),
        within_account("settlement", "settlement_id"),
        Index(None, "tenant_id", "account_id", "settlement_id", "facts_hash", unique=True),
        Index(None, "tenant_id", "id"),
    )

    id: Key
    settlement_id: UUID
    kind: String
    locale: String
    facts_hash: String
    dated_on: date
    text: String
    text_hash: String
    wording_version: int
    template_version: int | None
    actor: MaybeString
    created_at: Now
