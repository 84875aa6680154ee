"""What a page's form says, read: ids that it gave, amounts and days as people write them."""

import re
from datetime import date
from decimal import Decimal
from uuid import UUID

from fastapi import Request

from app.domain.contact.words import Channel
from app.domain.currencies import exponent
from app.domain.errors import InvalidInput
from app.schemas.edge.ids import decode

Form = dict[str, list[str]]

#: One separator at most, and it is the decimals': `1,200` and `1.200` are refused, not guessed.
_AMOUNT = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,2}))?", re.ASCII)
_ADDRESSED = (Channel.CALL, Channel.SMS, Channel.EMAIL, Channel.LETTER)


def one(said: Form, name: str) -> str | None:
    """The first value of a field."""
    return said[name][0] if said.get(name) else None


def id_(prefix: str, text: str | None, pointer: str) -> UUID:
    """An id that the page gave. Raises `InvalidInput`."""
    try:
        return decode(prefix, text or "")
    except ValueError as problem:
        raise InvalidInput.at(pointer, "is no id that this page gave") from problem


def channel(text: str | None, pointer: str) -> Channel:
    """A way to be reached. Raises `InvalidInput`."""
    if text not in _ADDRESSED:
        raise InvalidInput.at(pointer, f"should be one of {', '.join(_ADDRESSED)}")
    return Channel(text)


def day(text: str | None, pointer: str) -> date:
    """A day as a browser's field sends it. Raises `InvalidInput`."""
    try:
        return date.fromisoformat(text or "")
    except ValueError as problem:
        raise InvalidInput.at(pointer, "should be a day, as 2026-03-01") from problem


def minor(text: str | None, currency: str, pointer: str) -> int:
    """An amount in minor units. Raises `InvalidInput` for what could be read in two ways."""
    bare = "".join((text or "").split())
    read = _AMOUNT.fullmatch(bare)
    amount = Decimal(f"{read[1]}.{read[2] or 0}").scaleb(exponent(currency)) if read else None
    if amount is None or amount != int(amount) or amount <= 0:
        raise InvalidInput.at(pointer, "should be an amount, as 50.00")
    return int(amount)


def wants_json(request: Request) -> bool:
    """Whether a program asks, not a browser."""
    accepted = request.headers.get("accept", "")
    return "json" in accepted and "html" not in accepted
