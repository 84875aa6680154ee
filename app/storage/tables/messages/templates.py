"""What templates say: appended, the newest version counts."""

# pyright: reportAssignmentType=false

from typing import Annotated

from sqlalchemy import Text
from sqlmodel import Field

from app.domain.contact.words import Purpose
from app.domain.templates.template import TemplateChannel
from app.domain.vocabulary import Role
from app.storage.tables.columns import (
    Entered,
    Instant,
    Json,
    Number,
    String,
    Tenanted,
    one_of,
    positive,
)

#: Ordered by its bytes, as the shipped ones among which it is listed are.
_Key = Annotated[str, Field(primary_key=True, sa_type=Text(collation="C"))]


class Template(Entered, Tenanted, table=True):
    """A version of a template a tenant saved: its words, by locale."""

    __tablename__ = "template"
    __table_args__ = (
        one_of("channel", TemplateChannel),
        one_of("purpose", Purpose),
        one_of("role", Role),
        *positive("version"),
    )

    key: _Key
    version: Number
    channel: String
    purpose: String
    locales: Json
    asks_for_money: bool
    deadline: bool
    sample: Json
    recorded_at: Instant
