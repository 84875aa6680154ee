"""How ids look outside: a prefix that says what it names, and the UUID in 26 letters.

`acc_01h455vb4pex5vsknk084sn02q` is TypeID's form: Crockford base32, lower case, of the 128
bits behind two zero bits. Order is kept: ids sort as their UUIDs do. The tables make both
ways cost about a microsecond; every row of every answer passes here.
"""

from collections.abc import Mapping
from itertools import product
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = tuple(a + b for a, b in product(_ALPHABET, repeat=2))  # ten bits at a time
_LENGTH = 26
_UUID_LENGTH = 36
_BAD = ord("!")  # what `int` will refuse
_TO_DIGITS = bytes(
    b"0123456789abcdefghijklmnopqrstuv"[_ALPHABET.index(chr(c))] if chr(c) in _ALPHABET else _BAD
    for c in range(256)
)

#: The prefix of every kind of thing that has an id. Members named `<noun>_id` follow it.
PREFIXES: Mapping[str, str] = {
    "account": "acc",
    "adjustment": "adj",
    "charge": "chg",
    "chargeback": "cbk",
    "cycle": "cyc",
    "event": "evt",
    "hold": "hold",
    "installment": "ins",
    "pause": "pau",
    "letter": "let",
    "payment": "pay",
    "plan": "plan",
    "posting": "pst",
    "promise": "prm",
    "quote": "quo",
    "re_age": "rea",
    "refund": "rfd",
    "reversal": "rev",
    "settlement": "set",
    "sweep": "swp",
    "workout": "wko",
}


def encode(prefix: str, value: UUID) -> str:
    """The text of an id: `encode("acc", uuid)` → `acc_01h4…`."""
    pairs, i = _PAIRS, value.int
    return (
        f"{prefix}_{pairs[i >> 120]}{pairs[i >> 110 & 1023]}{pairs[i >> 100 & 1023]}"
        f"{pairs[i >> 90 & 1023]}{pairs[i >> 80 & 1023]}{pairs[i >> 70 & 1023]}"
        f"{pairs[i >> 60 & 1023]}{pairs[i >> 50 & 1023]}{pairs[i >> 40 & 1023]}"
        f"{pairs[i >> 30 & 1023]}{pairs[i >> 20 & 1023]}{pairs[i >> 10 & 1023]}{pairs[i & 1023]}"
    )


def decode(prefix: str, text: str) -> UUID:
    """The UUID in an id's text; `ValueError` for another prefix, length, letter or size."""
    head, _, tail = text.partition("_")
    if head != prefix or len(tail) != _LENGTH or tail[0] > "7":
        raise ValueError(f"not an id that starts with {prefix}_")
    return UUID(int=int(tail.encode("latin-1").translate(_TO_DIGITS), 32))


def length(prefix: str) -> int:
    """How long such an id's text is."""
    return len(prefix) + 1 + _LENGTH


def pattern(prefix: str) -> str:
    """What OpenAPI says of such an id."""
    return f"^{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$"


def prefix_of(member: str) -> str | None:
    """The prefix for a member by its name: `plan_id`, `existing_plan_id`, `missed_plan_ids`."""
    noun, _, kind = member.rpartition("_")
    if kind not in {"id", "ids"}:
        return None
    while noun:
        if noun in PREFIXES:
            return PREFIXES[noun]
        noun = noun.partition("_")[2]
    return None


def shown(member: str, value: object) -> object:
    """A value as clients see it: UUIDs of members named `<noun>_id` with their prefix, inside too.

    A UUID that travelled through JSON is known by its member's name and its form.
    """
    if isinstance(value, Mapping):
        return {name: shown(str(name), inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [shown(member, inner) for inner in value]
    prefix = prefix_of(member)
    if prefix is None:
        return value
    if isinstance(value, str) and len(value) == _UUID_LENGTH:
        try:
            return encode(prefix, UUID(value))
        except ValueError:
            return value
    return encode(prefix, value) if isinstance(value, UUID) else value
