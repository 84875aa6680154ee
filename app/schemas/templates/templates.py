"""Templates: what is said to debtors, in versions and languages."""

from typing import Annotated, Final

from pydantic import ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict

from app.domain import field_limits
from app.domain.contact.words import Purpose
from app.domain.templates.liquid import MOST_BYTES
from app.domain.templates.template import TemplateChannel
from app.domain.templates.variables import Kind
from app.schemas.edge.ids import AccountId
from app.schemas.edge.time import Date, Instant
from app.schemas.edge.types import Choice, Model, Read
from app.schemas.edge.words import words

_MOST_LOCALES: Final = 20
_MOST_SAMPLES: Final = 100
_NO_CONTROLS: Final = r"^[^\u0000-\u0008\u000b-\u001f]*$"

TemplateKey = Annotated[str, words(field_limits.TEMPLATE_KEY), Field(examples=["due_reminder"])]
Locale = Annotated[str, words(field_limits.LOCALE), Field(examples=["en-US"])]
Source = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MOST_BYTES, pattern=_NO_CONTROLS),
]
_VALUE = StringConstraints(max_length=500, pattern=_NO_CONTROLS)

_WORDS: JsonDict = {
    "subject": "Your installment of {{ installment.due_on }}",
    "text": "{{ disclosures.collector_identity }}\n\nYour installment of {{ installment.open }} is "
    "due on {{ installment.due_on }}.\n\n{{ disclosures.time_barred }}\n"
    "{{ disclosures.opt_out }}\n",
    "html": None,
}
_TEMPLATE: JsonDict = {
    "channel": "email",
    "purpose": "reminder",
    "locales": {"en-US": _WORDS},
    "asks_for_money": True,
    "deadline": False,
    "sample": {"installment.open": "$50.00"},
}


class WordingRequest(Model):
    """The words of one locale, in Liquid."""

    subject: Source | None = Field(None, description="Of an e-mail, or the title of a letter.")
    text: Source
    html: Source | None = Field(None, description="Of an e-mail, beside its text.")


class TemplateRequest(Model):
    """A version to be saved."""

    model_config = ConfigDict(json_schema_extra={"examples": [_TEMPLATE]})

    channel: Choice[TemplateChannel]
    purpose: Choice[Purpose] = Field(
        description="What it is sent for; the gate judges the message by it."
    )
    locales: dict[Locale, WordingRequest] = Field(min_length=1, max_length=_MOST_LOCALES)
    asks_for_money: bool = Field(
        description="Whether it asks for money: then only as a collection, reminder or statement."
    )
    deadline: bool = Field(False, description="Whether it names a day by which to pay.")
    sample: dict[
        Annotated[str, StringConstraints(min_length=1, max_length=100)], Annotated[str, _VALUE]
    ] = Field(
        default_factory=dict,
        max_length=_MOST_SAMPLES,
        description="Values by variable that are shown when it is tried on saving, as text.",
    )


class WordingRead(Read):
    """The words of one locale, as they were saved."""

    subject: str | None
    text: str
    html: str | None


class TemplateRead(Read):
    """A version of a template: it never changes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key": "due_reminder",
                    "version": 1,
                    "shipped": False,
                    **_TEMPLATE,
                    "business_date": "2026-03-15",
                    "recorded_at": "2026-03-15T15:04:05.123456Z",
                    "actor": "agent-17",
                    "etag": '"1"',
                }
            ]
        }
    )

    key: str
    version: int = Field(description="Yours count from 1; 0 is what we ship.")
    shipped: bool
    channel: TemplateChannel
    purpose: Purpose
    locales: dict[str, WordingRead]
    asks_for_money: bool
    deadline: bool
    sample: dict[str, str]
    business_date: Date | None = Field(description="When it was saved; null of what we ship.")
    recorded_at: Instant | None
    actor: str | None
    etag: str = Field(description="For `If-Match`; the `ETag` header says the same.")


class PreviewRequest(Model):
    """On whom to try it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"account_id": "acc_01h455vb4pex5vsknk084sn02q", "locale": "en-US"}]
        }
    )

    account_id: AccountId
    locale: Locale | None = Field(None, description="Default: the debtor's language.")


class PreviewRead(Read):
    """How it reads."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "key": "due_reminder",
                    "version": 1,
                    "locale": "en-US",
                    "channel": "email",
                    "purpose": "reminder",
                    "subject": "Your installment of October 31, 2026",
                    "text": "Your installment of $50.00 is due on October 31, 2026.\n",
                    "html": None,
                    "segments": None,
                    "examples": [],
                }
            ]
        }
    )

    key: str
    version: int
    locale: str
    channel: TemplateChannel
    purpose: Purpose
    subject: str | None
    text: str
    html: str | None
    segments: int | None = Field(description="Of a text message: how many parts it is sent in.")
    examples: list[str] = Field(
        description="Things the account does not have, shown with made-up values."
    )


class VariableRead(Read):
    """A variable a template may name."""

    name: str
    kind: Kind
    always: bool = Field(
        description="Never absent. Of others `{% if plan %}` asks whether there is the thing."
    )
    says: str
    example: str = Field(description="As written in `en-US`.")


class VariablesRead(Read):
    """All variables of a purpose."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "purpose": "reminder",
                    "variables": [
                        {
                            "name": "installment.due_on",
                            "kind": "day",
                            "always": False,
                            "says": "When it is due.",
                            "example": "October 31, 2026",
                        }
                    ],
                }
            ]
        }
    )

    purpose: Purpose
    variables: list[VariableRead]
