"""Amounts of money and counts in requests and answers, with the bounds the schema shows."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.domain.currencies import CURRENCIES
from app.domain.money import MAX_MINOR

#: An amount that must be something, in minor units: 1 … 2^53-1.
Minor = Annotated[int, Field(strict=True, ge=1, le=MAX_MINOR, examples=[120000])]
#: An amount that may be nothing.
NonNegativeMinor = Annotated[int, Field(strict=True, ge=0, le=MAX_MINOR, examples=[0])]
#: A difference: money in either direction.
SignedMinor = Annotated[int, Field(strict=True, ge=-MAX_MINOR, le=MAX_MINOR)]
#: A share in basis points: 10,000 is the whole.
Bps = Annotated[int, Field(strict=True, ge=0, le=10_000, examples=[2500])]
#: A count from 1.
Count = Annotated[int, Field(strict=True, ge=1, le=100_000, examples=[12])]
#: A number of days from 0.
Days = Annotated[int, Field(strict=True, ge=0, le=36_600, examples=[5])]


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise PydanticCustomError("currency", "should be an ISO 4217 code in capitals")
    return value


Currency = Annotated[
    str,
    AfterValidator(_currency),
    Field(json_schema_extra={"pattern": "^[A-Z]{3}$", "maxLength": 3}),
]
