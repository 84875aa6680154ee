"""In whose name a debtor is contacted, and what stands at the head of a letter."""

from typing import Annotated

from pydantic import ConfigDict, Field

from app.schemas.edge.types import Many, Model
from app.schemas.edge.words import Line
from app.schemas.persons.points import PostalFields

_LANGUAGE = r"^[a-z]{2,3}(-[A-Z]{2})?$"
Language = Annotated[str, Field(pattern=_LANGUAGE, max_length=6, examples=["es"])]
Logo = Annotated[
    str,
    Field(
        pattern="^[A-Za-z0-9+/]+={0,2}$",
        max_length=64_000,
        examples=[
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABc3UBGAAAAABJRU5ErkJggg=="
        ],
    ),
]


class PayeeFields(Model):
    """The account of the Single Euro Payments Area to pay to."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Nordbank", "iban": "DE89370400440532013000"}]}
    )

    name: Line
    iban: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]{2}[A-Z0-9 ]{11,38}$", max_length=42)]
    bic: Annotated[str, Field(pattern="^[A-Z0-9]{8}([A-Z0-9]{3})?$", max_length=11)] | None = None


class IdentityFields(Model):
    """In whose name a debtor is contacted."""

    business_name: Line
    reveals_collection: bool = Field(False, description="Whether the name tells that it collects.")
    reply_phone: Line | None = None
    postal: PostalFields | None = None
    languages: Annotated[Many[Language], Field(max_length=20)] = ()
    logo: Logo | None = Field(None, description="Of letters: a PNG or JPEG image in base64.")
    payee: PayeeFields | None = Field(None, description="Of payment slips of euro accounts.")
